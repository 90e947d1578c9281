"""Letters that hold a secret for their recipient alone: sealed while they are stored, never shown on a page."""

from tracker import sealing
from tracker.letters import Body
from tracker.rules.words import say

RESET = "reset"
"""The kind of letter that holds a link for a new password."""

KINDS = frozenset({RESET})

NOT_SHOWN = say("（含一次性链接，不显示）")


def stored(kind: str, body: Body) -> Body:
    """Return a letter's words as the table holds them."""
    return Body(sealing.seal(body.text), sealing.seal(body.html)) if kind in KINDS else body


def sent(kind: str, body: Body) -> Body:
    """Return a stored letter's words as they go out; raise CannotUnseal."""
    return Body(sealing.unseal(body.text), sealing.unseal(body.html)) if kind in KINDS else body


def shown(kind: str, words: str) -> str:
    """Return a stored letter's words as a page may show them."""
    return NOT_SHOWN if kind in KINDS else words
