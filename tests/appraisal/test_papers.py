"""A unit's sheet and the result on paper: the document's order, and every point told with its line and who wrote it."""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from docx import Document
from flask import Flask
from python_calamine import CalamineWorkbook

from tests.appraisal.acts import COMPILER, DAY, HEAD, begin, put, say_to, sheet, take_back, the_year, unit
from tests.assignments.acts import moment, person
from tracker.appraisal import decisions, excel, export, freezing, papers, results, special, word
from tracker.appraisal.models import AppraisalSelfScore, AppraisalUnit
from tracker.appraisal.papers import Paper
from tracker.appraisal.special import Applying, Judging
from tracker.db import db, transaction
from tracker.overview.tables import exact_csv
from tracker.rules.appraisal.scheme import Section

OFFICE = "songjiang-bangongshi"
TODAY = date.fromisoformat(DAY)


@pytest.fixture
def begun(seeded: Flask) -> Flask:
    """The demo with a year of appraisal that has just begun."""
    begin()
    return seeded


def paper(name: str, account: str = HEAD) -> Paper:
    """Return a unit's sheet as a person may see it."""
    return papers.of_sheet(person(account), sheet(name, account))


def lines(found: Paper) -> str:
    """Return everything that explains the items."""
    return "\n".join(line.text for part in found.parts for row in part.rows for line in row.lines)


def rows_of(number: int, whole: bool = True) -> list[dict[str, str]]:
    """Return what the export says."""
    sheets = export.seen(person(HEAD), number, TODAY)
    content = exact_csv(export.HEADS, export.rows(sheets, export.decisions_in_force(the_year(), whole)))
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def applied(points: str = "7", recognised: bool = True, title: str = "信息快报") -> int:
    """Let 办公室 apply for special work, judge it, and return its number."""
    with transaction():
        row = special.apply(
            person(OFFICE),
            moment(DAY),
            the_year().id,
            unit("办公室"),
            Applying(title, "新", "内容", "成效", "张三", "1"),
        )
        judged = Judging(recognised, Decimal(points), "成效明显", "市局〔2021〕1号")
        special.judge(person(HEAD), moment(DAY), the_year().id, row.id, judged, row.version)
        return row.id


def test_a_sheet_has_the_documents_items_in_their_order_with_its_words(begun: Flask) -> None:
    found, known = paper("律公科"), sheet("律公科").known
    own = next(each for each in known.scheme.sheets if "律公科" in each.units)
    team, low = (known.scheme.of_section(each)[0] for each in (Section.TEAM, Section.BOTTOM_LINE))
    assert [part.title for part in found.parts] == ["业务工作", "队伍建设", "特色工作", "突破底线扣分"]
    for part, items in ((found.parts[0], own.items), (found.parts[1], team.items), (found.parts[3], low.items)):
        printed = [(row.number, row.content, row.rule, row.full) for row in part.rows]
        assert printed == [
            (str(item.number), item.title, " ".join(item.text.split()), papers.plain(item.points)) for item in items
        ]
    assert not any("<p>" in row.rule for part in paper("办公室").parts for row in part.rows)


def test_every_point_is_told_with_its_clause_its_line_and_who_recorded_it(begun: Flask) -> None:
    entry = put("办公室", "W1-3.1", count=6, note="视频会议缺席")
    say_to(entry, "有两次已请假。", OFFICE)
    take_back(put("办公室", "W1-3.2", note="会风"), reason="查无此事")
    found = paper("办公室")
    row = found.parts[0].rows[2]
    assert row.cells == ("3", "严肃会风纪律", row.rule, "10", "", "0")
    assert [(line.text, line.inner, line.struck) for line in row.lines] == [
        ("W1-3（第 84 行）：起 10 分，扣 12 分，扣完为止，2 分不再扣，计 0 分。", False, False),
        ("W1-3.1 参会率未达要求的，每次扣 2 分（第 84 行）：扣 12 分。", False, False),
        ("2021-05-10 ×6 视频会议缺席 （政治处经办（演示）登记） 科室答复：有两次已请假。", True, False),
        ("W1-3.2 违反会风纪律的，每次扣 2 分（第 84 行）：扣 0 分。", False, False),
        (
            "2021-05-10 会风 （政治处经办（演示）登记） 已撤销，不计分（2021-09-01 政治处经办（演示）：查无此事）",
            True,
            True,
        ),
    ]
    assert found.totals[-1] == ("合计", "60（有待填入的，不是最后得分）")
    assert papers.MOVING in found.remarks
    assert "尚待填入：W1-5.1。填入以前，合计不是最后得分。" in found.remarks


def test_points_of_each_case_and_what_a_later_day_replaced_are_told_so(begun: Flask) -> None:
    put("促进法治科", "X-1.1", count=2, points="6")
    for happened, place in (("2021-04-09", 13), ("2021-07-09", 14)):
        put("促进法治科", "W6-1.2", place=place, happened=happened)
    put("促进法治科", "W6-3.1")
    put("促进法治科", "W6-3.1", note="又一次")
    found = lines(paper("促进法治科"))
    assert "2021-05-10 2 起 × 每起 6 分 = 12 分 测试登记" in found
    assert re.search(r"2021-04-09 第 13 名 .*已由后来的登记（2021-07-09）替代，不计分", found)
    known = sheet("促进法治科")
    idle = [each for each in known.recorded if each.row.id in known.idle]
    told = {each.row.code: export.STATE_TEXT[export.state_of(known, each)] for each in idle}
    assert told == {"W6-1.2": "已由后来的登记替代，不计分", "W6-3.1": "同一条已有登记，不另计分"}


def test_what_a_cap_a_group_or_a_decision_leaves_out_is_told_with_its_reason(begun: Flask) -> None:
    put("执法监督科", "W3-2.3", count=7)
    assert "应扣 14 分，实扣 10 分，4 分不计（本条扣完为止）" in lines(paper("执法监督科"))
    for code in ("W2-3.1", "W2-3.2"):
        put("政治处", code)
    assert "应扣 2 分，实扣 0 分，2 分不计（与同组的另一条择一计算）" in lines(paper("政治处"))
    found = paper("促进法治科")
    assert "应扣 25 分，实扣 20 分，5 分不计（本条扣完为止）" in lines(found)
    assert "市局扣分：沪司发〔2021〕11号 第7项任务，扣 1 分，" in lines(found)
    assert "；时限：2021-02-28；条线：各区局、市局刑罚执行处、各司法所" in lines(found)
    assert ("W6-4.1 单独最多扣到几分？（第 134 行）", "这一条最多扣 20 分（尚未决定，暂按此计）") in found.beside
    with transaction():
        decisions.decide(person(HEAD), moment(DAY), the_year().id, "cap:W6-4.1", "10", "会议决定", 0)
    assert (
        "这一条最多扣 10 分（2021-09-01 " in dict(paper("促进法治科").beside)["W6-4.1 单独最多扣到几分？（第 134 行）"]
    )


def test_special_work_is_told_with_its_band_its_evidence_and_what_is_over_the_most(begun: Flask) -> None:
    number = applied("9")
    put("办公室", "F-22.1", count=2, application_id=number)
    applied("4", recognised=False, title="另一件")
    part = paper("办公室").parts[2]
    assert part.sum == "得 10 分（上限 10 分），合计 13 分，超过上限的 3 分不计"
    assert [(row.content, row.rule, row.full, row.given) for row in part.rows] == [
        ("信息快报", "获得市局加分，在 5–10 分内评定", "5–10", "9"),
        ("另一件", "未获得市局加分，在 1–5 分内评定", "1–5", "4"),
    ]
    assert "依据：F-22.1 " in part.rows[0].lines[1].text


def test_a_clause_under_a_total_entered_by_hand_is_told_as_evidence_alone(begun: Flask) -> None:
    for code, fields in (("W5-9.4", {"count": 5}), ("W5-9.5", {}), ("W5-9", {"points": "11"})):
        put("普法科", code, **fields)
    told = lines(paper("普法科"))
    for code in ("W5-9.4 ", "W5-9.5 "):
        (line,) = (each for each in told.split("\n") if each.startswith(code))
        assert line.endswith("：只作填总分的依据，不另计入。")
    states = {row["code"]: row["state"] for row in rows_of(the_year().id) if row["unit"] == "普法科"}
    assert states == {"W5-9.4": "evidence", "W5-9.5": "evidence", "W5-9": "counts"}
    assert sheet("普法科").results["W5-9"].points == 11


def test_ballots_and_the_result_are_for_those_who_see_results(begun: Flask) -> None:
    assert not [label for label, _ in paper("办公室", OFFICE).beside if "述职" in label]
    shown = results.result(person(COMPILER), the_year().id, TODAY)
    found = papers.of_result(person(COMPILER), the_year().id, shown)
    assert len(found.rows) == 11
    assert papers.MOVING in found.remarks
    assert set(map(str, shown.candidates.questions)) <= set(found.remarks)


def test_the_word_file_says_what_the_paper_says(begun: Flask) -> None:
    put("办公室", "W1-3.1", count=2)
    applied()
    found = paper("办公室")
    document = Document(io.BytesIO(word.docx(found, "打印")))
    told = "\n".join(paragraph.text for paragraph in document.paragraphs) + "\n".join(
        cell.text for table in document.tables for row in table.rows for cell in row.cells
    )
    assert len(document.tables) == 4
    assert all(text in told for text in every_text(found))
    assert document.paragraphs[0].text == "上海市松江区司法局"
    assert "PAGE" in document.sections[0].footer._element.xml
    shown = results.result(person(HEAD), the_year().id, TODAY)
    result = papers.of_result(person(HEAD), the_year().id, shown)
    document = Document(io.BytesIO(word.result_docx(result, "打印")))
    assert [paragraph.text for paragraph in document.paragraphs[:4]] == [
        "上海市松江区司法局",
        "年度工作考评结果",
        "松江区司法局关于印发《2021年度机关科室 工作考评实施方案》的通知（沪松司发〔2021〕19号）",
        "考评周期 2020-12-01 至 2021-11-30",
    ]
    (table,) = document.tables
    assert [tuple(cell.text for cell in row.cells) for row in table.rows] == [papers.RESULT_HEADS, *result.rows]


def test_the_workbook_says_the_same_and_its_numbers_are_numbers(begun: Flask) -> None:
    put("办公室", "W1-3.1", count=2, note="=1+1")
    applied()
    found = paper("办公室")
    cells = read(excel.xlsx(found, "打印"))
    told = "\n".join(str(cell) for row in cells for cell in row)
    assert all(text in told for text in every_text(found) if not text.replace(".", "").isdigit())
    assert [3.0, "严肃会风纪律", found.parts[0].rows[2].rule, 10.0, "", 6.0] in cells
    shown = results.result(person(HEAD), the_year().id, TODAY)
    cells = read(excel.result_xlsx(papers.of_result(person(HEAD), the_year().id, shown), "打印"))
    assert [row[6] for row in cells if row[1] == "复议应诉科"] == [80.0]
    assert [cells[line][0] for line in (0, 1, 3)] == [
        "上海市松江区司法局",
        "年度工作考评结果",
        "考评周期 2020-12-01 至 2021-11-30",
    ]


def every_text(found: Paper) -> list[str]:
    """Return everything that a sheet says."""
    texts = [found.head.bureau, found.title, *found.head.lines, *found.remarks]
    for part in found.parts:
        texts += [part.title, part.sum]
        texts += [text for row in part.rows for text in (*row.cells, *(line.text for line in row.lines))]
    return texts + [text for pair in (*found.totals, *found.beside) for text in pair]


def read(content: bytes) -> list[list[Any]]:
    """Return the cells of a workbook."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_the_export_has_a_row_for_everything_on_record(begun: Flask) -> None:
    first = put("办公室", "W1-3.1", count=2, note="=SUM(A1)", line="综合")
    undone = take_back(first)
    put("普法科", "W5-9", points="7.5")
    number = applied()
    with transaction():
        decisions.decide(person(HEAD), moment(DAY), the_year().id, "cap:W6-4.1", "10", "会议决定", 0)
    rows = rows_of(the_year().id)
    entry = next(row for row in rows if row["sort"] == "entry")
    assert (entry["id"], entry["unit"], entry["code"], entry["kind"]) == (str(first), "办公室", "W1-3.1", "per")
    assert (entry["quote"], entry["source_line"]) == ("参会率未达要求的，每次扣 2 分", "84")
    assert (entry["note"], entry["line"], entry["state"]) == ("'=SUM(A1)", "综合", "reversed")
    (reversal,) = [row for row in rows if row["sort"] == "reversal"]
    assert (reversal["id"], reversal["reverses"], reversal["state"]) == (str(undone), str(first), "reversal")
    assert [(row["code"], row["points"]) for row in rows if row["sort"] == "total"] == [("W5-9", "7.50")]
    (judged,) = [row for row in rows if row["sort"] == "special"]
    assert (judged["application"], judged["points"], judged["value"]) == (str(number), "7.00", "recognised")
    assert len([row for row in rows if row["sort"] == "taken" and row["points"] == "1.00"]) == 25
    assert [(row["code"], row["value"]) for row in rows if row["sort"] == "decision"] == [("cap:W6-4.1", "10")]


def test_a_unit_takes_out_its_own_rows_alone(begun: Flask) -> None:
    put("办公室", "W1-3.1")
    put("律公科", "W9-1.1")
    assert {each.unit.name for each in export.seen(person(OFFICE), the_year().id, TODAY)} == {"办公室"}
    assert len(export.seen(person(COMPILER), the_year().id, TODAY)) == 11
    assert export.sees_every_decision(person(COMPILER), the_year())
    assert not export.sees_every_decision(person(OFFICE), the_year())


def test_once_frozen_a_sheet_bears_the_sum_of_what_was_approved(begun: Flask) -> None:
    with transaction():
        sealed = freezing.freeze(person(HEAD), moment(DAY), the_year())
    remarks = paper("办公室", OFFICE).remarks
    assert f"领导小组 2021-09-01 审定，已封存 sha256 {sealed.sha256}" in remarks
    assert papers.MOVING not in remarks


def test_what_a_unit_gives_itself_is_its_own_until_it_is_handed_in(begun: Flask) -> None:
    with transaction():
        found = db.session.get_one(AppraisalUnit, unit("办公室"))
        db.session.add(
            AppraisalSelfScore(
                appraisal_unit_id=found.id, item="W1-3", points=Decimal(9), note="自查", at=moment(DAY), actor_name="甲"
            )
        )
    own, others = (paper("办公室", account).parts[0].rows[2] for account in (OFFICE, COMPILER))
    assert (own.own, others.own) == ("9", "")
    assert "自评说明：自查" in [line.text for line in own.lines]
    with transaction():
        found.submitted_on, found.submitted_at = TODAY, moment(DAY)
    assert paper("办公室", COMPILER).parts[0].rows[2].own == "9"
