"""A record that was altered outside the service breaks no page: what can be shown is, and what was altered is said."""

from decimal import Decimal

import pytest
from sqlalchemy import Update, update

from tests.appraisal.acts import COMPILER, DAY, HEAD, begin, put, unit
from tests.appraisal.result_acts import approve, compile_year, complete, decide, grade_all, spread
from tests.assignments.acts import moment, person
from tests.web.conftest import Visitor
from tests.web.test_evaluation_pages import Day
from tracker.appraisal import special
from tracker.appraisal.models import Appraisal, AppraisalDecision, AppraisalEntry, AppraisalUnit
from tracker.appraisal.special import Applying, Judging
from tracker.db import db, transaction

OFFICE = "songjiang-bangongshi"

ALTERED: dict[str, tuple[Update, str]] = {
    "unit": (update(AppraisalUnit).where(AppraisalUnit.name == "办公室").values(name="某科"), "没有科室“某科”"),
    "clause": (update(AppraisalEntry).where(AppraisalEntry.code == "W1-3.1").values(code="W1-99.9"), "W1-99.9"),
    "evidence": (update(AppraisalEntry).where(AppraisalEntry.code == "F-1.1").values(code="F-99.9"), "F-99.9"),
    "cap": (update(AppraisalDecision).where(AppraisalDecision.value == "10").values(value="x"), "cap:W6-4.1"),
    "scheme": (update(Appraisal).values(scheme="another"), "“another”"),
    "text": (update(Appraisal).values(scheme_sha256="0" * 64), "文本与开始考评时不同"),
}

TELLS = {
    "unit": ("", "/units/{unit}", "/units/{unit}/own", "/units/{unit}/record", "/units/{unit}/print", "/result"),
    "clause": ("", "/units/{unit}", "/units/{unit}/print", "/entries/{entry}", "/result", "/entries.csv"),
    "evidence": ("", "/units/{unit}", "/units/{unit}/print", "/entries/{proof}", "/result", "/entries.csv"),
    "cap": ("", "/decisions", "/units/{unit}", "/units/{other}/print", "/entries/{entry}", "/result", "/entries.csv"),
    "scheme": ("", "/scheme", "/decisions", "/appeals", "/units/{unit}", "/units/{other}", "/result", "/entries.csv"),
    "text": ("", "/scheme/text", "/decisions", "/appeals", "/units/{unit}/own", "/entries/{entry}", "/result.docx"),
}
"""Where each is told in words."""

OTHERS = (
    *("/result/verify", "/special", "/special/{filed}", "/ballots", "/entries.xlsx", "/result.docx", "/result.xlsx"),
    *("/units/{unit}/sheet.docx", "/units/{unit}/sheet.xlsx", "/units/{other}/sheet.docx", "/scheme/F"),
)


def filled(year: int) -> dict[str, int]:
    """Record something of a unit, with special work and its proof, and decide of a cap."""
    wanted = Applying("智慧会务", "创新点", "内容", "成效", "联系人", "021-0000")
    entry = put("办公室", "W1-3.1")
    with transaction():
        filed = special.apply(person(OFFICE), moment(DAY), year, unit("办公室"), wanted).id
    proof = put("办公室", "F-1.1", application_id=filed)
    decide("cap:W6-4.1", "10")
    return {"entry": entry, "filed": filed, "proof": proof, "unit": unit("办公室"), "other": unit("律公科")}


@pytest.mark.parametrize("what", list(ALTERED))
def test_what_was_altered_is_said_wherever_it_counts_and_nothing_breaks(
    visitor: Visitor, seeded: object, on_day: Day, what: str
) -> None:
    on_day(DAY)
    year = begin()
    ids = filled(year)
    statement, words = ALTERED[what]
    with transaction():
        db.session.execute(statement)
    browser = visitor(HEAD)
    for address in TELLS[what]:
        page = browser.get(f"/appraisal/{year}{address.format(**ids)}")
        assert page.status_code in (200, 409), address
        assert address.endswith(".docx") or words in page.text, address
    for address in OTHERS:
        assert browser.get(f"/appraisal/{year}{address.format(**ids)}").status_code in (200, 409), address
    assert browser.get("/appraisal").status_code == 200


def test_the_other_units_are_shown_beside_one_that_cannot_be_worked_out(
    visitor: Visitor, seeded: object, on_day: Day
) -> None:
    on_day(DAY)
    place = f"/appraisal/{begin()}"
    with transaction():
        db.session.execute(ALTERED["unit"][0])
    browser = visitor(HEAD)
    for page in (browser.get(place), browser.get(f"{place}/decisions")):
        assert (page.status_code, "得分无法计算" in page.text, "促进法治科" in page.text) == (200, True, True)
    page = visitor(OFFICE).get(place, follow_redirects=True)
    assert (page.status_code, "从备份恢复" in page.text) == (409, True)


@pytest.mark.parametrize("what", ["unit", "scheme", "text"])
def test_an_approved_result_is_shown_as_it_was_frozen_whatever_became_of_the_record(
    visitor: Visitor, seeded: object, on_day: Day, what: str
) -> None:
    on_day(DAY)
    year = begin()
    filed = filled(year)["filed"]
    complete()
    spread("公服科")
    with transaction():
        special.judge(person(COMPILER), moment(DAY), year, filed, Judging(False, Decimal(3), "有成效"), 1)
    compile_year()
    grade_all("复议应诉科")
    approve()
    with transaction():
        db.session.execute(ALTERED[what][0])
    browser, place = visitor(HEAD), f"/appraisal/{year}/result"
    page = browser.get(place)
    assert (page.status_code, "办公室" in page.text) == (200, True)
    assert what == "unit" or "下面是审定时封存的内容" in page.text
    assert ALTERED[what][1] in browser.get(f"{place}/verify").text
