"""Sixteen districts fill the form in over HTTP and hand it in; the city's table is what its exports come to."""

import json
from random import Random

from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import unit_id
from tests.client import Client
from tests.indicators import recompute_table
from tests.indicators.acts import FORM, open_round
from tests.rules.indicators.answers import sensible
from tracker.db import db
from tracker.indicators.forms import known_form
from tracker.people.models import Organization
from tracker.rules.indicators.document import form_json
from tracker.rules.organizations import OrganizationKind

COUNTS = ("total", "counted", "na", "missing", "not_asked")


def browser(app: Flask, account: str) -> Client:
    """Sign somebody in."""
    found = app.test_client()
    assert isinstance(found, Client)
    found.login(account)
    return found


def districts() -> list[str]:
    """Return the slugs of all districts."""
    wanted = select(Organization.slug).where(Organization.kind == OrganizationKind.DISTRICT_BUREAU)
    return list(db.session.scalars(wanted.order_by(Organization.position)))


def fill_in(clerk: Client, place: str, typed: dict[str, str]) -> None:
    """Fill the four parts in, one page after the other."""
    form = known_form(FORM).form
    for number, part in enumerate(form.parts, 1):
        keys = [key for key, indicator, _ in form.fields() if indicator.part == part.title]
        page = clerk.form(f"{place}/part/{number}", f"/part/{number}")
        answer = clerk.submit(page, **{key: typed.get(key, "") for key in keys})
        assert answer.status_code == 303, answer.text


def hand_in(lead: Client, place: str) -> None:
    """Explain every warning on the page, and submit."""
    for _ in range(20):
        warnings = [form for form in lead.forms(place) if form.action.endswith("/explain")]
        owed = next((form for form in warnings if not form.fields.get("text")), None)
        if owed is None:
            break
        assert lead.submit(owed, text="经核对，情况属实。").status_code == 303
    answer = lead.submit(lead.form(place, "/submit"))
    assert answer.status_code == 303, answer.text


def test_sixteen_districts_over_http_come_to_the_table(seeded: Flask) -> None:
    number, slugs = open_round(), districts()
    assert len(slugs) == 16
    for seed, slug in enumerate(slugs, 100):
        place = f"/indicators/{number}/{unit_id(slug)}"
        fill_in(browser(seeded, f"{slug}-clerk"), place, sensible(Random(seed)))
        hand_in(browser(seeded, f"{slug}-lead"), place)
    supervisor = browser(seeded, "supervisor")
    answers, table = (supervisor.get(f"/indicators/{number}/{name}.csv").data for name in ("answers", "table"))
    known = known_form(FORM)
    form = json.loads(json.dumps(form_json(known.form, known.terms, known.problems), default=str))
    recomputed = recompute_table.table(answers, table, form)
    shown = {row["blank"]: {name: row[name] for name in COUNTS} for row in recompute_table.rows(table)}
    assert len(shown) == 136
    assert shown == {blank: {name: str(row[name]) for name in COUNTS} for blank, row in recomputed.items()}
    assert len({row["unit"] for row in recompute_table.rows(answers)}) == 16
    assert all(row["missing"] == "0" for row in shown.values())
