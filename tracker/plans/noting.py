"""Puts what the reader of a file wants to be known beside what its text says."""

from dataclasses import replace

from tracker.plans.readers import Reading
from tracker.rules.plan_text.drafts import PlanDraft, Problem, Severity

NOTED = "reading_note"
"""The code of what the reader of the file wants to be known, whatever its text says."""


def noted(reading: Reading, draft: PlanDraft) -> PlanDraft:
    """Return a draft with the notes of the reader (a hidden sheet, a drawing) before its other problems."""
    notes = (Problem(NOTED, Severity.NOTICE, 1, 1, note, "", "") for note in reading.notes)
    return replace(draft, problems=(*notes, *draft.problems))
