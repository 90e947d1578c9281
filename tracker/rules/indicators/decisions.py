"""What a person proposes about a form's text, what is odd about it, and what was decided of either."""

from collections.abc import Callable, Iterator
from enum import StrEnum

from tracker.rules.indicators.problems import FormProblem
from tracker.rules.indicators.terms import Remark
from tracker.rules.words import say

INFERRED = "推断"
PROPOSED: dict[str, Callable[[str], str]] = {
    "sub_task": lambda n: say("任务细化{n}", n=n),
    "content": lambda n: say("项目内容{n}", n=n),
    "unit_a": lambda unit: say("单位应为“{unit}”", unit=unit),
    "text": lambda text: say("文字应为“{text}”", text=text),
    "option": lambda option: say("可选“{option}”", option=option),
    "note": lambda _: "",
}
"""What each sort of remark proposes."""


class Decision(StrEnum):
    """What is done about an odd place or a proposal: the printed text itself never changes."""

    AS_PRINTED = "as_printed"
    ADOPTED = "adopted"
    ASKED = "asked"


DECISION_TEXT: dict[Decision, str] = {
    Decision.AS_PRINTED: say("照印"),
    Decision.ADOPTED: say("采纳建议"),
    Decision.ASKED: say("待问"),
}


def key_of(remark: Remark) -> str:
    """Return the name by which a remark's decisions are kept: I094-text."""
    return f"{remark.concerns}-{remark.sort}"


def keys_of(problems: tuple[FormProblem, ...]) -> Iterator[str]:
    """Yield the name of every problem, in their order: its sort and first line, a second one of both with its place."""
    times: dict[str, int] = {}
    for each in problems:
        key = f"{each.code}-{each.line_from}"
        times[key] = times.get(key, 0) + 1
        yield key if times[key] == 1 else f"{key}-{times[key]}"


def mark_of(remark: Remark, decided: Decision | None = None) -> str:
    """Say what a remark is: adopted, inferred, a proposed place or a proposal."""
    if decided is Decision.ADOPTED:
        return say("已采纳")
    return say("推断") if INFERRED in remark.reason else say("建议归属") if "归属" in remark.reason else say("建议")


def proposal_of(remark: Remark) -> str:
    """Say what a remark proposes; nothing where it only notes."""
    return PROPOSED[remark.sort](remark.proposed)
