"""Files of a year: they prove an entry or an application, or belong to a unit's summary, until they are withdrawn."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from tracker.appraisal import entries, queries
from tracker.appraisal.models import Appraisal, AppraisalFile, AppraisalUnit, SpecialApplication
from tracker.appraisal.queries import UnknownAppraisal
from tracker.db import db
from tracker.rules.appraisal.steps import Part, Stage, may_appraise
from tracker.rules.permissions import Action, Actor, Forbidden, may, require
from tracker.rules.status import MoveRefused
from tracker.rules.words import say
from tracker.storage import Kept

NO_SUCH = say("没有找到这个文件，或者您看不到它。")
STANDS = AppraisalFile.withdrawn_at.is_(None)


@dataclass(frozen=True)
class Proof:
    """A file to be attached: its name, and what is stored of it."""

    name: str
    kept: Kept


def attach(
    actor: Actor,
    at: datetime,
    appraisal_id: int,
    unit_id: int,
    proof: Proof,
    entry_id: int | None = None,
    application_id: int | None = None,
) -> bool:
    """Attach a file to an entry, an application or, without either, a unit's summary; tell whether it was new there.

    To an entry: whoever may record for the unit, and the unit itself; to the rest the unit alone. Raise MoveRefused,
    Forbidden, UnknownAppraisal.
    """
    if entry_id is not None and application_id is not None:
        raise ValueError("a file proves one thing")
    found = entries.locked(actor, appraisal_id)
    unit = entries.unit_of(found, unit_id)
    _require_part(actor, found, unit, entry_id, application_id)
    entries.require_stage(found, Stage.OPEN)
    if entry_id is None and application_id is None:
        _require_unsubmitted(unit)
    there = _place(unit.id, entry_id, application_id)
    same = select(AppraisalFile.id).where(*there, STANDS, AppraisalFile.sha256 == proof.kept.sha256)
    if db.session.scalar(same.limit(1)) is not None:
        return False
    db.session.add(
        AppraisalFile(
            appraisal_unit_id=unit.id,
            entry_id=entry_id,
            application_id=application_id,
            name=proof.name,
            sha256=proof.kept.sha256,
            size=proof.kept.size,
            uploaded_by=actor.name,
            uploaded_at=at,
        )
    )
    db.session.flush()  # a page that lists the files next finds this one
    told = _told(entry_id or application_id, proof.name, proof.kept.sha256)
    entries.put_on_record(actor, at, "attach_appraisal_file", unit, told)
    return True


def _place(unit_id: int, entry_id: int | None, application_id: int | None) -> list[ColumnElement[bool]]:
    """Say that a file belongs to an entry, to an application or, without either, to a unit's summary."""
    return [
        AppraisalFile.appraisal_unit_id == unit_id,
        AppraisalFile.entry_id.is_not_distinct_from(entry_id),
        AppraisalFile.application_id.is_not_distinct_from(application_id),
    ]


def _told(about: int | None, name: str, sha256: str) -> str:
    return f"#{about}；{name} {sha256}" if about else f"{name} {sha256}"


def _require_unsubmitted(unit: AppraisalUnit) -> None:
    """Raise MoveRefused once a unit handed its year in: what it handed in is what is read."""
    if unit.submitted_at is not None:
        raise MoveRefused(say("自评已由{who}提交。要修改，请先撤回。", who=unit.submitted_by))


def _require_part(
    actor: Actor, found: Appraisal, unit: AppraisalUnit, entry_id: int | None, application_id: int | None
) -> None:
    """Raise Forbidden unless the person may attach there, UnknownAppraisal where the unit has no such thing."""
    if entry_id is None:
        entries.require_own(actor, unit)
        if application_id is not None and not _has_application(unit, application_id):
            raise UnknownAppraisal(say("没有找到这份申报。"))
        return
    if not may_attach_to_entry(actor, found, unit):
        # The reason in full: of the compiling unit for its own year, or of a unit for another's.
        entries.require_appraiser(actor, found, unit)
    if entries.entry_of(found, entry_id)[1].id != unit.id:
        raise UnknownAppraisal(say("没有找到这条登记。"))


def may_attach_to_entry(actor: Actor, found: Appraisal, unit: AppraisalUnit) -> bool:
    """Tell whether a person may attach files to a unit's entries, while the year is open."""
    own = unit.unit_id == actor.unit_id
    return (own and may(actor, Action.ANSWER_APPRAISAL)) or _appraises(actor, found, unit)


def _appraises(actor: Actor, found: Appraisal, unit: AppraisalUnit) -> bool:
    own = unit.unit_id == actor.unit_id
    return may(actor, Action.APPRAISE) and may_appraise(queries.part_of(actor, found), own_unit=own)


# ---- taking off


def withdraw(
    actor: Actor,
    at: datetime,
    appraisal_id: int,
    unit_id: int,
    file_id: int,
    entry_id: int | None = None,
    application_id: int | None = None,
) -> str:
    """Take a file off what it was attached to by mistake, and return its name; its row and its content stay.

    Whoever may attach there does, but from an entry a unit takes off only what the person attached. Raise MoveRefused,
    Forbidden, UnknownAppraisal.
    """
    found = entries.locked(actor, appraisal_id)
    unit = entries.unit_of(found, unit_id)
    _require_part(actor, found, unit, entry_id, application_id)
    entries.require_stage(found, Stage.OPEN)
    wanted = select(AppraisalFile).where(AppraisalFile.id == file_id, *_place(unit.id, entry_id, application_id))
    file = db.session.scalar(wanted.execution_options(populate_existing=True))
    if file is None:
        raise UnknownAppraisal(NO_SUCH)
    if file.withdrawn_at is not None:
        raise MoveRefused(say("这个文件已由{who}移去。", who=file.withdrawn_by))
    if entry_id is None and application_id is None:
        _require_unsubmitted(unit)
    if not may_withdraw(actor, found, unit, file):
        raise Forbidden(say("这份材料由{who}附上，由本人或负责登记的科室移去。", who=file.uploaded_by))
    file.withdrawn_at, file.withdrawn_by = at, actor.name
    told = _told(entry_id or application_id, file.name, file.sha256)
    entries.put_on_record(actor, at, "withdraw_appraisal_file", unit, told)
    return file.name


def may_withdraw(actor: Actor, found: Appraisal, unit: AppraisalUnit, file: AppraisalFile) -> bool:
    """Tell whether somebody who may attach where a file is may take it off, while the year is open."""
    return file.entry_id is None or file.uploaded_by == actor.name or _appraises(actor, found, unit)


def withdrawn(unit_id: int, entry_id: int | None = None, application_id: int | None = None) -> list[AppraisalFile]:
    """Return what was taken off an entry, an application or a unit's summary, whoever asks. One query."""
    gone = select(AppraisalFile).where(*_place(unit_id, entry_id, application_id), ~STANDS)
    return list(db.session.scalars(gone.order_by(AppraisalFile.id)))


# ---- what is there


def _has_application(unit: AppraisalUnit, application_id: int) -> bool:
    wanted = select(SpecialApplication.id).where(
        SpecialApplication.id == application_id, SpecialApplication.appraisal_unit_id == unit.id
    )
    return db.session.scalar(wanted) is not None


def download(actor: Actor, file_id: int) -> tuple[str, str]:
    """Return a file's name and hash; raise UnknownAppraisal where the person may not see its unit's sheet."""
    require(actor, Action.VIEW_APPRAISAL)
    wanted = (
        select(AppraisalFile.name, AppraisalFile.sha256, AppraisalUnit.unit_id, AppraisalUnit.appraisal_id)
        .join(AppraisalUnit, AppraisalUnit.id == AppraisalFile.appraisal_unit_id)
        .where(AppraisalFile.id == file_id)
    )
    row = db.session.execute(wanted).one_or_none()
    if row is None:
        raise UnknownAppraisal(NO_SUCH)
    part = queries.part_of(actor, queries.appraisal_of(actor, row.appraisal_id))
    if part not in (Part.LEADING, Part.COMPILER) and row.unit_id != actor.unit_id:
        raise UnknownAppraisal(NO_SUCH)
    return row.name, row.sha256
