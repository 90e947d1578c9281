"""Units that are merged: what they owed goes over on the day, and no day before it changes."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.acts import complete, moment, owed, person, take, the_plan, unit_id
from tests.factories import (
    make_alias,
    make_organization,
    make_responsibility,
    make_source,
    make_task,
    make_user,
)
from tests.makers import make_freeze
from tracker.assignments import handover
from tracker.assignments.districts import office_shares
from tracker.assignments.mergers import Merger, Outcome, preview
from tracker.assignments.models import Assignment, TaskReviewer
from tracker.assignments.operations import publish
from tracker.assignments.queries import Filter, changes, rows, state_at, within
from tracker.assignments.reviewing import is_reviewer
from tracker.audit.models import AuditEntry
from tracker.db import FOREVER, db, transaction
from tracker.overview.timeline import events
from tracker.people.models import Organization, OrganizationAlias, User
from tracker.people.queries import directory, members
from tracker.people.unit_mergers import Fate
from tracker.people.units import UnitRefused, UnitStands
from tracker.plans.models import Plan, PlanState, Responsibility, Task
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import SYSTEM, Action, Forbidden
from tracker.rules.status import LIVE, Move, MoveRefused, Status
from tracker.scoring.queries import scoreboard

DAY = date(2021, 6, 24)
BEFORE = [date(2021, 2, 9), date(2021, 2, 10), date(2021, 4, 1), date(2021, 6, 1), DAY - timedelta(days=1)]


def look(slug: str, into: str, fate: Fate = Fate.MOVE) -> Merger:
    """Return what a merger would do today."""
    return preview(person("admin"), unit_id(slug), unit_id(into), DAY, fate, DAY)


def merge(slug: str, into: str, fate: Fate = Fate.MOVE, account: str = "admin") -> Merger:
    """Merge a unit into another, as previewed."""
    digest = look(slug, into, fate).digest
    with transaction():
        return handover.merge(person(account), moment(DAY), unit_id(slug), unit_id(into), fate, digest)


def picture(day: date) -> tuple[Any, ...]:
    """Return what lists, board and shares say of a day."""
    state = state_at(day)
    listed = rows(SYSTEM, state, day, Filter())
    overdue = rows(SYSTEM, state, day, Filter(overdue=True))
    shares = {task: office_shares(state, task) for task in db.session.scalars(select(Task.id).limit(3))}
    shown = [(row.id, row.unit, row.district, row.status, row.completed_on, row.due_on) for row in listed]
    return shown, [row.id for row in overdue], scoreboard(the_plan(), day), shares


def unit(slug: str) -> Organization:
    """Return a unit as it stands."""
    return db.session.get_one(Organization, unit_id(slug), populate_existing=True)


def statuses(slug: str) -> dict[Status, int]:
    """Return how many assignments of a unit have each status."""
    found = select(Assignment.status, func.count()).where(Assignment.unit_id == unit_id(slug))
    return {Status(status): number for status, number in db.session.execute(found.group_by(Assignment.status))}


def test_a_district_that_is_merged_changes_no_day_before(seeded: Flask) -> None:
    complete("7", "chongming", "reviewer-xingfazhixing", "2021-03-05")
    before = {day: picture(day) for day in BEFORE}
    merge("chongming", "baoshan")
    assert {day: picture(day) for day in BEFORE} == before


def test_what_both_owe_is_withdrawn_and_what_was_completed_stays(seeded: Flask) -> None:
    complete("7", "chongming", "reviewer-xingfazhixing", "2021-03-05")
    found = merge("chongming", "baoshan")
    assert found.outcomes == {Outcome.WITHDRAWN: 27}
    assert statuses("chongming") == {Status.COMPLETED: 1, Status.WITHDRAWN: 27}
    assert statuses("baoshan") == {Status.PENDING: 28}
    step = changes(owed("8", "chongming"))[0]
    assert (step.move, step.day, step.actor_name) == (Move.WITHDRAW, DAY, person("admin").name)
    assert step.reason == "合并至宝山区司法局，其本来就承办本项（待签收）"
    assert events(owed("8", "chongming"), [])[0].reason == step.reason


def test_what_the_successor_lacks_is_handed_to_it_with_the_same_due_day(seeded: Flask) -> None:
    old = owed("1", "mishu")
    take("reviewer-mishu", Move.ACKNOWLEDGE, "2021-03-01", old)
    before = {day: picture(day) for day in BEFORE}
    found = merge("mishu", "xinxi")
    given = [item for item in found.items if item.outcome is Outcome.GIVEN]
    assert given
    new = db.session.get_one(Assignment, owed("1", "xinxi"))
    kept = db.session.get_one(Assignment, old)
    assert (new.due_on, new.issued_on, new.status, new.level) == (kept.due_on, DAY, Status.PENDING, kept.level)
    assert (kept.unit_id, kept.status) == (unit_id("mishu"), Status.WITHDRAWN)
    assert changes(old)[0].reason == "合并至市局信息处，由其承接本项"
    (begun,) = changes(new.id)
    assert (begun.move, begun.until_day) == (Move.DISPATCH, FOREVER)
    assert begun.reason == "市局秘书处并入，承接其未办结的本项（原为办理中，进度 0%）"
    assert events(new.id, [])[0].reason == begun.reason
    assert {day: picture(day) for day in BEFORE} == before


def test_every_act_of_a_merger_is_on_record(seeded: Flask) -> None:
    found = merge("mishu", "xinxi")
    acts = select(AuditEntry.act, func.count()).where(AuditEntry.account == "admin").group_by(AuditEntry.act)
    counted = dict(db.session.execute(acts).all())
    given = found.outcomes[Outcome.GIVEN]
    assert counted == {
        "withdraw": len(found.items),
        "hand_over": given,
        "edit_user": len(found.people),
        "merge_unit": 1,
    }


def test_the_successor_reviews_what_the_office_reviewed(seeded: Flask) -> None:
    named = set(db.session.scalars(select(TaskReviewer.task_id).where(TaskReviewer.office_id == unit_id("mishu"))))
    assert named
    merge("mishu", "xinxi")
    now = set(db.session.scalars(select(TaskReviewer.task_id).where(TaskReviewer.office_id == unit_id("xinxi"))))
    assert named <= now
    assert db.session.query(TaskReviewer).filter_by(office_id=unit_id("mishu")).count() == 0
    assert is_reviewer(person("reviewer-xinxi"), owed("1", "songjiang"))


def test_an_office_that_reviews_a_task_already_reviews_it_once(seeded: Flask) -> None:
    task = db.session.get_one(Assignment, owed("1", "songjiang")).task_id
    with transaction():
        db.session.add(TaskReviewer(task_id=task, office_id=unit_id("xinxi"), position=9))
    merge("mishu", "xinxi")
    assert db.session.query(TaskReviewer).filter_by(task_id=task, office_id=unit_id("xinxi")).count() == 1


def test_the_successor_leads_the_plan_and_nobody_is_its_own_second(seeded: Flask) -> None:
    plan = the_plan()
    owner, second = plan.owner_id, plan.counter_reviewer_id
    assert {owner, second} == {unit_id("cujinfazhi"), unit_id("bangongshi")}
    merge("xinxi", "mishu")
    assert (the_plan().owner_id, the_plan().counter_reviewer_id) == (owner, second)
    assert look("cujinfazhi", "bangongshi").reviews.alone == (plan.doc_number,)
    merge("cujinfazhi", "bangongshi")
    db.session.refresh(plan)
    assert (plan.owner_id, plan.counter_reviewer_id) == (unit_id("bangongshi"), None)


def test_the_justice_offices_go_over_with_what_they_owe_and_the_new_lead_reviews_it(seeded: Flask) -> None:
    seven = owed("7", "songjiang-yueyang")
    board = scoreboard(the_plan(), DAY - timedelta(days=1))
    found = merge("songjiang", "qingpu")
    assert (len(found.below), sum(office.owed for office in found.below)) == (17, 17 * 28)
    assert unit("songjiang-yueyang").parent_id == unit_id("qingpu")
    assert db.session.get_one(Assignment, seven).district_id == unit_id("qingpu")
    reached = select(Assignment.id).where(Assignment.id == seven, within(person("qingpu-lead"), Action.SIGN_OFF))
    assert db.session.scalar(reached) == seven
    assert scoreboard(the_plan(), DAY - timedelta(days=1)) == board


def test_people_move_and_sign_in_again(seeded: Flask) -> None:
    before = db.session.scalars(select(User).where(User.account == "chongming-clerk")).one().session_version
    merge("chongming", "baoshan")
    clerk = db.session.scalars(
        select(User).where(User.account == "chongming-clerk").execution_options(populate_existing=True)
    ).one()
    assert (clerk.unit_id, clerk.active, clerk.session_version) == (unit_id("baoshan"), True, before + 1)


def test_people_are_disabled_where_that_was_chosen(seeded: Flask) -> None:
    merge("chongming", "baoshan", Fate.DISABLE)
    found = db.session.scalars(select(User).where(User.unit_id == unit_id("chongming")))
    assert {user.active for user in found} == {False}


def test_an_administrator_is_not_disabled_by_a_merger(seeded: Flask) -> None:
    with transaction():
        make_user(unit_id=unit_id("chongming"), role="admin", account="second")
    with pytest.raises(UnitStands, match="系统管理员"):
        look("chongming", "baoshan", Fate.DISABLE)
    assert merge("chongming", "baoshan").people


def test_names_go_over_from_that_day_and_documents_of_before_mean_the_old_unit(seeded: Flask) -> None:
    merge("chongming", "baoshan")
    root = unit_id("shanghai")
    before, after = (directory(root, day).organizations for day in (DAY - timedelta(days=1), DAY))
    for name in ("崇明区司法局", "崇明", "崇明区局"):
        assert (before[name], after[name]) == (unit_id("chongming"), unit_id("baoshan"))
    aliases = select(OrganizationAlias.name).where(
        OrganizationAlias.organization_id == unit_id("baoshan"), OrganizationAlias.valid_from == DAY
    )
    assert set(db.session.scalars(aliases)) == {"崇明区司法局", "崇明", "崇明区", "崇明区局"}


def test_a_name_that_a_third_unit_bears_stays_behind(seeded: Flask) -> None:
    with transaction():
        make_alias(organization_id=unit_id("putuo"), name="崇明")
    assert merge("chongming", "baoshan").names.left == ("崇明",)


def test_the_merged_unit_ends_with_its_successor_and_no_group_means_it(seeded: Flask) -> None:
    merge("chongming", "baoshan")
    ended = unit("chongming")
    assert (ended.valid_until, ended.successor_id) == (DAY, unit_id("baoshan"))
    group = db.session.scalars(select(Responsibility.group_id).where(Responsibility.group_id.is_not(None))).first()
    assert group
    assert unit_id("chongming") not in {member.id for member in members(group, DAY)}


def test_a_district_that_ended_leaves_the_board_and_stays_on_that_of_the_days_before(seeded: Flask) -> None:
    complete("7", "chongming", "reviewer-xingfazhixing", "2021-03-05")
    merge("chongming", "baoshan")
    sizes = [len(scoreboard(the_plan(), DAY + timedelta(days=days))) for days in (-1, 0, 1)]
    assert sizes == [16, 16, 15]


def test_what_belongs_to_a_plan_with_final_scores_stays_as_it_is(seeded: Flask) -> None:
    with transaction():
        make_freeze(plan_id=the_plan().id, day=DAY)
    found = merge("chongming", "baoshan")
    assert found.outcomes == {Outcome.SEALED: 28}
    assert statuses("chongming") == {Status.PENDING: 28}
    assert unit("chongming").valid_until == DAY


def test_a_merger_that_would_do_something_else_meanwhile_is_refused(seeded: Flask) -> None:
    digest = look("chongming", "baoshan").digest
    take("chongming-clerk", Move.ACKNOWLEDGE, "2021-06-24", owed("7", "chongming"))
    with pytest.raises(handover.MergerChanged) as changed, transaction():
        handover.merge(person("admin"), moment(DAY), unit_id("chongming"), unit_id("baoshan"), Fate.MOVE, digest)
    assert changed.value.now.digest == look("chongming", "baoshan").digest
    assert unit("chongming").valid_until == FOREVER


@pytest.mark.parametrize(
    ("slug", "into", "said"),
    [
        ("chongming", "chongming", "不能并入自己"),
        ("chongming", "mishu", "只有同类单位"),
        ("shanghai", "shanghai", "不能并入自己"),
        ("shanghai", "mishu", "单位树的根"),
    ],
)
def test_what_cannot_be_merged_is_refused_in_words(seeded: Flask, slug: str, into: str, said: str) -> None:
    with pytest.raises(UnitStands, match=said):
        look(slug, into)


@pytest.mark.parametrize("days", [-1, 1])
def test_a_merger_is_of_the_day_on_which_it_is_made(seeded: Flask, days: int) -> None:
    day = DAY + timedelta(days=days)
    with pytest.raises(UnitStands, match="合并当天办理"):
        preview(person("admin"), unit_id("chongming"), unit_id("baoshan"), day, Fate.MOVE, DAY)


def test_a_unit_is_merged_once_and_into_none_that_ended(seeded: Flask) -> None:
    merge("chongming", "baoshan")
    for slug, into in (("chongming", "baoshan"), ("baoshan", "chongming")):
        with pytest.raises(UnitStands, match="已并入宝山区司法局"):
            look(slug, into)


def test_a_justice_office_whose_name_is_taken_below_the_successor_holds_everything_back(seeded: Flask) -> None:
    with transaction():
        make_organization(parent_id=unit_id("qingpu"), kind=OrganizationKind.JUSTICE_OFFICE, name="岳阳街道司法所")
    with pytest.raises(UnitRefused, match="岳阳街道司法所"):
        merge("songjiang", "qingpu")
    assert unit("songjiang").valid_until == FOREVER
    assert Status.WITHDRAWN not in statuses("songjiang")


@pytest.mark.parametrize("account", ["supervisor", "leader", "songjiang-lead", "auditor"])
def test_only_an_administrator_merges_and_closes(seeded: Flask, account: str) -> None:
    with pytest.raises(Forbidden):
        merge("chongming", "baoshan", account=account)
    with pytest.raises(Forbidden), transaction():
        handover.close(person(account), moment(DAY), unit_id("xinxi"), 1, DAY)


def test_a_unit_that_owes_something_is_not_closed(seeded: Flask) -> None:
    with pytest.raises(UnitStands, match="还有 28 项未办结"), transaction():
        handover.close(person("admin"), moment(DAY), unit_id("chongming"), 1, DAY)


def test_an_office_that_still_reviews_or_leads_is_not_closed(seeded: Flask) -> None:
    with transaction():
        for row in db.session.scalars(select(Assignment).where(Assignment.unit_id == unit_id("cujinfazhi"))):
            row.status = Status.WITHDRAWN
    with pytest.raises(UnitStands, match=r"审核 \d+ 项任务、牵头或回避审核 1 个方案"), transaction():
        handover.close(person("admin"), moment(DAY), unit_id("cujinfazhi"), 1, DAY)


def test_a_plan_that_is_published_after_a_merger_is_handed_to_the_successor(seeded: Flask) -> None:
    with transaction():
        plan = db.session.get_one(Plan, the_plan().id)
        draft = Plan(
            source_id=_source(), issuer_id=plan.issuer_id, doc_number="沪司发〔2021〕99号", title="新方案",
            issuer=plan.issuer, issued_on=date(2021, 6, 1), state=PlanState.DRAFT,
        )  # fmt: skip
        db.session.add(draft)
        db.session.flush()  # its task needs it
        task = make_task(plan_id=draft.id, due_on=date(2021, 12, 31))
        make_responsibility(task_id=task.id, organization_id=unit_id("mishu"))
    merge("mishu", "xinxi")
    with transaction():
        publish(person("supervisor"), moment(DAY), db.session.get_one(Plan, draft.id))
    owing = set(db.session.scalars(select(Assignment.unit_id).where(Assignment.task_id == task.id)))
    assert owing == {unit_id("xinxi")}
    reviewing = set(db.session.scalars(select(TaskReviewer.office_id).where(TaskReviewer.task_id == task.id)))
    assert reviewing == {unit_id("xinxi")}


def _source() -> int:
    return make_source().id


def test_nothing_live_is_left_with_a_unit_that_ended(seeded: Flask) -> None:
    merge("songjiang", "qingpu")
    left = select(func.count()).where(Assignment.unit_id == unit_id("songjiang"), Assignment.status.in_(sorted(LIVE)))
    assert db.session.scalar(left) == 0


def test_what_a_unit_completed_is_not_taken_up_again_once_the_unit_ended(seeded: Flask) -> None:
    seven = complete("7", "chongming", "reviewer-xingfazhixing", "2021-03-05")
    merge("chongming", "baoshan")
    with pytest.raises(MoveRefused, match="崇明区司法局已停用"):
        take("supervisor", Move.REOPEN, "2021-06-24", seven, "佐证不实")
    assert db.session.get_one(Assignment, seven).status == Status.COMPLETED
