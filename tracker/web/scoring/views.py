"""The score board with its comparison, the draft ranking, the replay, and a district's explanation."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request

from tracker import clock
from tracker.assignments import usual_plans
from tracker.overview.tables import Table, Value
from tracker.plans import queries as plans
from tracker.rules.permissions import Action, Actor, Scope, may
from tracker.rules.score_terms import Rule
from tracker.rules.status import Light
from tracker.rules.words import Words, say
from tracker.scoring import grounds, queries, sheets, verification, visibility
from tracker.scoring.queries import Standing
from tracker.web import printing
from tracker.web.access import allowed
from tracker.web.downloads import file_kind, table_file
from tracker.web.overview.links import COUNTED, DONE
from tracker.web.paging import SIZE, Page, address, day, day_of, number, page_number
from tracker.web.printing import Column
from tracker.web.scoring.leads import leads
from tracker.web.scoring.lines import lines_table
from tracker.web.scoring.outlook import outlook_page
from tracker.web.scoring.page import page_of
from tracker.web.session import actor

scoring = Blueprint("scoring", __name__, url_prefix="/scores")

DISTRICTS = 30
"""Districts on a page of the board: every figure is a link, so that a row is long; the city has sixteen."""

DIFFERENCES = 100
"""Differences that a page names; who needs more has the command line."""


@dataclass(frozen=True)
class Then:
    """How a district stood on the other day: its place and score, and how far both have moved since."""

    rank: int
    score: Decimal
    places: int
    points: Decimal


@scoring.get("")
@allowed(Action.VIEW_RANKING)
def board() -> str | Response:
    """Rank the districts on any day, beside another day if one is asked for."""
    plan, asked, person, against = usual_plans.scored(actor(), number("plan")), day(), actor(), day_of("against")
    sealed = sheets.frozen(plan.id)
    counted_on = min(asked, sealed.day) if sealed else asked
    rule, everyone = _board(plan, counted_on)
    standings = visibility.shown(person, plan, everyone, clock.today())
    before = _before(plan, against, standings)
    kind = file_kind()
    if kind and may(person, Action.EXPORT_SCORE):
        return table_file(_table(standings, asked, against, before), kind)
    if printing.is_wanted():
        return _on_paper(plan, rule, standings, asked, against, before)
    page = Page(page_number(), len(standings), DISTRICTS)
    return render_template(
        "scoring/board.html",
        plan=plan,
        rule=rule,
        terms=_terms(rule),
        everyone=len(everyone),
        plans=plans.published_choices(),
        standings=standings[(page.number - 1) * DISTRICTS : page.number * DISTRICTS],
        page=page,
        day=asked,
        against=against,
        before=before,
        sealed=sealed,
        counted_on=counted_on,
        may_export=may(person, Action.EXPORT_SCORE),
        may_draft=may(person, Action.VIEW_DRAFT_RANKING),
        may_replay=may(person, Action.REPLAY_SCORES),
        may_freeze=may(person, Action.FREEZE_SCORES),
        explains=lambda id_: _explains(person, id_),
        lead=leads(plan.id, rule, counted_on),
        counted=COUNTED,
        done=DONE,
        eve=counted_on - timedelta(days=1),
        done_late=(Light.DONE_LATE,),
        address=address,
        print_address=printing.print_address(),
    )


def _board(plan: Any, counted_on: date) -> tuple[Rule, list[Standing]]:
    """Return the rule and the standings of a day that is not after the freeze."""
    rule = queries.rule_of(plan, counted_on)
    return rule, queries.ranked(rule, queries.tallies(plan, rule, counted_on))


def _explains(person: Actor, district_id: int) -> bool:
    return may(person, Action.VIEW_SCORE) and (
        person.reach(Action.VIEW_SCORE) is Scope.ALL or person.district_id == district_id
    )


def _before(plan: Any, against: date | None, standings: list[Standing]) -> dict[int, Then]:
    if against is None:
        return {}
    then = {standing.district_id: standing for standing in queries.scoreboard(plan, against)}
    return {
        now.district_id: Then(old.rank, old.points.score, old.rank - now.rank, now.points.score - old.points.score)
        for now in standings
        if (old := then.get(now.district_id))
    }


def _on_paper(
    plan: Any, rule: Rule, standings: list[Standing], asked: date, against: date | None, before: dict[int, Then]
) -> str:
    table = _table(standings, asked, against, before)
    columns = [Column(head, "fixed" if place == 1 else "number") for place, head in enumerate(table.heads)]
    note = say(
        "{number}，截至 {day:long}；{terms}",
        number=plan.doc_number,
        day=asked,
        terms=_terms(rule),
    )
    rows = [[_plain(value) if isinstance(value, Decimal) else value for value in row] for row in table.rows]
    end = say("依据：“{quote}”——{source}", quote=rule.quote, source=rule.source)
    return printing.print_list(table.title, note, columns, rows, end)


def _terms(rule: Rule) -> Words:
    """Say in a line what can be lost: the document's own words where the rule sets no other cap (X2-02)."""
    base, miss, most = (_plain(points) for points in (rule.base, rule.per_miss, rule.most))
    if most == base:
        return say("满分 {base} 分，未完成 1 项扣 {miss} 分，扣完为止", base=base, miss=miss)
    return say("满分 {base} 分，未完成 1 项扣 {miss} 分，合计最多扣 {most} 分", base=base, miss=miss, most=most)


def _plain(points: Decimal) -> str:
    return f"{points.normalize():f}"


def _table(standings: list[Standing], asked: date, against: date | None, before: dict[int, Then]) -> Table:
    heads = (
        *(say("名次"), say("区局"), say("得分"), say("应扣"), say("实扣"), say("应办结中已办结"), say("应办结")),
        *(say("全部已办结"), say("任务数"), say("逾期后办结")),
    )
    note = say("截至 {day}，导出于 {at}", day=asked, at=f"{clock.now():%Y-%m-%d %H:%M}")
    if against is None:
        return Table(say("得分排名"), note, heads, [_row(standing) for standing in standings])
    return Table(
        say("得分排名"),
        say("{note}，对照 {day}", note=note, day=against),
        (*heads, say("对照日名次"), say("对照日得分"), say("得分变化")),
        [(*_row(standing), *_change(before.get(standing.district_id))) for standing in standings],
    )


def _row(standing: Standing) -> tuple[Value, ...]:
    tally, points = standing.tally, standing.points
    return (
        *(standing.rank, standing.district, points.score, points.raw_deduction, points.deducted),
        *(tally.completed_due, tally.due, tally.completed, tally.total, tally.late),
    )


def _change(then: Then | None) -> tuple[Value, ...]:
    return (then.rank, then.score, then.points) if then else ("", "", "")


@scoring.get("/draft")
@allowed(Action.VIEW_DRAFT_RANKING)
def draft() -> str:
    """Rank the districts as they would stand if everything under review were accepted on the day asked for."""
    plan, asked = usual_plans.scored(actor(), number("plan")), day()
    sealed = sheets.frozen(plan.id)
    _, present = _board(plan, min(asked, sealed.day) if sealed else asked)
    # Nothing is accepted any more once scores are final: what waits then will go on waiting.
    then = queries.draft(plan, asked) if sealed is None or asked < sealed.day else present
    page = Page(page_number(), len(then))
    return render_template(
        "scoring/draft.html",
        plan=plan,
        now={standing.district_id: standing for standing in present},
        standings=then[(page.number - 1) * SIZE : page.number * SIZE],
        page=page,
        sealed=sealed,
        day=asked,
    )


@scoring.get("/replay")
@allowed(Action.REPLAY_SCORES)
def replay() -> str:
    """Count every score anew from the record, beside the roll-up and the frozen sheet."""
    plan, asked = usual_plans.scored(actor(), number("plan")), day()
    files = current_app.config["TRACKER_DATA_DIR"] if request.args.get("files") == "1" else None
    found = verification.replay(actor(), plan, asked, files)
    page = Page(page_number(), len(found.checks))
    return render_template(
        "scoring/replay.html",
        plan=plan,
        most=DIFFERENCES,
        found=found,
        checks=found.checks[(page.number - 1) * SIZE : page.number * SIZE],
        page=page,
        day=asked,
    )


@scoring.get("/<id:unit_id>")
@allowed(Action.VIEW_SCORE)
def explanation(unit_id: int) -> str | Response:
    """Explain a district's score line by line."""
    plan, asked, kind = usual_plans.scored(actor(), number("plan")), day(), file_kind()
    if kind:
        queries.require_district(actor(), unit_id, Action.EXPORT_SCORE)
        found = queries.explanation(actor(), plan, unit_id, asked)
        return table_file(lines_table(found, grounds.explained(plan, found)), kind)
    return page_of(plan, unit_id, asked)


@scoring.get("/<id:unit_id>/forecast")
@allowed(Action.VIEW_SCORE)
def forecast(unit_id: int) -> str:
    """Say what to do first, and what the score would be with some tasks accepted by a day."""
    return outlook_page(usual_plans.scored(actor(), number("plan")), unit_id, day())
