"""Files of a year: they prove an entry or an application, or belong to a unit's summary; fetched within one's scope."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from tracker.appraisal import entries, queries
from tracker.appraisal.models import Appraisal, AppraisalFile, AppraisalUnit, SpecialApplication
from tracker.appraisal.queries import UnknownAppraisal
from tracker.db import db
from tracker.rules.appraisal.steps import Part, Stage, may_appraise
from tracker.rules.permissions import Action, Actor, may, require
from tracker.rules.words import say
from tracker.storage import Kept

NO_SUCH = say("没有找到这个文件，或者您看不到它。")


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
    same = select(AppraisalFile.id).where(
        AppraisalFile.appraisal_unit_id == unit.id,
        AppraisalFile.sha256 == proof.kept.sha256,
        AppraisalFile.entry_id == entry_id if entry_id is not None else AppraisalFile.entry_id.is_(None),
        AppraisalFile.application_id == application_id
        if application_id is not None
        else AppraisalFile.application_id.is_(None),
    )
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
    about = f"#{entry_id or application_id}；" if entry_id or application_id else ""
    entries.put_on_record(actor, at, "attach_appraisal_file", unit, f"{about}{proof.name} {proof.kept.sha256}")
    return True


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
    if own and may(actor, Action.ANSWER_APPRAISAL):
        return True
    return may(actor, Action.APPRAISE) and may_appraise(queries.part_of(actor, found), own_unit=own)


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
