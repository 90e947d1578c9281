"""Rounds of statistical forms: who takes part, what was answered and by whom, what offices gave, questions, files."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Model, UtcDateTime, Versioned
from tracker.people.models import one_of
from tracker.rules.indicators.decisions import Decision
from tracker.rules.indicators.rounds import Source
from tracker.rules.indicators.values import State


class Round(Versioned, Model):
    """One collection of a form: for which year (R0-02: a parameter, the form prints none), from when to when.

    `form_sha256` is that of the text that was asked, so that answers are never read beside another one.
    """

    __tablename__ = "indicator_round"
    __table_args__ = (
        UniqueConstraint("issuer_id", "form", "year", "title"),
        CheckConstraint("opens_on <= closes_on", name="days"),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="year"),
        CheckConstraint("(closed_on IS NULL) = (closed_at IS NULL)", name="closed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    form: Mapped[str] = mapped_column(String(40))
    form_sha256: Mapped[str] = mapped_column(String(64))
    year: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    instruction: Mapped[str] = mapped_column(Text, default="")
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[str] = mapped_column(String(120))
    closed_on: Mapped[date | None]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str] = mapped_column(String(120), default="")


class RoundUnit(Versioned, Model):
    """A unit in a round: a later last day, the cover's persons (X0-14), and when its answers were submitted."""

    __tablename__ = "indicator_round_unit"
    __table_args__ = (
        UniqueConstraint("round_id", "unit_id"),
        CheckConstraint("(submitted_on IS NULL) = (submitted_at IS NULL)", name="submitted"),
        CheckConstraint("extended_to IS NULL OR length(extension_reason) > 0", name="extension"),
        Index("ix_indicator_round_unit_unit", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("indicator_round.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    extended_to: Mapped[date | None]
    extension_reason: Mapped[str] = mapped_column(String(500), default="")
    prepared_by: Mapped[str] = mapped_column(String(60), default="")
    checked_by: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    submitted_on: Mapped[date | None]
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by: Mapped[str] = mapped_column(String(120), default="")


class Answer(Model):
    """What stands in one blank of a unit. Empty, 0 and 不适用 are three states (X0-15); an empty one has no row
    or the state `empty`. `version` counts its changes, so that nobody overwrites what they have not seen."""

    __tablename__ = "indicator_answer"
    __table_args__ = (
        UniqueConstraint("round_unit_id", "blank"),
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint(one_of("source", Source), name="source"),
        CheckConstraint("(state = 'given') OR (number IS NULL AND text = '')", name="given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_unit_id: Mapped[int] = mapped_column(ForeignKey("indicator_round_unit.id"))
    blank: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16))
    number: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    text: Mapped[str] = mapped_column(String(60), default="")
    source: Mapped[str] = mapped_column(String(12))
    version: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(120))


class AnswerChange(Model):
    """One change of one blank, both values as typed; never changed or removed. A correction has its reason."""

    __tablename__ = "indicator_answer_change"
    __table_args__ = (
        CheckConstraint(one_of("source", Source), name="source"),
        CheckConstraint("source <> 'correction' OR length(reason) > 0", name="reason"),
        Index("ix_indicator_answer_change_blank", "round_unit_id", "blank", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_unit_id: Mapped[int] = mapped_column(ForeignKey("indicator_round_unit.id"))
    blank: Mapped[str] = mapped_column(String(8))
    before: Mapped[str] = mapped_column(String(60))
    after: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(500), default="")
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(120))


class Explanation(Model):
    """Why a warning of a cross-check is right as it stands; it holds for exactly the two figures it was written for."""

    __tablename__ = "indicator_explanation"
    __table_args__ = (
        UniqueConstraint("round_unit_id", "check_name"),
        CheckConstraint("length(text) > 0", name="text"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_unit_id: Mapped[int] = mapped_column(ForeignKey("indicator_round_unit.id"))
    check_name: Mapped[str] = mapped_column(String(40))
    left_figure: Mapped[str] = mapped_column(String(20))
    right_figure: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_name: Mapped[str] = mapped_column(String(120))


class OfficeFigure(Model):
    """A part of a sum that a district asked one of its units for (R0-03), and what that unit gave.

    A question that was taken back stays on record as withdrawn: the unit had it on its list (F4).
    """

    __tablename__ = "indicator_office_figure"
    __table_args__ = (
        UniqueConstraint("round_unit_id", "unit_id", "blank"),
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint("(state = 'given') = (number IS NOT NULL)", name="given"),
        Index("ix_indicator_office_figure_unit", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_unit_id: Mapped[int] = mapped_column(ForeignKey("indicator_round_unit.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    blank: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16), default=State.EMPTY)
    number: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    version: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(String(120))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str] = mapped_column(String(120), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SparedQuestion(Model):
    """A figure that was not asked for again, because the unit had given it for the same year: where it stood."""

    __tablename__ = "indicator_spared_question"
    __table_args__ = (UniqueConstraint("round_id", "unit_id", "blank"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("indicator_round.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    blank: Mapped[str] = mapped_column(String(8))
    given_in_id: Mapped[int] = mapped_column(ForeignKey("indicator_round.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Definition(Model):
    """How an indicator is counted (口径), with an example; the latest holds, none is ever changed."""

    __tablename__ = "indicator_definition"
    __table_args__ = (
        CheckConstraint("length(text) > 0", name="text"),
        Index("ix_indicator_definition_indicator", "form", "indicator", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(String(40))
    indicator: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    example: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_name: Mapped[str] = mapped_column(String(120))


class FormDecision(Model):
    """What was decided of an odd place in a form's text or of a proposal; the latest holds, none is ever changed."""

    __tablename__ = "indicator_form_decision"
    __table_args__ = (
        CheckConstraint(one_of("decision", Decision), name="decision"),
        CheckConstraint("length(reason) > 0", name="reason"),
        Index("ix_indicator_form_decision_concerns", "form", "concerns", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(String(40))
    form_sha256: Mapped[str] = mapped_column(String(64))
    concerns: Mapped[str] = mapped_column(String(40))
    decision: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_name: Mapped[str] = mapped_column(String(120))


class Question(Versioned, Model):
    """What a unit asks about an indicator; the answer is for all units."""

    __tablename__ = "indicator_question"
    __table_args__ = (
        CheckConstraint("length(text) > 0", name="text"),
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answered"),
        Index("ix_indicator_question_round", "round_id", "indicator"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("indicator_round.id"))
    indicator: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    text: Mapped[str] = mapped_column(String(500))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(String(120))
    answer: Mapped[str] = mapped_column(String(1000), default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str] = mapped_column(String(120), default="")


class IndicatorFile(Model):
    """A file that proves a unit's answer: uploaded here, or one that proves a task already (`evidence_id`)."""

    __tablename__ = "indicator_file"
    __table_args__ = (
        UniqueConstraint("round_unit_id", "indicator", "sha256"),
        CheckConstraint("size >= 0", name="size"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_unit_id: Mapped[int] = mapped_column(ForeignKey("indicator_round_unit.id"))
    indicator: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    uploaded_by: Mapped[str] = mapped_column(String(120))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
