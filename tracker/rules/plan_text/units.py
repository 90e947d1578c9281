"""Split the units named in one label line, keeping their grouping, order and spelling."""

import re
from collections.abc import Iterator

from tracker.rules.plan_text.drafts import PartyDraft, Role
from tracker.rules.plan_text.lines import fold

BUREAU = re.compile(r"(?:[省市州区县]|地区|自治区)?(?:厅|局)(?:机关)?(?=[\u4e00-\u9fff])")
"""What a list writes once for the offices after it: 市局, 省厅, 局机关."""

OFFICE_ENDINGS = ("处", "科", "室", "股", "部", "办", "委", "队", "中心", "处室", "科室")
OUTSIDE = tuple("各省市州区县乡镇")
"""A name that begins like this stands on its own and borrows no prefix."""

GROUP_SIGNS = frozenset(",;")
INNER_SIGN = "、"


def read_parties(text: str, role: Role) -> tuple[PartyDraft, ...]:
    """Read the units of one label: "，" divides groups, "、" divides the names of a group."""
    parties: list[PartyDraft] = []
    groups = (group for group in split(text.rstrip("。.;； "), GROUP_SIGNS) if group)
    for index, group in enumerate(groups, 1):
        names = [name for name in split(group, frozenset(INNER_SIGN)) if name]
        for printed, name in zip(names, distribute(names), strict=True):
            parties.append(PartyDraft(name, printed, role, index, len(parties) + 1, group))
    return tuple(parties)


def distribute(names: list[str]) -> list[str]:
    """Give every office of a group the prefix that only the first one carries."""
    match = BUREAU.match(names[0]) if names else None
    if not match or not _is_office(names[0]):
        return names
    return [names[0], *(match[0] + name if _borrows(name) else name for name in names[1:])]


def split(text: str, signs: frozenset[str]) -> Iterator[str]:
    """Split at signs that stand outside brackets, so that 各县（市、区）局 stays one name."""
    depth = start = 0
    for place, sign in enumerate(fold(text)):
        if sign in "([":
            depth += 1
        elif sign in ")]":
            depth = max(0, depth - 1)
        elif depth == 0 and sign in signs:
            yield text[start:place].strip()
            start = place + 1
    yield text[start:].strip()


def prefix_of(name: str) -> str:
    """Give the bureau prefix of a name, empty where it has none."""
    match = BUREAU.match(name)
    return match[0] if match else ""


def _borrows(name: str) -> bool:
    return not name.startswith(OUTSIDE) and not BUREAU.match(name) and _is_office(name)


def _is_office(name: str) -> bool:
    return re.sub(r"\([^()]*\)$", "", fold(name)).endswith(OFFICE_ENDINGS)
