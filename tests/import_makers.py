"""Makers of what a document becomes on its way to a plan, and of a plan's years and targets."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.factories import AT, DAY, add, make_assignment, make_plan, make_task, numbers
from tracker.assignments.models import TargetValue, YearReview
from tracker.plans.models import ImportChange, PlanImport, PlanYear, TaskDescent, TaskTarget

WHO: dict[str, Any] = {"day": DAY, "at": AT, "actor_name": "测试"}


def make_plan_import(**fields: Any) -> PlanImport:
    """An open import of a short text in which nothing was read."""
    n = next(numbers)
    named = {"filename": f"{n}.txt", "kind": "txt", "file_sha256": f"{n:064x}", "text": "正文", "draft": "{}"}
    by = {"created_by": "测试", "created_at": AT, "changed_by": "测试", "changed_at": AT}
    return add(PlanImport(**{**named, **by, **fields}))


def make_import_change(**fields: Any) -> ImportChange:
    """An edit of a task in a new import."""
    own = {} if "import_id" in fields else {"import_id": make_plan_import().id}
    named = {"what": "edit", "task_number": "1", "field": "text", "before": "旧", "after": "新", "reason": "测试"}
    return add(ImportChange(**{**named, "at": AT, "actor_name": "测试", **own, **fields}))


def make_plan_year(**fields: Any) -> PlanYear:
    """The second of a new plan's years."""
    own = {} if "plan_id" in fields else {"plan_id": make_plan().id}
    named = {"year": 2023, "name": "提升年", "goal": "测试目标", "line_from": 1, "line_to": 1}
    return add(PlanYear(**{**named, **own, **fields}))


def make_task_target(**fields: Any) -> TaskTarget:
    """Two sessions that a new task asks for."""
    own = {} if "task_id" in fields else {"task_id": make_task().id}
    named = {"position": next(numbers), "raw": "2次", "amount": Decimal(2), "unit": "次"}
    return add(TaskTarget(**{**named, **own, **fields}))


def make_task_descent(**fields: Any) -> TaskDescent:
    """A new task that came out of another by splitting."""
    own = {name: make_task().id for name in ("from_id", "to_id") if name not in fields}
    return add(TaskDescent(**{"what": "split", "day": date(2021, 6, 1), **own, **fields}))


def make_year_review(**fields: Any) -> YearReview:
    """A good word on a new assignment's second year."""
    own = {} if "assignment_id" in fields else {"assignment_id": make_assignment().id}
    return add(YearReview(**{"year": 2023, "verdict": "met", **WHO, **own, **fields}))


def make_target_value(**fields: Any) -> TargetValue:
    """One of the two sessions, reported on a new assignment."""
    own: dict[str, Any] = {} if "assignment_id" in fields else {"assignment_id": make_assignment().id}
    if "target_id" not in fields:
        own["target_id"] = make_task_target().id
    return add(TargetValue(**{"amount": Decimal(1), **WHO, **own, **fields}))
