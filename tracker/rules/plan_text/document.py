"""Give a draft as plain JSON values, in the form of `tracker plans read --json`."""

from dataclasses import asdict
from datetime import date
from typing import Any

from tracker.rules.plan_text.drafts import (
    DocumentHead,
    Evidence,
    MilestoneDraft,
    PartyDraft,
    PlanDraft,
    Problem,
    ReferenceDraft,
    Role,
    TargetDraft,
    TaskDraft,
)

Json = dict[str, Any]


def document_json(draft: PlanDraft) -> Json:
    """Give everything as plain values; names of units are as printed, full names stand in "parties"."""
    return {
        "document": _head(draft.head) | {"dialect": draft.dialect},
        "tasks": [_task(task) for task in draft.tasks],
        "milestones": [_milestone(milestone) for milestone in draft.milestones],
        "problems": [_problem(problem) for problem in draft.problems],
        "years": [asdict(goal) for goal in draft.years],
    }


def _head(head: DocumentHead) -> Json:
    return {
        "doc_number": head.doc_number,
        "title": head.title,
        "notice_title": head.notice_title,
        "issuer": head.issuer,
        "issued_on": _day(head.issued_on),
        "printed_on": _day(head.printed_on),
        "printed_by": head.printed_by,
        "openness": head.openness,
        "addressees": list(head.addressees),
        "copied_to": list(head.copied_to),
        "parent": _reference(head.parent) if head.parent else None,
        "references": [_reference(reference) for reference in head.references],
        "lines": dict(head.lines),
    }


def _reference(reference: ReferenceDraft) -> Json:
    return asdict(reference) | {"issued_on": _day(reference.issued_on)}


def _task(task: TaskDraft) -> Json:
    roles = {role.value: [party.printed for party in task.of_role(role)] for role in Role}
    return {
        "number": task.number,
        "section": task.section,
        "text": task.text,
        **roles,
        "parties": [_party(party) for party in task.parties],
        "deadline": {"kind": task.deadline.kind.value, "value": task.deadline.value, "raw": task.deadline.raw},
        "source": {"line_from": task.line_from, "line_to": task.line_to},
        "kind": task.kind.value,
        "proposed": [_party(party) for party in task.proposed],
        "targets": [_target(target) for target in task.targets],
        "evidence": {name: _evidence(evidence) for name, evidence in task.evidence.items()},
    }


def _target(target: TargetDraft) -> Json:
    amount = None if target.amount is None else str(target.amount)
    return {"raw": target.raw, "amount": amount, "unit": target.unit, "per": target.per}


def _evidence(evidence: Evidence) -> Json:
    return {
        "rule": evidence.rule,
        "certainty": evidence.certainty.value,
        "why": evidence.why,
        "spans": [asdict(span) for span in evidence.spans],
    }


def _party(party: PartyDraft) -> Json:
    return {
        "name": party.name,
        "printed": party.printed,
        "role": party.role.value,
        "group": party.group_index,
        "position": party.position,
        "collective": party.collective,
    }


def _milestone(milestone: MilestoneDraft) -> Json:
    return {
        "kind": milestone.kind,
        "title": milestone.title,
        "text": milestone.text,
        "owner": milestone.owner,
        "participants": milestone.participants,
        "sessions": milestone.sessions,
        "days_per_session": milestone.days_per_session,
        "starts_on": _day(milestone.window.starts_on),
        "ends_on": _day(milestone.window.ends_on),
        "raw": milestone.window.raw,
        "ambiguous": milestone.window.ambiguous,
        "outside_phase": milestone.outside_phase,
        "source": {"line_from": milestone.line_from, "line_to": milestone.line_to},
    }


def _problem(problem: Problem) -> Json:
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "message": problem.message,
        "found": problem.found,
        "handled": problem.handled,
        "tasks": list(problem.tasks),
        "source": {"line_from": problem.line_from, "line_to": problem.line_to},
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
