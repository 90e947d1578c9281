"""The score board, the draft ranking, the replay, and a district's explanation with its forecast."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request

from tracker import clock
from tracker.overview.tables import Table
from tracker.plans import queries as plans
from tracker.rules.permissions import Action, Scope, may
from tracker.scoring import queries, sheets
from tracker.scoring.queries import Explanation, Standing, UnknownTasks
from tracker.web.access import allowed
from tracker.web.downloads import file_kind, table_file
from tracker.web.paging import SIZE, Page, day, number, page_number
from tracker.web.scoring.forms import AnswerForm, AppealForm, DeductionForm
from tracker.web.session import actor

scoring = Blueprint("scoring", __name__, url_prefix="/scores")


@scoring.get("")
@allowed(Action.VIEW_RANKING)
def board() -> str | Response:
    """Rank the districts on any day."""
    plan, asked, person = plans.published(number("plan")), day(), actor()
    standings = queries.scoreboard(plan, asked)
    kind = file_kind()
    if kind and may(person, Action.EXPORT_SCORE):
        return table_file(_table(standings, asked), kind)
    page = Page(page_number(), len(standings))
    shown = standings[(page.number - 1) * SIZE : page.number * SIZE]
    return render_template(
        "scoring/board.html",
        plan=plan,
        standings=shown,
        page=page,
        day=asked,
        sealed=sheets.frozen(plan.id),
        may_export=may(person, Action.EXPORT_SCORE),
        may_draft=may(person, Action.VIEW_DRAFT_RANKING),
        may_replay=may(person, Action.REPLAY_SCORES),
        may_freeze=may(person, Action.FREEZE_SCORES),
        explains=lambda id_: (
            may(person, Action.VIEW_SCORE)
            and (person.reach(Action.VIEW_SCORE) is Scope.ALL or person.district_id == id_)
        ),
    )


def _table(standings: list[Standing], asked: date) -> Table:
    return Table(
        "得分排名",
        f"截至 {asked}，导出于 {clock.now():%Y-%m-%d %H:%M}",
        ("名次", "区局", "得分", "应扣", "实扣", "应办结中已办结", "应办结", "全部已办结", "任务数", "逾期后办结"),
        [
            (
                standing.rank,
                standing.district,
                standing.points.score,
                standing.points.raw_deduction,
                standing.points.deducted,
                standing.tally.completed_due,
                standing.tally.due,
                standing.tally.completed,
                standing.tally.total,
                standing.tally.late,
            )
            for standing in standings
        ],
    )


@scoring.get("/draft")
@allowed(Action.VIEW_DRAFT_RANKING)
def draft() -> str:
    """Rank the districts as they would stand if everything under review were accepted on the day asked for."""
    plan, asked = plans.published(number("plan")), day()
    now = {standing.district_id: standing for standing in queries.scoreboard(plan, asked)}
    then = queries.draft(plan, asked)
    page = Page(page_number(), len(then))
    return render_template(
        "scoring/draft.html",
        plan=plan,
        now=now,
        standings=then[(page.number - 1) * SIZE : page.number * SIZE],
        page=page,
        day=asked,
    )


@scoring.get("/replay")
@allowed(Action.REPLAY_SCORES)
def replay() -> str:
    """Count every score anew from the record, beside the roll-up and the frozen sheet."""
    plan, asked = plans.published(number("plan")), day()
    found = sheets.replay(actor(), plan, asked)
    page = Page(page_number(), len(found.checks))
    return render_template(
        "scoring/replay.html",
        plan=plan,
        found=found,
        checks=found.checks[(page.number - 1) * SIZE : page.number * SIZE],
        page=page,
        day=asked,
    )


@scoring.get("/<id:unit_id>")
@allowed(Action.VIEW_SCORE)
def explanation(unit_id: int) -> str | Response:
    """Explain a district's score line by line, and what it would be with some tasks accepted."""
    plan, asked, kind = plans.published(number("plan")), day(), file_kind()
    if kind:
        queries.require_district(actor(), unit_id, Action.EXPORT_SCORE)
        return table_file(_lines_table(queries.explanation(actor(), plan, unit_id, asked)), kind)
    return page_of(plan, unit_id, asked)


def page_of(
    plan: Any,
    unit_id: int,
    asked: date,
    deduction: DeductionForm | None = None,
    appeal: AppealForm | None = None,
    answers: dict[int, AnswerForm] | None = None,
) -> str:
    """Return a district's page, with a refused form's text kept."""
    person = actor()
    found = queries.explanation(person, plan, unit_id, asked)
    chosen = [value for value in request.args.getlist("complete") if value]
    forecast, problem = None, ""
    if chosen:
        try:
            forecast = queries.forecast(person, plan, unit_id, asked, chosen)
        except UnknownTasks as unknown:
            problem = str(unknown)
    appeal = appeal or AppealForm(formdata=None)
    appeal.offer(found.lines)
    return render_template(
        "scoring/explanation.html",
        plan=plan,
        found=found,
        day=asked,
        forecast=forecast,
        problem=problem,
        chosen=set(chosen),
        sealed=sheets.frozen(plan.id),
        appeals=queries.appeals(plan, unit_id),
        appeal_text=APPEAL_TEXT,
        deduction_form=deduction or DeductionForm(formdata=None),
        appeal_form=appeal,
        answers=answers or {},
        may_export=may(person, Action.EXPORT_SCORE),
        may_deduct=may(person, Action.DEDUCT),
        may_appeal=may(person, Action.APPEAL),
        may_decide=may(person, Action.DECIDE_APPEAL),
    )


APPEAL_TEXT = {"asked": "待裁定", "granted": "成立，已退回所扣的分", "refused": "不成立"}


def _lines_table(found: Explanation) -> Table:
    return Table(
        f"{found.standing.short_name}得分说明",
        f"截至 {found.day}，得分 {found.standing.points.score}，导出于 {clock.now():%Y-%m-%d %H:%M}",
        ("序号", "任务", "完成时限", "事实", "原文行", "得分"),
        [
            (
                line.fact.number if line.fact else "",
                line.fact.text if line.fact else "",
                line.fact.due_on if line.fact else None,
                line.reason,
                f"{line.fact.line_from}–{line.fact.line_to}" if line.fact else "",
                line.points,
            )
            for line in found.lines
        ],
    )
