"""What the last pages of the import wizard ask about, and what a person's repairs leave behind on the plan."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import moment, person
from tests.client import Client
from tests.published import SMALL, make_import, text_of
from tests.published import publish as publish_now
from tracker.db import db, transaction
from tracker.plans import desk, desk_likeness
from tracker.plans.desk import TaskEdit
from tracker.plans.desk_queries import party_words, stamp
from tracker.plans.models import Anomaly, Plan, PlanImport, Task, TaskChange
from tracker.rules.plan_text import editing
from tracker.rules.plan_text.drafts import Role
from tracker.rules.plan_text.keeping import restore
from tracker.rules.plans import AnomalyState
from tracker.seeding.organizations import add_further
from tracker.web.plans.publishing import publishing

Visitor = Callable[[str], Client]
NO_DAY = SMALL.replace("完成时间：持续推进\n", "")
UNREADABLE = SMALL.replace("完成时间：持续推进", "完成时间：2021年13月")
UNSIGNED = SMALL.replace("上海市司法局\n", "")
TODAY = "2021-06-24"
NAMELESS = "找不到名为“”的单位"


@pytest.fixture
def supervisor(visitor: Visitor) -> Client:
    """The supervisor at a browser."""
    return visitor("supervisor")


def set_deadline(import_id: int, key: str, wording: str) -> None:
    """Write the deadline of one task anew, as the check page does."""
    task = editing.task_of(restore(db.session.get_one(PlanImport, import_id).draft), key)
    wanted = TaskEdit(task.number, task.kind, task.text, *(party_words(task, role) for role in Role), wording)
    with transaction():
        desk.edit_task(person("supervisor"), moment(TODAY), import_id, key, stamp(task), wanted)


def task(number: str) -> Task:
    """Return a task of the plan that was published last."""
    wanted = select(Task).join(Plan, Plan.id == Task.plan_id).order_by(Plan.id.desc())
    found = db.session.scalars(wanted.where(Task.number == number)).first()
    assert found is not None
    return found


def press(browser: Client, page: str, action: str, **fields: object) -> int:
    """Fill in a form of a page, send it and return how it was answered."""
    return browser.submit(browser.form(page, action=action), **fields).status_code


def test_a_task_without_a_deadline_is_asked_about_until_somebody_confirms_it(seeded: Flask, supervisor: Client) -> None:
    base = f"/plans/import/{make_import(NO_DAY).id}"
    page = supervisor.get(f"{base}/rehearsal").text
    assert "第2项没有时限：请确认没有时限，或者补填。" in page
    assert "确认这 1 项没有时限" in page
    assert "发布并交办" not in supervisor.get(f"{base}/publish").text
    assert press(supervisor, f"{base}/rehearsal", "/undated") == 303
    assert "没有时限：请确认" not in supervisor.get(f"{base}/rehearsal").text
    assert "确认" in supervisor.get(f"{base}/history").text
    assert press(supervisor, f"{base}/publish", "/publish") == 303


def test_nobody_is_asked_about_deadlines_where_the_document_has_none_at_all(seeded: Flask, supervisor: Client) -> None:
    base = f"/plans/import/{make_import(NO_DAY.replace('完成时间：2021年9月', '')).id}"
    assert "没有时限：请确认" not in supervisor.get(f"{base}/rehearsal").text


def test_an_unread_deadline_leads_to_its_task_and_speaks_of_no_command_line(seeded: Flask, supervisor: Client) -> None:
    base = f"/plans/import/{make_import(UNREADABLE).id}"
    page = supervisor.get(f"{base}/rehearsal").text
    assert "第2项的完成时间“2021年13月”读不懂，请在核对页改写时限。" in page
    assert f"{base}/check?task=2" in page
    assert "--patches" not in page


def test_the_wording_of_the_document_stays_where_a_person_sets_a_deadline(seeded: Flask, supervisor: Client) -> None:
    made = make_import(UNREADABLE).id
    set_deadline(made, "2", "2021-12")
    set_deadline(made, "2", "2021-11")
    assert "；由人改定，原文：2021年13月" in supervisor.get(f"/plans/import/{made}/rehearsal").text
    publish_now(made)
    found = task("2")
    assert (found.deadline_raw, found.due_on) == ("2021年13月", date(2021, 11, 30))
    change = db.session.scalars(select(TaskChange).where(TaskChange.task_id == found.id)).one()
    assert (change.what, change.before, change.after) == ("due", "2021年13月", "2021-11")
    assert change.reason == "导入时由“2021年13月”改为“2021-11”（督办员（演示））"
    page = supervisor.get(f"/tasks/{found.id}").text
    assert "原文“2021年13月”" in page
    assert "”，按月末计" not in page


def test_a_deadline_that_the_document_never_named_is_not_quoted_from_it(seeded: Flask, supervisor: Client) -> None:
    made = make_import(NO_DAY).id
    set_deadline(made, "2", "2021-11")
    assert "原文：" not in supervisor.get(f"/plans/import/{made}/rehearsal").text.split("11月30日")[1].split("</li>")[0]
    publish_now(made)
    found = task("2")
    assert found.deadline_raw == ""
    for page in (f"/tasks/{found.id}", f"/plans/{found.plan_id}"):
        text = supervisor.get(page).text
        assert "文件没有写明，导入时填写" in text
        assert "原文“”" not in text


def test_a_deadline_that_a_person_took_away_binds_nobody_and_stays_quoted(seeded: Flask) -> None:
    made = make_import(UNREADABLE).id
    set_deadline(made, "2", "")
    publish_now(made)
    assert (task("2").deadline_raw, task("2").due_on) == ("2021年13月", None)


def test_open_notes_are_counted_before_publication_and_repaired_ones_are_closed_by_it(
    seeded: Flask, supervisor: Client
) -> None:
    made = make_import(UNREADABLE).id
    for page in ("rehearsal", "publish"):
        text = supervisor.get(f"/plans/import/{made}/{page}").text
        assert "处原文须知没有决定" in text
        assert f"/plans/import/{made}/anomalies" in text
    set_deadline(made, "2", "2021-12")
    publish_now(made, account="supervisor")
    closed = db.session.scalars(select(Anomaly).where(Anomaly.code == "unreadable_deadline", Anomaly.plan_id > 0)).all()
    own = [one for one in closed if one.import_id == made]
    assert [(one.state, one.decided_by, one.decision) for one in own] == [
        (AnomalyState.PATCHED, "督办员（演示）", "导入时已由督办员（演示）补填")
    ]


def notes_of(import_id: int, code: str) -> list[Anomaly]:
    """Return the notes of a sort that an import has, as they are stored now."""
    db.session.expire_all()
    own = select(Anomaly).where(Anomaly.import_id == import_id, Anomaly.code == code).order_by(Anomaly.line_from)
    return list(db.session.scalars(own))


def test_who_chose_what_becomes_of_an_early_task_has_decided_about_its_note(
    seeded: Flask, supervisor: Client, visitor: Visitor
) -> None:
    with transaction():
        add_further(("putuo-2024",))
    made = make_import(text_of("putuo-2024-1.txt")).id
    base, code = f"/plans/import/{made}", "due_before_issue"

    def choose(**chosen: str) -> None:
        fields = {name.replace("_", "-"): value for name, value in chosen.items()}
        assert press(supervisor, f"{base}/rehearsal", "/early", **fields) == 303

    assert [note.state for note in notes_of(made, code)] == [AnomalyState.OPEN, AnomalyState.OPEN]
    choose(early_23="moved", due_23="2027-04", reason_23="另有安排。", early_58="kept", reason_58="照原文。")
    first, second = notes_of(made, code)
    assert (first.state, first.decision) == (
        AnomalyState.PATCHED,
        "导入时已由督办员（演示）选定：顺延至新的时限 2027-04-30；理由：另有安排。",
    )
    assert (second.state, second.decision) == (
        AnomalyState.ACCEPTED,
        "导入时已由督办员（演示）选定：照常计算，按逾期处理；理由：照原文。",
    )
    assert {(note.decided_by, note.decided_at is None) for note in (first, second)} == {("督办员（演示）", False)}
    choose(early_23="kept", due_23="", reason_23="不再顺延。")
    assert notes_of(made, code)[0].state == AnomalyState.ACCEPTED


def test_a_decision_about_the_note_itself_stays_as_it_was_taken(seeded: Flask, supervisor: Client) -> None:
    with transaction():
        add_further(("putuo-2024",))
    made = make_import(text_of("putuo-2024-1.txt")).id
    with transaction():
        note = notes_of(made, "due_before_issue")[0]
        note.state, note.decision, note.decided_by = AnomalyState.ASKED, "已问办公室。", "别人"
        note.decided_at = moment(TODAY)
    fields = {"early-23": "kept", "reason-23": "照原文。", "early-58": "kept", "reason-58": "照原文。"}
    assert press(supervisor, f"/plans/import/{made}/rehearsal", "/early", **fields) == 303
    first, second = notes_of(made, "due_before_issue")
    assert (first.state, first.decision, second.state) == (AnomalyState.ASKED, "已问办公室。", AnomalyState.ACCEPTED)


def test_who_fills_in_the_head_settles_what_was_missing_of_it(seeded: Flask, supervisor: Client) -> None:
    made = make_import(SMALL.replace("沪司发〔2021〕77号\n", "")).id
    assert [note.state for note in notes_of(made, "head_incomplete")] == [AnomalyState.OPEN]
    assert press(supervisor, f"/plans/import/{made}/check", "/head", doc_number="沪司发〔2021〕77号") == 303
    assert [(note.state, note.decision) for note in notes_of(made, "head_incomplete")] == [
        (AnomalyState.PATCHED, "导入时已由督办员（演示）补填")
    ]


def test_what_nobody_can_review_is_published_only_by_one_who_says_so(seeded: Flask, supervisor: Client) -> None:
    base = f"/plans/import/{make_import(SMALL.replace('各区局，市局秘书处', '各区局')).id}"
    page = supervisor.get(f"{base}/publish").text
    assert "第1项" in page
    assert "没有审核处室" in page
    assert "我知道这些任务办结后暂无人审核" in page
    refused = supervisor.submit(supervisor.form(f"{base}/publish", action="/publish"))
    assert refused.status_code == 422
    assert "请先勾选" in refused.text
    assert press(supervisor, f"{base}/publish", "/publish", unreviewed="y") == 303


def test_nobody_has_to_say_so_where_somebody_reviews(seeded: Flask, supervisor: Client) -> None:
    base = f"/plans/import/{make_import(SMALL).id}"
    assert "暂无人审核" not in supervisor.get(f"{base}/publish").text


def test_a_document_that_nobody_signed_says_so_and_is_published_for_the_bureau_chosen(
    seeded: Flask, supervisor: Client
) -> None:
    made = make_import(UNSIGNED).id
    base = f"/plans/import/{made}"
    page = supervisor.get(f"{base}/units").text
    assert "文件没有署名，请选定发文单位。" in page
    assert NAMELESS not in page
    empty = supervisor.submit(supervisor.form(f"{base}/units", action="/issuer"), issuer=" ")
    assert empty.status_code == 422
    assert NAMELESS not in empty.text
    assert press(supervisor, f"{base}/units", "/issuer", issuer="上海市司法局") == 303
    assert press(supervisor, f"{base}/publish", "/publish") == 303
    assert db.session.scalars(select(Plan.issuer).order_by(Plan.id.desc())).first() == "上海市司法局"


def test_the_longest_name_inside_the_printed_one_is_suggested_first_and_no_other_city() -> None:
    known = ["上海市司法局", "北京市司法局", "北京市西城区司法局", "普陀区司法局", "浦东新区司法局", "黄浦区司法局"]
    assert desk_likeness.alike("上海市普陀区司法局", known) == ["普陀区司法局", "上海市司法局"]


def test_one_who_is_second_by_a_moment_is_led_to_what_was_published(
    seeded: Flask, supervisor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_import(SMALL).id
    form = supervisor.form(f"/plans/import/{made}/publish", action="/publish")

    def first() -> bool:
        publish_now(made)
        return True

    monkeypatch.setattr(publishing, "_nobody_works", first)
    answer = supervisor.submit(form)
    assert (answer.status_code, answer.location) == (303, f"/plans/import/{made}/publish")


def test_figures_lead_to_the_rows_behind_them(seeded: Flask, supervisor: Client) -> None:
    base = f"/plans/import/{make_import(SMALL).id}"
    page = supervisor.get(f"{base}/rehearsal").text
    for address in (f"{base}/check", "#by-unit", "#by-month", f"{base}/check?task=1"):
        assert f'href="{address}"' in page
    for place in ("by-unit", "by-month"):
        assert f'id="{place}"' in page


def test_a_period_that_holds_no_due_day_is_asked_about(seeded: Flask, supervisor: Client) -> None:
    base = f"/plans/import/{make_import(SMALL).id}"
    words = "没有一项任务的完成时限落在实施期间"
    assert words not in supervisor.get(f"{base}/rehearsal").text
    assert press(supervisor, f"{base}/rehearsal", "/settings", period_from="2022-01-01", period_to="2022-12-31") == 303
    assert words in supervisor.get(f"{base}/rehearsal").text


def test_who_moves_an_early_task_says_to_when(seeded: Flask, supervisor: Client) -> None:
    with transaction():
        add_further(("putuo-2024",))
    base = f"/plans/import/{make_import(text_of('putuo-2024-1.txt')).id}"
    assert 'placeholder="2024-06"' in supervisor.get(f"{base}/rehearsal").text
    form = supervisor.form(f"{base}/rehearsal", action="/early")
    refused = supervisor.submit(form, **{"early-23": "moved", "reason-23": "改期"})
    assert refused.status_code == 422
    assert "第23项：选了顺延，请写明新的完成时限，例如 2024-06。" in refused.text
    assert 'id="due-23-error"' in refused.text


def test_what_the_document_does_not_score_is_not_scored_unless_somebody_says_so(
    seeded: Flask, supervisor: Client
) -> None:
    def scored(text: str) -> bool:
        form = supervisor.form(f"/plans/import/{make_import(text).id}/rehearsal", action="/settings")
        return "scored" in form.fields

    assert not scored(SMALL)
    assert scored(text_of("shanghai-2021-11.txt"))
    assert scored(SMALL + "三、考核\n未完成的每项扣1分。\n")
