"""Begin a bureau's year under a scheme: its units are those of the scheme, found among the bureau's own."""

from datetime import date, datetime

from sqlalchemy import select

from tracker.appraisal.models import Appraisal, AppraisalUnit
from tracker.appraisal.schemes import KnownScheme, known_scheme
from tracker.audit import operations as audit
from tracker.db import db, insert_once
from tracker.people.models import Organization, OrganizationAlias
from tracker.rules.appraisal.scheme import Section
from tracker.rules.appraisal.steps import Stage
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.status import MoveRefused
from tracker.rules.words import say


def unit_names(known: KnownScheme) -> list[str]:
    """Return the units that a scheme appraises, in its order."""
    return [unit for sheet in known.scheme.of_section(Section.WORK) for unit in sheet.units]


def own_units(issuer_id: int, names: list[str], day: date) -> dict[str, Organization]:
    """Return, by the scheme's names, the units of a bureau that bear them on a day; what is not found is absent.

    Full, short and other names count, before them a name after the bureau's own: 某区司法局办公室 is its 办公室.
    """
    here = [
        Organization.parent_id == issuer_id,
        Organization.valid_from <= day,
        Organization.valid_until > day,
    ]
    below = list(db.session.scalars(select(Organization).where(*here).order_by(Organization.position)))
    aliases: dict[int, set[str]] = {}
    wanted = (
        select(OrganizationAlias)
        .join(Organization, Organization.id == OrganizationAlias.organization_id)
        .where(*here, OrganizationAlias.valid_from <= day, OrganizationAlias.valid_until > day)
    )
    for alias in db.session.scalars(wanted):
        aliases.setdefault(alias.organization_id, set()).add(alias.name)
    issuer = db.session.get_one(Organization, issuer_id)
    found = {}
    for name in names:
        exact = [
            unit
            for unit in below
            if name in {unit.name, unit.short_name, unit.name.removeprefix(issuer.name), *aliases.get(unit.id, ())}
        ]
        chosen = exact or [unit for unit in below if unit.name.endswith(name)]
        if len(chosen) == 1:
            found[name] = chosen[0]
    return found


def open_appraisal(actor: Actor, at: datetime, scheme: str) -> Appraisal:
    """Begin the year of a scheme for the person's bureau; raise MoveRefused, UnknownScheme.

    The scheme may have been issued in the middle of the period that it covers: what was before counts as well.
    """
    require(actor, Action.DECIDE_APPRAISAL)
    known = known_scheme(scheme)
    issuer_id = actor.district_id
    if issuer_id is None:
        raise MoveRefused(say("没有找到您所在的区局，不能开始考评。"))
    names = unit_names(known)
    found = own_units(issuer_id, names, at.date())
    if missing := [name for name in names if name not in found]:
        raise MoveRefused(
            say(
                "本区单位里找不到这些科室，或同名的不止一个：{units}。请系统管理员先在“单位”里补上，或给已有单位加别名。",
                units=missing,
            )
        )
    values = {
        "issuer_id": issuer_id,
        "compiler_id": found[known.terms.compiler].id,
        "scheme": scheme,
        "scheme_sha256": known.sha256,
        "title": known.scheme.title,
        "starts_on": known.scheme.starts_on,
        "ends_on": known.scheme.ends_on,
        "stage": Stage.OPEN,
        "opened_at": at,
        "opened_by": actor.name,
    }
    empty = dict.fromkeys(("compiled_by", "returned_reason", "approved_by", "published_by"), "")
    if not insert_once(Appraisal, {**values, **empty, "version": 1}):
        raise MoveRefused(say("本区已经按这份方案开始了考评。"))
    year = db.session.scalars(select(Appraisal).filter_by(issuer_id=issuer_id, scheme=scheme)).one()
    db.session.add_all(
        AppraisalUnit(appraisal_id=year.id, unit_id=found[name].id, name=name, position=place)
        for place, name in enumerate(names)
    )
    db.session.flush()  # whoever opens the page next finds the units
    audit.record(actor, at, "open_appraisal", "appraisal", year.id, f"{known.scheme.doc_number}；{'、'.join(names)}")
    return year
