"""Made-up content for the widgets of the annual appraisal."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from tracker.appraisal.todo import Duty, Sort
from tracker.rules.words import say
from tracker.web.patterns.samples import DAY, ZONE

AT = datetime(2021, 6, 18, 15, tzinfo=ZONE)
_CLERK = say("经办人")


def _file(number: int, **fields: Any) -> SimpleNamespace:
    named = {"name": say("受委托事项清单.txt"), "size": 4096, "uploaded_by": _CLERK, "uploaded_at": AT}
    return SimpleNamespace(id=number, **named, **fields)


def sample() -> dict[str, Any]:
    """Return files that stand and one that was taken off, a task whose section was named, and what is to be done."""
    named = SimpleNamespace(
        id=1, value=say("科室"), reason=say("请补充受委托事项的书面材料。"), actor_name=_CLERK, at=AT
    )
    return {
        "files": [_file(1)],
        "withdrawn": [_file(2, withdrawn_by=_CLERK, withdrawn_at=AT)],
        "task": SimpleNamespace(named=[named], fact=SimpleNamespace(assignment_id=1, number="1"), section=""),
        "duties": [Duty(sort, 1, say("考评"), by=DAY) for sort in Sort],
    }
