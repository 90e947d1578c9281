"""Makes the units, groups and other names that an import needs for its plan, and takes them back again."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import delete, select

from tracker.audit import operations as audit
from tracker.db import FOREVER, db
from tracker.people import operations, unit_names
from tracker.people import queries as people
from tracker.people.models import Group, Organization, OrganizationAlias
from tracker.people.queries import UnknownUnit
from tracker.people.unit_lists import KIND_TEXT
from tracker.people.units import free_slug, next_position
from tracker.plans import creation
from tracker.plans.desk_units import Choice, Chosen, Made, NewUnit
from tracker.plans.operations import PlanRefused
from tracker.plans.references import referring
from tracker.plans.settings import Means
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Actor
from tracker.rules.plan_text.drafts import PlanDraft
from tracker.rules.words import say


@dataclass(frozen=True)
class Making:
    """What chosen names stand for, and what had to be made for it."""

    means: dict[str, Means]
    made: Made


@dataclass
class _Maker:
    """Makes what one import needs; what was made is noted, to be taken back with its plan."""

    actor: Actor
    at: datetime
    draft: PlanDraft
    source_note: str
    planned: dict[NewUnit, Organization] = field(default_factory=dict)
    units: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    aliases: list[int] = field(default_factory=list)

    @property
    def since(self) -> date:
        """From which day on a remembered name counts: that of the document which used it."""
        return self.draft.head.issued_on or self.at.date()

    def name_issuer(self, unit_id: int) -> None:
        """Let the issuer go by the name that the document prints."""
        unit = db.session.get_one(Organization, unit_id)
        if not self._alias(unit, self.draft.head.issuer):
            raise PlanRefused(
                say(
                    "“{name}”已是别的单位的名称，不能再指{unit}。请在文件信息中写发文单位的全称。",
                    name=self.draft.head.issuer,
                    unit=unit.name,
                )
            )

    def means(self, issuer_id: int, name: str, choice: Choice) -> Means:
        """Return what a chosen name stands for, making it where it is not there yet."""
        if choice.nobody:
            return Means()
        if choice.new is not None:
            unit = self.planned.get(choice.new) or self._unit(choice.new)
            self.planned[choice.new] = unit
            if choice.remember:
                self._alias(unit, name)
            return Means(organization_id=unit.id)
        if choice.members:
            return Means(group_id=self._group(issuer_id, name, choice.members))
        if choice.remember:
            self._remember(issuer_id, name, choice)
        return Means(choice.unit_id, choice.group_id)

    def _remember(self, issuer_id: int, name: str, choice: Choice) -> None:
        if choice.group_id is not None:
            self._group(issuer_id, name, db.session.get_one(Group, choice.group_id).member_kind)
        elif choice.unit_id is not None:
            self._alias(db.session.get_one(Organization, choice.unit_id), name)

    def _unit(self, new: NewUnit) -> Organization:
        parent = db.session.get_one(Organization, new.parent_id)
        names = {"name": new.name, "short_name": new.short_name}
        if taken := unit_names.taken(names, parent.id, self.at.date(), FOREVER):
            raise PlanRefused(next(iter(taken.values())))
        unit = operations.add_organization(
            slug=free_slug(parent),
            parent_id=parent.id,
            kind=new.kind,
            name=new.name,
            short_name=new.short_name,
            position=next_position(),
            source_note=self.source_note,
        )
        self.units.append(unit.id)
        words = f"{KIND_TEXT[new.kind]} {unit.name}（{unit.short_name}），上级：{parent.name}，{self.source_note}"
        audit.record(self.actor, self.at, "add_unit", "organization", unit.id, words, about_unit=unit.id)
        return unit

    def _group(self, root_id: int, name: str, kind: str) -> int:
        wanted = select(Group.id).where(Group.root_id == root_id, Group.name == name)
        known = db.session.scalar(wanted)
        if known is not None:
            return known
        operations.add_group(root_id, name, OrganizationKind(kind))
        made: int = db.session.scalars(wanted).one()
        self.groups.append(made)
        words = f"{name}：全部{KIND_TEXT[OrganizationKind(kind)]}，{self.source_note}"
        audit.record(self.actor, self.at, "add_group", "organization_group", made, words)
        return made

    def _alias(self, unit: Organization, name: str) -> bool:
        """Let a unit go by a name as well; tell whether it does."""
        if name in (unit.name, unit.short_name):
            return True
        own = select(OrganizationAlias.id).where(
            OrganizationAlias.organization_id == unit.id, OrganizationAlias.name == name
        )
        known = db.session.scalar(own)
        done = unit_names.keep(unit, name, self.since, FOREVER)
        if done and known is None:
            self.aliases.append(db.session.scalars(own).one())
            audit.record(self.actor, self.at, "add_alias", "organization", unit.id, name, about_unit=unit.id)
        return done


def make(actor: Actor, at: datetime, draft: PlanDraft, chosen: Chosen) -> Making:
    """Make what the names of a draft need that is not there yet; raise PlanRefused."""
    maker = _Maker(actor, at, draft, f"随 {draft.head.doc_number} 导入建立"[:200])
    if chosen.issuer is not None and not _is_known(draft.head.issuer):
        maker.name_issuer(chosen.issuer)
    issuer_id = creation.issuer_of(draft.head).id
    printed = {party.name for task in creation.binding(draft) for party in task.parties}
    means = {name: maker.means(issuer_id, name, choice) for name, choice in chosen.names.items() if name in printed}
    return Making(means, Made(tuple(maker.units), tuple(maker.groups), tuple(maker.aliases)))


def _is_known(name: str) -> bool:
    try:
        people.find_unit(name)
    except UnknownUnit:
        return False
    return True


def take_back(actor: Actor, at: datetime, made: Made) -> list[str]:
    """Take back what publication made, as far as nothing else speaks of it; return the names of units that stay."""
    db.session.execute(delete(OrganizationAlias).where(OrganizationAlias.id.in_(made.aliases)))
    for group_id in made.groups:
        if not referring("organization_group", [group_id], ()):
            db.session.execute(delete(Group).where(Group.id == group_id))
    stay = []
    for unit_id in made.units:
        unit = db.session.get(Organization, unit_id)
        if unit is not None and not _taken_back(actor, at, unit):
            stay.append(unit.name)
    return stay


def _taken_back(actor: Actor, at: datetime, unit: Organization) -> bool:
    """Remove a unit that nobody uses; people who got an account there keep it, and their unit with it."""
    if referring("organization", [unit.id], ("organization_alias",)):
        return False
    audit.record(actor, at, "remove_unit", "organization", unit.id, unit.name)
    db.session.delete(unit)
    db.session.flush()  # its name is free again for whoever publishes next
    return True
