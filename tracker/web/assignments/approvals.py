"""What was approved of an assignment, sealed, and how what is on record or under review now differs from it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tracker.reports import pins
from tracker.reports.pins import Seal
from tracker.reports.queries import Filed
from tracker.rules.pins import FATE_TEXT, WRITTEN, Content, FileChange, file_changes, value
from tracker.rules.reports import Decision, PinStep, ReportKind, ReportState
from tracker.web.conflicts import Compared, compared


@dataclass(frozen=True)
class Comparison:
    """A report under review beside what was accepted before it; `sealed`: that was kept by a pin."""

    texts: Compared
    files: list[tuple[FileChange, str]]
    sealed: bool


@dataclass(frozen=True)
class Approvals:
    """Of an assignment's reports: their seals by number, those accepted before there were any, what is compared."""

    seals: dict[int, Seal] = field(default_factory=dict)
    unsealed: frozenset[int] = frozenset()
    comparison: Comparison | None = None


def approvals(assignment_id: int, filed: Sequence[Filed]) -> Approvals:
    """Return what was approved of an assignment's filed reports, the newest first. One query."""
    asked = [entry for entry in filed if entry.report.kind == ReportKind.COMPLETION]
    kept = {pin.report_id: pin for pin in sorted(pins.of(assignment_id), key=lambda pin: pin.step == PinStep.ACCEPTED)}
    files = [file for entry in filed for file in entry.files]
    seals = {
        entry.report.id: pins.shown(kept[entry.report.id], entry.report, files, entry is filed[0])
        for entry in asked
        if entry.report.id in kept
    }
    early = {entry.report.id for entry in asked if entry.report.state == ReportState.ACCEPTED} - set(kept)
    return Approvals(seals, frozenset(early), _comparison(asked, filed, seals))


def _comparison(asked: Sequence[Filed], filed: Sequence[Filed], seals: dict[int, Seal]) -> Comparison | None:
    """Lay what waits for a decision beside what was accepted last; a report reviewed anew has only its seal."""
    if not asked:
        return None
    newest, older = asked[0], asked[1:]
    if newest.report.state != ReportState.FILED or newest.rechecked:
        return None
    accepted = (entry for entry in older if entry.review and entry.review.decision == Decision.ACCEPT)
    before = next(accepted, None)
    if before is None:
        return None
    seal = seals.get(before.report.id)
    sealed = seal.content if seal is not None and seal.pin.step == PinStep.ACCEPTED else None
    on_record = [file for entry in filed for file in entry.files]
    early = [file for file in on_record if file.report_id <= before.report.id]
    old = sealed or pins.content_of(before.report, early)
    now = pins.content_of(newest.report, on_record)
    files = [(file, FATE_TEXT[file.fate]) for file in file_changes(old, now)]
    return Comparison(compared(_side(old), _side(now)), files, sealed is not None)


def _side(content: Content) -> dict[str, list[tuple[str, str]]]:
    return {"fields": [(label, value(name, content)) for name, label in WRITTEN.items()]}
