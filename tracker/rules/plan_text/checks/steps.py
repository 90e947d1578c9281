"""Check the steps of the plan: dates that can be read two ways, or lie outside their phase."""

from collections.abc import Iterator

from tracker.rules.plan_text.checks.kinds import Lines, problem
from tracker.rules.plan_text.drafts import MilestoneDraft, PlanDraft, Problem
from tracker.rules.plan_text.source import Source


def ambiguous_dates(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report "9月中旬前": by the 20th, or before the 11th?"""
    for step in draft.milestones:
        if step.window.ambiguous:
            yield problem("ambiguous_date", _lines(step), step.window.raw, day=step.window.ends_on)


def outside_phase(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report a step that is dated outside the period of its own heading."""
    for step in draft.milestones:
        if step.phase and step.outside_phase:
            found = f"{step.title}：{step.window.raw}；标题：{step.phase.raw}"
            yield problem("outside_phase", _lines(step), found)


def no_owner(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report a step that names nobody who carries it out."""
    for step in draft.milestones:
        if not step.owner:
            yield problem("no_owner", _lines(step), step.title)


def _lines(step: MilestoneDraft) -> Lines:
    return Lines(step.line_from, step.line_to)
