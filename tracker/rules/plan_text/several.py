"""Tell the wordings that name more than one deadline for a single task."""

import re
import unicodedata

from tracker.rules.calendar import DeadlineKind, read_deadline

LONGEST = 200
ANY_YEAR = 2000

_PIECES = re.compile("[,;。、]|或者?|以及|[和及与并]")
_KEPT_UP = re.compile("持续|长期|常态|常抓")


def names_several(text: str) -> bool:
    """Tell whether a wording names two days (6月底或12月底), or a day and what has none (5月底前完成，其余长期坚持)."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST])
    if read_deadline(folded, ANY_YEAR).kind in (DeadlineKind.RANGE, DeadlineKind.ONGOING):
        return False
    pieces = [piece for piece in _PIECES.split(folded) if piece.strip()]
    days = {due_on for piece in pieces if (due_on := read_deadline(piece, ANY_YEAR).due_on)}
    return len(days) > 1 or (bool(days) and any(_KEPT_UP.search(piece) for piece in pieces[1:]))
