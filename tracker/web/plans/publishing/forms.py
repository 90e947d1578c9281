"""The forms of what a document leaves open."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from wtforms import (  # type: ignore[attr-defined] # The stubs are older than SelectChoice.
    BooleanField,
    DateField,
    DecimalField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from tracker.assignments.closures import CLOSING_TEXT
from tracker.people.trees import Node, Tree
from tracker.plans.creation import key_of
from tracker.plans.desk_settings import EARLY_TEXT, EVERY_TEXT, Wanted
from tracker.plans.settings import EarlyChoice, PlanSettings
from tracker.rules.dues import DueRefused, read_due
from tracker.rules.organizations import OrganizationKind
from tracker.rules.plan_text.drafts import TaskDraft
from tracker.rules.plans import Closing, Early, ReportEvery
from tracker.rules.words import say
from tracker.web.forms import Form

LONGEST_REASON = 500
LONGEST_SENTENCE = 500
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)

_NOT_AN_OFFICE = (OrganizationKind.DISTRICT_BUREAU, OrganizationKind.JUSTICE_OFFICE)
_EVERY = [SelectChoice(every.value, label) for every, label in EVERY_TEXT.items()]


def _points(label: str) -> DecimalField:
    wrong = say("请填写 0 到 1000 之间的数，最多两位小数。")
    return DecimalField(label, [InputRequired(wrong), NumberRange(0, 1000, wrong)], places=None)


class SettingsForm(Form):
    """What belongs to the whole plan."""

    owner = SelectField(say("主办处室"))
    counter_reviewer = SelectField(say("代审处室"))
    closing = SelectField(
        say("没有牵头单位的任务，怎样算完成"),
        choices=[SelectChoice(one.value, label) for one, label in CLOSING_TEXT.items()],
    )
    offices_report = BooleanField(say("司法所自己填报"))
    open_every = SelectField(say("持续推进的任务多久填报一次"), choices=_EVERY)
    requirement_every = SelectField(say("工作要求多久填报一次"), choices=_EVERY)
    near_days = IntegerField(
        say("临期天数"),
        [InputRequired(say("请填写临期天数。")), NumberRange(0, 90, say("临期天数应在 0 到 90 之间。"))],
    )
    scored = BooleanField(say("计分（不勾选时只看完成情况）"))
    base_points = _points(say("满分"))
    points_per_miss = _points(say("每项未完成扣分"))
    late_counts = BooleanField(say("逾期后办结也扣分"))
    period_from = DateField(say("实施起始日"), [Optional()])
    period_to = DateField(say("实施截止日"), [Optional()])
    acceptance_default = TextAreaField(
        say("办结标准（没有单独写明的任务都用它）"),
        [Length(max=LONGEST_SENTENCE, message=say("最多 {most} 字，请精简。", most=LONGEST_SENTENCE))],
    )
    rule_quote = StringField(
        say("计分依据的原文"), [Length(max=300, message=say("最多 {most} 字，请精简。", most=300))]
    )
    rule_source = StringField(
        say("计分依据的出处"), [Length(max=200, message=say("最多 {most} 字，请精简。", most=200))]
    )

    def __init__(self, tree: Tree, wanted: Wanted, **given: Any) -> None:
        """Offer the offices of the issuer; show what was settled so far."""
        plain = wanted.plain
        shown = {name: getattr(plain, name) for name in _OF_THE_PLAN} | {
            "owner": _full(plain.owner, tree),
            "counter_reviewer": _full(plain.counter_reviewer, tree),
            "open_every": wanted.open_every.value,
            "requirement_every": wanted.requirement_every.value,
            "acceptance_default": wanted.acceptance_default,
        }
        super().__init__(data=shown, **given)
        offices = [("", say("（不指定）")), *((unit.name, unit.name) for unit in _offices(tree))]
        choices = [SelectChoice(value, label) for value, label in offices]
        self.owner.choices, self.counter_reviewer.choices = choices, list(choices)

    def validate_period_to(self, field: DateField) -> None:
        """Refuse an end before the beginning."""
        days = [day for day in (self.period_from.data, field.data) if day is not None]
        if any(not EARLIEST <= day <= LATEST for day in days):
            raise ValidationError(say("实施起止日应在 1990 年到 2100 年之间。"))
        if len(days) > 1 and days[0] > days[1]:
            raise ValidationError(say("实施截止日不能早于起始日。"))

    def validate_counter_reviewer(self, field: SelectField) -> None:
        """Refuse the owner as the one who reviews what the owner itself owes."""
        if field.data and field.data == self.owner.data:
            raise ValidationError(say("代审处室不能就是主办处室：它自己的事项要由别的处室审核。"))

    @property
    def wanted(self) -> Wanted:
        """What the person settles."""
        given = {name: self[name].data for name in (*_OF_THE_PLAN, "owner", "counter_reviewer")}
        words = {name: (given[name] or "").strip() for name in ("rule_quote", "rule_source")}
        plain = replace(PlanSettings(), **{**given, **words, "closing": Closing(self.closing.data)})
        return Wanted(
            plain,
            ReportEvery(self.open_every.data or ""),
            ReportEvery(self.requirement_every.data or ""),
            (self.acceptance_default.data or "").strip(),
        )


_OF_THE_PLAN = (
    "closing",
    "offices_report",
    "near_days",
    "scored",
    "base_points",
    "points_per_miss",
    "late_counts",
    "period_from",
    "period_to",
    "rule_quote",
    "rule_source",
)


def _offices(tree: Tree) -> Iterable[Node]:
    return (unit for unit in tree.units.values() if unit.parent_id == tree.root and unit.kind not in _NOT_AN_OFFICE)


def _full(name: str, tree: Tree) -> str:
    """Return the full name of an office that settings may know by a short one."""
    return next((unit.name for unit in _offices(tree) if name and name in tree.names[unit.id]), "")


class EarlyRefused(ValueError):
    """Choices about early tasks of which some cannot be kept; `problems` by the id of the field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        """Keep them."""
        super().__init__("".join(problems.values()))
        self.problems = dict(problems)


def early_choices(given: Mapping[str, str], tasks: Iterable[TaskDraft], issued_on: date) -> dict[str, EarlyChoice]:
    """Read what a person chose for early tasks; those left open are left out. Raise EarlyRefused."""
    found: dict[str, EarlyChoice] = {}
    problems: dict[str, str] = {}
    for task in tasks:
        key = key_of(task)
        choice, reason = given.get(f"early-{key}", ""), given.get(f"reason-{key}", "").strip()
        if choice not in set(EARLY_TEXT):
            continue
        if not reason or len(reason) > LONGEST_REASON:
            problems[f"reason-{key}"] = say(
                "第{number}项：请写明理由，最多 {most} 字。", number=task.number, most=LONGEST_REASON
            )
        due_on = None
        if choice == Early.MOVED:
            try:
                due_on = _later(given.get(f"due-{key}", "").strip(), issued_on)
            except DueRefused as refused:
                problems[f"due-{key}"] = say("第{number}项：{why}", number=task.number, why=str(refused))
        found[key] = EarlyChoice(Early(choice), reason, due_on)
    if problems:
        raise EarlyRefused(problems)
    return found


def _later(text: str, issued_on: date) -> date | None:
    if not text:
        raise DueRefused(say("选了顺延，请写明新的完成时限，例如 {year}-06。", year=issued_on.year))
    due_on = read_due(text).due_on
    if due_on is not None and due_on < issued_on:
        raise DueRefused(say("新的时限不能早于印发日期 {issued_on:long}。", issued_on=issued_on))
    return due_on
