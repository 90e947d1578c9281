"""The form of a plan's reminders: settings, and three lists of rows that are added by filling in an empty one."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from wtforms import (  # type: ignore[attr-defined] # The stubs are older than SelectChoice.
    BooleanField,
    DateField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    Label,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp

from tracker.reminders.policy import Policy, Quiet
from tracker.reminders.policy_changes import MOST_ROWS, NUMBERS, Problem, in_ladder_order
from tracker.rules.escalation import TARGET_TEXT, TRIGGER_TEXT, Rung, Target, Trigger
from tracker.rules.notices import PERIOD_TEXT, SHIFT_TEXT, NoticePlan, NoticeStep, Period, Shift, Unit, in_order
from tracker.rules.sentences import WEEKDAY_TEXT
from tracker.rules.words import say
from tracker.web.forms import Form

EMPTY_ROWS = 3
"""Rows to fill in below those that are there."""

WHEN: dict[str, tuple[str, Unit, int]] = {
    "month_starts": (say("到期前几个月的月初"), Unit.MONTH_STARTS, -1),
    "days_before": (say("到期前几天"), Unit.DAYS, -1),
    "workdays_before": (say("到期前几个工作日"), Unit.WORKDAYS, -1),
    "quarter_ends": (say("到期前第几个季度末"), Unit.QUARTER_ENDS, -1),
    "days_after": (say("逾期几天"), Unit.DAYS, 1),
    "workdays_after": (say("逾期几个工作日"), Unit.WORKDAYS, 1),
}
"""The offsets a plan may have, in words; combinations without sense cannot be chosen."""

WHICH = {(unit, sign): name for name, (_, unit, sign) in WHEN.items()}


def _choices(words: Mapping[Any, str]) -> list[SelectChoice]:
    return [SelectChoice(str(value), text) for value, text in words.items()]


class Row(PlainForm):
    """A row of a list; it counts where `key` is filled in and the row is not to be removed."""

    key: ClassVar[tuple[str, ...]] = ()
    remove = BooleanField(say("移除"))

    class Meta(Form.Meta):
        """The language of every form; the token is that of the form around the row."""

        csrf = False

    @property
    def counts(self) -> bool:
        """Whether the row is meant to be kept; one with something unreadable is."""
        return not self.remove.data and any("".join(self[name].raw_data or ()).strip() for name in self.key)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check a row that counts; what is to be removed need not be right."""
        return not self.counts or bool(super().validate(extra_validators))


class StepRow(Row):
    """An offset: which, and how many."""

    key = ("amount",)
    when = SelectField(
        say("时点"), choices=_choices({name: words for name, (words, _, _) in WHEN.items()}), default="days_before"
    )
    amount = IntegerField(
        say("数"), [Optional(), NumberRange(0, message=say("请填写 0 或更大的整数，前后由“时点”决定。"))]
    )

    @property
    def step(self) -> NoticeStep:
        """The offset the row asks for."""
        _, unit, sign = WHEN[self.when.data]
        return NoticeStep(unit, sign * int(self.amount.data or 0))


class RungRow(Row):
    """A rung: after what, how many working days, whom."""

    key = ("workdays",)
    trigger = SelectField(say("情形"), choices=_choices(TRIGGER_TEXT), default="overdue")
    workdays = IntegerField(say("满几个工作日"), [Optional()])
    target = SelectField(say("告知"), choices=_choices(TARGET_TEXT), default="section_head")

    @property
    def rung(self) -> Rung:
        """The rung the row asks for."""
        return Rung(Trigger(self.trigger.data), int(self.workdays.data or 0), Target(self.target.data))


class QuietRow(Row):
    """A quiet period: first day, last day, why."""

    key = ("first_day", "last_day", "reason")
    first_day = DateField(say("开始日期"), [Optional()])
    last_day = DateField(say("结束日期"), [Optional()])
    reason = StringField(say("原因"), filters=[lambda value: value.strip() if value else ""])

    @property
    def quiet(self) -> Quiet:
        """The period the row asks for."""
        return Quiet(self.first_day.data or date.min, self.last_day.data or date.min, self.reason.data or "")


def _number(label: str, name: str) -> IntegerField:
    return IntegerField(label, [InputRequired(say("请填写{numbers}。", numbers=NUMBERS[name][0]))])


class PolicyForm(Form):
    """Everything about a plan's reminders that may be changed."""

    version = HiddenField(say("版本"), validators=[InputRequired(), Regexp(r"[0-9]{1,9}$")])
    steps = FieldList(FormField(StepRow), min_entries=1, max_entries=MOST_ROWS + EMPTY_ROWS)
    shift = SelectField(say("提醒日是休息日时"), choices=_choices(SHIFT_TEXT))
    repeat_days = _number(say("此后每隔几天再提醒（0 为不再提醒）"), "repeat_days")
    repeat_weekday = SelectField(
        say("集中到星期几"),
        choices=_choices({"0": say("不集中"), **{str(n): word for n, word in enumerate(WEEKDAY_TEXT[:5], 1)}}),
    )
    crowded_percent = _number(say("某月任务超过全部的百分之几，算集中到期"), "crowded_percent")
    period = SelectField(say("持续推进的任务要求报告"), choices=_choices(PERIOD_TEXT))
    daily_budget = _number(say("每人每天的提醒信最多列几项"), "daily_budget")
    urge_hours = _number(say("同一事项两次人工催办至少间隔几小时"), "urge_hours")
    ladder = FieldList(FormField(RungRow), max_entries=MOST_ROWS + EMPTY_ROWS)
    quiet = FieldList(FormField(QuietRow), max_entries=MOST_ROWS + EMPTY_ROWS)

    LISTS: ClassVar[dict[str, str]] = {"steps": say("提醒时点"), "ladder": say("逐级升级"), "quiet": say("静默期")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Read the request, or what is given; name the controls of each row by their row."""
        super().__init__(*args, **kwargs)
        self._name_rows()

    @classmethod
    def of(cls, policy: Policy) -> "PolicyForm":
        """Return the form of a policy, with empty rows below each list."""
        notices = policy.notices
        form = cls(
            formdata=None,
            data={
                **{name: getattr(notices, name) for name in NUMBERS},
                "repeat_weekday": str(notices.repeat_weekday),
                "version": str(policy.version),
                "shift": notices.shift.value,
                "period": notices.period.value,
                "steps": [
                    {"when": WHICH[step.unit, 1 if step.amount > 0 else -1], "amount": abs(step.amount)}
                    for step in in_order(notices.steps)
                ],
                "ladder": [vars(rung) for rung in in_ladder_order(policy.ladder)],
                "quiet": [vars(quiet) for quiet in policy.quiet],
            },
        )
        for name in cls.LISTS:
            for _ in range(EMPTY_ROWS):
                form[name].append_entry()
        form._name_rows()
        return form

    def _name_rows(self) -> None:
        for name, title in self.LISTS.items():
            for number, entry in enumerate(self[name], 1):
                for field in entry.form:
                    words = getattr(type(entry.form), field.short_name).args[0]
                    field.label = Label(
                        field.id, say("{title}第 {number} 行的{words}", title=title, number=number, words=words)
                    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check that everything can be read; whether it makes a policy is for the operation to say."""
        read = super().validate(extra_validators)
        for row in self._rows("quiet"):
            for day in (row.first_day, row.last_day):
                if not day.raw_data or not day.raw_data[0]:
                    day.errors = [say("请填写日期。")]
                    read = False
        return bool(read)

    def _rows(self, name: str) -> list[Any]:
        return [entry.form for entry in self[name] if entry.form.counts]

    def _readable(self, name: str) -> list[Any]:
        return [row for row in self._rows(name) if not row.errors]

    @property
    def version_number(self) -> int:
        """The version of the policy the form was opened with."""
        return int(self.version.data or 0)

    @property
    def policy(self) -> Policy:
        """What the person asks for; of what cannot be read, the default, so that the rest can be looked at."""
        notices = NoticePlan(tuple(row.step for row in self._readable("steps")), **self._settings())
        ladder, quiet = self._readable("ladder"), self._readable("quiet")
        return Policy(notices, tuple(row.rung for row in ladder), tuple(row.quiet for row in quiet))

    def _settings(self) -> dict[str, Any]:
        read = {name: int(self[name].data or 0) for name in NUMBERS if not self[name].errors}
        kinds: dict[str, type[StrEnum]] = {"shift": Shift, "period": Period}
        return read | {name: kind(self[name].data) for name, kind in kinds.items() if not self[name].errors}

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Put what is wrong beside the controls that hold it."""
        for field, text in [(self._control(problem), problem.text) for problem in problems]:
            if not field.errors:
                field.errors = [text]

    def _control(self, problem: Problem) -> Any:
        if problem.part not in self.LISTS:
            return self[problem.part]
        rows = self._readable(problem.part) or [entry.form for entry in self[problem.part]]
        row = rows[problem.row or 0]
        return row[row.key[0]]

    @property
    def wrong(self) -> "Wrong":
        """The controls that must be mended, for the summary above the form."""
        return Wrong(self)


class Wrong:
    """The controls of a form that must be mended, rows and all, as the summary of errors wants them."""

    def __init__(self, form: PolicyForm) -> None:
        """Collect them."""
        self.errors = [field for field in self._controls(form) if field.errors]

    def __iter__(self) -> Iterator[Field]:
        """Walk them in the order of the page."""
        return iter(self.errors)

    @staticmethod
    def _controls(form: PolicyForm) -> Iterator[Field]:
        for field in form:
            if field.short_name in form.LISTS:
                for entry in field:
                    yield from entry.form
            else:
                yield field
