"""Makers of years of appraisal, what is recorded in them, and the ballots."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.factories import AT, DAY, add, make_organization, numbers
from tracker.appraisal.models import (
    Appraisal,
    AppraisalAnswer,
    AppraisalAppeal,
    AppraisalDecision,
    AppraisalEntry,
    AppraisalFile,
    AppraisalFreeze,
    AppraisalSelfScore,
    AppraisalUnit,
    BallotMeeting,
    BallotOutcome,
    BallotPaper,
    SpecialApplication,
    SpecialJudgement,
)

BY: dict[str, Any] = {"at": AT, "actor_name": "测试"}


def make_appraisal(**fields: Any) -> Appraisal:
    """A year that has begun, of a new bureau."""
    own: dict[str, Any] = {name: make_organization().id for name in ("issuer_id", "compiler_id") if name not in fields}
    named = {"scheme": "songjiang-2021-19", "scheme_sha256": "0" * 64, "title": "测试考评", "stage": "open"}
    term = {"starts_on": date(2020, 12, 1), "ends_on": date(2021, 11, 30), "opened_at": AT, "opened_by": "测试"}
    return add(Appraisal(**{**named, **term, **own, **fields}))


def make_appraisal_unit(**fields: Any) -> AppraisalUnit:
    """A new unit in a new year."""
    own: dict[str, Any] = {} if "appraisal_id" in fields else {"appraisal_id": make_appraisal().id}
    if "unit_id" not in fields:
        own["unit_id"] = make_organization().id
    return add(AppraisalUnit(**{"name": f"测试科{next(numbers)}", "position": 0, **own, **fields}))


def _of_a_unit(fields: dict[str, Any]) -> dict[str, Any]:
    return {} if "appraisal_unit_id" in fields else {"appraisal_unit_id": make_appraisal_unit().id}


def _of_an_entry(fields: dict[str, Any]) -> dict[str, Any]:
    return {} if "entry_id" in fields else {"entry_id": make_appraisal_entry().id}


def make_appraisal_self_score(**fields: Any) -> AppraisalSelfScore:
    """What a unit gives itself for an item."""
    return add(AppraisalSelfScore(**{"item": "W1-1", "points": Decimal(9), **BY, **_of_a_unit(fields), **fields}))


def make_special_application(**fields: Any) -> SpecialApplication:
    """An application that nobody has judged."""
    text = {"title": "测试特色", "idea": "创新点", "contents": "内容", "results": "成效"}
    named = {**text, "contact": "测试", "phone": "021-0000", "filed_at": AT, "filed_by": "测试"}
    return add(SpecialApplication(**{**named, **_of_a_unit(fields), **fields}))


def make_special_judgement(**fields: Any) -> SpecialJudgement:
    """A judgement of a new application."""
    if "application_id" not in fields:
        fields["application_id"] = make_special_application().id
    named = {"recognised": False, "points": Decimal(2), "reason": "测试评定", "at": AT, "actor_name": "测试"}
    return add(SpecialJudgement(**{**named, **fields}))


def make_appraisal_entry(**fields: Any) -> AppraisalEntry:
    """A deduction under a clause that counts cases."""
    named = {"code": "W1-3.1", "day": DAY, "note": "测试事由"}
    return add(AppraisalEntry(**{**named, **BY, **_of_a_unit(fields), **fields}))


def make_appraisal_answer(**fields: Any) -> AppraisalAnswer:
    """What a unit says to a new entry."""
    return add(AppraisalAnswer(**{"text": "测试答复", **BY, **_of_an_entry(fields), **fields}))


def make_appraisal_appeal(**fields: Any) -> AppraisalAppeal:
    """An objection to a new entry that waits for its answer."""
    named = {"reason": "测试异议", "day": DAY, "asked_at": AT, "asked_by": "测试"}
    return add(AppraisalAppeal(**{**named, **_of_an_entry(fields), **fields}))


def make_appraisal_file(**fields: Any) -> AppraisalFile:
    """A small file of a unit's summary, which stands."""
    n = next(numbers)
    named = {"name": f"{n}.pdf", "sha256": f"{n:064x}", "size": 1, "uploaded_by": "测试", "uploaded_at": AT}
    return add(AppraisalFile(**{**named, **_of_a_unit(fields), **fields}))


def make_appraisal_decision(**fields: Any) -> AppraisalDecision:
    """A cap that was decided on."""
    own: dict[str, Any] = {} if "appraisal_id" in fields else {"appraisal_id": make_appraisal().id}
    named = {"subject": "cap:W6-4.1", "value": "10", "reason": "测试理由", "day": DAY}
    return add(AppraisalDecision(**{**named, **BY, **own, **fields}))


def make_ballot_meeting(**fields: Any) -> BallotMeeting:
    """A meeting that is under way."""
    own: dict[str, Any] = {} if "appraisal_id" in fields else {"appraisal_id": make_appraisal().id}
    named = {"held_on": DAY, "closes_at": AT, "least": 3, "opened_by": "测试"}
    return add(BallotMeeting(**{**named, **own, **fields}))


def _of_a_meeting(fields: dict[str, Any]) -> dict[str, Any]:
    return {} if "meeting_id" in fields else {"meeting_id": make_ballot_meeting().id}


def make_ballot_paper(**fields: Any) -> BallotPaper:
    """A leader's right to vote that was not used."""
    named = {"bench": "leaders", "label": "局领导 1", "token_hash": f"{next(numbers):064x}"}
    return add(BallotPaper(**{**named, **_of_a_meeting(fields), **fields}))


def make_ballot_outcome(**fields: Any) -> BallotOutcome:
    """What three leaders' ballots for a new unit came to."""
    named = {"bench": "leaders", "voted": 3, "sum": Decimal(270)}
    return add(BallotOutcome(**{**named, **_of_a_meeting(fields), **_of_a_unit(fields), **fields}))


def make_appraisal_freeze(**fields: Any) -> AppraisalFreeze:
    """A sealed year of nothing."""
    own: dict[str, Any] = {} if "appraisal_id" in fields else {"appraisal_id": make_appraisal().id}
    return add(AppraisalFreeze(**{"day": DAY, "sheet": "{}", "sha256": "0" * 64, **BY, **own, **fields}))
