"""The form of a plan's next version of the score rule."""

from collections.abc import Iterable
from decimal import Decimal

from wtforms import (  # type: ignore[attr-defined] # The stubs are older than SelectChoice.
    BooleanField,
    DateField,
    DecimalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp

from tracker.rules.score_terms import OFFICES_TEXT, OfficesCondition, Procedure, Rule
from tracker.rules.words import say
from tracker.scoring.rule_changes import BOARD_TEXT, MOST_POINTS, Problem
from tracker.scoring.terms import Terms
from tracker.web.forms import Form

ZERO = Decimal(0)
OPEN, OWN = "open", "own"


def _stripped(value: str | None) -> str:
    return (value or "").replace("\r\n", "\n").strip()


def _within(least: int, most: int) -> NumberRange:
    return NumberRange(least, most, say("请填写 {least} 到 {most} 之间的数。", least=least, most=most))


class RuleForm(Form):
    """Points, cap, what counts as done, the evaluation, appeals, who sees the board, the source, and why."""

    version = HiddenField(say("版本"), validators=[InputRequired(), Regexp(r"[0-9]{1,9}$")])
    base_points = DecimalField(say("满分"), [InputRequired(say("请填写满分。")), _within(0, 1000)], places=None)
    points_per_miss = DecimalField(
        say("每项未完成扣分"), [InputRequired(say("请填写每项扣分。")), _within(0, 1000)], places=None
    )
    cap_points = DecimalField(say("未完成合计最多扣"), [Optional(), _within(0, 1000)], places=None)
    late_counts = BooleanField(say("逾期后办结也扣分"))
    offices_condition = RadioField(
        say("司法所作为完成条件"),
        [InputRequired(say("请选择司法所是否作为完成条件。"))],
        choices=[SelectChoice(value.value, text) for value, text in OFFICES_TEXT.items()],
    )
    offices_share = IntegerField(say("司法所办结占比（%）"), [Optional(), _within(1, 100)])
    evaluation_from = DateField(say("评估开始"), [Optional()])
    evaluation_to = DateField(say("评估结束"), [Optional()])
    self_evaluation_on = DateField(say("自评上报期限"), [Optional()])
    appeal_days = IntegerField(say("提出异议的期限（工作日）"), [InputRequired(say("请填写天数。")), _within(0, 365)])
    answer_days = IntegerField(say("答复异议的期限（工作日）"), [InputRequired(say("请填写天数。")), _within(1, 90)])
    board = RadioField(
        say("得分排名给谁看"),
        [InputRequired(say("请选择得分排名给谁看。"))],
        choices=[SelectChoice(OPEN if is_open else OWN, text) for is_open, text in BOARD_TEXT.items()],
    )
    quote = TextAreaField(say("依据的原文"), filters=[_stripped])
    source = StringField(say("原文的出处"), filters=[_stripped])
    reason = TextAreaField(say("修改的理由"), [InputRequired(say("请写明修改的理由。"))], filters=[_stripped])

    @classmethod
    def of(cls, standing: Terms) -> "RuleForm":
        """Return the form of the version in force."""
        rule, procedure = standing.rule, standing.procedure
        return cls(
            formdata=None,
            data={
                **vars(procedure),
                "version": str(rule.number),
                "base_points": _plain(rule.base),
                "points_per_miss": _plain(rule.per_miss),
                "cap_points": None if rule.cap is None else _plain(rule.cap),
                "late_counts": rule.late_counts,
                "offices_condition": rule.offices.value,
                "offices_share": rule.share if rule.offices is OfficesCondition.SHARE else None,
                "board": OPEN if procedure.board_open else OWN,
                "quote": rule.quote,
                "source": rule.source,
            },
        )

    @property
    def version_number(self) -> int:
        """The version that the form was opened with."""
        return int(self.version.data or 0)

    @property
    def terms(self) -> Terms:
        """What the person asks for; of what cannot be read, a value at which the rest can be looked at."""
        offices = (
            OfficesCondition.NONE if self.offices_condition.errors else OfficesCondition(self.offices_condition.data)
        )
        share = int(self.offices_share.data or 0) if offices is OfficesCondition.SHARE else 100
        rule = Rule(
            _points(self.base_points, MOST_POINTS),
            _points(self.points_per_miss, ZERO),
            bool(self.late_counts.data),
            self.quote.data or "",
            self.source.data or "",
            None if self.cap_points.data is None else _points(self.cap_points, ZERO),
            offices,
            share,
        )
        return Terms(rule, self._procedure(), self.reason.data or "")

    def _procedure(self) -> Procedure:
        return Procedure(
            self.evaluation_from.data,
            self.evaluation_to.data,
            self.self_evaluation_on.data,
            int(self.appeal_days.data or 0),
            int(self.answer_days.data or 0),
            self.board.data == OPEN,
        )

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Put what is wrong beside the controls that hold it; what belongs to none stands above the form."""
        for problem in problems:
            if not problem.field:
                self.form_errors += [] if self.errors else [problem.text]
            elif not self[problem.field].errors:
                self[problem.field].errors = [problem.text]


def _points(field: DecimalField, unread: Decimal) -> Decimal:
    """Return what a field says; `unread` where it cannot be read, since no sum can be done with that."""
    return unread if field.errors or field.data is None else Decimal(field.data)


def _plain(value: Decimal) -> Decimal:
    """Return points as a person writes them: 20, not 20.00."""
    return Decimal(f"{value.normalize():f}")
