"""Says by which unit and task the record of an act on an assignment is found again."""

from tracker.assignments.models import Assignment
from tracker.audit.operations import About


def about(assignment: Assignment) -> About:
    """Return the unit that owes an assignment, and its task."""
    return {"about_unit": assignment.unit_id, "about_task": assignment.task_id}
