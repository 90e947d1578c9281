"""What is said about a scheme beside its text: each thing with its reason, and never as if the document said it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tracker.rules.appraisal.scheme import Scheme


@dataclass(frozen=True)
class Alternatives:
    """Clauses of which one counts, the one that gives or takes most."""

    clauses: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Disabled:
    """A clause that takes nothing unless somebody switches it on."""

    clause: str
    reason: str


@dataclass(frozen=True)
class Choice:
    """A cap that the text leaves open: the values in question, the first of which holds."""

    clause: str
    values: tuple[Decimal, ...]
    reason: str


@dataclass(frozen=True)
class Exclusion:
    """A clause that gives nothing where one of others was given."""

    clause: str
    given: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Most:
    """How often a clause can count in a year at most, where its words name a number."""

    clause: str
    most: int
    reason: str


@dataclass(frozen=True)
class Mirror:
    """A clause whose points follow what the city took under a plan, task by task."""

    clause: str
    doc_number: str
    reason: str


@dataclass(frozen=True)
class Split:
    """A sheet of several units: which items look like whose. Together they may be one candidate or several."""

    sheet: str
    items: Mapping[str, tuple[str, ...]]
    reason: str


@dataclass(frozen=True)
class Remark:
    """What a person found odd at a line: the words there, what is proposed instead, and why."""

    line: int
    quote: str
    reason: str
    proposed: str = ""
    concerns: str = ""


@dataclass(frozen=True)
class SchemeTerms:
    """Everything said about a scheme.

    `compiler` is the unit that compiles the year (l.15); `aliases` are other names of units, `totals_entered` the items
    whose total somebody enters, each with the reason.
    """

    compiler: str
    aliases: Mapping[str, str]
    alternatives: tuple[Alternatives, ...]
    disabled: tuple[Disabled, ...]
    caps: tuple[Choice, ...]
    exclusions: tuple[Exclusion, ...]
    counts: tuple[Most, ...]
    mirrors: tuple[Mirror, ...]
    splits: tuple[Split, ...]
    totals_entered: Mapping[str, str]
    undecided: tuple[Remark, ...]
    remarks: tuple[Remark, ...]

    def unit(self, name: str) -> str:
        """Return the name by which a unit has its sheet; an unknown one is its own (X2-11)."""
        return self.aliases.get(name, name)

    def group_of(self, clause: str) -> str:
        """Return the first of the clauses that replace each other, for one of them; else an empty text."""
        return next((each.clauses[0] for each in self.alternatives if clause in each.clauses), "")


def read_terms(said: Mapping[str, Any]) -> SchemeTerms:
    """Make terms of a companion file's values; raise KeyError, TypeError or ValueError where it is not one."""
    return SchemeTerms(
        compiler=said["compiler"],
        aliases=dict(said["aliases"]),
        alternatives=tuple(Alternatives(tuple(each["clauses"]), each["reason"]) for each in said["alternatives"]),
        disabled=tuple(Disabled(**each) for each in said["disabled"]),
        caps=tuple(
            Choice(each["clause"], tuple(map(Decimal, each["values"])), each["reason"]) for each in said["caps"]
        ),
        exclusions=tuple(
            Exclusion(each["clause"], tuple(each["given"]), each["reason"]) for each in said["exclusions"]
        ),
        counts=tuple(Most(**each) for each in said["counts"]),
        mirrors=tuple(Mirror(**each) for each in said["mirrors"]),
        splits=tuple(
            Split(each["sheet"], {unit: tuple(items) for unit, items in each["items"].items()}, each["reason"])
            for each in said["splits"]
        ),
        totals_entered=dict(said["totals_entered"]),
        undecided=tuple(Remark(**each) for each in said["undecided"]),
        remarks=tuple(Remark(**each) for each in said["remarks"]),
    )


def strays(scheme: Scheme, terms: SchemeTerms, text: str) -> Iterator[str]:
    """Yield what terms speak of that the scheme does not have: clauses, items, units, and quotes at their lines."""
    clauses = {clause.code for _, _, clause in scheme.clauses()}
    items = {item.code for _, item in scheme.items()}
    units = {unit for sheet in scheme.sheets for unit in sheet.units}
    named = [code for each in terms.alternatives for code in each.clauses]
    named += [each.clause for each in terms.disabled]
    named += [each.clause for each in terms.caps]
    named += [each.clause for each in terms.exclusions]
    named += [code for each in terms.exclusions for code in each.given]
    named += [each.clause for each in terms.counts]
    named += [each.clause for each in terms.mirrors]
    yield from (code for code in named if code not in clauses)
    yield from (code for code in terms.totals_entered if code not in items)
    yield from (code for split in terms.splits for codes in split.items.values() for code in codes if code not in items)
    yield from (unit for split in terms.splits for unit in split.items if unit not in units)
    yield from (name for name in (terms.compiler, *terms.aliases.values()) if name not in units)
    lines = text.splitlines()
    yield from (each.quote for each in (*terms.remarks, *terms.undecided) if each.quote not in lines[each.line - 1])
