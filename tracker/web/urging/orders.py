"""督办单 of ticked assignments: a form with what the sender decides, and the papers as Word files."""

import io
import zipfile
from datetime import date

from flask import Blueprint, Response, current_app, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField, TextAreaField

from tracker import clock
from tracker.db import transaction
from tracker.reminders import order_paper
from tracker.reminders import orders as queries
from tracker.reminders.orders import Orders, Sheet
from tracker.reminders.urge_words import MAX_TEXT, UrgeRefused, clean, clean_subject
from tracker.rules.calendar import DayRefused, asked_day
from tracker.rules.orders import COLOUR_TEXT, OPENING, Colour
from tracker.rules.permissions import Action
from tracker.rules.status import LIGHT_TEXT
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.downloads import made_file
from tracker.web.forms import Form
from tracker.web.language import flash
from tracker.web.session import actor
from tracker.web.urging.views import back_to, ticked

orders = Blueprint("orders", __name__)

Answer = str | AnyResponse | tuple[str, int]

MAX_NUMBER = 40
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WHAT = {
    Colour.BLUE: say("蓝色督办单的正文"),
    Colour.YELLOW: say("黄色督办单的正文"),
    Colour.RED: say("红色督办单的正文"),
}


class OrderForm(Form):
    """What is the same on all papers; each has a number of its own, and each colour a text."""

    reply_by = StringField(say("反馈期限"))
    contact = StringField(say("联系人和电话"))


def _form(found: Orders, fresh: bool) -> OrderForm:
    """Return the form with a field for each unit's number and each colour's text."""
    fields: dict[str, object] = {
        **{_number(unit.unit_id): StringField(say("{unit}的文号", unit=unit.unit)) for unit in found.units},
        **{_text(colour): TextAreaField(WHAT[colour], default=OPENING[colour]) for colour in _colours(found)},
    }
    kind = type("OrderForm", (OrderForm,), fields)
    contact = f"{actor().name} {found.phone}".strip()
    made: OrderForm = kind(formdata=None, data={"contact": contact}) if fresh else kind()
    return made


def _number(unit_id: int) -> str:
    return f"number_{unit_id}"


def _text(colour: Colour) -> str:
    return f"text_{colour}"


def _colours(found: Orders) -> list[Colour]:
    return [colour for colour in Colour if any(unit.colour is colour for unit in found.units)]


@orders.post("/orders/preview")
@allowed(Action.URGE)
def preview() -> Answer:
    """Show which unit would get which paper, with a form for what the sender decides; nothing is written."""
    return _answer(sending=False)


@orders.post("/orders")
@allowed(Action.URGE)
def issue() -> Answer:
    """Put the papers on record, and send them: one as a Word file, several as an archive."""
    return _answer(sending=True)


def _answer(sending: bool) -> Answer:
    ids = ticked()
    try:
        found = queries.orders(actor(), clock.today(), ids)
    except UrgeRefused as refused:
        flash(str(refused), "warning")
        return redirect(back_to(), 303)
    if not found.units:
        flash(say("所选事项都已办结或正在审核，不用督办。"), "warning")
        return redirect(back_to(), 303)
    form = _form(found, fresh=not sending)
    if not sending:
        return _page(found, form, ids)
    sheets = _sheets(found, form)
    return _files(sheets) if sheets else (_page(found, form, ids), 422)


def _page(found: Orders, form: OrderForm, ids: list[int]) -> str:
    return render_template(
        "urging/orders.html",
        found=found,
        form=form,
        ids=",".join(map(str, sorted(ids))),
        back=back_to(),
        number_of=lambda unit: form[_number(unit.unit_id)],
        texts=[form[_text(colour)] for colour in _colours(found)],
        colour_text=COLOUR_TEXT,
        light_text=LIGHT_TEXT,
        most=MAX_NUMBER,
        today=clock.today(),
    )


def _sheets(found: Orders, form: OrderForm) -> list[Sheet]:
    """Return the papers; none where a field is refused, which then says why."""
    reply_by, contact = _reply_by(form), _one_line(form, "contact", say("请填写联系人和电话。"))
    texts = {colour: _cleaned(form, _text(colour)) for colour in _colours(found)}
    numbers = {unit.unit_id: _one_line(form, _number(unit.unit_id), say("请填写文号。")) for unit in found.units}
    for unit_id, number in numbers.items():
        if number and list(numbers.values()).count(number) > 1:
            form[_number(unit_id)].errors = [
                say("文号“{number}”用了不止一次，每份督办单的文号应各不相同。", number=number)
            ]
    if form.errors or reply_by is None:
        return []
    base, day = current_app.config["TRACKER_BASE_URL"], clock.today()
    return [
        Sheet(unit, numbers[unit.unit_id], texts[unit.colour], reply_by, contact, found.issuer, day, base)
        for unit in found.units
    ]


def _reply_by(form: OrderForm) -> date | None:
    typed = (form.reply_by.data or "").strip()
    try:
        day = asked_day(typed)
    except DayRefused as refused:
        form.reply_by.errors = [str(refused) if typed else say("请填写反馈期限。")]
        return None
    if day < clock.today():
        form.reply_by.errors = [say("反馈期限不能早于今天。")]
        return None
    return day


def _one_line(form: OrderForm, name: str, missing: str) -> str:
    try:
        typed = clean_subject(form[name].data or "")
    except UrgeRefused:
        form[name].errors = [say("只能写一行，最多 {most} 字，不能含看不见的字符。", most=MAX_NUMBER)]
        return ""
    if not typed or len(typed) > MAX_NUMBER:
        form[name].errors = [say("最多 {most} 字，现有 {n} 字。", most=MAX_NUMBER, n=len(typed)) if typed else missing]
    return typed


def _cleaned(form: OrderForm, name: str) -> str:
    try:
        return clean(form[name].data or "")
    except UrgeRefused:
        form[name].errors = [say("请填写正文，最多 {most} 字。", most=MAX_TEXT)]
        return ""


def _files(sheets: list[Sheet]) -> Response:
    with transaction():
        queries.issue(actor(), clock.now(), sheets)
    papers = [(f"督办单 {_safe(sheet.number)} {sheet.order.unit}.docx", order_paper.paper(sheet)) for sheet in sheets]
    if len(papers) == 1:
        (name, content), *_ = papers
        return made_file(content, WORD, name)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in papers:
            archive.writestr(name, content)
    return made_file(out.getvalue(), "application/zip", f"督办单 {clock.today()}（{len(papers)} 份）.zip")


def _safe(number: str) -> str:
    """Return a number as a file may be called."""
    return "".join("_" if sign in '\\/:*?"<>|' else sign for sign in number)
