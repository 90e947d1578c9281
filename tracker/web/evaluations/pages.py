"""What the pages of an evaluation show: every district, one district's tasks, the district's own form, paper."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import render_template

from tracker import clock
from tracker.plans import freezes
from tracker.plans import queries as plans
from tracker.reminders import evaluation_results
from tracker.rules.evaluation import VERDICT_TEXT, Stage, Verdict
from tracker.rules.permissions import Action, may
from tracker.rules.score_terms import Procedure
from tracker.rules.status import STATUS_TEXT
from tracker.rules.words import say
from tracker.scoring import evaluation_queries as queries
from tracker.scoring import evaluations, self_evaluations, terms
from tracker.scoring.evaluation_queries import District, Item, Own
from tracker.text import TextRefused, to_html
from tracker.web import printing
from tracker.web.evaluations.forms import OwnSheet, Sheet
from tracker.web.paging import Page, choice, page_number
from tracker.web.session import actor

SHOWN = {
    "": say("全部"),
    "open": say("未认定"),
    "differing": say("与记录不同"),
    **{verdict.value: VERDICT_TEXT[verdict] for verdict in Verdict},
}
"""Which of a district's tasks are shown, by the word in the address."""

DISTRICTS = 30
"""Districts on a page, as on the score board: every figure is a link; the city has sixteen."""

WORDS = {"verdict_text": VERDICT_TEXT, "status_text": STATUS_TEXT}


def overview_page(plan: Any) -> str:
    """Return the page of all districts of a plan."""
    found, today = queries.evaluation(plan.id), clock.today()
    day = evaluations.shown_on(found, today)
    procedure, known = terms.at(plan, today).procedure, queries.districts(plan, day)
    begins, frozen = procedure.evaluation_from, freezes.is_frozen(plan.id)
    ended = frozen or (found is not None and found.published_on is not None)
    page, shown = _paged(known)
    return render_template(
        "evaluations/overview.html",
        plan=plan,
        plans=plans.published_choices(),
        found=found,
        published_on=found.published_on if found else None,
        appeal_until=evaluation_results.appeal_until(plan),
        day=day,
        procedure=procedure,
        source=queries.source(plan.id, terms.EVALUATION),
        page=page,
        districts=shown,
        states={each.id: state_words(each.own, procedure, today, ended) for each in shown},
        late={} if ended else {each.id: queries.overdue_days(procedure, each.own, today) for each in shown},
        early=begins is not None and today < begins,
        frozen=frozen,
        ended=ended,
        total=sum(len(each.items) for each in known),
        judged=sum(each.judged for each in known),
        differing=sum(each.differing for each in known),
        unexplained=sum(each.unexplained for each in known),
        handed_in=sum(each.own.submitted_on is not None for each in known),
        seen=queries.seen(known),
        **WORDS,
    )


def _paged(known: Sequence[District]) -> tuple[Page, Sequence[District]]:
    """Return the page that is asked for, and the districts on it."""
    page = Page(page_number(), len(known), DISTRICTS)
    return page, known[(page.number - 1) * DISTRICTS : page.number * DISTRICTS]


def rest_page(plan: Any) -> str:
    """Return the page that says what would be judged as the record says, district by district, and asks."""
    evaluations.require_open(plan)
    found = queries.districts(plan, clock.today())
    numbers, seen = evaluations.rest(found)
    return render_template(
        "evaluations/rest.html",
        plan=plan,
        districts=[each for each in found if each.id in numbers],
        numbers=numbers,
        total=sum(sum(number.values()) for number in numbers.values()),
        seen=seen,
        **WORDS,
    )


def district_page(plan: Any, district: District, sheet: Sheet | None = None, conflict: Any = None) -> str:
    """Return the page of one district's tasks, with a refused form's text kept."""
    found, today = queries.evaluation(plan.id), clock.today()
    procedure = terms.at(plan, today).procedure
    if printing.is_wanted():
        return _on_paper(plan, district, procedure)
    shown = choice("show", set(SHOWN)) if sheet is None else ""
    return render_template(
        "evaluations/district.html",
        plan=plan,
        found=found,
        published_on=found.published_on if found else None,
        action=f"/plans/{plan.id}/evaluation/{district.id}",
        district=district,
        own_state=state_words(district.own, procedure, today, found is not None and found.published_on is not None),
        items=[item for item in district.items if _is_shown(item, shown)],
        shown=shown,
        tabs=[(word, label, sum(_is_shown(item, word) for item in district.items)) for word, label in SHOWN.items()],
        sheet=sheet or Sheet(district, Stage.CITY),
        stage=Stage.CITY,
        conflict=conflict,
        summary=_html(district.own),
        open=found is not None and found.published_on is None and not freezes.is_frozen(plan.id),
        print_address=printing.print_address(),
        **WORDS,
    )


def _is_shown(item: Item, word: str) -> bool:
    if word in ("", "open"):
        return not word or item.city.verdict is None
    return item.differs(Stage.CITY) if word == "differing" else item.city.verdict == word


def own_page(plan: Any, district: District, sheet: OwnSheet | None = None, conflict: Any = None) -> str:
    """Return a district's own evaluation: as a form while it can be written."""
    found, today = queries.evaluation(plan.id), clock.today()
    procedure = terms.at(plan, today).procedure
    if printing.is_wanted():
        return _on_paper(plan, district, procedure)
    published_on = found.published_on if found else None
    closed = self_evaluations.why_closed(procedure, district.own.submitted_on, published_on, today)
    if not closed and freezes.is_frozen(plan.id):
        closed = freezes.FROZEN
    return render_template(
        "evaluations/own.html",
        plan=plan,
        plans=plans.published_choices(),
        found=found,
        published_on=published_on,
        action="/self-evaluation",
        district=district,
        own_state=state_words(district.own, procedure, today, published_on is not None),
        items=district.items,
        sheet=sheet or OwnSheet(district),
        stage=Stage.SELF,
        conflict=conflict,
        summary=_html(district.own),
        late=queries.overdue_days(procedure, district.own, today),
        procedure=procedure,
        source=queries.source(plan.id, terms.SELF_EVALUATION),
        closed=closed,
        open=not closed,
        may_submit=may(actor(), Action.SUBMIT_SELF_EVALUATION),
        may_recall=_may_recall(district.own, found),
        print_address=printing.print_address(),
        **WORDS,
    )


def _may_recall(own: Own, found: Any) -> bool:
    return own.submitted_on is not None and found is None and may(actor(), Action.SUBMIT_SELF_EVALUATION)


def _html(own: Own) -> str:
    try:
        return to_html(own.summary)
    except TextRefused:  # Nothing is stored that cannot be shown; should the limits change, the page still opens.
        return ""


def _on_paper(plan: Any, district: District, procedure: Procedure) -> str:
    own, published_on = district.own, _published_on(plan.id)
    return printing.print_page(
        "self_evaluation",
        say("{district}自评报告", district=district.name),
        say("{number}《{title}》", number=plan.doc_number, title=plan.title),
        district=district,
        summary=_html(own),
        state=state_words(own, procedure, clock.today(), published_on is not None),
        published=published_on,
        verdict_text=VERDICT_TEXT,
        status_text=STATUS_TEXT,
    )


def _published_on(plan_id: int) -> date | None:
    found = queries.evaluation(plan_id)
    return found.published_on if found else None


def state_words(own: Own, procedure: Procedure, day: date, ended: bool) -> str:
    """Say when a district handed its evaluation in, or that it did not; once it has `ended` nobody waits for it."""
    late = queries.overdue_days(procedure, own, day)
    if own.submitted_on is None and ended:
        return say("没有上报")
    if own.submitted_on is None:
        return say("尚未上报，已逾期 {n} 天", n=late) if late else say("尚未上报")
    told = {"day": own.submitted_on, "who": own.submitted_by, "n": late}
    return say("{who}于 {day:long} 上报，逾期 {n} 天", **told) if late else say("{who}于 {day:long} 上报", **told)
