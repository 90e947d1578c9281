"""Pages of definitions (口径) and questions: what an indicator counts, what was asked about it, one answer for all."""

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.indicators import queries, questions
from tracker.indicators.forms import KnownForm, form_names, known_form
from tracker.indicators.questions import Overtaken, TextRefused
from tracker.reminders import round_letters
from tracker.rules.permissions import Action, Scope, may
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.indicators.question_forms import AnswerForm, AskForm, DefinitionForm
from tracker.web.language import flash
from tracker.web.paging import choice, number, whole
from tracker.web.session import actor

indicator_questions = Blueprint("indicator_questions", __name__)

Answer = str | Response | tuple[str, int]


# ---- questions of a round


@indicator_questions.get("/indicators/<id:round_id>/questions")
@allowed(Action.VIEW_INDICATORS)
def page(round_id: int) -> str:
    """Show the questions of a round, or the definition and the questions of one indicator."""
    return _page(round_id, number("indicator"))


def _page(
    round_id: int,
    about: int | None,
    ask_form: AskForm | None = None,
    answered: dict[int, AnswerForm] | None = None,
    overtaken: tuple[Overtaken, str] | None = None,
) -> str:
    found = queries.round_of(actor(), round_id)
    known = known_form(found.form)
    indicator = questions.indicator_of(known, about) if about else None
    may_ask = may(actor(), Action.ANSWER_INDICATORS) and found.closed_on is None
    may_run = may(actor(), Action.RUN_ROUNDS)
    asked = questions.questions(actor(), round_id, about)
    forms = answered or {}
    return render_template(
        "indicators/questions.html",
        round=found,
        own_unit=None if actor().reach(Action.VIEW_INDICATORS) is Scope.ALL else actor().district_id,
        indicators=[(each.number, _brief(each.number, each.question)) for each in known.form.indicators],
        indicator=indicator,
        sub_task=_sub_task(known, about),
        versions=questions.versions(found.form, about) if about else [],
        asked=asked,
        open_count=sum(each.is_open for each in asked),
        ask_form=(ask_form or AskForm(formdata=None)) if may_ask else None,
        may_run=may_run,
        answer_forms={
            each.question.id: forms.get(each.question.id) or AnswerForm.of(each.question.id)
            for each in asked
            if may_run and each.is_open
        },
        refused=next(iter(forms.values()), ask_form),
        overtaken=overtaken,
    )


def _brief(number_: int, question: str) -> str:
    return f"{number_} {question[:30]}"


def _sub_task(known: KnownForm, about: int | None) -> str:
    """Return the sub-task above an indicator: some questions say nothing without it (X0-10)."""
    wanted = known.form.indicators[about - 1].sub_task if about else None
    return next((each.text for each in known.form.sub_tasks if each.number == wanted), "")


@indicator_questions.post("/indicators/<id:round_id>/questions")
@allowed(Action.ANSWER_INDICATORS)
def ask(round_id: int) -> Answer:
    """Ask about an indicator."""
    form, about = AskForm(), whole(request.form.get("indicator", "")) or 0
    queries.round_of(actor(), round_id)
    if not about:
        form.indicator.errors = [say("请选择问的是哪一项指标。")]
        return _page(round_id, None, form), 422
    try:
        with transaction():
            questions.ask(actor(), clock.now(), round_id, about, form.text.data or "")
    except TextRefused as refused:
        form[refused.field].errors = [str(refused)]
        return _page(round_id, about, form), 422
    flash(say("提问已送市局。答复后会给各区经办人发信，也列在本页。"), "success")
    return redirect(url_for("indicator_questions.page", round_id=round_id, indicator=about), 303)


@indicator_questions.post("/indicators/<id:round_id>/questions/<id:question_id>/answer")
@allowed(Action.RUN_ROUNDS)
def answer(round_id: int, question_id: int) -> Answer:
    """Answer a question for all units, and write to them."""
    form = AnswerForm.of(question_id, request.form)
    about = questions.question(actor(), round_id, question_id).indicator.number
    words, base_url = form.answer.data or "", current_app.config["TRACKER_BASE_URL"]
    try:
        with transaction():
            round_letters.answer(actor(), clock.now(), round_id, question_id, words, base_url)
    except TextRefused as refused:
        form.answer.errors = [str(refused)]
        return _page(round_id, about, answered={question_id: form}), 422
    except Overtaken as first:
        return _page(round_id, about, overtaken=(first, words)), 409
    flash(say("已答复，并给参加填报的各区经办人发信。"), "success")
    return redirect(url_for("indicator_questions.page", round_id=round_id, indicator=about), 303)


# ---- definitions


@indicator_questions.get("/indicators/definitions")
@allowed(Action.VIEW_INDICATORS)
def definitions() -> str:
    """List every indicator of a form with its definition."""
    names = form_names()
    form = choice("form", set(names), names[0])
    known, found = known_form(form), questions.definitions(form)
    return render_template(
        "indicators/definitions.html",
        form=form,
        known_forms=[(name, known_form(name).form.title) for name in names],
        indicators=known.form.indicators,
        latest={each: versions[0] for each, versions in found.items()},
        may_run=may(actor(), Action.RUN_ROUNDS),
    )


@indicator_questions.get("/indicators/definitions/<form>/<id:about>")
@allowed(Action.VIEW_INDICATORS)
def definition(form: str, about: int) -> str:
    """Show how an indicator is counted, with every earlier version, and the form that writes another."""
    latest = next(iter(questions.versions(_known(form).name, about)), None)
    stands = {"text": latest.text, "example": latest.example, "seen": str(latest.id)} if latest else {"seen": "0"}
    return _definition_page(form, about, DefinitionForm(formdata=None, data=stands))


def _known(form: str) -> KnownForm:
    if form not in form_names():
        abort(404)
    return known_form(form)


def _definition_page(form: str, about: int, typed: DefinitionForm, overtaken: Overtaken | None = None) -> str:
    known = _known(form)
    return render_template(
        "indicators/definition.html",
        name=form,
        indicator=questions.indicator_of(known, about),
        sub_task=_sub_task(known, about),
        versions=questions.versions(form, about),
        round_id=_round_id(),
        form=typed if may(actor(), Action.RUN_ROUNDS) else None,
        overtaken=overtaken,
    )


def _round_id() -> int | None:
    """Return the round whose questions led here."""
    return whole(request.values.get("round", ""))


@indicator_questions.post("/indicators/definitions/<form>/<id:about>")
@allowed(Action.RUN_ROUNDS)
def define(form: str, about: int) -> Answer:
    """Write how an indicator is counted; earlier versions stay."""
    typed, known = DefinitionForm(), _known(form)
    words = (typed.text.data or "", typed.example.data or "")
    try:
        with transaction():
            seen = whole(typed.seen.data or "") or 0
            questions.define(actor(), clock.now(), known.name, about, *words, seen)
    except TextRefused as refused:
        typed[refused.field].errors = [str(refused)]
        return _definition_page(form, about, typed), 422
    except Overtaken as first:
        typed.seen.data = str(questions.versions(form, about)[0].id)
        return _definition_page(form, about, typed, first), 409
    flash(say("第{number}项指标的口径已保存。", number=about), "success")
    if round_id := _round_id():
        return redirect(url_for("indicator_questions.page", round_id=round_id, indicator=about), 303)
    return redirect(url_for("indicator_questions.definition", form=form, about=about), 303)
