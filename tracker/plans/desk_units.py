"""Which units the printed names of an import mean: as the directory knows them, or as a person chose."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from tracker.people import queries as people
from tracker.people.queries import UnknownUnit
from tracker.people.trees import Node, Tree, tree
from tracker.people.unit_lists import KIND_TEXT, PARENT_KINDS
from tracker.plans import desk_record
from tracker.plans.creation import binding, meanings
from tracker.plans.desk_likeness import similar
from tracker.plans.desk_queries import Restored
from tracker.plans.models import PlanImport
from tracker.plans.settings import Means
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Actor
from tracker.rules.plan_text.drafts import PlanDraft, Role, TaskDraft
from tracker.rules.words import say

LONGEST_NAME, LONGEST_SHORT, LONGEST_REASON = 60, 30, 500

ROLE_TEXT = {Role.LEAD: say("牵头"), Role.RESPONSIBLE: say("责任"), Role.COOPERATING: say("配合")}


class ChoiceRefused(ValueError):
    """A choice that cannot be kept as it is; `field` names what to correct."""

    def __init__(self, message: str, field: str) -> None:
        """Keep the message and the field it belongs to."""
        super().__init__(message)
        self.field = field


class StaleChoice(ValueError):
    """Somebody else decided about units or settings of the import meanwhile."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(say("别人刚刚改过这一页的内容，您的修改没有保存。请看过最新内容再定，您填写的文字还在。"))


@dataclass(frozen=True)
class NewUnit:
    """A unit to be made with the plan."""

    name: str
    short_name: str
    kind: OrganizationKind
    parent_id: int


@dataclass(frozen=True)
class Choice:
    """What a person says a name means: a unit, a group, a unit or a group to be made with the plan, or nobody and why.

    `members` is the kind of unit that a new group stands for. `remember` lets later documents be read the same way.
    """

    unit_id: int | None = None
    group_id: int | None = None
    new: NewUnit | None = None
    members: str = ""
    nobody: str = ""
    remember: bool = False


@dataclass(frozen=True)
class Made:
    """What publication made for an import, to be taken back with it."""

    units: tuple[int, ...] = ()
    groups: tuple[int, ...] = ()
    aliases: tuple[int, ...] = ()


@dataclass(frozen=True)
class Chosen:
    """Everything that was chosen about an import's names; `issuer` where the directory did not know who issued it."""

    issuer: int | None = None
    names: Mapping[str, Choice] = field(default_factory=dict)
    made: Made = field(default_factory=Made)


def restored(stored: str) -> Chosen:
    """Return what was chosen, from JSON."""
    found: dict[str, Any] = json.loads(stored or "{}")
    names = {name: _choice(entry) for name, entry in found.get("names", {}).items()}
    made = {name: tuple(ids) for name, ids in found.get("made", {}).items()}
    return Chosen(found.get("issuer"), names, Made(**made))


def _choice(entry: dict[str, Any]) -> Choice:
    new = entry.get("new")
    unit = NewUnit(**{**new, "kind": OrganizationKind(new["kind"])}) if new else None
    return Choice(**{**entry, "new": unit})


def kept(chosen: Chosen) -> str:
    """Return it as JSON; `restored` gives back its equal."""
    names = {name: _filled(vars(choice)) for name, choice in chosen.names.items()}
    return json.dumps({"issuer": chosen.issuer, "names": names, "made": vars(chosen.made)}, ensure_ascii=False)


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: vars(value) if isinstance(value, NewUnit) else value for name, value in values.items() if value}


def stamp(stored: str) -> str:
    """Return a few signs that change with what is kept of a part of an import."""
    return hashlib.sha256(stored.encode()).hexdigest()[:16]


# ---- looking


@dataclass(frozen=True)
class Named:
    """A printed name: in which roles how often, in which tasks, and what it means; empty words: nobody knows."""

    name: str
    roles: tuple[tuple[Role, int], ...]
    tasks: tuple[TaskDraft, ...]
    words: str
    units: tuple[Node, ...] = ()
    grouped: bool = False
    choice: Choice | None = None
    suggestions: tuple[Node, ...] = ()
    coming: tuple[str, ...] = ()
    """The units of a group that publication makes first."""

    @property
    def known(self) -> bool:
        """Tell whether it means something, and be it nobody."""
        return bool(self.words)


@dataclass(frozen=True)
class Units:
    """The names of an import with what they mean; `issuer` is None as long as nobody knows who issued it."""

    issuer: Node | None
    issuer_problem: str
    tree: Tree
    names: tuple[Named, ...]
    loose: tuple[TaskDraft, ...]
    """Tasks for which no unit is named at all."""

    @property
    def unknown(self) -> list[Named]:
        """The names that somebody has to decide about."""
        return [named for named in self.names if not named.known]

    @property
    def means(self) -> dict[str, Means]:
        """What was chosen, as far as it exists already; who is to be made binds nobody yet."""
        chosen = {named.name: named.choice for named in self.names if named.choice is not None}
        return {name: Means(choice.unit_id, choice.group_id) for name, choice in chosen.items()}


def units(draft: PlanDraft, chosen: Chosen, today: date) -> Units:
    """Return what the names of a draft mean. Up to nine queries, however many names there are."""
    issuer_id, problem = issuer(draft, chosen)
    if issuer_id is None:
        nothing = tuple(_named(draft, {}, chosen, Tree(0, {}, {}, {})))
        return Units(None, problem, Tree(0, {}, {}, {}), nothing, _loose(draft))
    day = draft.head.issued_on or today
    found = tree(issuer_id, today)
    names = tuple(_named(draft, meanings(issuer_id, day, {}), chosen, found))
    return Units(found.units.get(issuer_id), "", found, names, _loose(draft))


def issuer(draft: PlanDraft, chosen: Chosen) -> tuple[int | None, str]:
    """Return who issued a document: as the directory knows the name, otherwise as chosen; or why nobody knows."""
    if not draft.head.issuer:
        return chosen.issuer, "" if chosen.issuer else say("文件没有署名，请选定发文单位。")
    try:
        return people.find_unit(draft.head.issuer).id, ""
    except UnknownUnit as unknown:
        return chosen.issuer, "" if chosen.issuer else str(unknown)


ISSUERS = (OrganizationKind.CITY_BUREAU, OrganizationKind.DISTRICT_BUREAU)
"""The kinds of unit that issue plans."""


def bureaus(day: date) -> list[str]:
    """Return the names of those who could have issued a document."""
    found = [unit for kind in ISSUERS for unit in people.of_kind(kind)]
    return [unit.name for unit in found if unit.valid_from <= day < unit.valid_until]


def _loose(draft: PlanDraft) -> tuple[TaskDraft, ...]:
    return tuple(task for task in binding(draft) if not task.parties)


def _named(draft: PlanDraft, known: Mapping[str, Means], chosen: Chosen, found: Tree) -> Iterable[Named]:
    roles: dict[str, Counter[Role]] = {}
    tasks: dict[str, dict[str, TaskDraft]] = {}
    for task in binding(draft):
        for party in task.parties:
            roles.setdefault(party.name, Counter())[party.role] += 1
            tasks.setdefault(party.name, {})[task.key or task.number] = task
    coming = list(dict.fromkeys(one.new for name, one in chosen.names.items() if one.new and name in roles))
    for name in roles:
        counted = tuple((role, roles[name][role]) for role in Role if roles[name][role])
        bare = Named(name, counted, tuple(tasks[name].values()), "")
        yield _meant(bare, known.get(name), chosen.names.get(name), found, coming)


def _meant(bare: Named, means: Means | None, choice: Choice | None, found: Tree, coming: Sequence[NewUnit]) -> Named:
    if choice is not None and not told(choice, found):
        choice = None
    meant = choice or (Choice(means.organization_id, means.group_id) if means else None)
    if meant is None:
        return replace(bare, suggestions=tuple(similar(bare.name, found)))
    kind = _kind(meant, found)
    return replace(
        bare,
        words=told(meant, found),
        units=found.of_kind(kind) if kind else tuple(unit for id_, unit in found.units.items() if id_ == meant.unit_id),
        grouped=bool(kind),
        choice=choice,
        coming=tuple(unit.name for unit in coming if unit.kind == kind),
    )


def _kind(choice: Choice, found: Tree) -> str:
    """Return the kind of unit that a choice means all of; nothing where it means one unit or nobody."""
    if choice.group_id is not None and choice.group_id in found.groups:
        return found.groups[choice.group_id].member_kind
    return choice.members


def told(choice: Choice, found: Tree) -> str:
    """Say what a choice means; empty where what it names is there no more."""
    if choice.nobody:
        return say("不交办：{reason}", reason=choice.nobody)
    if choice.new:
        return say("新建：{name}（{kind}）", name=choice.new.name, kind=KIND_TEXT[choice.new.kind])
    if choice.members:
        return say("新的一类单位：全部{kind}", kind=KIND_TEXT[OrganizationKind(choice.members)])
    if choice.group_id is not None:
        return found.groups[choice.group_id].name if choice.group_id in found.groups else ""
    return found.units[choice.unit_id].name if choice.unit_id in found.units else ""


# ---- choosing


def choose(actor: Actor, at: datetime, import_id: int, seen: str, names: Sequence[str], choice: Choice) -> None:
    """Settle what names mean; raise StaleChoice where others decided meanwhile, ChoiceRefused, ImportClosed."""
    found = _held(actor, import_id, seen)
    chosen, draft = restored(found.units), Restored.of(found.draft)
    issuer_id, _ = issuer(draft, chosen)
    if issuer_id is None:
        raise ChoiceRefused(say("请先选定发文单位，再对应其他名称。"), "issuer")
    now = tree(issuer_id, at.date())
    printed = {party.name for task in draft.tasks for party in task.parties}
    for name in names:
        own = _own(choice, name)
        if name not in printed:
            raise ChoiceRefused(say("文件中没有“{name}”这个名称，请刷新页面。", name=name), "name")
        check(own, name, now, chosen)
        desk_record.note(actor, at, found, "unit", field="unit", before=name, after=told(own, now), reason=own.nobody)
        chosen = replace(chosen, names={**chosen.names, name: own})
    found.units = kept(chosen)


def _own(choice: Choice, name: str) -> Choice:
    """Give the choice for one of several names: a unit that is to be made is called as printed."""
    if choice.new is None or choice.new.name:
        return choice
    return replace(choice, new=replace(choice.new, name=name, short_name=name[:LONGEST_SHORT]))


def forget(actor: Actor, at: datetime, import_id: int, seen: str, name: str) -> None:
    """Let a name mean again what the directory says."""
    found = _held(actor, import_id, seen)
    chosen = restored(found.units)
    found.units = kept(replace(chosen, names={each: one for each, one in chosen.names.items() if each != name}))
    desk_record.note(actor, at, found, "unit", field="unit", before=name)


def choose_issuer(actor: Actor, at: datetime, import_id: int, seen: str, name: str) -> None:
    """Settle who issued the document; from publication on the printed name is another one of that unit."""
    found = _held(actor, import_id, seen)
    if not name:
        raise ChoiceRefused(say("请选定发文单位。"), "issuer")
    try:
        unit = people.find_unit(name, at.date())
    except UnknownUnit as unknown:
        raise ChoiceRefused(str(unknown), "issuer") from None
    if unit.kind not in ISSUERS:
        raise ChoiceRefused(say("{name}不是发文的局，请选市局或区局。", name=unit.name), "issuer")
    found.units = kept(replace(restored(found.units), issuer=unit.id))
    desk_record.note(actor, at, found, "unit", field="issuer", after=unit.name)


def _held(actor: Actor, import_id: int, seen: str) -> PlanImport:
    found = desk_record.held(actor, import_id)
    if stamp(found.units) != seen:
        raise StaleChoice
    return found


def check(choice: Choice, name: str, found: Tree, chosen: Chosen) -> None:
    """Raise ChoiceRefused for what a name cannot mean."""
    if choice.new is not None:
        _check_new(choice.new, name, found, chosen)
    if choice.members and len(name) > LONGEST_NAME:
        raise ChoiceRefused(say("名称最多 {most} 字。", most=LONGEST_NAME), "members")
    if len(choice.nobody) > LONGEST_REASON:
        raise ChoiceRefused(say("理由最多 {most} 字，请精简。", most=LONGEST_REASON), "reason")
    if not told(choice, found):
        raise ChoiceRefused(say("请选定这个名称指谁。"), "unit")


def _check_new(new: NewUnit, name: str, found: Tree, chosen: Chosen) -> None:
    if not new.name or len(new.name) > LONGEST_NAME:
        raise ChoiceRefused(say("单位名称应有 1 到 {most} 字。", most=LONGEST_NAME), "new_name")
    if not new.short_name or len(new.short_name) > LONGEST_SHORT:
        raise ChoiceRefused(say("简称应有 1 到 {most} 字。", most=LONGEST_SHORT), "new_short")
    parent = found.units.get(new.parent_id)
    if parent is None or PARENT_KINDS.get(new.kind) != parent.kind:
        raise ChoiceRefused(
            say(
                "{kind}应在{above}之下，请另选上级。", kind=KIND_TEXT[new.kind], above=KIND_TEXT[PARENT_KINDS[new.kind]]
            ),
            "new_parent",
        )
    beside = {own for unit in found.units.values() if unit.parent_id == parent.id for own in found.names[unit.id]}
    others = {own for one in planned(chosen, besides=name) if one != new for own in (one.name, one.short_name)}
    if taken := sorted({new.name, new.short_name} & (beside | others)):
        raise ChoiceRefused(say("同一上级下已有“{name}”，请直接选它，或换一个名称。", name=taken[0]), "new_name")


def planned(chosen: Chosen, besides: str = "") -> list[NewUnit]:
    """Return the units that names other than one are to make, each once."""
    return list(dict.fromkeys(one.new for name, one in chosen.names.items() if one.new and name != besides))


def typed(text: str, found: Tree, making: Iterable[NewUnit] = ()) -> Choice:
    """Return the unit or group that a typed name means, be it one that is yet to be made with the plan.

    Raise ChoiceRefused, naming those that look like it.
    """
    name = text.strip()
    if not name:
        raise ChoiceRefused(say("请填写单位名称，或从建议中选一个。"), "unit")
    groups = [group.id for group in found.groups.values() if group.name == name]
    if groups:
        return Choice(group_id=groups[0])
    bearing = [unit for unit in found.units.values() if name in found.names[unit.id]]
    bearing = [unit for unit in bearing if unit.name == name] or bearing
    if len(bearing) == 1:
        return Choice(unit_id=bearing[0].id)
    if not bearing and (made := [new for new in making if name in (new.name, new.short_name)]):
        return Choice(new=made[0])
    close = [unit.name for unit in bearing] or [unit.name for unit in similar(name, found)]
    if close:
        raise ChoiceRefused(say("没有单独叫“{name}”的单位，您是不是要选：{close}？", name=name, close=close), "unit")
    raise ChoiceRefused(say("找不到名为“{name}”的单位。请核对名称，或改为新建。", name=name), "unit")
