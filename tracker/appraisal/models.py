"""A bureau's year of appraisal: its units, what was recorded and answered, special work, decisions, ballots, result."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Model, UtcDateTime, Versioned
from tracker.people.models import one_of
from tracker.rules.appraisal.ballots import Bench
from tracker.rules.appraisal.steps import Stage
from tracker.rules.status import RequestState


class Appraisal(Versioned, Model):
    """A bureau's year under a scheme, from its opening to the publication of its result.

    `scheme_sha256` is that of the text it follows, so that entries are never read beside another one; the unit
    `compiler_id` compiles, and is itself appraised by the leading group (R2-06).
    """

    __tablename__ = "appraisal"
    __table_args__ = (
        UniqueConstraint("issuer_id", "scheme"),
        CheckConstraint(one_of("stage", Stage), name="stage"),
        CheckConstraint("starts_on <= ends_on", name="days"),
        CheckConstraint("(published_on IS NOT NULL) = (stage = 'published')", name="published"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    compiler_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    scheme: Mapped[str] = mapped_column(String(40))
    scheme_sha256: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(120))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    stage: Mapped[str] = mapped_column(String(12), default=Stage.OPEN)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[str] = mapped_column(String(120))
    compiled_on: Mapped[date | None]
    compiled_by: Mapped[str] = mapped_column(String(120), default="")
    returned_reason: Mapped[str] = mapped_column(String(500), default="")
    approved_on: Mapped[date | None]
    approved_by: Mapped[str] = mapped_column(String(120), default="")
    published_on: Mapped[date | None]
    published_by: Mapped[str] = mapped_column(String(120), default="")
    reopened_reason: Mapped[str] = mapped_column(String(500), default="")
    """Why the result is being decided anew; empty again once it is approved."""


class AppraisalUnit(Versioned, Model):
    """A unit that is appraised, by the name under which the scheme has its sheet; its summary of the year and when it
    was handed in (l.37)."""

    __tablename__ = "appraisal_unit"
    __table_args__ = (
        UniqueConstraint("appraisal_id", "unit_id"),
        UniqueConstraint("appraisal_id", "name"),
        CheckConstraint("(submitted_on IS NULL) = (submitted_at IS NULL)", name="submitted"),
        Index("ix_appraisal_unit_unit", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    name: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    summary: Mapped[str] = mapped_column(Text, default="")
    city_material: Mapped[str] = mapped_column(Text, default="")
    submitted_on: Mapped[date | None]
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by: Mapped[str] = mapped_column(String(120), default="")


class AppraisalSelfScore(Model):
    """What a unit gives itself for an item, and why; written until it hands its year in."""

    __tablename__ = "appraisal_self_score"
    __table_args__ = (
        UniqueConstraint("appraisal_unit_id", "item"),
        CheckConstraint("points >= 0", name="points"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appraisal_unit_id: Mapped[int] = mapped_column(ForeignKey("appraisal_unit.id"))
    item: Mapped[str] = mapped_column(String(8))
    points: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    note: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_name: Mapped[str] = mapped_column(String(120))


class SpecialApplication(Versioned, Model):
    """Special work that a unit applies for (annex 4), and the points that it was judged to be worth (R2-03).

    Withdrawn by the unit itself, or judged; `recognised` tells whether the city gave points for it. Each judgement is
    kept as a row of its own, the latest stands here, too.
    """

    __tablename__ = "appraisal_application"
    __table_args__ = (
        CheckConstraint(
            "length(idea) BETWEEN 1 AND 300 AND length(contents) BETWEEN 1 AND 300"
            " AND length(results) BETWEEN 1 AND 1000",
            name="lengths",
        ),
        CheckConstraint("(judged_at IS NULL) = (points IS NULL)", name="judged"),
        CheckConstraint("(recognised IS NULL) = (points IS NULL)", name="recognised"),
        CheckConstraint("judged_at IS NULL OR length(judgement) > 0", name="judgement"),
        CheckConstraint("judged_at IS NULL OR withdrawn_at IS NULL", name="withdrawn"),
        Index("ix_appraisal_application_unit", "appraisal_unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appraisal_unit_id: Mapped[int] = mapped_column(ForeignKey("appraisal_unit.id"))
    title: Mapped[str] = mapped_column(String(120))
    idea: Mapped[str] = mapped_column(Text)
    contents: Mapped[str] = mapped_column(Text)
    results: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str] = mapped_column(String(40))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    filed_by: Mapped[str] = mapped_column(String(120))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recognised: Mapped[bool | None]
    points: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    judgement: Mapped[str] = mapped_column(String(500), default="")
    judged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    judged_by: Mapped[str] = mapped_column(String(120), default="")


class SpecialJudgement(Model):
    """What an application was judged to be worth, each time; never changed. The application repeats the latest."""

    __tablename__ = "appraisal_judgement"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="reason"),
        Index("ix_appraisal_judgement_application", "application_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("appraisal_application.id"))
    recognised: Mapped[bool]
    points: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_name: Mapped[str] = mapped_column(String(120))


class AppraisalEntry(Model):
    """Something recorded of a unit under a clause, or the total of an item that is entered as a whole (X2-06).

    Never changed or removed; another row, which `reverses_id` it, takes its effect back with a reason. What proves an
    application (annex 2) names it. `line` is the section that answers for it where another pays (R2-08).
    """

    __tablename__ = "appraisal_entry"
    __table_args__ = (
        CheckConstraint("count >= 1", name="count"),
        CheckConstraint("length(note) > 0", name="note"),
        Index("ix_appraisal_entry_unit", "appraisal_unit_id", "code"),
        Index("uq_appraisal_entry_reverses_id", "reverses_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appraisal_unit_id: Mapped[int] = mapped_column(ForeignKey("appraisal_unit.id"))
    code: Mapped[str] = mapped_column(String(12))
    count: Mapped[int] = mapped_column(default=1)
    place: Mapped[int | None]
    points: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    day: Mapped[date]
    note: Mapped[str] = mapped_column(String(500))
    line: Mapped[str] = mapped_column(String(60), default="")
    application_id: Mapped[int | None] = mapped_column(ForeignKey("appraisal_application.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("appraisal_entry.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(120))


class AppraisalAnswer(Model):
    """What a unit says to an entry; never changed."""

    __tablename__ = "appraisal_answer"
    __table_args__ = (
        CheckConstraint("length(text) > 0", name="text"),
        Index("ix_appraisal_answer_entry", "entry_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("appraisal_entry.id"))
    text: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_name: Mapped[str] = mapped_column(String(120))


class AppraisalAppeal(Model):
    """A unit's objection to an entry; upheld, a row that reverses it gives the points back."""

    __tablename__ = "appraisal_appeal"
    __table_args__ = (
        CheckConstraint(one_of("state", RequestState), name="state"),
        CheckConstraint("length(reason) > 0", name="reason"),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("decided_at IS NULL OR length(answer) > 0", name="answer"),
        Index(
            "uq_appraisal_appeal_entry",
            "entry_id",
            unique=True,
            sqlite_where=text("state <> 'refused'"),
            postgresql_where=text("state <> 'refused'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("appraisal_entry.id"))
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10), default=RequestState.ASKED)
    day: Mapped[date]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(String(120))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(String(120), default="")
    answer: Mapped[str] = mapped_column(String(500), default="")


class AppraisalFile(Model):
    """A file that proves an entry, an application, or belongs to a unit's summary.

    Never removed: one that was attached by mistake is withdrawn, and proves nothing from then on.
    """

    __tablename__ = "appraisal_file"
    __table_args__ = (
        CheckConstraint("size >= 0", name="size"),
        CheckConstraint("entry_id IS NULL OR application_id IS NULL", name="one_thing"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by = '')", name="withdrawn"),
        Index("ix_appraisal_file_unit", "appraisal_unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appraisal_unit_id: Mapped[int] = mapped_column(ForeignKey("appraisal_unit.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("appraisal_entry.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("appraisal_application.id"))
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    uploaded_by: Mapped[str] = mapped_column(String(120))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str] = mapped_column(String(120), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AppraisalDecision(Model):
    """What the leading group decided where the document is silent, or of a unit's grade; the latest of a subject holds,
    none is ever changed."""

    __tablename__ = "appraisal_decision"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="reason"),
        Index("ix_appraisal_decision_subject", "appraisal_id", "subject", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id"))
    subject: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(500))
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_name: Mapped[str] = mapped_column(String(120))


class BallotMeeting(Versioned, Model):
    """The meeting at which the units report and are voted on (R2-04).

    `box` holds the sums and numbers of both benches, sealed, and nothing of a single ballot; it is emptied when the
    meeting is closed. `least` voters of a bench are needed before its sums are kept at all.
    """

    __tablename__ = "appraisal_meeting"
    __table_args__ = (
        CheckConstraint("most BETWEEN 1 AND 100", name="most"),
        CheckConstraint("least >= 2", name="least"),
        CheckConstraint("closed_at IS NULL OR box = ''", name="emptied"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id"), unique=True)
    held_on: Mapped[date]
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    most: Mapped[int] = mapped_column(default=100)
    least: Mapped[int]
    box: Mapped[str] = mapped_column(Text, default="")
    opened_by: Mapped[str] = mapped_column(String(120))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str] = mapped_column(String(120), default="")


class BallotPaper(Versioned, Model):
    """The right to vote once: of whose bench, for which unit not (its own), and whether it was used.

    Only the hash of its link is kept, no time of use, and nothing of what was voted.
    """

    __tablename__ = "appraisal_paper"
    __table_args__ = (
        CheckConstraint(one_of("bench", Bench), name="bench"),
        CheckConstraint("NOT (used AND void)", name="used"),
        Index("ix_appraisal_paper_meeting", "meeting_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("appraisal_meeting.id"))
    bench: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(60))
    appraisal_unit_id: Mapped[int | None] = mapped_column(ForeignKey("appraisal_unit.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used: Mapped[bool] = mapped_column(default=False)
    void: Mapped[bool] = mapped_column(default=False)


class BallotOutcome(Model):
    """What a bench's ballots for a unit came to, kept at the close where enough voted; without a sum where not."""

    __tablename__ = "appraisal_outcome"
    __table_args__ = (
        UniqueConstraint("meeting_id", "appraisal_unit_id", "bench"),
        CheckConstraint(one_of("bench", Bench), name="bench"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("appraisal_meeting.id"))
    appraisal_unit_id: Mapped[int] = mapped_column(ForeignKey("appraisal_unit.id"))
    bench: Mapped[str] = mapped_column(String(10))
    voted: Mapped[int]
    sum: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))


class AppraisalFreeze(Model):
    """The whole year as it stood when the leading group approved it, with its sha256; never removed.

    One of a year stands; those before it were replaced, with a reason, when the year was reopened. `published_on` is
    kept of a replaced one.
    """

    __tablename__ = "appraisal_freeze"
    __table_args__ = (
        UniqueConstraint("appraisal_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint(
            "(replaced_at IS NULL) = (replaced_by = '') AND (replaced_at IS NULL) = (replaced_reason = '')",
            name="replaced",
        ),
        CheckConstraint("published_on IS NULL OR replaced_at IS NOT NULL", name="published_on"),
        Index(
            "uq_appraisal_freeze_standing",
            "appraisal_id",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id"))
    number: Mapped[int] = mapped_column(default=1)
    day: Mapped[date]
    sheet: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_name: Mapped[str] = mapped_column(String(120))
    published_on: Mapped[date | None]
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replaced_by: Mapped[str] = mapped_column(String(120), default="")
    replaced_reason: Mapped[str] = mapped_column(String(500), default="")
