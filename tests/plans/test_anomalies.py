"""What is odd about a document is decided by a person, on record, and told until then."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import moment, person, the_plan
from tests.factories import make_anomaly
from tests.import_makers import make_plan_import
from tests.plans.conftest import SEED
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.plans import anomalies, provenance
from tracker.plans.anomalies import DecisionRefused, StaleDecision
from tracker.plans.models import Anomaly
from tracker.rules.permissions import Forbidden
from tracker.rules.plan_text.drafts import Problem, Severity
from tracker.rules.plans import AnomalyState

DAY = moment("2021-06-24")


def problem(line: int, found: str = "原文") -> Problem:
    return Problem("stray_label", Severity.WARNING, line, line, "没有用上。", found, "未采用。", ("3",))


def decide(
    anomaly_id: int, state: AnomalyState, words: str = "", account: str = "supervisor", seen: str = ""
) -> Anomaly:
    with transaction():
        known = seen or anomalies.stamp(db.session.get_one(Anomaly, anomaly_id))
        return anomalies.decide(person(account), DAY, anomaly_id, known, state, words)


def first() -> int:
    return anomalies.listed(anomalies.of_plan(the_plan().id), None, 1, 0)[0].id


def test_a_decision_names_who_when_and_why(seeded: Flask) -> None:
    decided = decide(first(), AnomalyState.ACCEPTED, "原文如此。")
    assert (decided.state, decided.decision, decided.decided_at) == ("accepted", "原文如此。", DAY)
    assert decided.decided_by == person("supervisor").name
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.act, entry.object_id) == ("decide_anomaly", decided.id)


def test_a_decision_is_taken_back_without_a_trace_but_the_audit_s(seeded: Flask) -> None:
    id_ = first()
    decide(id_, AnomalyState.ASKED, "已电话询问秘书处。")
    opened = decide(id_, AnomalyState.OPEN)
    assert (opened.state, opened.decision, opened.decided_by, opened.decided_at) == ("open", "", "", None)


@pytest.mark.parametrize("state", [AnomalyState.PATCHED, AnomalyState.ASKED])
def test_a_correction_and_a_question_need_words(seeded: Flask, state: AnomalyState) -> None:
    with pytest.raises(DecisionRefused, match="请写明"):
        decide(first(), state, "  ")


def test_too_many_words_are_refused(seeded: Flask) -> None:
    with pytest.raises(DecisionRefused, match="最多 500 字，现在有 501 字"):
        decide(first(), AnomalyState.ACCEPTED, "字" * 501)


def test_a_decision_on_what_somebody_decided_meanwhile_is_refused(seeded: Flask) -> None:
    id_ = first()
    seen = anomalies.stamp(db.session.get_one(Anomaly, id_))
    decide(id_, AnomalyState.ACCEPTED, "原文如此。")
    with pytest.raises(StaleDecision, match="督办员（演示）已对这一处作出决定：照原文接受"):
        decide(id_, AnomalyState.PATCHED, "按附件更正。", seen=seen)
    db.session.expire_all()
    assert db.session.get_one(Anomaly, id_).decision == "原文如此。"
    taken_back, seen = decide(id_, AnomalyState.OPEN), f"accepted {DAY.isoformat()}"
    with pytest.raises(StaleDecision, match="别人撤回了"):
        decide(taken_back.id, AnomalyState.PATCHED, "按附件更正。", seen=seen)


@pytest.mark.parametrize("account", ["leader", "xuhui-lead", "admin"])
def test_only_a_supervisor_decides(seeded: Flask, account: str) -> None:
    with pytest.raises(Forbidden):
        decide(first(), AnomalyState.ACCEPTED, account=account)


def test_what_needs_a_person_comes_first(app: Flask) -> None:
    plan = make_anomaly(severity="info", line_from=1, line_to=1)
    make_anomaly(plan_id=plan.plan_id, severity="warning", line_from=9, line_to=9)
    make_anomaly(plan_id=plan.plan_id, severity="notice", line_from=5, line_to=5)
    found = anomalies.listed(anomalies.of_plan(plan.plan_id or 0), None, 10, 0)
    assert [row.line_from for row in found] == [9, 5, 1]


def test_reading_again_keeps_what_was_decided_and_renews_the_rest(app: Flask) -> None:
    import_id = make_plan_import().id
    kept, gone = (
        make_anomaly(
            plan_id=None,
            import_id=import_id,
            code="stray_label",
            severity="warning",
            line_from=line,
            line_to=line,
            found="原文",
        )
        for line in (3, 4)
    )
    kept.state, kept.decided_by, kept.decided_at = AnomalyState.ACCEPTED, "测试", DAY
    gone_id = gone.id
    db.session.commit()
    with transaction():
        anomalies.refresh(import_id, [problem(3), problem(7)])
    found = anomalies.listed(anomalies.of_import(import_id), None, 10, 0)
    assert [(row.line_from, row.state) for row in found] == [(3, "accepted"), (7, "open")]
    assert (gone_id, 4) not in [(row.id, row.line_from) for row in found]


def test_every_line_of_the_document_stands_in_its_place_with_its_task(seeded: Flask) -> None:
    total, lines = provenance.document(person("supervisor"), the_plan(), 1000, 0)
    assert (total, [line.number for line in lines]) == (len(lines), list(range(1, total + 1)))
    assert [line.text for line in lines] == SEED.read_text(encoding="utf-8").split("\n")
    owners = {line.task[1] for line in lines if line.task}
    assert owners == {str(number) for number in range(1, 29)}


def test_a_page_of_the_document_begins_where_the_one_before_ended(seeded: Flask) -> None:
    _, lines = provenance.document(person("supervisor"), the_plan(), 50, 50)
    assert [line.number for line in lines] == list(range(51, 101))
