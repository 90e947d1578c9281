"""Read the units and the deadline of one row of a table."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from tracker.rules.calendar import DeadlineKind, DeadlineSpec
from tracker.rules.deadlines import names_event
from tracker.rules.plan_text import rule_texts
from tracker.rules.plan_text.attributes import Attribute
from tracker.rules.plan_text.covering import Cover
from tracker.rules.plan_text.drafts import Certainty, Evidence, PartyDraft, Role, Span
from tracker.rules.plan_text.labels import Label
from tracker.rules.plan_text.lines import fold
from tracker.rules.plan_text.tables.around import Setting, stated_in
from tracker.rules.plan_text.tables.cells import BREAK, count_of, is_dated, is_nothing, is_tick, read_due
from tracker.rules.plan_text.tables.columns import Field, only, texts_at
from tracker.rules.plan_text.tables.finding import Row
from tracker.rules.plan_text.tables.heads import UNIT_COLUMNS, Column
from tracker.rules.plan_text.tables.rows import Entry
from tracker.rules.plan_text.tables.shares import read_shares, states_parts
from tracker.rules.plan_text.units import is_person, looks_like_unit, read_parties

NO_DEADLINE = DeadlineSpec(DeadlineKind.NONE, None, "")
ROLES = {
    Column.LEAD: Role.LEAD,
    Column.RESPONSIBLE: Role.RESPONSIBLE,
    Column.UNITS: Role.RESPONSIBLE,
    Column.COOPERATING: Role.COOPERATING,
}
_MARKED = ((Role.LEAD, "牵主"), (Role.COOPERATING, "配协参"), (Role.RESPONSIBLE, "责承负落"))
_WITHIN = re.compile(rf"[,;。()\[\]{BREAK}\s]+")

Parties = tuple[tuple[PartyDraft, ...], dict[str, Evidence]]


def evidence_of(rule: str, fields: Sequence[Field], places: Sequence[int], row: Row) -> Evidence:
    """Say where a field was read; a column known only by its contents is to be confirmed."""
    cells = texts_at(row, places)
    spans: tuple[Span, ...] = tuple(span for cell in cells for span in cell.spans)
    if any(fields[place].by_content for place in places):
        return Evidence("table_contents", Certainty.DOUBTFUL, spans, rule_texts.WHY_NO_HEAD)
    if any(cell.inherited for cell in cells):
        return Evidence("table_merged", Certainty.LIKELY, spans)
    return Evidence(rule, Certainty.CERTAIN, spans)


def parties_of(setting: Setting, entry: Entry) -> Parties:
    """Read the units of a row: of its cells, otherwise of its heading, otherwise of a remark for all rows."""
    parties, evidence = _of_cells(setting, entry.row)
    marked, found = _of_marks(setting, entry.row)
    parties, evidence = (*parties, *marked), evidence | found
    if not parties:
        parties, evidence = _stated_elsewhere(setting, entry)
    return _regrouped(parties), evidence


def _of_cells(setting: Setting, row: Row) -> Parties:
    """Read the cells of units; a cell may say another part than its column."""
    parties: list[PartyDraft] = []
    evidence: dict[str, Evidence] = {}
    fields = setting.fields
    for place in only(fields, *UNIT_COLUMNS):
        text = row.at(place).text
        found = read_shares(text, ROLES[fields[place].column], fields[place].with_persons, setting.signs)
        rule = "table_cell" if found and states_parts(text) else "table_column"
        if rule == "table_column" and _first_leads(setting, place) and found:
            found, rule = (replace(found[0], role=Role.LEAD), *found[1:]), "first_leads"
        for role in dict.fromkeys(party.role for party in found):
            told = evidence_of(rule, fields, [place], row)
            odd = any(_is_odd(party.printed) for party in found if party.role is role)
            evidence.setdefault(role.value, _doubted(told, rule_texts.WHY_ODD_NAME) if odd else told)
        parties += (party for party in found if not _named(parties, party))
    return tuple(parties), evidence


def _is_odd(name: str) -> bool:
    """Tell whether a name is neither a unit's nor a person's, nor that of all of a kind."""
    return not (looks_like_unit(name) or is_person(name) or name.startswith(("各", "全")))


def _doubted(evidence: Evidence, why: str) -> Evidence:
    return replace(evidence, certainty=Certainty.DOUBTFUL, why=evidence.why or why)


def _first_leads(setting: Setting, place: int) -> bool:
    """Tell whether the first unit of a column leads, because a remark says so and no column of its own does."""
    led = only(setting.fields, Column.LEAD)
    return setting.first_leads and not led and setting.fields[place].column in (Column.RESPONSIBLE, Column.UNITS)


def _of_marks(setting: Setting, row: Row) -> Parties:
    """Read columns that are units themselves, marked where they take part."""
    parties: list[PartyDraft] = []
    evidence: dict[str, Evidence] = {}
    for place in only(setting.fields, Column.MARKED):
        text = row.at(place).text
        if is_nothing(text):
            continue
        role = setting.signs.get(text) or next((role for role, words in _MARKED if text[0] in words), Role.RESPONSIBLE)
        parties += read_parties(setting.fields[place].head.split("\n")[-1], role)
        evidence.setdefault(role.value, evidence_of("table_marks", setting.fields, [place], row))
    return tuple(parties), evidence


def _stated_elsewhere(setting: Setting, entry: Entry) -> Parties:
    parties: list[PartyDraft] = []
    evidence: dict[str, Evidence] = {}
    for one in _elsewhere(setting, entry, lambda label: label.role is not None):
        if one.label.role:
            parties += read_parties(one.value, one.label.role)
            evidence.setdefault(one.label.value, Evidence(_rule(one), Certainty.LIKELY, (one.span,)))
    return tuple(parties), evidence


def _elsewhere(setting: Setting, entry: Entry, wanted: Callable[[Label], bool]) -> list[Attribute]:
    """Find what holds for a row and is not stated in it: by its section, above its table, in a remark."""
    for stated in (stated_in(entry.section, entry.row.line_from), setting.above):
        if found := [one for one in stated if wanted(one.label) and one.value]:
            return found
    for cover in setting.covers:
        if _covers(cover, entry) and (found := [one for one in cover.attributes if wanted(one.label)]):
            return found
    return []


def _covers(cover: Cover, entry: Entry) -> bool:
    if cover.last or (cover.backward and entry.row.line_from > cover.line):
        return False
    return not cover.numbers or count_of(entry.number) in cover.numbers


def _rule(one: Attribute) -> str:
    return one.rule if one.rule == "covering_note" else "inherited"


def _named(parties: Sequence[PartyDraft], party: PartyDraft) -> bool:
    return any(other.name == party.name and other.role is party.role for other in parties)


def _regrouped(parties: Sequence[PartyDraft]) -> tuple[PartyDraft, ...]:
    """Count positions through, and groups anew within each part."""
    firsts: dict[Role, int] = {}
    for party in parties:
        firsts[party.role] = min(firsts.get(party.role, party.group_index), party.group_index)
    return tuple(
        replace(party, group_index=party.group_index - firsts[party.role] + 1, position=position)
        for position, party in enumerate(parties, 1)
    )


# ---- deadline


def deadline_of(setting: Setting, entry: Entry) -> tuple[DeadlineSpec, Evidence | None]:
    """Read the deadline: of its column, of the last marked period, of a cell of units, of a heading or a remark."""
    row, fields = entry.row, setting.fields
    places = [place for place in _by_strength(fields) if not is_nothing(row.at(place).text)]
    if places:
        return _of_cell(setting, places[0], row)
    marked = [place for place in only(fields, Column.PERIOD) if not is_nothing(row.at(place).text)]
    if marked:
        return _of_periods(setting, marked, row)
    if not only(fields, Column.DEADLINE, Column.PERIOD):
        timed = [place for place in entry.text_places if "时" in fields[place].head]
        for place in (*only(fields, *UNIT_COLUMNS), *timed):
            for piece in _WITHIN.split(fold(row.at(place).text)):
                if is_dated(piece):
                    return read_due(piece, setting.year)[0], evidence_of("table_cell", fields, [place], row)
    for one in _elsewhere(setting, entry, lambda label: label is Label.DEADLINE):
        return read_due(one.value, setting.year)[0], Evidence(_rule(one), Certainty.LIKELY, (one.span,))
    return NO_DEADLINE, None


def _of_cell(setting: Setting, place: int, row: Row) -> tuple[DeadlineSpec, Evidence]:
    spec, several = read_due(row.at(place).text, setting.year, setting.fields[place].head)
    evidence = evidence_of("table_column", setting.fields, [place], row)
    why = ""
    if spec.kind is DeadlineKind.NONE:
        why = rule_texts.WHY_NO_DATE
    elif several:
        why = rule_texts.WHY_SEVERAL_DEADLINES
    elif spec.kind is DeadlineKind.RELATIVE and names_event(spec.raw):
        why = rule_texts.WHY_NO_DAY
    elif spec.value is None and spec.kind not in (DeadlineKind.ONGOING, DeadlineKind.RELATIVE):
        why = rule_texts.WHY_NO_YEAR
    return spec, replace(evidence, certainty=Certainty.DOUBTFUL, why=why) if why else evidence


def _of_periods(setting: Setting, marked: Sequence[int], row: Row) -> tuple[DeadlineSpec, Evidence]:
    """Read the last period that is ticked, or that says what is done in it."""
    fields = setting.fields
    evidence = evidence_of("table_period", fields, marked[-1:], row)
    if not all(is_tick(row.at(place).text) for place in marked):
        evidence = replace(evidence, certainty=Certainty.LIKELY)
    return read_due(_period(fields[marked[-1]].head.split("\n")[-1]), setting.year)[0], evidence


def _period(head: str) -> str:
    """Give the words of a head that name the month or the quarter."""
    match = re.search(
        r"(?:[0-9]{4}年?)?(?:第?[一二三四1-4]季度?|Q[1-4]|[上下]半年|[0-9]{1,2}月|[一二三四五六七八九十]{1,2}月)",
        fold(head),
    )
    return match[0] if match else head


def _by_strength(fields: Sequence[Field]) -> list[int]:
    """Give the columns of deadlines, those that speak of the end first."""
    ends = ("完成", "时限", "期限", "截止", "截至", "节点", "办结")
    return sorted(only(fields, Column.DEADLINE), key=lambda place: not any(word in fields[place].head for word in ends))
