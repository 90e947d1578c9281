"""Holds the seals of a year against the acts on record: who approved, published and reopened it, and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from tracker import clock
from tracker.appraisal.models import Appraisal, AppraisalFreeze
from tracker.audit.models import AuditEntry
from tracker.db import db
from tracker.rules import pins
from tracker.rules.appraisal.sealed import YEAR
from tracker.rules.score_sheets import Difference
from tracker.rules.words import Words, say

APPROVED, PUBLISHED, REOPENED = "approve_appraisal", "publish_appraisal", "reopen_appraisal"
"""The acts by which a hash goes on record, is made public, and is replaced."""

Pairs = Iterable[tuple[str, str, str]]
"""What is compared: what it is called, as the audit trail has it, as the record does."""


@dataclass(frozen=True)
class Earlier:
    """A seal that was replaced: whether what it says still has its hash, whether its acts are on record as it tells
    them, and everything that is wrong with it."""

    row: AppraisalFreeze
    is_intact: bool
    is_on_record: bool
    differs: tuple[Difference, ...]


def is_intact(row: AppraisalFreeze) -> bool:
    """Tell whether what was frozen still has its hash."""
    return pins.digest(row.sheet) == row.sha256


def of(found: Appraisal) -> Sequence[AuditEntry]:
    """Return the acts by which a year was approved, published and reopened, the first first. One query."""
    wanted = select(AuditEntry).where(
        AuditEntry.act.in_((APPROVED, PUBLISHED, REOPENED)),
        AuditEntry.object_type == "appraisal",
        AuditEntry.object_id == found.id,
    )
    return db.session.scalars(wanted.order_by(AuditEntry.id)).all()


def lost(every: Sequence[AppraisalFreeze], acts: Sequence[AuditEntry]) -> tuple[Difference, ...]:
    """Tell whether the year was approved more often than there are seals; one that is gone altogether counts."""
    gone = sum(act.act == APPROVED for act in acts) - len(every)
    return (Difference(YEAR, say("有 {n} 次审定封存的内容已不在", n=gone)),) if gone > 0 else ()


def of_standing(found: Appraisal, sealed: AppraisalFreeze, acts: Sequence[AuditEntry]) -> tuple[Difference, ...]:
    """Hold the seal that stands against its hash and the acts."""
    differs = _broken(sealed, YEAR)
    act = _act(APPROVED, sealed, acts)
    if act is None:
        return (*differs, Difference(YEAR, say("校验码与审计记录中审定时的不同")))
    said = [*_approved(act, sealed), (say("审定人（考评）"), act.name, found.approved_by)]
    published = _next(PUBLISHED, act, acts)
    if published is not None or found.published_on is not None:
        said += [
            (say("公布人"), published.name if published else "", found.published_by),
            (say("公布日期"), published.day.isoformat() if published else "", str(found.published_on or "")),
        ]
    return (*differs, *_different(YEAR, said))


def earlier(row: AppraisalFreeze, acts: Sequence[AuditEntry]) -> Earlier:
    """Hold a seal that was replaced against its hash and the acts."""
    which = say("第 {n} 版", n=row.number)
    broken = _broken(row, which)
    act, reopened = _act(APPROVED, row, acts), _act(REOPENED, row, acts)
    if act is None or reopened is None:
        missing = Difference(which, say("审计记录里没有这次审定，或没有重新审定"))
        return Earlier(row, not broken, is_on_record=False, differs=(*broken, missing))
    published = _next(PUBLISHED, act, acts[: acts.index(reopened)])
    differs = tuple(_different(which, [*_approved(act, row), *_reopened(reopened, row), *_made_public(published, row)]))
    return Earlier(row, not broken, not differs, (*broken, *differs))


def _broken(row: AppraisalFreeze, which: Words) -> tuple[Difference, ...]:
    return () if is_intact(row) else (Difference(which, say("内容与校验码不符，封存后被改动过")),)


def _act(name: str, row: AppraisalFreeze, acts: Sequence[AuditEntry]) -> AuditEntry | None:
    """Return the act of a name that tells the hash of a seal."""
    return next((act for act in acts if act.act == name and row.sha256 in act.detail), None)


def _next(name: str, after: AuditEntry, acts: Sequence[AuditEntry]) -> AuditEntry | None:
    return next((act for act in acts if act.act == name and act.id > after.id), None)


def _approved(act: AuditEntry, row: AppraisalFreeze) -> Pairs:
    return [
        (say("审定人"), act.name, row.actor_name),
        (say("审定时刻"), clock.local(act.at).isoformat(" "), clock.local(row.at).isoformat(" ")),
    ]


def _made_public(act: AuditEntry | None, row: AppraisalFreeze) -> Pairs:
    return [(say("公布日期"), act.day.isoformat() if act else "", str(row.published_on or ""))]


def _reopened(act: AuditEntry, row: AppraisalFreeze) -> Pairs:
    at = clock.local(row.replaced_at).isoformat(" ") if row.replaced_at else ""
    pairs = [
        (say("重新审定人"), act.name, row.replaced_by),
        (say("重新审定时刻"), clock.local(act.at).isoformat(" "), at),
    ]
    # A record of the audit trail is one line.
    if " ⏎ ".join(row.replaced_reason.splitlines()) not in act.detail:
        pairs.append((say("重新审定的理由"), act.detail, row.replaced_reason))
    return pairs


def _different(which: Words, said: Pairs) -> list[Difference]:
    return [Difference(which, what, before, after) for what, before, after in said if before != after]
