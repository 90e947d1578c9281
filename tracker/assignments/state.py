"""The status of assignments on a day, as columns of a SELECT: as they stand, or as the history tells."""

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    union_all,
)

from tracker.assignments.models import Assignment, DistrictChange, DueChange, StatusChange
from tracker.rules.status import EXCLUDED, Status

Selected = TypeVar("Selected", bound=Select[*tuple[Any, ...]])

LIVE: list[ColumnElement[str]] = [
    literal_column(f"'{status}'")
    for status in (Status.PENDING, Status.IN_PROGRESS, Status.UNDER_REVIEW, Status.RETURNED)
]
"""The statuses still owed, in the very words of the partial indexes: SQLite uses those for no others."""

STATUSES = {status.value: status for status in Status}


@dataclass(frozen=True)
class State:
    """The status of every assignment on a day, as columns; `apply` adds what they need to a SELECT."""

    status: SQLColumnExpression[str]
    completed_on: SQLColumnExpression[date | None]
    join: ColumnElement[bool] | None
    day: date | None = None

    def apply(self, statement: Selected) -> Selected:
        """Restrict a SELECT from Assignment to those that existed, joined to their state of the day."""
        return statement if self.join is None else statement.join(StatusChange, self.join)

    @property
    def live(self) -> ColumnElement[bool]:
        """Whether the assignment was still owed."""
        return self.status.in_(LIVE)

    @property
    def counted(self) -> ColumnElement[bool]:
        """Whether the assignment counted for anything."""
        return self.status.not_in(sorted(EXCLUDED))


def past(day: Any) -> State:
    """Return the state on `day` from the history."""
    join = and_(StatusChange.assignment_id == Assignment.id, StatusChange.day <= day, StatusChange.until_day > day)
    completed = case(
        (StatusChange.to_status == Status.COMPLETED, func.coalesce(StatusChange.done_on, StatusChange.day))
    )
    return State(StatusChange.to_status, completed, join, day)


PRESENT = State(Assignment.status, Assignment.completed_on, None)
PAST = past(bindparam("state_day", type_=Date))
"""The state of a day that is given when the SELECT runs, as prepared ones need it."""

_newest = union_all(*(select(func.max(kind.day).label("day")) for kind in (StatusChange, DueChange, DistrictChange)))
LATEST: Select[date | None] = select(func.max(_newest.subquery().c.day))
"""The day of the newest change of any assignment: of its status, its due day or its district."""
