"""The table of a round is what a reckoning from its own exports says, and tells who and what is missing."""

import json
from decimal import Decimal
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import person
from tests.indicators import recompute_table
from tests.indicators.acts import FORM, close, correct, explain, fill, open_round, sheet, submit, type_in
from tracker.db import db
from tracker.indicators import tables
from tracker.indicators.forms import known_form
from tracker.indicators.tables import ANSWER_HEADS, TABLE_HEADS, City, state_of, values_of
from tracker.overview.tables import exact_csv
from tracker.people.models import Organization
from tracker.rules.indicators.document import form_json
from tracker.rules.indicators.outliers import Sort
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Forbidden

COUNTS = ("total", "counted", "na", "missing", "not_asked")


def districts() -> list[str]:
    wanted = select(Organization.slug).where(Organization.kind == OrganizationKind.DISTRICT_BUREAU)
    return [slug or "" for slug in db.session.scalars(wanted.order_by(Organization.position))]


def city(round_id: int, account: str = "supervisor") -> City:
    db.session.expire_all()
    return tables.city(person(account), round_id)


def exported(found: City) -> tuple[bytes, bytes]:
    answers = exact_csv(ANSWER_HEADS, tables.answer_rows(found.now))
    return answers, exact_csv(TABLE_HEADS, tables.total_rows(found))


def recomputed(found: City) -> dict[str, dict[str, str | int]]:
    known = known_form(FORM)
    form = json.loads(json.dumps(form_json(known.form, known.terms, known.problems), default=str))
    return recompute_table.table(*exported(found), form)


def shown(found: City) -> dict[str, dict[str, str | int]]:
    rows = [dict(zip(TABLE_HEADS, row, strict=True)) for row in tables.total_rows(found)]
    return {str(row["blank"]): {name: row[name] for name in COUNTS} for row in rows}


def test_the_table_of_every_district_is_what_its_exports_come_to(seeded: Flask) -> None:
    number, draw = open_round(), Random(8)
    for seed, slug in enumerate(districts()):
        fill(number, slug, seed)
        found = {"I091b": str(40 + draw.randint(0, 3)), "I012": draw.choice(["不适用", "7", "0"])}
        if seed % 3:
            found["I020"] = str(Decimal(draw.randint(100, 1200)) / 100)
            found["I019"] = "是"
        type_in(number, found, slug)
        if seed % 8 != 5:
            hand_in(number, slug)
    found_table = city(number)
    assert (len(found_table.now.submitted), len(found_table.now.missing)) == (14, 2)
    assert shown(found_table) == recomputed(found_table)
    rules = {each.total.rule for each in found_table.now.totals.values()}
    assert rules == {"sum", "yes_count", "tally", "union", "weighted", "ratio"}


def hand_in(round_id: int, slug: str) -> None:
    """Explain what does not fit, and hand in."""
    db.session.expire_all()
    for each in sheet(round_id, slug).open_objections:
        explain(round_id, each.name, "经核对，情况属实。", slug)
    submit(round_id, slug)


def two(round_id: int, first: dict[str, str], second: dict[str, str]) -> City:
    """Let two districts hand in, with what a test is about typed over answers that could be true."""
    for seed, (slug, typed) in enumerate({"songjiang": first, "huangpu": second}.items()):
        fill(round_id, slug, seed)
        type_in(round_id, typed, slug)
        hand_in(round_id, slug)
    return city(round_id)


def test_each_rule_makes_its_own_total_and_tells_who_is_in_it(seeded: Flask) -> None:
    staff = {"I083": "20", "I082b": "4", "I082a": "20", "I066a": "是", "I066b": ""}
    first = {"I007": "0", "I002": "是", "I003": "均有", "I019": "是", "I020": "2", "I087": "5", **staff}
    second = {"I007": "不适用", "I002": "否", "I019": "是", "I020": "6.5", "I087": "10", **staff, "I082b": "5"}
    found = two(open_round(), first, second)
    totals = found.now.totals
    assert [totals[key].text for key in ("I007", "I002", "I020", "I091d")] == ["0", "1/2", "4.5", "37.5%"]
    assert "均有：1" in totals["I003"].text
    seven = totals["I007"]
    assert (seven.total.counted, seven.total.not_applicable, seven.missing, seven.not_asked) == (1, 1, 14, 0)
    mean = tables.basis(found.now, totals["I020"])
    assert mean
    assert (mean.above, mean.below, mean.blanks) == ("40.5", "9", ("I020", "I082b"))
    ratio = tables.basis(found.now, totals["I091d"])
    assert ratio
    assert (ratio.above, ratio.below, ratio.blanks) == ("15", "40", ("I087", "I083"))
    assert tables.basis(found.now, seven) is None
    weighed = {value.sheet.unit: value.weighed for value in values_of(found, totals["I020"])}
    assert (weighed["松江区司法局"], weighed["黄浦区司法局"]) == (("4", "8"), ("5", "32.5"))


def test_who_has_not_handed_in_is_named_and_shows_no_draft(seeded: Flask) -> None:
    number = open_round()
    type_in(number, {"I007": "71077"})
    found = city(number)
    assert len(found.now.missing) == 16
    value = next(each for each in values_of(found, found.now.totals["I007"]) if each.sheet.unit == "松江区司法局")
    assert (value.shown, value.state) == ("", "not_submitted")
    assert b"71077" not in exported(found)[0]
    own = city(number, "songjiang-clerk")
    assert [value.shown for value in values_of(own, own.now.totals["I007"])] == ["71077"]


def test_a_blank_that_is_not_asked_is_no_missing_one(seeded: Flask) -> None:
    found = two(open_round(), {"I019": "否", "I020": ""}, {"I019": "是", "I020": "3"})
    twenty = found.now.totals["I020"]
    assert (twenty.text, twenty.missing, twenty.not_asked) == ("3", 14, 1)
    states = [state_of(sheet, "I020", twenty.blank) for sheet in found.now.submitted]
    assert sorted(states) == ["given", "not_asked"]


def test_a_total_stands_beside_that_of_the_year_before(seeded: Flask) -> None:
    earlier = two(open_round(2019, "上一年", closes="2021-06-22"), {"I007": "10"}, {"I007": "20"})
    assert earlier.before is None
    found = two(open_round(2020), {"I007": "45"}, {"I007": "20"})
    assert found.before
    assert found.before.totals["I007"].text == "30"
    change = found.change("I007")
    assert change
    assert change.text == "+35（+116.7%）"
    value = next(each for each in values_of(found, found.now.totals["I007"]) if each.sheet.unit == "松江区司法局")
    assert (value.last, value.change and value.change.text, value.share) == ("10", "+35（+350%）", Decimal("69.2"))
    assert [mark.sort for mark in value.marks] == [Sort.RISEN]


def test_a_correction_after_the_end_changes_the_total(seeded: Flask) -> None:
    number = open_round()
    assert two(number, {"I007": "10"}, {"I007": "20"}).now.totals["I007"].text == "30"
    close(number, missing=14)
    correct(number, "I007", "15", "区局来函：漏报。")
    assert city(number).now.totals["I007"].text == "35"


def test_a_district_has_its_own_column_and_no_total(seeded: Flask) -> None:
    number = open_round()
    found = two(number, {"I007": "10"}, {"I007": "20"})
    assert found.now.is_whole
    own = city(number, "songjiang-lead")
    assert ([sheet.unit for sheet in own.now.sheets], own.now.is_whole) == (["松江区司法局"], False)
    with pytest.raises(Forbidden, match="本区的数据"):
        tables.whole(person("songjiang-lead"), number)
