"""Makers of rounds of statistical forms, what units answer in them, and what stands around it."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.factories import AT, DAY, add, make_organization, numbers
from tracker.indicators.models import (
    Answer,
    AnswerChange,
    Definition,
    Explanation,
    FormDecision,
    IndicatorFile,
    OfficeFigure,
    Question,
    Round,
    RoundUnit,
    SparedQuestion,
)

BY: dict[str, Any] = {"at": AT, "actor_name": "测试"}
FORM = "shanghai-112"


def make_indicator_round(**fields: Any) -> Round:
    """A running round of a new bureau."""
    own = {} if "issuer_id" in fields else {"issuer_id": make_organization().id}
    named = {"form": FORM, "form_sha256": "0" * 64, "year": 2023, "title": f"测试填报{next(numbers)}"}
    term = {"opens_on": date(2021, 6, 1), "closes_on": date(2021, 6, 30), "opened_at": AT, "opened_by": "测试"}
    return add(Round(**{**named, **term, **own, **fields}))


def make_indicator_round_unit(**fields: Any) -> RoundUnit:
    """A new unit in a new round."""
    own: dict[str, Any] = {} if "round_id" in fields else {"round_id": make_indicator_round().id}
    if "unit_id" not in fields:
        own["unit_id"] = make_organization().id
    return add(RoundUnit(**{**own, **fields}))


def _of_a_sheet(fields: dict[str, Any]) -> dict[str, Any]:
    return {} if "round_unit_id" in fields else {"round_unit_id": make_indicator_round_unit().id}


def make_indicator_answer(**fields: Any) -> Answer:
    """A number in a blank."""
    named = {"blank": "I007", "state": "given", "number": Decimal(3), "source": "form"}
    return add(Answer(**{**named, **BY, **_of_a_sheet(fields), **fields}))


def make_indicator_answer_change(**fields: Any) -> AnswerChange:
    """A first number in a blank."""
    named = {"blank": "I007", "before": "", "after": "3", "source": "form", "day": DAY}
    return add(AnswerChange(**{**named, **BY, **_of_a_sheet(fields), **fields}))


def make_indicator_explanation(**fields: Any) -> Explanation:
    """Why there are more persons than posts."""
    named = {"check_name": "posts_filled", "left_figure": "9", "right_figure": "8", "text": "测试说明"}
    return add(Explanation(**{**named, **BY, **_of_a_sheet(fields), **fields}))


def make_indicator_office_figure(**fields: Any) -> OfficeFigure:
    """A number that a new office is asked for and has not given."""
    own = _of_a_sheet(fields) | ({} if "unit_id" in fields else {"unit_id": make_organization().id})
    return add(OfficeFigure(**{"blank": "I007", "asked_at": AT, "asked_by": "测试", **own, **fields}))


def make_indicator_spared_question(**fields: Any) -> SparedQuestion:
    """A number of a new unit that stood in another round."""
    own: dict[str, Any] = {
        name: make_indicator_round().id for name in ("round_id", "given_in_id") if name not in fields
    }
    if "unit_id" not in fields:
        own["unit_id"] = make_organization().id
    return add(SparedQuestion(**{"blank": "I007", "at": AT, **own, **fields}))


def make_indicator_definition(**fields: Any) -> Definition:
    """How an indicator is counted."""
    return add(Definition(**{"form": FORM, "indicator": 7, "text": "测试口径", **BY, **fields}))


def make_indicator_form_decision(**fields: Any) -> FormDecision:
    """A proposal that was adopted."""
    named = {
        "form": FORM,
        "form_sha256": "0" * 64,
        "concerns": "I094-text",
        "decision": "adopted",
        "reason": "测试理由",
    }
    return add(FormDecision(**{**named, **BY, **fields}))


def make_indicator_question(**fields: Any) -> Question:
    """A question that nobody has answered."""
    own: dict[str, Any] = {} if "round_id" in fields else {"round_id": make_indicator_round().id}
    if "unit_id" not in fields:
        own["unit_id"] = make_organization().id
    return add(Question(**{"indicator": 7, "text": "测试问题", "asked_at": AT, "asked_by": "测试", **own, **fields}))


def make_indicator_file(**fields: Any) -> IndicatorFile:
    """A small file that proves an answer."""
    n = next(numbers)
    named = {"indicator": 87, "name": f"{n}.pdf", "sha256": f"{n:064x}", "size": 1, "uploaded_by": "测试"}
    return add(IndicatorFile(**{**named, "uploaded_at": AT, **_of_a_sheet(fields), **fields}))
