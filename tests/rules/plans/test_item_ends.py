"""Facts about where an item ends: labels inside it, paragraphs behind the last one, remarks beside its units."""

import pytest

from tests.effort import at_most
from tests.plan_facts import Fact, facts
from tracker.rules.plan_text.drafts import Certainty, PlanDraft, Role
from tracker.rules.plan_text.labels import Label, label_of
from tracker.rules.plan_text.reader import read_plan
from tracker.rules.plan_text.units import read_parties

HEAD = "某市某局2030年重点工作方案\n"
TABLE = "某市某局2030年任务分工表\n序号\t工作任务\t责任单位\t完成时限\n"


def read(body: str) -> PlanDraft:
    return read_plan(HEAD + body)


def texts(draft: PlanDraft) -> list[tuple[str, str]]:
    return [(task.number, task.text) for task in draft.tasks]


# ---- labels that have the words of a heading

LABELLED = (
    "1.开展高层整治\n{0}（1）逐栋建档；\n（2）责任到人。\n牵头部门：甲队；完成期限：2030年6月30日\n"
    "2.开展场所整治\n{0}（1）建立清单；\n（2）开展检查。\n牵头部门：乙局；完成期限：2030年5月30日\n"
)


@pytest.mark.parametrize("word", ["工作要求", "主要任务", "工作目标", "具体要求"])
def test_a_heading_above_the_points_of_an_item_is_a_label_inside_it(word: str) -> None:
    draft = read(LABELLED.format(f"{word}：\n"))

    assert texts(draft) == [
        ("1", "开展高层整治\n（1）逐栋建档；\n（2）责任到人。"),
        ("2", "开展场所整治\n（1）建立清单；\n（2）开展检查。"),
    ]
    assert [fact[1:] for fact in facts(draft)] == [("甲队", "", "", "2030-06-30"), ("乙局", "", "", "2030-05-30")]


def test_a_label_inside_the_last_item_is_known_by_those_before() -> None:
    draft = read(
        "1.开展高层整治（责任单位：甲局）\n工作要求：\n（1）逐栋建档；\n（2）责任到人。\n"
        "2.开展场所整治（责任单位：乙局）\n工作要求：\n（1）建立清单；\n（2）开展检查。\n"
    )

    assert [number for number, _ in texts(draft)] == ["1", "2"]
    assert draft.tasks[1].text == "开展场所整治\n（1）建立清单；\n（2）开展检查。"


def test_the_same_words_behind_the_last_item_head_a_part() -> None:
    draft = read(
        "重点任务：\n1.开展高层整治。\n责任单位：甲局\n2.开展场所整治。\n责任单位：乙局\n"
        "工作要求：\n（1）加强组织领导。\n（2）严格督导考核。\n"
    )

    assert texts(draft) == [("1", "开展高层整治。"), ("2", "开展场所整治。")]


def test_points_that_state_their_own_units_stand_under_a_heading() -> None:
    draft = read(
        "一、总体要求\n坚持问题导向。\n重点任务：\n（1）开展高层整治。\n责任单位：甲局\n（2）开展场所整治。\n责任单位：乙局\n"
    )

    assert [fact[:3] for fact in facts(draft)] == [("开展高层整治", "", "甲局"), ("开展场所整治", "", "乙局")]
    assert {task.section for task in draft.tasks} == {""}


def test_thousands_of_such_labels_are_told_apart_in_a_fraction_of_a_second() -> None:
    body = "1.开展整治\n责任单位：甲局\n" + "工作要求：\n逐栋建档\n" * 2_000

    with at_most(2):
        assert read(body).tasks


# ---- what stands behind the last item

ITEMS = {
    "label lines": "1.开展检查。\n责任单位：甲局；完成时限：6月底\n2.建立清单。\n责任单位：乙局；完成时限：7月底\n",
    "brackets": "1.开展检查。（责任单位：甲局；完成时限：6月底）\n2.建立清单。（责任单位：乙局；完成时限：7月底）\n",
    "points": "1.开展检查。\n责任单位：甲局\n2.建立清单。\n（1）分类\n（2）登记\n责任单位：乙局；时限：7月底\n",
}
CLOSINGS = [
    "请各单位于每月25日前将进展报区政府督查室。联系人：张三，电话：12345678。\n",
    "请各责任单位高度重视，认真抓好落实。\n特此通知。\n某市某局\n2030年1月5日\n",
    "各责任单位要于每季度末将落实情况报送办公室。\n（联系人：张三；电话：12345678）\n",
    "联系人：张三，电话：12345678。\n本方案自印发之日起施行。\n",
    "file:" + "///D:/%E6%96%B9%E6%A1%88.html 1/1\n",
    "https://oa.example.test/doc/12 2/2\n",
]


@pytest.mark.parametrize("closing", CLOSINGS)
@pytest.mark.parametrize("items", ITEMS.values(), ids=ITEMS)
def test_paragraphs_that_end_the_document_are_no_part_of_the_last_task(items: str, closing: str) -> None:
    draft, alone = read(items + closing), read(items)

    assert [(task.text, task.deadline) for task in draft.tasks] == [(task.text, task.deadline) for task in alone.tasks]


def test_such_a_paragraph_between_two_items_stays_with_its_own() -> None:
    draft = read("1.报送情况\n责任单位：甲局\n请各单位于每月25日前将进展报甲局。\n2.开展检查\n责任单位：乙局\n")

    assert draft.tasks[0].text == "报送情况\n请各单位于每月25日前将进展报甲局。"


def test_such_a_paragraph_that_is_all_an_item_says_is_its_text() -> None:
    draft = read("1.开展检查\n（责任单位：甲局）\n2.报送情况\n请各单位于每月25日前将进展报甲局。\n责任单位：乙局\n")

    assert draft.tasks[1].text == "报送情况\n请各单位于每月25日前将进展报甲局。"


@pytest.mark.parametrize("items", ["1.开展检查。\n2.建立清单。\n", "1.开展检查\n2.建立清单\n"])
def test_a_sentence_on_all_tasks_holds_for_them_and_is_part_of_none(items: str) -> None:
    draft = read(items + "以上任务由市公安局牵头，均于2030年6月底前完成。\n")

    assert facts(draft, 4) == [Fact(text, "市公安局", due="2030-06") for text in ("开展检查", "建立清单")]
    assert max(len(task.text) for task in draft.tasks) <= 5


def test_a_sentence_that_binds_the_item_it_stands_in_stays_there() -> None:
    draft = read("1.开展检查。\n以上工作，由甲局负责，6月底前完成。\n2.建立清单。\n责任单位：乙局\n")

    assert facts(draft)[0] == Fact("开展检查。\n", "", "甲局", due="2030-06")


def test_a_paragraph_on_a_topic_under_a_short_title_is_not_joined_to_it() -> None:
    draft = read("1.开展高层整治\n整治范围：全市高层住宅。\n责任单位：甲局\n2.开展检查\n责任单位：乙局\n")

    assert draft.tasks[0].text == "开展高层整治\n整治范围：全市高层住宅。"


# ---- the unit named first leads


@pytest.mark.parametrize(
    ("label", "units", "note"),
    [
        ("责任单位", "甲局、乙局（排名第一的为牵头单位）", ""),
        ("责任单位（第一个为牵头单位）", "甲局、乙局", ""),
        ("责任单位（排名第一的为牵头单位）", "甲局、乙局", ""),
        ("责任单位", "甲局、乙局", "注：责任单位中排在第一位的为牵头单位。\n"),
        ("责任单位", "甲局、乙局", "备注：牵头单位排在首位。\n"),
    ],
)
@pytest.mark.parametrize("layout", ["{0}。\n{1}：{2}\n", "{0}。（{1}：{2}）\n"])
def test_a_remark_makes_the_first_unit_lead_in_running_text(label: str, units: str, note: str, layout: str) -> None:
    body = "".join(
        f"{count}." + layout.format(text, label, units) for count, text in ((1, "修订规程"), (2, "开展检查"))
    )
    draft = read(body + note)

    assert [fact[1:3] for fact in facts(draft)] == [("甲局", "乙局")] * 2
    assert draft.tasks[0].evidence["lead"].rule == "first_leads"


@pytest.mark.parametrize(
    "note",
    [
        "注：第一季度由甲局牵头自查。\n",
        "注：牵头单位为第一责任人。\n",
        "3.推行首位联系单位牵头制度。\n责任单位：丙局\n",
    ],
)
def test_other_sentences_with_first_and_lead_make_nobody_lead(note: str) -> None:
    draft = read("1.修订规程。\n责任单位：甲局、乙局\n2.开展检查。\n责任单位：乙局、甲局\n" + note)

    assert not any(task.of_role(Role.LEAD) for task in draft.tasks)


# ---- names and labels


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("区公安分局（李四，电话：5551234）、区教育局", ["区公安分局", "区教育局"]),
        ("市商务局（按行业分工）、市教育局", ["市商务局", "市教育局"]),
        ("甲局、乙局（按职责分工负责）", ["甲局", "乙局"]),
        ("甲局（李四，", ["甲局"]),
        ("甲局、乙局（按职责牵头）", ["甲局", "乙局（按职责牵头）"]),
        ("甲局、乙局，排名第一的为牵头单位", ["甲局", "乙局"]),
        ("各县（市、区）局、市局（机关党委）", ["各县（市、区）局", "市局（机关党委）"]),
    ],
)
def test_a_remark_beside_a_name_is_no_part_of_it(printed: str, names: list[str]) -> None:
    assert [party.name for party in read_parties(printed, Role.RESPONSIBLE)] == names


def test_names_cut_short_before_the_word_they_share_are_to_be_confirmed() -> None:
    cells = read_plan(TABLE + "1\t建立名册\t区教育、卫健、交通、商务等部门\t8月\n2\t开展检查\t甲局、张三\t8月\n")
    lines = read("1.建立名册。\n责任单位：区教育、卫健、交通、商务等部门\n2.开展检查。\n责任单位：甲局\n")

    for draft in (cells, lines):
        assert [task.evidence["responsible"].certainty for task in draft.tasks] == [
            Certainty.DOUBTFUL,
            Certainty.CERTAIN,
        ]
        assert draft.tasks[0].evidence["responsible"].why


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("化解时限", Label.DEADLINE),
        ("整治期限", Label.DEADLINE),
        ("包案领导", Label.PERSON),
        ("化解责任人", Label.PERSON),
        ("合同期限", Label.UNKNOWN),
        ("启动时间", Label.UNKNOWN),
        ("残疾人", None),
        ("第一季度", None),
    ],
)
def test_a_word_is_a_label_by_its_form(word: str, label: Label | None) -> None:
    assert label_of(word) is label


def test_a_label_of_any_form_ends_the_list_of_units() -> None:
    draft = read(
        "1.化解矛盾。\n责任单位：区住建局；包案领导：周强副区长；化解时限：2030年3月底前\n"
        "2.建立清单。（责任单位：区商务局，包案人：李四，整改期限：6月底）\n"
    )

    assert facts(draft) == [
        Fact("化解矛盾。", "", "区住建局", due="2030-03"),
        Fact("建立清单。", "", "区商务局", due="2030-06"),
    ]


# ---- rows that hold more than one task


@pytest.mark.parametrize("first", ["4.开展轮训；", "开展轮训；"])
def test_a_cell_that_counts_on_from_the_number_of_its_row_is_to_be_confirmed(first: str) -> None:
    draft = read_plan(
        TABLE + f"3\t开展检查\t甲局\t6月\n4\t{first}\u20285.建立名册。\t乙局\t6月\n6\t建立清单\t丙局\t7月\n"
    )

    assert [task.evidence["text"].certainty for task in draft.tasks] == [
        Certainty.CERTAIN,
        Certainty.DOUBTFUL,
        Certainty.CERTAIN,
    ]
    assert draft.tasks[1].evidence["text"].why


def test_the_points_of_a_row_are_no_tasks() -> None:
    draft = read_plan(
        TABLE + "1\t1.开展轮训；\u20282.建立名册。\t乙局\t6月\n2\t1.开展检查；\u20282.建立清单。\t丙局\t7月\n"
    )

    assert [task.evidence["text"].certainty for task in draft.tasks] == [Certainty.CERTAIN] * 2
