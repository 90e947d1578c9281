"""Makes the published plan a large one: 89 tasks in every district, or one district with 220 司法所."""

from sqlalchemy import func, select

from tests.assignments.acts import the_plan, unit_id
from tests.factories import DAY, DUE, make_assignment, make_organization, make_section, make_task
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.people.models import Organization
from tracker.plans.models import Task
from tracker.rules.organizations import OrganizationKind

MORE = 61
"""Tasks beside the 28 of the plan."""

OFFICES = 220
"""司法所 of one district, those it has among them."""


def add_tasks() -> None:
    """Add tasks in a chapter of their own to every district, due like the first of the plan."""
    plan = the_plan()
    districts = db.session.scalars(
        select(Organization.id).where(Organization.kind == OrganizationKind.DISTRICT_BUREAU)
    ).all()
    with transaction():
        section = make_section(plan_id=plan.id, position=99, title="附加的一章")
        for number in range(29, 29 + MORE):
            fields = {"number": str(number), "position": number * 10, "due_on": DUE, "text": "再办一件。"}
            task = make_task(plan_id=plan.id, section_id=section.id, **fields)
            for district in districts:
                make_assignment(task_id=task.id, unit_id=district, issued_on=DAY)


def add_offices() -> None:
    """Give 松江 so many 司法所, each with task 7."""
    plan, songjiang = the_plan(), unit_id("songjiang")
    seven = db.session.scalars(select(Task).where(Task.plan_id == plan.id, Task.number == "7")).one()
    with transaction():
        plan.offices_report = True
        for number in range(OFFICES - _owing_offices(songjiang)):
            fields = {"short_name": f"第{number}", "position": 100 + number}
            office = make_organization(kind=OrganizationKind.JUSTICE_OFFICE, parent_id=songjiang, **fields)
            make_assignment(task_id=seven.id, unit_id=office.id, issued_on=DAY)


def _owing_offices(district: int) -> int:
    offices = (Assignment.district_id == district, Assignment.level == OrganizationKind.JUSTICE_OFFICE)
    return db.session.scalar(select(func.count(Assignment.unit_id.distinct())).where(*offices)) or 0
