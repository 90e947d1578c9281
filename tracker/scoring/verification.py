"""Verifies that a plan's frozen sheet is the one that was made, and that the record still says what it says."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from tracker import clock, storage
from tracker.audit import heads
from tracker.audit import queries as audit
from tracker.db import db
from tracker.plans.models import Plan
from tracker.reports import pins
from tracker.rules import score_sheets, scoring
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.score_sheets import SHEET, Difference
from tracker.rules.words import say
from tracker.scoring import facts, histories, ledger, queries, sheets
from tracker.scoring.models import Freeze
from tracker.scoring.sheet_content import Content
from tracker.scoring.sheets import Recorded

TRAIL = say("审计记录")


@dataclass(frozen=True)
class Check:
    """A district's score counted in two ways: rolled up in the database, and line by line from the record."""

    district_id: int
    district: str
    rolled_up: Decimal
    replayed: Decimal
    frozen: Decimal | None = None

    @property
    def agrees(self) -> bool:
        """Tell whether all figures are the same."""
        return self.rolled_up == self.replayed and self.frozen in (None, self.rolled_up)


@dataclass(frozen=True)
class Verification:
    """What was found: of the seal, of the audit trail, of the record beside the sheet, of what was approved.

    `looked` counts districts, lines, reports and files; files count where their content was read.
    """

    sealed: Freeze | None
    seal: list[Difference] = field(default_factory=list)
    trail: list[Difference] = field(default_factory=list)
    record: list[Difference] = field(default_factory=list)
    approved: list[Difference] = field(default_factory=list)
    looked: dict[str, int] = field(default_factory=dict)
    files_read: bool = False

    @property
    def found(self) -> list[Difference]:
        """Everything that differs: the causes first."""
        causes = [difference for difference in self.record if not difference.follows]
        rest = [difference for difference in self.record if difference.follows]
        return [*self.seal, *self.trail, *causes, *self.approved, *rest]

    @property
    def agrees(self) -> bool:
        """Tell whether nothing differs."""
        return not self.found


@dataclass(frozen=True)
class Replay:
    """Every district's check of a day, and what became of the frozen sheet."""

    day: date
    checks: list[Check]
    verification: Verification

    @property
    def sealed(self) -> Freeze | None:
        """The frozen sheet, if there is one."""
        return self.verification.sealed

    @property
    def intact(self) -> bool:
        """Tell whether the sheet has its hash, and whether that is the one that went on record."""
        return not self.verification.seal

    @property
    def unchanged(self) -> bool:
        """Tell whether the record says the same as the sheet."""
        return not self.verification.record

    @property
    def agrees(self) -> bool:
        """Tell whether nothing differs."""
        return self.verification.agrees and all(check.agrees for check in self.checks)


def replay(actor: Actor, plan: Plan, day: date, files: Path | None = None) -> Replay:
    """Count every score of `day` in both ways, and verify the frozen sheet."""
    require(actor, Action.REPLAY_SCORES)
    found = verify(actor, plan, files)
    kept = _kept(found.sealed) if found.sealed and found.sealed.day == day else {}
    rule, entries = queries.rule_of(plan, day), ledger.entries(plan.id, day)
    known = facts.of(plan, rule, day)
    checks = [
        Check(
            standing.district_id,
            standing.district,
            standing.points.score,
            _added(scoring.explain(rule, known[standing.district_id], day, entries.get(standing.district_id, []))),
            kept.get(standing.district),
        )
        for standing in queries.scoreboard(plan, day)
    ]
    return Replay(day, checks, found)


def _added(lines: list[scoring.Line]) -> Decimal:
    return sum((line.points for line in lines), Decimal(0))


def _kept(sealed: Freeze) -> dict[str, Decimal]:
    try:
        return {row["district"]: Decimal(row["score"]) for row in (sheets.read(sealed) or {})["districts"]}
    except (KeyError, TypeError, InvalidOperation):  # Whoever altered it need not have kept its form.
        return {}


def verify(actor: Actor, plan: Plan, files: Path | None = None) -> Verification:
    """Hold a plan's frozen sheet against its hash, the audit trail, the record, and what was approved.

    With `files`, the data directory, every file on the sheet is read as well. Without a frozen sheet only the histories
    and what was approved are verified.
    """
    require(actor, Action.REPLAY_SCORES)
    sealed, told = sheets.frozen(plan.id), sheets.recorded(plan.id)
    found = Verification(
        sealed, record=histories.differences(plan.id), approved=_approved(plan.id, files), files_read=files is not None
    )
    if sealed is None:
        lost = [Difference(SHEET, say("审计记录中有定稿，封存的得分表已不在"))] if told else []
        return replace(found, seal=lost)
    found = replace(found, seal=_seal(sealed, told), trail=_trail())
    said = sheets.read(sealed)
    if said is None:
        return replace(found, seal=[*found.seal, Difference(SHEET, say("封存的内容已无法读取"))])
    record = score_sheets.differences(said, sheets.anew(plan, said, sealed.day))
    stored = list(_stored(said, files)) if files is not None else []
    return replace(found, record=[*found.record, *record], approved=[*found.approved, *stored], looked=_looked(said))


def _approved(plan_id: int, files: Path | None) -> list[Difference]:
    return [
        Difference(
            say("{unit} 第{number}项", unit=found.unit, number=found.number), say("{what}已改动", what=found.what)
        )
        for found in pins.differences(plan_id, files)
    ]


def _seal(sealed: Freeze, told: list[Recorded]) -> list[Difference]:
    found = []
    if sheets.digest(sealed.sheet) != sealed.sha256:
        found.append(Difference(SHEET, say("内容与校验码不符，封存后被改动过")))
    act = next((act for act in told if sealed.sha256 in act.detail), None)
    if act is None:
        found.append(Difference(SHEET, say("校验码与审计记录中定稿时的不同")))
        return found
    said = [
        (say("定稿人"), act.by, sealed.actor_name),
        (say("定稿时刻"), clock.local(act.at).isoformat(" "), clock.local(sealed.at).isoformat(" ")),
    ]
    return found + [Difference(SHEET, what, before, after) for what, before, after in said if before != after]


def _trail() -> list[Difference]:
    """Tell what is wrong with the chain of the audit trail, whose word on the seal is worth as much as it.

    It is read apart from what is verified here, as it stands at this moment.
    """
    kept = heads.outside()
    options = {"isolation_level": "REPEATABLE READ"} if db.engine.dialect.name == "postgresql" else {}
    with db.engine.connect() as connection:
        finding = audit.verified(connection.execution_options(**options), kept).finding
    return [Difference(TRAIL, finding.words)] if finding else []


def _stored(said: Content, root: Path) -> Iterator[Difference]:
    """Name the files on a sheet whose stored content is not what the sheet says."""
    look = cache(lambda sha256: storage.hash_on_disk(root, sha256))
    for district, number, report, file in _files(said):
        if (stored := look(str(file.get("sha256")))) == file.get("sha256"):
            continue
        what = say("文件内容与封存的 sha256 不符") if stored else say("存储的文件已不在")
        where = say(
            "{unit} 第{number}项 报告 {id} 附件 {name} 第{version}版",
            unit=district,
            number=number,
            id=report,
            name=file.get("name"),
            version=file.get("version"),
        )
        yield Difference(where, what)


def _files(said: Content) -> Iterator[tuple[str, str, int, dict[str, Any]]]:
    for district in said["districts"]:
        for assignment in _rows(district, "assignments"):
            for report in _rows(assignment, "reports"):
                for file in _rows(report, "files"):
                    yield str(district.get("district")), str(assignment.get("task")), report.get("id", 0), file


def _rows(row: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return a list of a sheet; one that was altered beyond its form counts as empty."""
    found = row.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _looked(said: Content) -> dict[str, int]:
    districts = said["districts"]
    assignments = [row for district in districts for row in _rows(district, "assignments")]
    reports = [report for row in assignments for report in _rows(row, "reports")]
    return {
        "districts": len(districts),
        "lines": sum(len(_rows(district, "lines")) for district in districts),
        "reports": len(reports),
        "files": sum(len(_rows(report, "files")) for report in reports),
    }
