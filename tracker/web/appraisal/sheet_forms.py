"""The forms of a unit's sheet: recording something, taking it back, answering."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wtforms import BooleanField, FileField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.widgets import DateInput

from tracker import i18n
from tracker.appraisal.entries import Recording
from tracker.rules.appraisal.points import MOST_COUNT, is_judged_per_case
from tracker.rules.appraisal.scheme import Clause, Item
from tracker.rules.appraisal.wording import needs, worth
from tracker.rules.calendar import DayRefused, asked_day
from tracker.rules.decimals import plain
from tracker.rules.words import Words, say
from tracker.web.appraisal.amounts import amount, number
from tracker.web.forms import Form

BRIEF = 40
"""How much of a clause is told in the list of choices."""


@dataclass(frozen=True)
class Choices:
    """What can be recorded of a unit: clauses of items, and items whose total is entered."""

    items: tuple[Item, ...]
    totals: Collection[str]
    closed: Collection[str]
    """Clauses that nobody records by hand: switched off, or following the city."""

    @property
    def clauses(self) -> dict[str, Clause]:
        """The clauses by their codes."""
        return {clause.code: clause for item in self.items for clause in item.clauses if clause.code not in self.closed}

    def item_of(self, code: str) -> Item | None:
        """Return the item to which a clause belongs, or whose total it is."""
        return next((item for item in self.items if code in {item.code, *(each.code for each in item.clauses)}), None)


class RecordForm(Form):
    """Something to be recorded of a unit."""

    code = SelectField(say("条款"), [InputRequired()], validate_choice=False)
    day = StringField(say("发生日期"), [InputRequired()], widget=DateInput())
    count = StringField(say("次数"))
    place = StringField(say("名次"))
    points = StringField(say("分数"))
    note = TextAreaField(say("事由"), [InputRequired()])
    line = StringField(say("条线"))
    also = BooleanField()
    file = FileField(say("佐证材料"))

    choices: Choices

    def offer(self, choices: Choices) -> None:
        """Offer the clauses, grouped by their items."""
        self.choices = choices
        groups: dict[str, list[tuple[str, str]]] = {"": [("", i18n.translate(say("请选择")))]}
        for item in choices.items:
            found = [(item.code, say("{code} 总分：填总分", code=item.code))] if item.code in choices.totals else []
            found += [(each.code, _brief(each)) for each in item.clauses if each.code not in choices.closed]
            if found:
                groups[_group(item)] = [(code, i18n.translate(label)) for code, label in found]
        self.code.choices = groups

    def name_fields(self, sharing: list[str]) -> None:
        """Name the points by the chosen clause, which may mean those of each case, and the units of the same sheet."""
        clause = self.choices.clauses.get(self.code.data or "")
        if clause is not None and is_judged_per_case(clause):
            self.points.label.text = say("每{unit}的分数", unit=clause.unit)
        self.also.label.text = say("同时登记给{others}", others=sharing)

    @property
    def recording(self) -> Recording:
        """The entry as the operation takes it, with what is wrong already: it refuses that with all the rest."""
        day, points = self._day(), self._points()
        count = number(self.count, say("次数请填 1 至 {most} 的整数。", most=MOST_COUNT))
        place = number(self.place, say("名次请填整数，例如 13。"))
        return Recording(
            code=self.code.data or "",
            day=day,
            note=(self.note.data or "").strip().replace("\r\n", "\n"),
            count=count,
            place=place,
            points=points,
            line=(self.line.data or "").strip(),
            unread={field.name: field.errors[0] for field in self if field.errors},
        )

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Say at each field why it was refused."""
        for name, why in problems.items():
            self[name].errors = [why]

    def _day(self) -> date:
        typed = (self.day.data or "").strip()
        try:
            return asked_day(typed)
        except DayRefused as refused:
            self.day.errors = [str(refused) if typed else say("请填写发生的日期。")]
            return date.min

    def _points(self) -> Decimal | None:
        typed = (self.points.data or "").strip()
        if not typed:
            return None
        found = amount(typed)
        if found is None:
            self.points.errors = [say("分数请填数字，最多两位小数，例如 1.5；扣分也填正数。")]
        return found


class ReverseForm(Form):
    """Why an entry is taken back."""

    reason = TextAreaField(say("撤销的理由"), id="reverse-reason")


class AnswerForm(Form):
    """What a unit says to an entry."""

    text = TextAreaField(say("答复"), id="answer-text")


def _group(item: Item) -> str:
    """Name an item in the list; a title is the document's own."""
    return f"{item.code} {item.title or item.text[:BRIEF]}" + (f"（{plain(item.points)}）" if item.points else "")


def _brief(clause: Clause) -> Words:
    quote = clause.quote if len(clause.quote) <= BRIEF else f"{clause.quote[:BRIEF]}…"
    return say(
        "{code} {quote}（{worth}；{needs}）", code=clause.code, quote=quote, worth=worth(clause), needs=needs(clause)
    )
