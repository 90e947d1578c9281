"""The forms of a deduction, of an appeal and of the answer to it."""

from collections.abc import Sequence
from decimal import Decimal

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from tracker.rules.scoring import Entry, Line, Outcome, PointsRefused, read_points
from tracker.rules.words import Words, say
from tracker.scoring.operations import APPEALABLE, MAX_REASON, LineKey, StaleEntries
from tracker.web.forms import Form

REASON = (
    InputRequired(say("请写明理由。")),
    Length(max=MAX_REASON, message=say("理由最多 {most} 个字，请精简。", most=MAX_REASON)),
)
TOLD = 40
"""How much of a line is told in the list of choices."""


class DeductionForm(Form):
    """Points off, and why.

    `seen` is the newest entry that the page showed, `unseen` what was entered since, `refusal` what is said to that.
    """

    points = StringField(say("扣分"), [InputRequired(say("请填写扣几分。"))])
    reason = TextAreaField(say("理由"), REASON)
    seen = HiddenField()
    unseen: Sequence[Entry] = ()
    refusal = ""

    @property
    def seen_id(self) -> int:
        """The number of the newest entry that the page showed; an unreadable one means none."""
        return _number(self.seen.data or "")

    def ask_again(self, stale: StaleEntries) -> None:
        """Show what was entered meanwhile; sent again, the form knows of it."""
        self.unseen, self.refusal = stale.entries, str(stale)
        self.seen.data = str(stale.entries[-1].id)

    @property
    def read(self) -> Decimal | None:
        """The points, if they can be entered; the field then holds what to correct."""
        try:
            return read_points(self.points.data or "")
        except PointsRefused as refused:
            self.points.errors = [str(refused)]
            return None


class AppealForm(Form):
    """The line objected to, and why; `offer` fills in the lines there are."""

    line = SelectField(say("对哪一行有异议"), validate_choice=False)
    reason = TextAreaField(say("理由"), REASON)

    def offer(self, lines: list[Line]) -> None:
        """Offer the lines that cost points."""
        self.line.choices = [
            (line_word(line), _told(line)) for line in lines if line.outcome in APPEALABLE and line.points < 0
        ]

    @property
    def key(self) -> LineKey:
        """Which line is meant; an unreadable choice means none."""
        kind, _, number = (self.line.data or "").partition(":")
        id_ = _number(number)
        return LineKey(assignment_id=id_) if kind == "task" else LineKey(deduction_id=id_)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def line_word(line: Line) -> str:
    """Return the word by which a form names a line of a score."""
    if line.outcome is Outcome.ENTERED and line.entry:
        return f"entry:{line.entry.id}"
    return f"task:{line.fact.assignment_id}" if line.fact else ""


def _told(line: Line) -> Words:
    points = f"{line.points.normalize():f}"
    if line.fact is None:
        return say("{what}（{points} 分）", what=_short(line.reason), points=points)
    what = _short(line.fact.text)
    return say("第{number}项 {what}（{points} 分）", number=line.fact.number, what=what, points=points)


def _short(text: str) -> str:
    return text if len(text) <= TOLD else f"{text[:TOLD]}…"


class AnswerForm(Form):
    """The answer to an appeal."""

    answer = TextAreaField(say("裁定理由"), REASON)
