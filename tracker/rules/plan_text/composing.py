"""Put a task together from an item of the tree: text, units, deadline, and the evidence of each."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tracker.rules.calendar import DeadlineKind, DeadlineSpec, read_deadline
from tracker.rules.deadlines import names_event
from tracker.rules.plan_text import rule_texts
from tracker.rules.plan_text.actors import propose_parties
from tracker.rules.plan_text.attributes import Attribute
from tracker.rules.plan_text.blocks import Block
from tracker.rules.plan_text.covering import Cover, first_leads
from tracker.rules.plan_text.drafts import (
    Certainty,
    Evidence,
    PartyDraft,
    Role,
    Span,
    TaskDraft,
    TaskKind,
)
from tracker.rules.plan_text.items import Item, whole_text
from tracker.rules.plan_text.labels import Label
from tracker.rules.plan_text.lines import fold, squash
from tracker.rules.plan_text.numbers import Form
from tracker.rules.plan_text.outline import Node
from tracker.rules.plan_text.regions import PERIOD, Region
from tracker.rules.plan_text.several import names_several
from tracker.rules.plan_text.targets import read_targets
from tracker.rules.plan_text.units import looks_like_unit, read_parties

NO_DEADLINE = DeadlineSpec(DeadlineKind.NONE, None, "")
ORDER = {certainty: place for place, certainty in enumerate((Certainty.CERTAIN, Certainty.LIKELY, Certainty.DOUBTFUL))}
LONGEST_UNIT = 25
"""Characters: a longer name has probably swallowed something."""
OPEN_BESIDE = {
    Role.LEAD: {Role.RESPONSIBLE, Role.COOPERATING},
    Role.RESPONSIBLE: {Role.COOPERATING},
    Role.COOPERATING: {Role.LEAD, Role.RESPONSIBLE},
}
"""Parts that hold from above beside an item's own parts; its own lead replaces whoever is responsible above."""

INHERITED = "inherited"
GUESSED = "guessed_item"
_MONTH = re.compile(r"[一二三四五六七八九十0-9]{1,3}\s?月份?(?:[上中下]旬)?|第?[一二三四]季度")
Wanted = Callable[[Attribute], bool]


@dataclass(frozen=True)
class Setting:
    """What holds for all tasks of a document: the year of its months, and its covering notes."""

    base_year: int | None
    covers: Sequence[Cover] = ()
    rule: str = "numbered_item"
    lines: Sequence[int] = ()
    """The line on which each task begins."""
    first_leads: bool = False
    """A remark says that the unit named first leads."""

    def place_before(self, line: int) -> int:
        """Give the place of the last task that begins before a line has ended."""
        return bisect_right(self.lines, line) - 1


def compose(item: Item, number: str, section: str, setting: Setting) -> TaskDraft:
    """Put one task together."""
    node, text = item.node, whole_text(item.node)
    roles = _roles(item, setting)
    due = _deadline_attributes(item, setting)
    deadline, due_evidence = _deadline(due, setting.base_year)
    parties, evidence = _led(roles, setting, *_parties(roles))
    binding = bool(parties) or deadline.kind is not DeadlineKind.NONE
    proposed = () if parties else propose_parties(text)
    if proposed:
        evidence["proposed"] = _proposed_evidence(node)
    if due_evidence:
        evidence["deadline"] = due_evidence
    return TaskDraft(
        number=number,
        section=section,
        text=text,
        parties=parties,
        deadline=deadline,
        line_from=node.block.line_from,
        line_to=max(block.line_to for block in _blocks(node)),
        parties_line=roles[0].span.line_from if roles else 0,
        deadline_line=due[0].span.line_from if due else 0,
        kind=TaskKind.REQUIREMENT if item.region is Region.REQUIREMENTS and not binding else TaskKind.TASK,
        proposed=proposed,
        targets=read_targets(text),
        evidence={"text": _text_evidence(item, setting)} | evidence,
    )


def _blocks(node: Node) -> Iterable[Block]:
    for below in node.walk():
        yield below.block
        yield from below.body


def _roles(item: Item, setting: Setting) -> list[Attribute]:
    """Give what names units for an item: its own words, and the parts it leaves open from above or a covering note."""
    stated = [one for one in item.bound if one.label.role]
    if not stated:
        return _from_above(item, _names_units) or _from_covers(item, setting, _names_units)
    own = {one.label.role for one in stated}
    found = [one for one in stated if one.value]
    for role, beside in OPEN_BESIDE.items():
        if role not in own and own & beside:
            wanted = partial(_is_of, role)
            further = _from_above(item, wanted) or _from_covers(item, setting, wanted)
            found = further + found if role is Role.LEAD else found + further
    return found


def _names_units(one: Attribute) -> bool:
    return one.label.role is not None


def _is_of(role: Role, one: Attribute) -> bool:
    return one.label.role is role


def _deadline_attributes(item: Item, setting: Setting) -> list[Attribute]:
    stated = [one for one in item.bound if one.label is Label.DEADLINE and one.value]
    if stated:
        return stated
    above = _from_above(item, lambda one: one.label is Label.DEADLINE)
    return above or _from_covers(item, setting, lambda one: one.label is Label.DEADLINE) or _from_month(item)


def _from_month(item: Item) -> list[Attribute]:
    """Take the month or the quarter that a heading above consists of (三月, 二季度): work of it is done in it."""
    for above in reversed(item.node.path()):
        match = _MONTH.search(fold(above.heading)) if PERIOD.fullmatch(squash(above.heading).rstrip(":")) else None
        if match:
            start, end = match.span()
            return [Attribute(Label.DEADLINE, match[0], above.block, start, end, "month_heading", Certainty.LIKELY)]
    return []


def _from_above(item: Item, wanted: Wanted) -> list[Attribute]:
    """Take what the nearest heading above states."""
    for above in reversed(item.node.path()):
        if found := [one for one in above.bound if wanted(one) and one.value]:
            return [replace(one, rule=INHERITED, certainty=Certainty.LIKELY) for one in found]
    return []


def _from_covers(item: Item, setting: Setting, wanted: Wanted) -> list[Attribute]:
    """Take what a covering note states for this item or for all."""
    for cover in setting.covers:
        if cover.numbers and item.node.count not in cover.numbers:
            continue
        if cover.backward and item.node.block.line_from > cover.line:
            continue
        if cover.last and setting.place_before(cover.line) - item.place >= cover.last:
            continue
        if found := [one for one in cover.attributes if wanted(one)]:
            return found
    return []


# ---- units


def _parties(roles: list[Attribute]) -> tuple[tuple[PartyDraft, ...], dict[str, Evidence]]:
    """Read the units of all labels; one that two labels of the same role name is kept once."""
    parties: list[PartyDraft] = []
    sources: dict[Role, list[Attribute]] = {}
    seen: dict[tuple[str, Role], Attribute] = {}
    groups = 0
    for one in roles:
        role = one.label.role
        if role is None:
            continue
        read = read_parties(one.value, role)
        for party in read:
            if seen.setdefault((party.name, party.role), one) is one:
                parties.append(replace(party, group_index=groups + party.group_index, position=len(parties) + 1))
                if one not in sources.setdefault(party.role, []):
                    sources[party.role].append(one)
        groups = max([groups, *(party.group_index for party in parties)])
    parties = _regrouped(parties)
    return tuple(parties), {role.value: _evidence(role, found, parties) for role, found in sources.items()}


def _led(
    roles: Sequence[Attribute], setting: Setting, parties: tuple[PartyDraft, ...], evidence: dict[str, Evidence]
) -> tuple[tuple[PartyDraft, ...], dict[str, Evidence]]:
    """Let the unit named first lead where the document, or the label itself, says so and nobody else does."""
    first = next((party for party in parties if party.role is Role.RESPONSIBLE), None)
    if first is None or any(party.role is Role.LEAD for party in parties):
        return parties, evidence
    if not setting.first_leads and not any(_says_first_leads(one) for one in roles):
        return parties, evidence
    led = tuple(_regrouped([replace(party, role=Role.LEAD) if party is first else party for party in parties]))
    found = evidence[Role.RESPONSIBLE.value]
    others = any(party.role is Role.RESPONSIBLE for party in led)
    kept = {role: one for role, one in evidence.items() if others or role != Role.RESPONSIBLE.value}
    return led, {Role.LEAD.value: replace(found, rule="first_leads")} | kept


def _says_first_leads(one: Attribute) -> bool:
    """Tell whether the label of a list of units, or a bracket behind them, says that the first one leads."""
    line = one.block.pieces[0] if one.block.label and one.block.pieces else None
    label = line.line.text[: line.start] if line else ""
    return first_leads(f"{label}{one.block.text[slice(*one.cut)]}")


def _regrouped(parties: list[PartyDraft]) -> list[PartyDraft]:
    """Count groups anew within each role, as the labels print them."""
    firsts: dict[Role, int] = {}
    for party in parties:
        firsts[party.role] = min(firsts.get(party.role, party.group_index), party.group_index)
    if set(firsts.values()) <= {1}:
        return parties
    return [replace(party, group_index=party.group_index - firsts[party.role] + 1) for party in parties]


def _evidence(role: Role, found: list[Attribute], parties: list[PartyDraft]) -> Evidence:
    doubts = []
    if any(_is_cut_name(one) for one in found):
        doubts.append(rule_texts.WHY_JOINED)
    if any(
        len(party.printed) > LONGEST_UNIT or not looks_like_unit(party.printed)
        for party in parties
        if party.role is role
    ):
        doubts.append(rule_texts.WHY_ODD_NAME)
    return _weighed(found, doubts)


def _is_cut_name(one: Attribute) -> bool:
    """Tell whether a line break falls inside a name: the value goes on over a seam that no sign stands beside."""
    for piece in one.block.pieces:
        if one.start < piece.at < one.end and not (
            set(fold(one.block.text[piece.at - 1 : piece.at + 1])) & set("、,;:")
        ):
            return True
    return False


def _weighed(found: Sequence[Attribute], doubts: Sequence[str]) -> Evidence:
    """Sum up: the weakest certainty of all, one doubt makes it doubtful."""
    certainty = max((one.certainty for one in found), key=lambda each: ORDER[each])
    spans = tuple(one.span for one in found)
    return Evidence(found[0].rule, Certainty.DOUBTFUL if doubts else certainty, spans, doubts[0] if doubts else "")


# ---- deadline


def _deadline(due: list[Attribute], base_year: int | None) -> tuple[DeadlineSpec, Evidence | None]:
    """Read the deadline; of several the last one counts, and a person has to confirm it."""
    if not due:
        return NO_DEADLINE, None
    specs = [_last_of(one.value, base_year) for one in due[:1]]
    spec, several = specs[0]
    doubts = []
    if several:
        doubts.append(rule_texts.WHY_SEVERAL_DEADLINES)
    if spec.kind is DeadlineKind.NONE:
        doubts.append(rule_texts.WHY_NO_DATE)
    elif spec.kind is DeadlineKind.RELATIVE and names_event(spec.raw):
        doubts.append(rule_texts.WHY_NO_DAY)
    elif spec.value is None and spec.kind not in (DeadlineKind.ONGOING, DeadlineKind.RELATIVE):
        doubts.append(rule_texts.WHY_NO_YEAR)
    return spec, _weighed(due[:1], doubts)


def _last_of(text: str, base_year: int | None) -> tuple[DeadlineSpec, bool]:
    """Read a wording; where it names several days, take the last, and say that there were several."""
    whole = read_deadline(text, base_year)
    pieces = [piece for piece in fold(text).replace("、", ",").replace(";", ",").split(",") if piece.strip()]
    if len(pieces) < 2 or whole.kind in (DeadlineKind.RANGE, DeadlineKind.ONGOING):
        return whole, names_several(text)
    year, dated = base_year, []
    for piece in pieces:
        spec = read_deadline(piece, year)
        if spec.due_on:
            year = spec.due_on.year
            dated.append(spec)
    if len({spec.due_on for spec in dated}) < 2:
        return whole, names_several(text)
    last = max(dated, key=lambda spec: (spec.due_on is not None, spec.due_on))
    return DeadlineSpec(last.kind, last.value, text.strip()), True


# ---- text


def _text_evidence(item: Item, setting: Setting) -> Evidence:
    rule = setting.rule
    certainty = Certainty.CERTAIN
    if item.node.stray:
        return Evidence("stray_item", Certainty.DOUBTFUL, tuple(_spans(item.node)), rule_texts.WHY_STRAY)
    if _states_twice(item):
        return Evidence(rule, Certainty.DOUBTFUL, tuple(_spans(item.node)), rule_texts.WHY_TWO_TASKS)
    if item.node.form is Form.PARAGRAPH:
        rule, certainty = "paragraph_item", Certainty.LIKELY
    elif setting.rule == "numbered_item" and not item.bound:
        rule, certainty = "neighbour_item", Certainty.LIKELY
    elif setting.rule != "numbered_item":
        certainty = Certainty.LIKELY
    why = rule_texts.WHY_GUESSED if rule == GUESSED else ""
    return Evidence(rule, Certainty.DOUBTFUL if why else certainty, tuple(_spans(item.node)), why)


def _states_twice(item: Item) -> bool:
    """Tell whether an item names units twice and deadlines twice, each in a place of its own."""
    due = {(id(one.block), one.cut) for one in item.bound if one.label is Label.DEADLINE and one.value}
    who = {(id(one.block), one.cut) for one in item.bound if one.label.role and one.value and one.cut != (0, 0)}
    return len(due) > 1 and len(who) > 1


def _spans(node: Node) -> Iterable[Span]:
    for block in _blocks(node):
        if block.text and (block.label is None or block.label is Label.CONTENT):
            yield block.span(0, len(block.text))


def _proposed_evidence(node: Node) -> Evidence:
    return Evidence("sentence_actor", Certainty.DOUBTFUL, tuple(_spans(node)), rule_texts.WHY_PROPOSED)
