"""The check page where two people or two numbers meet: nothing typed is lost, and nothing goes without a word."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask

from tests.assignments.acts import moment, person
from tests.client import Client
from tests.house.source import PACKAGE
from tests.import_texts import FIRST, LINES, opened
from tests.published import SMALL, make_import
from tests.web.conftest import Visitor
from tests.web.plans.test_wizard_check import now, page, send, task
from tracker.db import db, transaction
from tracker.plans import desk_settings, desk_units
from tracker.plans.desk_settings import PLAIN
from tracker.plans.models import ImportChange, PlanImport
from tracker.rules.plan_text.keeping import keep
from tracker.web.plans.wizard.told import SETTING_TEXT
from tracker.web.plans.wizard.words import CHANGE_TEXT
from tracker.web.plans.words import FIELD_TEXT

WRITERS = sorted([*PACKAGE.glob("plans/desk*.py"), *PACKAGE.glob("assignments/*.py")])


@pytest.fixture
def number(seeded: Flask) -> int:
    """The number of an open import."""
    return opened()


@pytest.fixture
def supervisor(visitor: Visitor) -> Client:
    """The supervisor at the browser."""
    return visitor("supervisor")


def test_what_was_typed_for_a_task_that_others_split_is_shown_with_its_pieces(
    supervisor: Client, visitor: Visitor, number: int
) -> None:
    form = supervisor.form(page(number, "3"), "/tasks/3?")
    send(visitor("supervisor"), number, "3", "split", parts="建成平台。\r\n\r\n投入使用。")
    response = supervisor.submit(form, text="我写的平台。", intent="save")
    assert response.status_code == 409
    assert "您填写的内容" in response.text
    assert "我写的平台。" in response.text
    for key, name in (("3.1", "3-1"), ("3.2", "3-2")):
        assert f'href="?task={key}#task">第{name}项</a>' in response.text


def test_what_was_typed_for_a_task_that_others_merged_leads_to_where_it_went(
    supervisor: Client, visitor: Visitor, number: int
) -> None:
    other = visitor("supervisor")
    send(other, number, "6", deadline="2024年10月", intent="save")
    form = supervisor.form(page(number, "6"), "/tasks/6/split?")
    send(other, number, "5", "merge", others="6")
    response = supervisor.submit(form, parts="我分的。\r\n\r\n两段。")
    assert response.status_code == 409
    assert "我分的。" in response.text
    assert 'href="?task=5#task">第5项</a>' in response.text


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("", {"text": "我改的文字。"}),
        ("/split", {"parts": "我分的一段。\r\n\r\n我分的两段。"}),
        ("/split", {"parts": "我分的一段。\r\n\r\n我分的两段。", "intent": "preview"}),
        ("/withdraw", {"reason": "我写的理由。"}),
        ("/merge", {"others": "99"}),
    ],
)
def test_what_was_typed_for_a_task_that_others_withdrew_can_be_copied(
    supervisor: Client, visitor: Visitor, number: int, act: str, fields: dict[str, str]
) -> None:
    form = supervisor.form(page(number, "3"), f"/tasks/3{act}?")
    send(visitor("supervisor"), number, "3", "withdraw", reason="重复。")
    response = supervisor.submit(form, **fields)
    assert response.status_code == 409
    assert left_typed(response.text).count(next(iter(fields.values())).replace("\r\n", "\n")) == 1


def left_typed(shown: str) -> str:
    """Return the panel with what somebody typed in vain."""
    return shown.partition('id="left"')[2].partition("</section>")[0]


def test_what_was_typed_for_an_import_that_others_gave_up_can_be_copied(supervisor: Client, number: int) -> None:
    form = supervisor.form(page(number, "3"), "/tasks/3/add?")
    with transaction():
        db.session.get_one(PlanImport, number).state = "dropped"
    response = supervisor.submit(form, number="7", text="我补录的一项。")
    assert response.status_code == 409
    assert "我补录的一项。" in left_typed(response.text)
    assert "填到别的任务" not in response.text


def test_leaving_a_changed_form_is_asked_about_in_words_of_the_page(supervisor: Client, number: int) -> None:
    assert 'data-leave="这一项的修改还没有保存' in supervisor.get(page(number, "1")).text
    assert "data-unsaved" not in supervisor.get(page(number, "1")).text
    assert "data-unsaved" in send(supervisor, number, "1", text=" ", lead="法治科", intent="save").text


def test_a_correction_that_loses_a_task_is_asked_about_before_it_is_done(supervisor: Client, number: int) -> None:
    form = supervisor.form(f"{page(number, '1')}&line={FIRST}", "/lines?")
    asked = supervisor.submit(form, new="这一行不是任务。", reason="原件印错")
    assert asked.status_code == 422
    assert "清单会少 1 项任务：第1项“组织开展甲类培训" in asked.text
    assert "我知道后果，仍然这样更正" in asked.text
    assert len(now(number).draft.tasks) == 6
    sure = re.search(r'name="sure" value="([^"]+)"', asked.text)
    assert sure
    done = supervisor.submit(form, new="这一行不是任务。", reason="原件印错", sure=sure[1])
    assert done.status_code == 303
    assert len(now(number).draft.tasks) == 5


def test_a_line_of_a_task_is_not_emptied_in_one_step(supervisor: Client, number: int) -> None:
    form = supervisor.form(f"{page(number, '1')}&line={FIRST}", "/lines?")
    assert supervisor.submit(form, new="", reason="原件印错").status_code == 422
    assert now(number).lines[FIRST - 1] == LINES[FIRST - 1]


def written() -> Iterator[tuple[str, str]]:
    """Give what the code puts on record of an import: the kind of step and, where it is written out, the field."""
    for path in WRITERS:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = ast.unparse(call.func) if isinstance(call, ast.Call) else ""
            at = {"Step": 0, "note": 3, "desk_record.note": 3}.get(name)
            if not isinstance(call, ast.Call) or at is None or len(call.args) <= at:
                continue
            named = {keyword.arg: keyword.value for keyword in call.keywords}
            field = named.get("field") or (call.args[at + 2] if len(call.args) > at + 2 else None)
            if isinstance(what := call.args[at], ast.Constant):
                yield what.value, field.value if isinstance(field, ast.Constant) else ""


def test_every_step_on_record_has_users_words() -> None:
    found = set(written())
    assert {"split", "settings", "early", "unit", "publish", "undo", "patch"} <= {what for what, _ in found}
    assert {what for what, _ in found} - set(CHANGE_TEXT) == set()
    assert {field for _, field in found if field} - set(FIELD_TEXT) == set()
    assert set(PLAIN) <= set(SETTING_TEXT)


def test_settings_are_told_field_by_field(supervisor: Client, number: int) -> None:
    for days, scored in ((5, "true"), (9, "false")):
        with transaction():
            row = db.session.get_one(PlanImport, number)
            wanted = desk_settings.restored(row.settings, now(number).draft)
            plain = replace(wanted.plain, near_days=days, scored=scored == "true")
            seen = desk_units.stamp(db.session.get_one(PlanImport, number).settings)
            settled = replace(wanted, plain=plain)
            desk_settings.settle(person("supervisor"), moment("2024-02-21"), number, seen, settled)
    shown = supervisor.get(f"/plans/import/{number}/history").text
    assert "临期天数：5 → 9" in shown
    assert "计分（不勾选时只看完成情况）：是 → 否" in shown
    assert "near_days" not in shown
    assert "{&#34;" not in shown


def test_units_and_publication_are_told_in_words(supervisor: Client, number: int) -> None:
    with transaction():
        for what, field, after in (("unit", "unit", "市局甲处"), ("publish", "", "28"), ("undo", "", "")):
            who = {"actor_name": "督办", "at": moment("2024-02-21")}
            db.session.add(ImportChange(import_id=number, what=what, field=field, after=after, **who))
    shown = supervisor.get(f"/plans/import/{number}/history").text
    for words in ("映射单位", "发布为方案", "交办 28 个责任事项", "撤回发布"):
        assert words in shown
    assert "unit" not in re.sub(r"<[^>]+>", "", shown[shown.index('id="changes"') :])


def states(shown: str) -> list[str]:
    return re.findall(r'class="step step-(\w+)"', shown)


def test_a_step_is_ticked_only_when_nothing_of_it_is_left(supervisor: Client, number: int) -> None:
    assert states(supervisor.get(f"/plans/import/{number}/units").text)[2:4] == ["todo", "current"]
    assert states(supervisor.get(f"/plans/import/{number}/publish").text)[2:4] == ["todo", "todo"]
    for _ in range(2):
        supervisor.submit(supervisor.form(page(number), "/confirm?"))
    assert states(supervisor.get(f"/plans/import/{number}/units").text)[2:4] == ["done", "current"]
    assert states(supervisor.get(f"/plans/import/{number}/publish").text)[2:4] == ["done", "todo"]


def test_a_rehearsal_is_not_done_while_something_stands_in_the_way(supervisor: Client, seeded: Flask) -> None:
    for text, state in ((SMALL.replace("完成时间：持续推进\n", ""), "todo"), (SMALL, "done")):
        shown = supervisor.get(f"/plans/import/{make_import(text).id}/publish").text
        assert states(shown)[-2:] == [state, "current"]


def test_going_on_leads_to_the_first_step_that_is_left(supervisor: Client, number: int) -> None:
    assert supervisor.get(f"/plans/import/{number}").location.endswith("/check")
    for _ in range(2):
        supervisor.submit(supervisor.form(page(number), "/confirm?"))
    assert supervisor.get(f"/plans/import/{number}").location.endswith("/units")


def test_two_tasks_of_one_number_are_marked_where_they_stand(supervisor: Client, number: int) -> None:
    with transaction():
        row = db.session.get_one(PlanImport, number)
        row.draft = keep(now(number).draft).replace('"number":"4"', '"number":"3"', 1)
    for key in ("3", "4"):
        shown = supervisor.get(page(number, key)).text
        assert 'id="twins"' in shown
        assert "请给其中一项改一个没有用过的序号，例如 3-1" in shown
    assert shown.count("<b>重号</b>") == 2
    assert 'id="twins"' not in supervisor.get(page(number, "1")).text


def test_a_withdrawn_task_is_not_edited_by_a_form_left_open(supervisor: Client, visitor: Visitor, number: int) -> None:
    form = supervisor.form(page(number, "4"), "/tasks/4?")
    send(visitor("supervisor"), number, "4", "withdraw", reason="不是任务")
    response = supervisor.submit(form, text="还想改。", intent="save")
    assert response.status_code == 409
    assert "第4项已经撤下" in response.text
    assert "还想改。" in response.text
    assert task(number, "4").text != "还想改。"


def test_a_file_without_an_ending_is_told_what_a_plan_is_called(supervisor: Client) -> None:
    form = supervisor.form("/plans/import", "/plans/import")
    response = supervisor.submit(form, file=(BytesIO(b"a"), "方案"))
    assert response.status_code == 422
    assert "例如 方案.docx。" in response.text
    assert "佐证" not in response.text


def test_the_form_to_upload_stands_above_what_is_on_its_way(supervisor: Client, number: int) -> None:
    shown = supervisor.get("/plans/import").text
    assert shown.index('id="upload-form"') < shown.index('id="open-imports"')
