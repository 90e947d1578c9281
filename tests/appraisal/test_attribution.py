"""A task for which the city took points bears the section that answers for it: named, changed, told, sealed (R2-08)."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.appraisal.acts import COMPILER, DAY, HEAD, begin, sheet, the_year
from tests.appraisal.result_acts import approve, compile_year, complete, grade_all
from tests.assignments.acts import moment, person
from tracker.appraisal import attribution, export, freezing, papers
from tracker.appraisal.decisions import DecisionRefused, Overtaken
from tracker.appraisal.frozen import of as sealed_of
from tracker.appraisal.frozen import read
from tracker.appraisal.models import AppraisalDecision
from tracker.appraisal.queries import UnknownAppraisal
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.rules.permissions import Forbidden
from tracker.rules.status import MoveRefused

PAYER, LAWYERS, OFFICE = "促进法治科", "律公科", "songjiang-bangongshi"


@pytest.fixture
def year(seeded: Flask) -> int:
    """The demo with a year of appraisal that has just begun."""
    return begin()


def missed(number: str) -> Any:
    return next(each for each in sheet(PAYER).taken if each.fact.number == number)


def name(number: str, section: str, account: str = COMPILER, reason: str = "方案由该科负责落实", seen: int = 0) -> int:
    task = missed(number).fact.assignment_id
    with transaction():
        about = person(account), moment(DAY), the_year().id, task
        return attribution.attribute(*about, section, reason, seen).id


def test_the_section_is_told_at_the_task_and_on_its_own_sheet_and_no_points_move(year: int) -> None:
    before = [(sheet(each).year.total, sheet(each).answers_for) for each in (PAYER, LAWYERS)]
    first = name("9", LAWYERS)
    name("9", "公服科", HEAD, "会议改定", first)
    name("7", LAWYERS, HEAD)
    assert [row.value for row in missed("9").named] == ["公服科", LAWYERS]
    assert [each.fact.number for each in sheet(LAWYERS).answers_for] == ["7"]
    assert sheet(PAYER).answers_for == ()
    assert [(sheet(each).year.total, ()) for each in (PAYER, LAWYERS)] == before
    said = " ".join(told.text for part in papers.of_sheet(person(HEAD), sheet(PAYER)).parts for told in lines_of(part))
    assert "第9项任务，扣 1 分，" in said
    assert "；本局责任科室：公服科，会议改定（2021-09-01 " in said
    beside = dict(papers.of_sheet(person(HEAD), sheet(LAWYERS)).beside)
    (told,) = [text for title, text in beside.items() if title.endswith("由本科室负责而未完成的")]
    assert told.startswith("第7项；本局责任科室：律公科")
    assert told.endswith("扣分记在促进法治科，不在本表")
    rows = [dict(zip(export.HEADS, row, strict=True)) for row in export.rows([sheet(PAYER)], [])]
    by_task = {row["note"].split("第")[1].split("项")[0]: row for row in rows if row["sort"] == "taken"}
    assert (by_task["9"]["section"], by_task["7"]["day"], by_task["8"]["section"]) == ("公服科", "2021-02-28", "")
    acts = select(AuditEntry.detail).where(AuditEntry.act == "attribute_appraisal").order_by(AuditEntry.id)
    assert db.session.scalars(acts).first() == "沪司发〔2021〕11号 第9项任务：律公科；方案由该科负责落实"


def lines_of(part: papers.PaperPart) -> list[papers.Told]:
    return [line for row in part.rows for line in row.lines]


def test_only_whoever_compiles_or_leads_names_one_of_the_years_sections_with_a_reason(year: int) -> None:
    with pytest.raises(Forbidden):
        name("9", LAWYERS, OFFICE)
    with pytest.raises(DecisionRefused) as refused:
        name("9", "市局律工处", reason=" ")
    assert set(refused.value.problems) == {"section", "reason"}
    name("9", LAWYERS)
    with pytest.raises(Overtaken):
        name("9", "公服科")
    with pytest.raises(UnknownAppraisal, match="没有因这项任务扣分"), transaction():
        attribution.attribute(person(HEAD), moment(DAY), year, 2000000, LAWYERS, "理由", 0)


def test_what_was_named_is_sealed_and_an_altered_name_is_found(year: int, seeded: Flask) -> None:
    complete()
    name("9", LAWYERS)
    compile_year()
    name("7", "公服科", HEAD)
    grade_all("办公室")
    approve()
    with pytest.raises(MoveRefused):
        name("8", LAWYERS, HEAD)
    sealed = sealed_of(the_year())
    said = read(sealed) if sealed else None
    assert said is not None
    sections = {row["number"]: row["section"] for row in said["taken"]}
    assert (sections["9"], sections["7"], sections["8"]) == (LAWYERS, "公服科", None)
    assert [each.fact.number for each in sheet(LAWYERS).answers_for] == ["9"]
    folder = seeded.config["TRACKER_DATA_DIR"]
    assert freezing.verify(person(HEAD), year, folder).agrees
    renamed = update(AppraisalDecision).where(AppraisalDecision.value == LAWYERS).values(value="公服科")
    db.session.execute(renamed)
    db.session.commit()
    differs = {each.what for each in freezing.verify(person(HEAD), year, folder).found}
    assert differs == {"决定", "本局责任科室"}
