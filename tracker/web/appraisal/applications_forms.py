"""The forms of special work: annex 4, a judgement, what is recorded of annex 2 as evidence."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import (  # type: ignore[attr-defined] # The stubs are older than SelectChoice.
    HiddenField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
)
from wtforms.widgets import DateInput

from tracker.appraisal.entries import Recording
from tracker.appraisal.special import MOST, Applying, Judging
from tracker.rules.appraisal.special import NOT_RECOGNISED, RECOGNISED
from tracker.rules.calendar import DayRefused, asked_day
from tracker.rules.words import say
from tracker.web.appraisal.amounts import amount, number
from tracker.web.forms import Form
from tracker.web.paging import whole

YES, NO = "yes", "no"


def refuse(form: Form, problems: Mapping[str, str]) -> None:
    """Say at each field why it was refused."""
    for name, why in problems.items():
        form[name].errors = [why]


class ApplicationForm(Form):
    """The form of annex 4; `seen` is the version that it was opened with."""

    title = StringField(say("特色工作名称"))
    idea = TextAreaField(say("主要创新点"))
    contents = TextAreaField(say("主要内容"))
    results = TextAreaField(say("进展情况和主要成效"))
    contact = StringField(say("联系人"))
    phone = StringField(say("联系电话"))
    seen = HiddenField()

    @classmethod
    def of(cls, row: Any) -> "ApplicationForm":
        """Return the form as an application stands."""
        stands = {name: getattr(row, name) for name in MOST}
        return cls(formdata=None, data={**stands, "seen": str(row.version)})

    @property
    def applying(self) -> Applying:
        """What was written, as an operation takes it."""
        return Applying(**{name: self[name].data or "" for name in MOST})

    @property
    def seen_version(self) -> int:
        """The version that the form was opened with; an unreadable one means none."""
        return whole(self.seen.data or "") or 0

    def told(self, values: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return fields by their labels, as the two sides of a conflict show them."""
        return [(self[name].label.text, values[name]) for name in MOST]


class JudgeForm(Form):
    """What an application is judged to be worth."""

    recognised = RadioField(
        say("市局是否加分"),
        choices=[
            SelectChoice(YES, say("获得市局加分（{least}–{most} 分）", least=RECOGNISED.least, most=RECOGNISED.most)),
            SelectChoice(
                NO, say("未获得市局加分（{least}–{most} 分）", least=NOT_RECOGNISED.least, most=NOT_RECOGNISED.most)
            ),
        ],
        validate_choice=False,
    )
    proof = StringField(say("市局加分的凭据"))
    points = StringField(say("评定分数"))
    reason = TextAreaField(say("评分的理由"))
    seen = HiddenField(id="judge-seen")

    @property
    def judging(self) -> Judging:
        """What was judged, as an operation takes it; what cannot be read is absent."""
        chosen = {YES: True, NO: False}.get(self.recognised.data or "")
        return Judging(chosen, amount(self.points.data), self.reason.data or "", self.proof.data or "")

    @property
    def seen_version(self) -> int:
        """The version that the form was opened with; an unreadable one means none."""
        return whole(self.seen.data or "") or 0


class ItemForm(Form):
    """Something of annex 2 to be recorded as evidence; what a clause does not ask for stays empty."""

    code = StringField(say("加分项"))
    day = StringField(say("发生日期"), widget=DateInput())
    count = StringField(say("次数"))
    place = StringField(say("名次"))
    points = StringField(say("分数"), id="item-points")
    note = TextAreaField(say("事由和依据"))

    @property
    def recording(self) -> Recording:
        """What is to be recorded, with what is wrong already: the operation refuses that with all the rest."""
        code, day = self.code.data or "", self._day()
        count, place = (number(field, say("请填整数。")) for field in (self.count, self.place))
        judged = amount(self.points.data)
        if (self.points.data or "").strip() and judged is None:
            self.points.errors = [say("请填数字，最多两位小数。")]
        if not code.startswith("F-"):
            self.code.errors = [say("请选择一条加分项。")]
        unread = {field.name: field.errors[0] for field in self if field.errors}
        return Recording(code, day, self.note.data or "", count, place, judged, unread=unread)

    def _day(self) -> date:
        typed = (self.day.data or "").strip()
        try:
            return asked_day(typed)
        except DayRefused as refused:
            self.day.errors = [str(refused) if typed else say("请填写发生日期。")]
            return date.min


def clause_choices(items: Sequence[Any]) -> list[tuple[str, str]]:
    """Return the clauses of items of annex 2 with as much of their words as a list can show."""
    return [(clause.code, f"{clause.code} {clause.quote[:40]}") for each in items for clause in each.item.clauses]
