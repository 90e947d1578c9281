"""Facts about where the fields of a table's tasks come from, and about tables that nobody means well with."""

import pytest

from tests.effort import at_most
from tracker.rules.plan_text.drafts import Certainty, Evidence, Role, Span, TaskDraft
from tracker.rules.plan_text.reader import read_plan
from tracker.rules.plan_text.rule_texts import RULE_TEXT
from tracker.rules.plan_text.source import read_source
from tracker.rules.plan_text.tabular import read_tables

HEAD = "序号\t工作任务\t牵头单位\t配合单位\t完成时限\n"


def tasks_of(text: str) -> list[TaskDraft]:
    return [task for section in read_tables(read_source(text), 2031) for task in section.tasks]


def shown(text: str, evidence: Evidence) -> list[str]:
    """Cut the stretches of an evidence out of the text they were read from."""
    lines = text.split("\n")
    return [lines[span.line_from - 1][span.column_from : span.column_to] for span in evidence.spans]


def test_each_field_points_at_the_cell_it_was_read_from() -> None:
    text = "任务清单\n\n" + HEAD + "1\t  修订章程。 \t甲局\t乙局、丙局\t5月\n"

    (task,) = tasks_of(text)

    assert shown(text, task.evidence["text"]) == ["修订章程。"]
    assert shown(text, task.evidence["lead"]) == ["甲局"]
    assert shown(text, task.evidence["cooperating"]) == ["乙局、丙局"]
    assert shown(text, task.evidence["deadline"]) == ["5月"]
    assert (task.line_from, task.line_to, task.parties_line, task.deadline_line) == (4, 4, 4, 4)


def test_a_place_counts_the_characters_that_cannot_be_seen() -> None:
    (task,) = tasks_of(HEAD + "1\t\u200b修订章程。\t甲局\t\t5月\n")

    assert task.text == "修订章程。"
    assert task.evidence["lead"].spans == (Span(2, 9, 2, 11),)


def test_a_cell_cut_by_a_page_break_has_a_place_on_either_side() -> None:
    text = HEAD + "1\t修订章程，\t甲局\t\t5月\n— 2 —\n\t报请审议。\t\t\t\n"

    (task,) = tasks_of(text)

    assert shown(text, task.evidence["text"]) == ["修订章程，", "报请审议。"]
    assert (task.line_from, task.line_to) == (2, 4)


def test_a_merged_cell_is_likely_and_points_at_the_row_that_holds_it() -> None:
    text = "责任单位\t工作任务\t完成时限\n甲局\t修订章程。\t5月\n\t公布章程。\t6月\n"

    _, second = tasks_of(text)

    assert second.evidence["responsible"].certainty is Certainty.LIKELY
    assert second.evidence["responsible"].spans[0].line_from == 2


def test_a_column_that_only_its_contents_name_is_doubtful_and_says_why() -> None:
    first, _ = tasks_of(
        "1\t建设便民驿站五处并投入使用。\t市甲局、市乙局\t9月底\n2\t修订机关管理制度并印发。\t市乙局\t5月\n"
    )

    assert {field: found.certainty for field, found in first.evidence.items()} == {
        "text": Certainty.DOUBTFUL,
        "responsible": Certainty.DOUBTFUL,
        "deadline": Certainty.DOUBTFUL,
    }
    assert first.evidence["responsible"].why


def test_a_deadline_that_names_no_day_is_kept_as_printed_and_doubted() -> None:
    (task,) = tasks_of(HEAD + "1\t修订章程。\t甲局\t\t另行安排\n")

    assert (task.deadline.raw, task.deadline.value) == ("另行安排", None)
    assert task.evidence["deadline"].certainty is Certainty.DOUBTFUL


def test_of_several_days_in_a_cell_the_last_counts_and_is_doubted() -> None:
    (task,) = tasks_of(HEAD + "1\t修订章程。\t甲局\t\t3月底前报送初稿；6月底前印发\n")

    assert task.deadline.value == "2031-06"
    assert task.evidence["deadline"].certainty is Certainty.DOUBTFUL


def test_a_part_that_the_cell_states_goes_before_that_of_its_column() -> None:
    (task,) = tasks_of("序号\t任务\t责任单位\t完成时限\n1\t修订章程。\t甲局牵头，乙局配合\t5月\n")

    assert [(party.printed, party.role) for party in task.parties] == [
        ("甲局", Role.LEAD),
        ("乙局", Role.COOPERATING),
    ]
    assert {task.evidence["lead"].rule, task.evidence["cooperating"].rule} == {"table_cell"}


def test_a_prefix_written_once_holds_for_the_offices_on_the_next_lines() -> None:
    (task,) = tasks_of(HEAD + "1\t修订章程。\t市局甲处\u2028乙处\t\t5月\n")

    assert [(party.printed, party.name) for party in task.parties] == [("市局甲处", "市局甲处"), ("乙处", "市局乙处")]


def test_every_rule_of_a_table_is_explained() -> None:
    text = (
        HEAD + "1\t修订章程。\t甲局\t乙局\t5月\n2\t公布章程。\t甲局牵头，乙局配合\t\t\n"
        "序号\t任务\t责任单位\t一季度\t二季度\n1\t建设驿站。\t甲局\t√\t\n2\t清理河道。\t同上\t\t√\n"
        "注：未注明完成时限的，均于2031年11月底前完成。\n"
    )

    rules = {found.rule for task in tasks_of(text) for found in task.evidence.values()}

    assert rules >= {"table_row", "table_column", "table_cell", "table_period", "table_merged", "covering_note"}
    assert rules <= set(RULE_TEXT)


def test_a_document_with_a_table_is_read_as_one() -> None:
    draft = read_plan(
        "某镇2031年任务清单\n\n" + HEAD + "1\t修订章程。\t甲局\t乙局\t5月\n2\t公布章程。\t甲局\t乙局\t6月\n"
    )

    assert draft.dialect == "tabular"
    assert [task.deadline.value for task in draft.tasks] == ["2031-05", "2031-06"]


HOSTILE = {
    "a line of a million tabs": HEAD + "1" + "\t" * 1_000_000,
    "a line of two million bars": "|" * 2_000_000,
    "heads and nothing else": HEAD * 3_000,
    "heads on lines of their own, again and again": "序号\n工作任务\n责任单位\n完成时限\n" * 1_000,
    "numbers on lines of their own": "序号\n工作任务\n责任单位\n完成时限\n" + "1\n" * 20_000,
    "brackets that never close": HEAD + "1\t修订章程。\t" + "（" * 5_000 + "\t\t5月\n",
    "a box without an end": "├──┼──┤\n" * 3 + "│a│b│\n" * 10_000,
    "gaps in every place": "序号  工作任务  责任单位  完成时限\n" + ("a  " * 2_000 + "\n") * 50,
    "words of parts in one cell": HEAD + "1\t修订章程。\t" + "牵头配合" * 2_000 + "\t\t5月\n",
    "blank lines": HEAD + "\n" * 500_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_table_takes_long_to_read(kind: str) -> None:
    with at_most(seconds=5):
        tasks_of(HOSTILE[kind])


def test_a_thousand_rows_are_read_at_once() -> None:
    text = HEAD + "".join(f"{n}\t办好第{n}件事。\t甲局\t乙局、丙局\t{n % 12 + 1}月\n" for n in range(1, 1001))

    with at_most(seconds=5):
        assert len(tasks_of(text)) == 1000
