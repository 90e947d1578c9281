"""The pages that lead from a task to its lines, and from what is odd about a document to who decided what."""

import pytest
from sqlalchemy import select

from tests.assignments.acts import person, the_plan
from tests.client import Client, FormReader
from tests.factories import make_anomaly
from tests.import_makers import make_plan_import
from tests.web.conftest import Visitor, follow
from tests.web.test_task_change_pages import WHY, page, press, task
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.plans import anomalies
from tracker.rules.plans import AnomalyState


@pytest.fixture
def supervisor(visitor: Visitor) -> Client:
    """The supervisor at the browser."""
    return visitor("supervisor")


def desk() -> str:
    return f"/plans/{the_plan().id}/anomalies"


def first() -> int:
    return anomalies.listed(anomalies.of_plan(the_plan().id), None, 1, 0)[0].id


def answer(browser: Client, address: str = "", **fields: object) -> object:
    return browser.submit(browser.form(address or desk(), f"/anomalies/{first()}"), **fields)


def amend(browser: Client, act: str, fields: dict[str, str]) -> object:
    return browser.submit(browser.form(f"/tasks/{task('16').id}", f"/{act}"), **fields)


def test_a_task_shows_its_lines_with_their_numbers_and_leads_to_the_whole_document(supervisor: Client) -> None:
    found = task("10")
    shown = page(supervisor, "10")
    for number in range(found.line_from, found.line_to + 1):
        assert f'<li value="{number}" id="L{number}" class="marked">' in shown
    assert f"/plans/{found.plan_id}/source?page=1#L{found.line_from}" in shown


def test_the_document_leads_from_each_task_s_lines_to_the_task(supervisor: Client) -> None:
    shown = supervisor.get(f"/plans/{the_plan().id}/source?page=1").text
    for number in ("1", "9"):
        assert f'href="/tasks/{task(number).id}">第{number}项</a>' in shown


def test_a_page_behind_the_document_s_end_shows_its_last(supervisor: Client) -> None:
    assert supervisor.get(f"/plans/{the_plan().id}/source?page=99").status_code == 200


def test_a_decision_is_shown_with_who_made_it(supervisor: Client) -> None:
    shown = follow(supervisor, answer(supervisor, state="accepted", words="原文如此，照办。"))
    assert "决定已保存" in shown
    assert "照原文接受" in shown
    assert "原文如此，照办。" in shown
    assert person("supervisor").name in shown


def test_what_was_decided_moves_to_its_own_list(supervisor: Client) -> None:
    id_ = first()
    answer(supervisor, state="accepted")
    assert f'id="a{id_}"' not in supervisor.get(f"{desk()}?view=open").text
    assert f'id="a{id_}"' in supervisor.get(f"{desk()}?view=accepted").text


def test_a_whole_sort_is_accepted_at_once_and_each_of_it_names_who_did(supervisor: Client) -> None:
    sort = anomalies.undecided(anomalies.of_plan(the_plan().id))[0]
    shown = follow(supervisor, supervisor.submit(supervisor.form(desk(), desk()), code=sort.code))
    assert f"{sort.number} 处已照原文接受" in shown
    left = anomalies.undecided(anomalies.of_plan(the_plan().id))
    assert sort.code not in [other.code for other in left]
    accepted = anomalies.listed(anomalies.of_plan(the_plan().id), AnomalyState.ACCEPTED, 500, 0)
    assert {row.code for row in accepted} == {sort.code}
    assert {row.decided_by for row in accepted} == {person("supervisor").name}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "asked", "words": ""}, "请写明问了谁"),
        ({"state": "", "words": "写了一半"}, "请先选择一种决定"),
        ({"state": "nonsense", "words": "写了一半"}, "请先选择一种决定"),
        ({"state": "patched", "words": "字" * 501}, "最多 500 字"),
    ],
)
def test_a_decision_that_cannot_be_kept_comes_back_with_its_words(
    supervisor: Client, fields: dict[str, str], said: str
) -> None:
    refused = answer(supervisor, **fields)
    assert refused.status_code == 422  # type: ignore[attr-defined]
    assert said in refused.text  # type: ignore[attr-defined]
    assert fields["words"] in refused.text  # type: ignore[attr-defined]


def test_the_slower_of_two_who_decide_sees_the_other_s_decision_and_keeps_the_words(supervisor: Client) -> None:
    slow = supervisor.form(desk(), f"/anomalies/{first()}")
    answer(supervisor, state="accepted", words="原文如此，照办。")
    refused = supervisor.submit(slow, state="patched", words="按附件更正。")
    assert refused.status_code == 409
    for words in (f"{person('supervisor').name}已对这一处作出决定：照原文接受", "原文如此，照办。", "按附件更正。"):
        assert words in refused.text
    reader = FormReader(desk())
    reader.feed(refused.text)
    shown = next(form for form in reader.forms if form.action == slow.action)
    assert supervisor.submit(shown).status_code == 303
    found = anomalies.get(person("supervisor"), int(slow.action.rpartition("/")[2]))
    assert found is not None
    assert (found.state, found.decision) == ("patched", "按附件更正。")


def test_who_only_reads_sees_the_list_without_forms(visitor: Visitor) -> None:
    shown = visitor("xuhui-clerk").get(desk())
    assert shown.status_code == 200
    assert 'action="/anomalies/' not in shown.text


def test_an_import_s_anomalies_are_for_supervisors(supervisor: Client, visitor: Visitor) -> None:
    import_id = make_plan_import().id
    make_anomaly(plan_id=None, import_id=import_id, message="尚未发布的一处。")
    db.session.commit()
    address = f"/plans/import/{import_id}/anomalies"
    assert "尚未发布的一处。" in supervisor.get(address).text
    assert visitor("xuhui-clerk").get(address).status_code == 403


def test_a_task_is_split_on_its_page_and_leads_to_its_parts(supervisor: Client) -> None:
    shown = follow(supervisor, press(supervisor, "split", parts="第一件事。\n\n第二件事。", reason=WHY))
    assert "任务已拆分为第 16-1、16-2 项" in shown
    for number in ("16-1", "16-2"):
        assert f'href="/tasks/{task(number).id}"' in shown
        assert "由第16项拆分而来" in page(supervisor, number)
    assert ">16-2<" in supervisor.get(f"/plans/{the_plan().id}").text


def test_a_part_of_a_task_that_was_moved_says_that_a_person_moved_it(supervisor: Client) -> None:
    press(supervisor, "due", due="2021-09", reason="领导小组决定。")
    press(supervisor, "split", parts="第一件事。\n\n第二件事。", reason=WHY)
    shown = page(supervisor, "16-1")
    for words in ("；已调整，见变更记录", "调整时限", "领导小组决定。"):
        assert words in shown
    assert "，按月末计" not in shown


def test_who_owes_a_task_only_since_its_day_was_moved_is_not_told_that_the_document_says_so(
    supervisor: Client,
) -> None:
    press(supervisor, "due", due="2021-09", reason="领导小组决定。")
    with transaction():
        late = db.session.scalars(select(Assignment).where(Assignment.task_id == task("16").id)).first()
        assert late is not None
        late.original_due_on = None
        address = f"/assignments/{late.id}"
    shown = supervisor.get(address).text
    assert "；时限已调整，见任务的变更记录" in shown
    assert "，按月末计" not in shown


def test_tasks_are_merged_on_the_page_of_one_of_them(supervisor: Client) -> None:
    fields = {"others": "20、22", "number": "16+20+22", "text": "一件事。", "reason": WHY}
    shown = follow(supervisor, amend(supervisor, "merge", fields))
    assert "任务已合并为第16+20+22项" in shown
    assert "由第22项合并而来" in page(supervisor, "16+20+22")


@pytest.mark.parametrize(
    ("act", "fields", "said"),
    [
        ("split", {"parts": "只有一段", "reason": WHY}, "空行"),
        ("split", {"parts": "", "reason": WHY}, "请写明各部分内容"),
        ("split", {"parts": "一\n\n二", "reason": ""}, "请写明理由"),
        ("merge", {"others": "99", "number": "16+99", "text": "一", "reason": WHY}, "没有第99项"),
        ("merge", {"others": "20", "number": "十六", "text": "一", "reason": WHY}, "这样的写法"),
        ("merge", {"others": "", "number": "16+20", "text": "一", "reason": WHY}, "请写明与哪几项合并"),
    ],
)
def test_an_amendment_that_cannot_be_made_comes_back_with_what_was_typed(
    supervisor: Client, act: str, fields: dict[str, str], said: str
) -> None:
    refused = amend(supervisor, act, fields)
    assert refused.status_code == 422  # type: ignore[attr-defined]
    assert said in refused.text  # type: ignore[attr-defined]
    assert task("16").withdrawn_on is None
