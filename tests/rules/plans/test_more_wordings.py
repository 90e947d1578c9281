"""Facts about plans in ever other wordings: each of these layouts was once read wrongly, or not at all."""

import pytest

from tests.plan_facts import Fact, facts
from tracker.rules.plan_text.drafts import Certainty, PlanUnreadable
from tracker.rules.plan_text.reader import read_plan

HEAD = "某市某局2030年重点工作方案\n"
TWO = [Fact("修订办案规程", "甲局", "", "乙局、丙局", "2030-06"), Fact("开展专项检查", "丙局", "", "丁局", "ongoing")]
DONE_BY = [Fact("修订办案规程", "", "甲局", "乙局", "2030-06"), Fact("开展专项检查", "", "丙局", "丁局", "2030-Q3")]

LEADING: dict[str, str] = {
    "labels divided by bars": (
        "任务1：修订办案规程。\n牵头科室：甲局 | 配合科室：乙局、丙局 | 完成时间：6月\n"
        "任务2：开展专项检查。\n牵头科室：丙局 | 配合科室：丁局 | 完成时间：长期\n"
    ),
    "labels divided by full-width bars": (
        "事项一　修订办案规程。\n牵头：甲局｜配合：乙局、丙局｜时限：6月底\n"
        "事项二　开展专项检查。\n牵头：丙局｜配合：丁局｜时限：长期坚持\n"
    ),
    "labels divided by tabs": (
        "1、修订办案规程。\n牵头单位：甲局\t配合单位：乙局、丙局\t完成时限：6月\n"
        "2、开展专项检查。\n牵头单位：丙局\t配合单位：丁局\t完成时限：持续推进\n"
    ),
    "labels divided by strokes": (
        "1、修订办案规程。\n牵头单位：甲局 / 配合单位：乙局、丙局 / 完成时限：6月\n"
        "2、开展专项检查。\n牵头单位：丙局 / 配合单位：丁局 / 完成时限：持续推进\n"
    ),
    "labels behind diamonds": (
        "【改革事项1】修订办案规程\n  ◆牵    头：甲局\n  ◆配    合：乙局、丙局\n  ◆预计完成时间：2030年6月底\n"
        "【改革事项2】开展专项检查\n  ◆牵    头：丙局\n  ◆配    合：丁局\n  ◆预计完成时间：持续推进\n"
    ),
    "labels behind dashes": (
        "（一）修订办案规程\n—牵头：甲局\n—配合：乙局、丙局\n—进度：6月底\n"
        "（二）开展专项检查\n—牵头：丙局\n—配合：丁局\n—进度：常态化\n"
    ),
    "labels behind stars, items behind squares": (
        "■修订办案规程\n★牵头单位：甲局\n★配合单位：乙局、丙局\n★完成时限：6月\n"
        "■开展专项检查\n★牵头单位：丙局\n★配合单位：丁局\n★完成时限：长期\n"
    ),
    "items in round brackets": (
        "（任务一）修订办案规程\n牵头：甲局\n配合：乙局、丙局\n期限：6月底前\n"
        "（任务二）开展专项检查\n牵头：丙局\n配合：丁局\n期限：长期\n"
    ),
    "measures with numbers": (
        "措施1：修订办案规程\n统筹：甲局\n协同：乙局、丙局\n办结时间：6月\n"
        "措施2：开展专项检查\n统筹：丙局\n协同：丁局\n办结时间：全年\n"
    ),
    "a deadline behind the full stop": (
        "1. 修订办案规程。（牵头处室（单位）：甲局，乙局、丙局配合。2030年6月完成）\n"
        "2. 开展专项检查。（牵头处室（单位）：丙局，丁局配合。长期坚持）\n"
    ),
    "everything in one bracket, no labels": (
        "1. 修订办案规程（甲局牵头，乙局、丙局配合；6月30日前完成）。\n"
        "2. 开展专项检查（丙局牵头，丁局配合；长期坚持）。\n"
    ).replace("6月30日前完成", "6月完成"),
}  # fmt: skip

ANSWERING: dict[str, str] = {
    "short labels on an indented line": (
        "1、修订办案规程,统一文书\n   经办:甲局   协办:乙局   时限:2030.6\n"
        "2、开展专项检查\n   经办:丙局   协办:丁局   时限:三季度末   备注:上半年完成四成\n"
    ),
    "spaced labels of two words, an empty result": (
        "议定事项一  修订办案规程。\n    主  责：甲局\n    协  同：乙局\n    办理期限：6月\n    办理结果：\n\n"
        "议定事项二  开展专项检查。\n    主  责：丙局\n    协  同：丁局\n    办理期限：三季度\n    办理结果：\n"
    ),
    "host and assistants": (
        "1．修订办案规程\n主办：甲局；会办：乙局；办结时限：6月\n"
        "2．开展专项检查\n主办：丙局；会办：丁局；办结时限：第三季度\n"
    ),
    "cooperation behind the names": (
        "（一）修订办案规程。（责任处室：甲局，乙局配合，6月底前完成）\n"
        "（二）开展专项检查。（责任处室：丙局，丁局配合，三季度完成）\n"
    ),
    "labels with a second word": (
        "1.修订办案规程。\n责任科室（单位）：甲局\n配合科室/单位：乙局\n完成时间（节点）：6月\n"
        "2.开展专项检查。\n责任科室（单位）：丙局\n配合科室/单位：丁局\n完成时间（节点）：三季度\n"
    ),
    "problems to be mended": (
        "问题1：修订办案规程不及时\n整改责任单位：甲局\n协助单位：乙局\n整改时限：6月\n"
        "问题2：开展专项检查不经常\n整改责任单位：丙局\n协助单位：丁局\n整改时限：三季度\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("layout", LEADING)
def test_who_leads_is_read_however_it_is_labelled(layout: str) -> None:
    assert facts(read_plan(HEAD + LEADING[layout])) == TWO


@pytest.mark.parametrize("layout", ANSWERING)
def test_who_answers_is_read_however_it_is_labelled(layout: str) -> None:
    assert facts(read_plan(HEAD + ANSWERING[layout])) == DONE_BY


# ---- which points are tasks


SHORT = [Fact("修订规程", "", "甲科", "", "2030-06"), Fact("开展检查", "", "乙科", "", "2030-09")]

STATING: dict[str, str] = {
    "short labels in running text": "1.修订规程。责任：甲科；时限：6月底。\n2.开展检查。责任：乙科；时限：9月底。\n",
    "labels behind arrows": "1.修订规程→责任科室：甲科→时限：6月底\n2.开展检查→责任科室：乙科→时限：9月底\n",
    "short labels and gaps": "1.修订规程\n责任  甲科\n时限  6月底\n2.开展检查\n责任  乙科\n时限  9月底\n",
    "months behind the number": "1.修订规程，办结：6月底；责任：甲科。\n2.开展检查，办结：9月底；责任：乙科。\n",
    "numbers and colons": "1：修订规程\n责任：甲科\n时限：6月底\n2：开展检查\n责任：乙科\n时限：9月底\n",
    "values below their labels": "1.修订规程\n责任：\n甲科\n时限：\n6月底\n2.开展检查\n责任：\n乙科\n时限：\n9月底\n",
    "numbers and gaps": "01 修订规程\n责任科室：甲科\n时限：6月底\n02 开展检查\n责任科室：乙科\n时限：9月底\n",
    "English numbers": "NO.1 修订规程\n责任科室：甲科\n时限：6月底\nNO.2 开展检查\n责任科室：乙科\n时限：9月底\n",
    "who and when in a bracket": "● 修订规程（甲科，6月底）\n● 开展检查（乙科，9月底）\n",
    "persons who lead": "1.修订规程（赵某某牵头，甲科落实，6月底前）\n2.开展检查（李某某牵头，乙科落实，9月底前）\n",
    "minutes": "会议议定：\n一、修订规程。由甲科负责，6月底前完成。\n二、开展检查。由乙科负责，9月底前完成。\n",
    "half brackets and half width": "1)修订规程;\n责任:甲科;时限:2030.6;\n2)开展检查;\n责任:乙科;时限:2030.9;\n",
}


@pytest.mark.parametrize("layout", STATING)
def test_an_item_says_briefly_who_and_until_when(layout: str) -> None:
    assert facts(read_plan(HEAD + STATING[layout]), 4) == SHORT


OFFICES: dict[str, str] = {
    "a bracket that follows no sentence": "1.修订规程2件（甲科）\n2.开展检查3次（甲科、乙科）\n3.举办培训（乙科）\n",
    "the same before the full stop": "1.修订规程2件（甲科）。\n2.开展检查3次（甲科、乙科）。\n3.举办培训（乙科）。\n",
    "a dash": "1.修订规程2件。——甲科\n2.开展检查3次。——甲科、乙科\n3.举办培训。——乙科\n",
}


@pytest.mark.parametrize("layout", OFFICES)
def test_units_at_the_end_of_most_items_are_theirs(layout: str) -> None:
    draft = read_plan(HEAD + OFFICES[layout])

    assert [fact.responsible for fact in facts(draft)] == ["甲科", "甲科、乙科", "乙科"]
    assert {task.evidence["responsible"].certainty for task in draft.tasks} == {Certainty.LIKELY}


@pytest.mark.parametrize("heading", ["{}：", "{}:"])
@pytest.mark.parametrize("numbered", [False, True])
def test_headings_that_are_offices_hold_for_the_items_under_them(heading: str, *, numbered: bool) -> None:
    first, second = ("一、甲一科", "二、乙一科") if numbered else (heading.format("甲一科"), heading.format("乙一科"))
    text = f"{first}\n1.修订规程。\n2.公布清单。\n{second}\n1.开展检查。\n2.建立台账。\n"

    assert [fact.responsible for fact in facts(read_plan(HEAD + text))] == ["甲一科"] * 2 + ["乙一科"] * 2


def test_one_remark_in_brackets_names_no_unit() -> None:
    text = "1.修订规程（含附录）。\n2.改造车站（东站）。\n3.举办培训三期。\n4.公布办事清单。\n"

    assert [fact.responsible for fact in facts(read_plan(HEAD + "一、重点任务\n" + text))] == [""] * 4


def test_a_month_right_behind_the_number_of_an_item_is_no_decimal() -> None:
    text = "1.6月底前，修订规程。\n责任单位：甲局\n2.9月底前，开展检查。\n责任单位：乙局\n"

    assert [(task.number, task.text[:3]) for task in read_plan(HEAD + text).tasks] == [("1", "6月底"), ("2", "9月底")]


def test_a_last_item_without_units_is_a_task_like_those_before_it() -> None:
    text = "一、修订规程。由甲科负责。\n二、开展检查。由乙科负责。\n三、改造食堂。5月底前招标。\n"

    assert len(read_plan(HEAD + text).tasks) == 3


PLAIN: dict[str, str] = {
    "a village's intentions": (
        "某村2030年工作打算\n一、去年的情况（略说）\n1．集体收入到了31万元，比上年多7万。\n2．改厕完成112户，还差9户。\n"
        "二、今年要办的事\n1．硬化生产路1.8公里。\n2．更换老化路灯46盏。\n三、几点要求\n1．党员干部要带头。\n2．账目每季度公布。\n"
    ),
    "no title, no headings": "1．硬化生产路1.8公里。\n2．更换老化路灯46盏。\n",
    "a heading of its own words": (
        "致全体村民\n一、我们的想法\n1．硬化生产路1.8公里。\n2．更换老化路灯46盏。\n"
        "二、注意事项\n1．开展工作要注意安全。\n2．按时完成。\n"
    ),
    "goals before, demands behind": (
        "某校学期工作安排\n一、工作目标\n1、巩固率达到100%。\n2、进入前三名。\n二、本学期的几件大事\n1、硬化生产路1.8公里。\n"
        "2、更换老化路灯46盏。\n三、纪律要求\n1、坚持值班。\n2、不得请假。\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("layout", PLAIN)
def test_plain_points_are_tasks_and_goals_and_demands_beside_them_are_none(layout: str) -> None:
    assert facts(read_plan(PLAIN[layout]), 4) == [Fact("硬化生产"), Fact("更换老化")]


def test_what_no_heading_calls_a_task_is_doubtful() -> None:
    draft = read_plan(PLAIN["no title, no headings"])

    assert {task.evidence["text"].certainty for task in draft.tasks} == {Certainty.DOUBTFUL}
    assert draft.dialect == "guessed"


NO_PLANS = {
    "prose": "我局高度重视法治建设，主要领导亲自研究，各处室密切配合，取得了明显成效，受到群众好评。\n",
    "contacts": "1. 张某 甲局 13800000000\n2. 李某 乙局 13900000000\n3. 王某 丙局 13700000000\n",
    "statistics": "1. 全年收入120亿元，同比增长8%。\n2. 全年支出100亿元，同比增长3%。\n3. 累计新增就业2万人。\n",
    "a review": "一、工作总结\n1. 完成了改造12处。\n2. 开展了培训30场。\n",
    "numbers of two things": "1. 一件事。\n2. 又一件事。\n",
}


@pytest.mark.parametrize("kind", NO_PLANS)
def test_what_asks_for_nothing_stays_unread(kind: str) -> None:
    with pytest.raises(PlanUnreadable):
        read_plan(NO_PLANS[kind])


def test_a_calendar_of_months_names_its_offices_in_bare_brackets_and_dates_its_tasks() -> None:
    text = (
        "二月份\n1、召开开学工作会，检查备课。（教导处）\n2、上好安全课。（德育处、各班主任）\n"
        "三月份\n1、开展主题活动，评选先进。（少先队大队部）\n2、排查校舍。（总务处、保卫科）\n"
    )

    assert facts(read_plan("某小学2030年工作计划\n一、各月工作安排\n" + text), 2) == [
        Fact("召开", "", "教导处", due="2030-02"), Fact("上好", "", "德育处、各班主任", due="2030-02"),
        Fact("开展", "", "少先队大队部", due="2030-03"), Fact("排查", "", "总务处、保卫科", due="2030-03"),
    ]  # fmt: skip


def test_remarks_under_the_list_are_no_tasks_and_leave_the_last_item_alone() -> None:
    text = (
        "【事项1】修订规程\n◆牵头：甲局\n【事项2】开展检查\n◆牵头：乙局\n"
        "说明：\n◆本清单由甲局负责解释，各牵头单位每月报送进展。\n◆未达到的视为未完成。\n"
    )

    assert facts(read_plan(HEAD + text), 4) == [Fact("修订规程", "甲局"), Fact("开展检查", "乙局")]


def test_a_mechanism_that_names_an_outside_body_is_no_task() -> None:
    text = (
        "一、主要任务\n（一）修订规程。（甲局负责）\n（二）开展检查。（乙局负责）\n"
        "二、工作机制\n（一）会议机制。每半年召开一次。\n（二）评估机制。2030年底开展评估，委托第三方机构实施。\n"
    )

    assert [fact.text for fact in facts(read_plan(HEAD + text), 4)] == ["修订规程", "开展检查"]


# ---- deadlines

DEADLINES = {
    "6.30": "2030-06-30", "10.31": "2030-10-31", "06.05前": "2030-06-05", "12.31前完成": "2030-12-31",
    "国庆节前": "2030-09-30", "“五一”前": "2030-04-30", "2031年元旦前": "2030-12-31", "七一前": "2030-06-30",
    "三季度末": "2030-Q3", "2029—2030年完成": "2029-01/2030-12", "2030年内": "2030-12-31",
    "4月15日前完成排查，5月底前完成整治": "2030-05", "4月15日、9月30日": "2030-09-30",
    "到期前45日": "relative", "秋季学期开学前": "relative", "汛期前": "relative", "学期末": "relative",
    "批复后实施": "relative", "春节前": "relative", "暑假期间": "relative", "元旦前": "relative",
    "即办": "relative", "每月": "ongoing", "每年5月、10月": "ongoing",
}  # fmt: skip


@pytest.mark.parametrize("wording", DEADLINES)
def test_a_deadline_is_read_in_a_line_and_in_a_cell(wording: str) -> None:
    line = f"1. 修订办案规程。\n责任单位：甲局\n完成时限：{wording}\n2. 开展专项检查。\n责任单位：乙局\n"
    table = f"序号\t工作任务\t责任单位\t完成时限\n1\t修订办案规程。\t甲局\t{wording}\n2\t开展专项检查。\t乙局\t\n"

    assert [facts(read_plan(HEAD + text))[0].due for text in (line, table)] == [DEADLINES[wording]] * 2


@pytest.mark.parametrize("wording", ["汛期前", "学期末", "批复后实施", "元旦前"])
def test_a_day_that_no_calendar_tells_is_doubtful(wording: str) -> None:
    (task,) = read_plan(f"{HEAD}1. 修订规程。\n责任单位：甲局\n完成时限：{wording}\n").tasks

    assert task.deadline.value is None
    assert task.evidence["deadline"].certainty is Certainty.DOUBTFUL


# ---- tables


TABLES: dict[str, tuple[str, list[Fact]]] = {
    "cells between quotation marks over several lines": (
        '类别\t序号\t任务内容\t责任单位\t"配合\n单位"\t"完成\n时间"\n'
        '甲类\t1\t修订办案规程。\t甲局\t"乙局\n丙局"\t6月\n\t2\t"开展专项检查，\n逐家登记。"\t丙局\t丁局\t长期\n',
        [
            Fact("修订办案规程", "", "甲局", "乙局、丙局", "2030-06"),
            Fact("开展专项检查", "", "丙局", "丁局", "ongoing"),
        ],
    ),
    "a federation of cooperatives": (
        "序号\t任务\t责任单位\t配合单位\n"
        "1\t修订办案规程。\t甲局\t区供销合作社联合社、区妇女联合会\n2\t开展专项检查。\t乙局\t丙局\n",
        [
            Fact("修订办案规程", "", "甲局", "区供销合作社联合社、区妇女联合会"),
            Fact("开展专项检查", "", "乙局", "丙局"),
        ],
    ),
    "bars, office and desk in one head": (
        "|序号|项目名称|承办科室（社区）|办结时限|\n|:-:|---|---|:-:|\n"
        "|1|修订办案规程|甲办、乙社区|8月|\n|2|开展专项检查|丙队|年底|\n",
        [Fact("修订办案规程", "", "甲办、乙社区", "", "2030-08"), Fact("开展专项检查", "", "丙队", "", "2030-12-31")],
    ),
    "short heads": (
        "序号\t事项\t主责\t协同\t期限\n1\t修订办案规程。\t甲局\t乙局\t6.30\n2\t开展专项检查。\t丙局\t丁局\t三季度\n",
        [Fact("修订办案规程", "", "甲局", "乙局", "2030-06-30"), Fact("开展专项检查", "", "丙局", "丁局", "2030-Q3")],
    ),
    "heads of two signs": (
        "序号\t任务\t经办\t会办\t时限\n1\t修订办案规程。\t甲局\t乙局\t6月\n2\t开展专项检查。\t丙局\t丁局\t9月\n",
        [Fact("修订办案规程", "", "甲局", "乙局", "2030-06"), Fact("开展专项检查", "", "丙局", "丁局", "2030-09")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("layout", TABLES)
def test_a_table_is_read_in_other_wordings(layout: str) -> None:
    text, truth = TABLES[layout]

    assert facts(read_plan(HEAD + text)) == truth


def test_a_quoted_cell_points_at_the_lines_it_stands_on() -> None:
    text = '序号\t任务\t责任单位\t完成时限\n1\t"修订规程，\n统一文书。"\t甲局\t6月\n2\t开展检查。\t乙局\t9月\n'
    lines = text.split("\n")

    evidence = read_plan(text).tasks[0].evidence

    (unit,) = evidence["responsible"].spans
    assert lines[unit.line_from - 1][unit.column_from : unit.column_to] == "甲局"
    assert (evidence["text"].spans[0].line_from, evidence["text"].spans[0].line_to) == (2, 3)


def test_a_thousandth_task_is_read() -> None:
    text = "".join(f"{number}. 推进第{number}项工作。（甲局负责）\n" for number in range(1, 1102))

    assert [task.number for task in read_plan(HEAD + text).tasks][-102:] == [str(n) for n in range(1000, 1102)]
