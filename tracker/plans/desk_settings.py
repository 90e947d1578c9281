"""Keeps what the document of an import leaves open as JSON, and makes the settings of its plan from it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tracker.plans import desk_record, desk_repairs, desk_units
from tracker.plans.creation import key_of, needs_choice
from tracker.plans.desk_record import draft_of
from tracker.plans.desk_units import StaleChoice
from tracker.plans.models import PlanImport
from tracker.plans.settings import EarlyChoice, Means, PlanSettings
from tracker.resources import resource
from tracker.rules.permissions import Actor
from tracker.rules.plan_text.drafts import PlanDraft, TaskDraft, TaskKind
from tracker.rules.plans import Closing, Early, ReportEvery
from tracker.rules.words import say

PLAIN = (
    "owner",
    "counter_reviewer",
    "base_points",
    "points_per_miss",
    "late_counts",
    "near_days",
    "offices_report",
    "scored",
    "closing",
    "period_from",
    "period_to",
    "rule_quote",
    "rule_source",
)
"""The fields of PlanSettings that belong to the whole plan."""

EARLY_TEXT = {
    Early.RECORDED: say("已完成，补录办结"),
    Early.MOVED: say("顺延至新的时限"),
    Early.KEPT: say("照常计算，按逾期处理"),
}
EVERY_TEXT = {
    ReportEvery.RULES: say("按提醒规则"),
    ReportEvery.MONTH: say("每月"),
    ReportEvery.QUARTER: say("每季度"),
    ReportEvery.YEAR: say("每年"),
}


@dataclass(frozen=True)
class Wanted:
    """What a person settled so far.

    `open_every` is how often tasks without a day are reported on, `requirement_every` how often requirements are;
    `acceptance` is by task, `acceptance_default` for the tasks without a sentence of their own.
    """

    plain: PlanSettings = field(default_factory=PlanSettings)
    open_every: ReportEvery = ReportEvery.QUARTER
    requirement_every: ReportEvery = ReportEvery.YEAR
    acceptance_default: str = ""
    acceptance: Mapping[str, str] = field(default_factory=dict)
    early: Mapping[str, EarlyChoice] = field(default_factory=dict)


def restored(kept: str, draft: PlanDraft) -> Wanted:
    """Return what was settled; before anything was, what a companion of the document says, or the defaults."""
    stored: dict[str, Any] = json.loads(kept or "{}")
    begun = _begun(draft)
    if "owner" not in stored:
        return replace(begun, early=_early(stored))
    return Wanted(
        plain=PlanSettings(**{name: _typed(name, stored[name]) for name in PLAIN if name in stored}),
        open_every=ReportEvery(stored["open_every"]),
        requirement_every=ReportEvery(stored["requirement_every"]),
        acceptance_default=stored["acceptance_default"],
        acceptance=stored.get("acceptance", {}),
        early=_early(stored),
    )


def kept(wanted: Wanted) -> str:
    """Return it as JSON; `restored` gives back its equal."""
    plain = {name: _plain(getattr(wanted.plain, name)) for name in PLAIN}
    whole = {
        **plain,
        "open_every": wanted.open_every,
        "requirement_every": wanted.requirement_every,
        "acceptance_default": wanted.acceptance_default,
        "acceptance": dict(wanted.acceptance),
    }
    return json.dumps({**whole, **_kept_early(wanted.early)}, ensure_ascii=False)


def with_early(stored: str, early: Mapping[str, EarlyChoice]) -> str:
    """Return the JSON with other choices about early tasks, and everything else as it was."""
    return json.dumps({**json.loads(stored or "{}"), **_kept_early(early)}, ensure_ascii=False)


def _kept_early(early: Mapping[str, EarlyChoice]) -> dict[str, Any]:
    chosen = {
        key: {"choice": one.choice, "reason": one.reason, "due_on": one.due_on.isoformat() if one.due_on else ""}
        for key, one in early.items()
    }
    return {"early": chosen}


def _early(stored: Mapping[str, Any]) -> dict[str, EarlyChoice]:
    return {
        key: EarlyChoice(
            Early(one["choice"]), one["reason"], date.fromisoformat(one["due_on"]) if one["due_on"] else None
        )
        for key, one in stored.get("early", {}).items()
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


_DECIMALS = ("base_points", "points_per_miss")
_DAYS = ("period_from", "period_to")


def _typed(name: str, value: Any) -> Any:
    if name in _DECIMALS:
        return Decimal(value)
    if name in _DAYS:
        return date.fromisoformat(value) if value else None
    return Closing(value) if name == "closing" else value


def settings_of(wanted: Wanted, draft: PlanDraft, units: Mapping[str, Means]) -> PlanSettings:
    """Return the settings with which a draft becomes a plan."""
    acceptance = {key_of(task): _sentence(wanted, task) for task in draft.tasks}
    every = {key_of(task): _every(wanted, task) for task in draft.tasks}
    early = {key: one for key, one in wanted.early.items() if key in {key_of(task) for task in early_tasks(draft)}}
    return replace(
        wanted.plain,
        acceptance={key: sentence for key, sentence in acceptance.items() if sentence},
        early=early,
        report_every=every,
        units=units,
    )


def _sentence(wanted: Wanted, task: TaskDraft) -> str:
    return wanted.acceptance.get(key_of(task), "") or wanted.acceptance_default


def _every(wanted: Wanted, task: TaskDraft) -> ReportEvery:
    if task.kind is TaskKind.REQUIREMENT:
        return wanted.requirement_every
    return wanted.open_every if task.deadline.due_on is None else ReportEvery.RULES


def early_tasks(draft: PlanDraft) -> list[TaskDraft]:
    """Return the tasks that were due before the document was issued, and still bind (X3-01)."""
    return [task for task in draft.tasks if needs_choice(task, draft.head)]


def undecided(wanted: Wanted, draft: PlanDraft) -> list[TaskDraft]:
    """Return the early tasks about which nobody has decided."""
    return [task for task in early_tasks(draft) if key_of(task) not in wanted.early]


def misses_period(wanted: Wanted, draft: PlanDraft) -> bool:
    """Tell whether the plan's period holds none of the days on which its tasks fall due."""
    first, last = wanted.plain.period_from or date.min, wanted.plain.period_to or date.max
    dues = [task.deadline.due_on for task in draft.tasks if task.deadline.due_on and not task.withdrawn]
    return bool(dues) and not any(first <= due_on <= last for due_on in dues)


# ---- what is known of a document before anybody settles anything


def _begun(draft: PlanDraft) -> Wanted:
    """Return what to start from: the companion of the document, and the period that its years or its day give."""
    found = companion(draft.head.doc_number)
    plain = found or PlanSettings()
    sentences = {key_of(task): plain.acceptance.get(task.number, "") for task in draft.tasks}
    first, last = _period(draft)
    whole = {one.name: getattr(plain, one.name) for one in fields(PlanSettings) if one.name in PLAIN}
    whole.update({"period_from": plain.period_from or first, "period_to": plain.period_to or last})
    if found is None and any(problem.code == "no_scoring" for problem in draft.problems):
        whole["scored"] = False
    return Wanted(
        plain=PlanSettings(**whole), acceptance={key: sentence for key, sentence in sentences.items() if sentence}
    )


def _period(draft: PlanDraft) -> tuple[date | None, date | None]:
    """Return the days a plan runs: from its issue to the end of its last year, or of the last year a task is due in."""
    issued = draft.head.issued_on
    dues = [task.deadline.due_on.year for task in draft.tasks if task.deadline.due_on and not task.withdrawn]
    years = [goal.year for goal in draft.years] or dues
    if issued is None:
        return None, None
    return issued, date(max([*years, issued.year]), 12, 31)


def companion(doc_number: str) -> PlanSettings | None:
    """Return what the seeds settle for the document of this number; None where there is no such companion."""
    for path in sorted((resource("seeds") / "plans").glob("*.json")) if doc_number else ():
        if (found := _read(path))["doc_number"] == doc_number:
            return companion_settings(found)
    return None


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def companion_settings(companion: dict[str, Any]) -> PlanSettings:
    """Return what a companion file settles that the document leaves open; its acceptance is by number."""
    value = {name: entry["value"] for name, entry in companion["settings"].items()}
    quote = companion["rule_quote"]
    return PlanSettings(
        owner=value["owner_office"],
        counter_reviewer=value["counter_reviewer"],
        base_points=Decimal(value["base_points"]),
        points_per_miss=Decimal(value["points_per_miss"]),
        late_counts=value["late_counts"],
        near_days=value["near_days"],
        offices_report=value["offices_report"],
        rule_quote=quote["text"],
        rule_source=f"{quote['doc_number']} 第 {quote['line']} 行（区级考评方案，用于全市待市局确认）",
        acceptance={entry["number"]: entry["text"] for entry in companion["acceptance"]},
    )


# ---- settling


def settle(actor: Actor, at: datetime, import_id: int, seen: str, wanted: Wanted) -> None:
    """Keep what a person settled; early tasks stay as they were decided. Raise StaleChoice or ImportClosed."""
    found = _held(actor, import_id, seen)
    before = restored(found.settings, draft_of(found))
    found.settings = kept(replace(wanted, acceptance=before.acceptance, early=before.early))
    desk_record.note(actor, at, found, "settings", after=kept(replace(wanted, acceptance={}, early={})))


def decide_early(actor: Actor, at: datetime, import_id: int, seen: str, choices: Mapping[str, EarlyChoice]) -> None:
    """Keep what is to become of tasks that were due before their document was issued; raise as settle."""
    found = _held(actor, import_id, seen)
    draft = draft_of(found)
    known = {key_of(task): task for task in early_tasks(draft)}
    before = restored(found.settings, draft).early
    now = {**before, **choices}
    found.settings = with_early(found.settings, now)
    for key, one in choices.items():
        if key in known and before.get(key) != one:
            after = f"{EARLY_TEXT[one.choice]} {one.due_on or ''}".strip()
            desk_record.note(actor, at, found, "early", known[key].number, "early", "", after, one.reason)
    desk_repairs.close(actor, at, found, draft, now, ("due_before_issue",))


def _held(actor: Actor, import_id: int, seen: str) -> PlanImport:
    found = desk_record.held(actor, import_id)
    if desk_units.stamp(found.settings) != seen:
        raise StaleChoice
    return found
