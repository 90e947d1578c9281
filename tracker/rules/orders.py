"""The colour of a 督办单, told by the lights of what it names, and the words that it begins with."""

from collections.abc import Iterable
from enum import StrEnum

from tracker.rules.status import Light
from tracker.rules.words import say


class Colour(StrEnum):
    """How grave a 督办单 is: blue 临期, yellow 进度滞后, red 逾期 (as 宿迁 issues them)."""

    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"


COLOUR_TEXT: dict[Colour, str] = {
    Colour.BLUE: say("蓝色督办单（临期）"),
    Colour.YELLOW: say("黄色督办单（进度滞后）"),
    Colour.RED: say("红色督办单（逾期）"),
}

GRAVITY = (Colour.BLUE, Colour.YELLOW, Colour.RED)

OPENING: dict[Colour, str] = {
    Colour.BLUE: "以下事项临近完成时限，尚未办结。请倒排时间，抓紧办理，确保按期完成。",
    Colour.YELLOW: "以下事项推进滞后。请查明原因，明确下一步安排和责任人，加快办理。",
    Colour.RED: "以下事项已超过完成时限，尚未办结。请立即办理，写明未按时完成的原因、整改措施和预计完成时间。",
}
"""Official text, which the sender may change; it is Chinese in every language."""


def colour_of(lights: Iterable[Light]) -> Colour:
    """Return the gravest colour of some lights; what is ordered though neither near nor overdue lags behind."""
    told = {Light.OVERDUE: Colour.RED, Light.NEAR: Colour.BLUE}
    return max((told.get(light, Colour.YELLOW) for light in lights), key=GRAVITY.index)
