"""The form of a plan's terms."""

from decimal import Decimal
from typing import Any

from wtforms import (  # type: ignore[attr-defined] # The stubs are older than SelectChoice.
    BooleanField,
    DecimalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
)
from wtforms.validators import InputRequired, NumberRange, Regexp

from tracker.plans.operations import FirstRule, Terms
from tracker.rules.words import say
from tracker.web.forms import Form

LEVELS = ((1, say("一级：市局处室或督办人员直接审核")), (2, say("两级：区局负责人先审签，市局再审核")))
SCORE = ("base_points", "points_per_miss", "late_counts")
POINTS = NumberRange(0, 1000, say("请填写 0 到 1000 之间的数。"))


class TermsForm(Form):
    """Near, 司法所, levels of review; before the publication also full points, points per miss, late."""

    base_points = DecimalField(say("满分"), [InputRequired(say("请填写满分。")), POINTS], places=2)
    points_per_miss = DecimalField(say("每项未完成扣分"), [InputRequired(say("请填写每项扣分。")), POINTS], places=2)
    late_counts = BooleanField(say("逾期后办结也扣分"))
    near_days = IntegerField(
        say("临期天数"), [InputRequired(say("请填写天数。")), NumberRange(0, 90, say("请填写 0 到 90 的整数。"))]
    )
    offices_report = BooleanField(say("司法所填报"))
    review_levels = RadioField(
        say("办结审核"),
        [InputRequired(say("请选择由谁审核。"))],
        choices=[SelectChoice(value, label) for value, label in LEVELS],
        coerce=int,
        default=1,
    )
    version = HiddenField(say("版本"), validators=[InputRequired(), Regexp(r"[0-9]{1,9}$")])

    def __init__(self, *args: Any, published: bool, **kwargs: Any) -> None:
        """Leave out how a published plan scores: that changes by a new version of the rule."""
        super().__init__(*args, **kwargs)
        self.published = published
        if published:
            for name in SCORE:
                del self[name]

    @property
    def version_number(self) -> int:
        """The version of the plan the form was opened with."""
        return int(self.version.data or 0)

    @property
    def terms(self) -> Terms:
        """What the person asks for."""
        return Terms(
            self.near_days.data or 0, bool(self.offices_report.data), self.review_levels.data, self._first_rule()
        )

    def _first_rule(self) -> FirstRule | None:
        if self.published:
            return None
        return FirstRule(
            (self.base_points.data or Decimal(0)).quantize(Decimal("0.01")),
            (self.points_per_miss.data or Decimal(0)).quantize(Decimal("0.01")),
            bool(self.late_counts.data),
        )


def told(terms: Terms) -> list[tuple[str, str]]:
    """Return terms as lines of a comparison, each under the name of its field."""
    yes, no = say("是"), say("否")
    score = terms.rule and [
        (say("满分"), f"{terms.rule.base_points.normalize():f}"),
        (say("每项未完成扣分"), f"{terms.rule.points_per_miss.normalize():f}"),
        (say("逾期后办结也扣分"), yes if terms.rule.late_counts else no),
    ]
    return [
        *(score or []),
        (say("临期天数"), str(terms.near_days)),
        (say("司法所填报"), yes if terms.offices_report else no),
        (say("办结审核"), dict(LEVELS)[terms.review_levels]),
    ]
