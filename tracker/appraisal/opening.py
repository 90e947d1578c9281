"""Begin a bureau's year under a scheme: its units are those of the scheme, found among the bureau's own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from tracker.appraisal.models import Appraisal, AppraisalUnit
from tracker.appraisal.schemes import KnownScheme, known_scheme, sound_schemes
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


@dataclass(frozen=True)
class _Bureau:
    """A bureau with its units of a day, and the other names of each of them."""

    issuer: Organization
    units: list[Organization]
    aliases: dict[int, set[str]]

    def named(self, name: str) -> Organization | None:
        """Return the one unit that bears a name of a scheme; None where there is none, or more than one.

        Full, short and other names count, before them a name after the bureau's own: 某区司法局办公室 is its 办公室.
        """
        chosen = [unit for unit in self.units if name in self._names(unit)]
        chosen = chosen or [unit for unit in self.units if unit.name.endswith(name)]
        return chosen[0] if len(chosen) == 1 else None

    def _names(self, unit: Organization) -> set[str]:
        short = unit.name.removeprefix(self.issuer.name)
        return {unit.name, unit.short_name, short, *self.aliases.get(unit.id, ())}

    def issued(self, known: KnownScheme) -> bool:
        """Tell whether the bureau issued a scheme: its name stands above it, or that name after the city's."""
        names = {self.issuer.name, *self.aliases.get(self.issuer.id, ())}
        return any(known.scheme.issuer.endswith(name) for name in names)


def _bureau(issuer_id: int, day: date) -> _Bureau:
    """Return a bureau as it is on a day. Three queries."""
    here = [Organization.valid_from <= day, Organization.valid_until > day]
    below = select(Organization).where(Organization.parent_id == issuer_id, *here).order_by(Organization.position)
    aliases: dict[int, set[str]] = {}
    wanted = (
        select(OrganizationAlias)
        .join(Organization, Organization.id == OrganizationAlias.organization_id)
        .where(
            or_(Organization.parent_id == issuer_id, Organization.id == issuer_id),
            *here,
            OrganizationAlias.valid_from <= day,
            OrganizationAlias.valid_until > day,
        )
    )
    for alias in db.session.scalars(wanted):
        aliases.setdefault(alias.organization_id, set()).add(alias.name)
    return _Bureau(db.session.get_one(Organization, issuer_id), list(db.session.scalars(below)), aliases)


def own_units(issuer_id: int, names: list[str], day: date) -> dict[str, Organization]:
    """Return, by the scheme's names, the units of a bureau that bear them on a day; what is not found is absent."""
    bureau = _bureau(issuer_id, day)
    return {name: unit for name in names if (unit := bureau.named(name))}


# ---- what can be begun


@dataclass(frozen=True)
class Offer:
    """A scheme by which a bureau may begin a year, and what stands in the way of it."""

    known: KnownScheme
    missing: tuple[str, ...]
    """Units of the scheme that are not among the bureau's own, or more than once."""

    overlaps: str
    """The title of a year of the bureau that covers some of the same days."""


def offers(actor: Actor, day: date, years: Collection[Appraisal]) -> list[Offer]:
    """Return the schemes that the person's bureau issued and has not begun beside its years. Three queries at most."""
    if actor.district_id is None:
        return []
    begun = {year.scheme for year in years}
    waiting = [known for known in sound_schemes() if known.name not in begun]
    if not waiting:
        return []
    bureau = _bureau(actor.district_id, day)
    return [
        Offer(known, _missing(bureau, known), next((year.title for year in years if _overlap(year, known)), ""))
        for known in waiting
        if bureau.issued(known)
    ]


def _missing(bureau: _Bureau, known: KnownScheme) -> tuple[str, ...]:
    return tuple(name for name in unit_names(known) if bureau.named(name) is None)


def _overlap(year: Appraisal, known: KnownScheme) -> bool:
    return year.starts_on <= known.scheme.ends_on and known.scheme.starts_on <= year.ends_on


# ---- beginning


def open_appraisal(actor: Actor, at: datetime, scheme: str) -> Appraisal:
    """Begin the year of a scheme for the person's bureau; raise MoveRefused, UnknownScheme.

    The scheme may have been issued in the middle of the period that it covers: what was before counts as well. No day
    belongs to two years of a bureau.
    """
    require(actor, Action.DECIDE_APPRAISAL)
    known = known_scheme(scheme)
    issuer_id = actor.district_id
    if issuer_id is None:
        raise MoveRefused(say("没有找到您所在的区局，不能开始考评。"))
    bureau = _bureau(issuer_id, at.date())
    _require_beginnable(bureau, known)
    names = unit_names(known)
    found = {name: unit for name in names if (unit := bureau.named(name))}
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


def _require_beginnable(bureau: _Bureau, known: KnownScheme) -> None:
    if not bureau.issued(known):
        raise MoveRefused(say("这份方案由{issuer}印发，不是本局的，不能按它开始考评。", issuer=known.scheme.issuer))
    if missing := _missing(bureau, known):
        raise MoveRefused(
            say(
                "本区单位里找不到这些科室，或同名的不止一个：{units}。请系统管理员先在“单位”里补上，或给已有单位加别名。",
                units=list(missing),
            )
        )
    # Two who begin at once wait for each other here, so that the second one sees the year of the first.
    db.session.execute(select(Organization.id).where(Organization.id == bureau.issuer.id).with_for_update())
    for year in db.session.scalars(select(Appraisal).filter_by(issuer_id=bureau.issuer.id)):
        if year.scheme != known.name and _overlap(year, known):
            raise MoveRefused(
                say(
                    "这份方案的考评周期与“{title}”（{first:long} 至 {last:long}）重叠：同一天的事不能考评两次。",
                    title=year.title,
                    first=year.starts_on,
                    last=year.ends_on,
                )
            )
