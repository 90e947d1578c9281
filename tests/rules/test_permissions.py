"""Who may do what: every role and every action, written a second time."""

import pytest

from tracker.rules.permissions import (
    MAY,
    ROLE_TEXT,
    SCOPES,
    SYSTEM,
    Action,
    Actor,
    Forbidden,
    Role,
    Scope,
    may,
    require,
)

GRANTED: dict[Role, set[Action]] = {
    Role.ADMIN: {
        Action.VIEW_PLANS,
        Action.VIEW_ASSIGNMENTS,
        Action.VIEW_RANKING,
        Action.VIEW_SCORE,
        Action.VIEW_OUTBOX,
        Action.RESEND,
        Action.PREVIEW_REMINDERS,
        Action.VIEW_SCHEDULER,
        Action.EDIT_CALENDAR,
        Action.EDIT_CHANNELS,
        Action.OWN_LETTERS,
    },
    Role.SUPERVISOR: set(Action) - {Action.HANDLE, Action.EDIT_CALENDAR, Action.EDIT_CHANNELS},
    Role.LEADER: {
        Action.VIEW_PLANS,
        Action.VIEW_ASSIGNMENTS,
        Action.VIEW_RANKING,
        Action.VIEW_SCORE,
        Action.OWN_LETTERS,
    },
    Role.AUDITOR: {Action.OWN_LETTERS},
    Role.REVIEWER: {
        Action.VIEW_PLANS,
        Action.VIEW_ASSIGNMENTS,
        Action.VIEW_RANKING,
        Action.HANDLE,
        Action.REVIEW,
        Action.URGE,
        Action.OWN_LETTERS,
    },
    Role.LEAD: {
        Action.VIEW_PLANS,
        Action.VIEW_ASSIGNMENTS,
        Action.VIEW_RANKING,
        Action.VIEW_SCORE,
        Action.REVIEW,
        Action.URGE,
        Action.PREVIEW_REMINDERS,
        Action.OWN_LETTERS,
    },
    Role.CLERK: {
        Action.VIEW_PLANS,
        Action.VIEW_ASSIGNMENTS,
        Action.VIEW_RANKING,
        Action.VIEW_SCORE,
        Action.HANDLE,
        Action.PREVIEW_REMINDERS,
        Action.OWN_LETTERS,
    },
    Role.OFFICE: {
        Action.VIEW_PLANS,
        Action.VIEW_ASSIGNMENTS,
        Action.VIEW_RANKING,
        Action.VIEW_SCORE,
        Action.HANDLE,
        Action.OWN_LETTERS,
    },
}


def person(role: Role) -> Actor:
    """Return someone of a role."""
    return Actor(id=1, account="someone", name="某人", role=role, unit_id=1)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_the_table_says_and_nothing_else(role: Role, action: Action) -> None:
    granted = action in GRANTED[role]
    assert may(person(role), action) is granted
    if granted:
        require(person(role), action)
    else:
        with pytest.raises(Forbidden, match=f"“{ROLE_TEXT[role]}”没有这项权限.*请联系"):
            require(person(role), action)


def test_every_action_and_every_role_is_decided() -> None:
    assert set(MAY) == set(Action)
    assert set(SCOPES) == set(ROLE_TEXT) == set(Role)


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.ADMIN, Scope.ALL),
        (Role.SUPERVISOR, Scope.ALL),
        (Role.LEADER, Scope.ALL),
        (Role.AUDITOR, Scope.NONE),
        (Role.REVIEWER, Scope.OFFICE),
        (Role.LEAD, Scope.DISTRICT),
        (Role.CLERK, Scope.DISTRICT),
        (Role.OFFICE, Scope.UNIT),
    ],
)
def test_a_role_sees_the_records_of_its_scope(role: Role, scope: Scope) -> None:
    assert person(role).scope is scope


def test_the_administrator_and_the_leader_write_no_business_data() -> None:
    writing = {
        Action.HANDLE,
        Action.REVIEW,
        Action.SUPERVISE,
        Action.EDIT_PLAN,
        Action.URGE,
        Action.PAUSE_REMINDERS,
        Action.EDIT_REMINDERS,
    }
    assert not writing & (GRANTED[Role.ADMIN] | GRANTED[Role.LEADER] | GRANTED[Role.AUDITOR])
    for role in (Role.ADMIN, Role.LEADER, Role.AUDITOR):
        assert not any(may(person(role), action) for action in writing)


def test_nobody_but_a_city_office_both_handles_and_reviews() -> None:
    both = {role for role in Role if may(person(role), Action.HANDLE) and may(person(role), Action.REVIEW)}
    assert both == {Role.REVIEWER}


def test_the_service_itself_belongs_to_no_unit() -> None:
    assert (SYSTEM.id, SYSTEM.unit_id, SYSTEM.district_id) == (None, None, None)
    assert may(SYSTEM, Action.EDIT_PLAN)
