"""Who may do what: the powers that must stay apart, and the shape of the table; its cells are tried over HTTP."""

import pytest

from tracker.rules.permissions import (
    ACTION_TEXT,
    PERMISSIONS,
    ROLE_TEXT,
    SCOPE_TEXT,
    SYSTEM,
    Action,
    Actor,
    Forbidden,
    Role,
    Scope,
    holders,
    may,
    require,
)

WRITING = {
    Action.EDIT_PLAN,
    Action.HANDLE,
    Action.SIGN_OFF,
    Action.REVIEW,
    Action.SUPERVISE,
    Action.ASK_EXTENSION,
    Action.DECIDE_EXTENSION,
    Action.COMMENT,
    Action.HIDE_COMMENT,
    Action.URGE,
    Action.PAUSE_REMINDERS,
    Action.EDIT_REMINDERS,
    Action.DEDUCT,
    Action.APPEAL,
    Action.DECIDE_APPEAL,
    Action.FREEZE_SCORES,
}
"""What changes business data."""


def person(role: Role) -> Actor:
    """Return someone of a role."""
    return Actor(id=1, account="someone", name="某人", role=role, unit_id=1)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_the_table_says_and_is_refused_the_rest_in_words(role: Role, action: Action) -> None:
    granted = role in PERMISSIONS[action]
    assert may(person(role), action) is granted
    assert (person(role).reach(action) is Scope.NONE) is not granted
    if granted:
        require(person(role), action)
    else:
        with pytest.raises(Forbidden, match=f"“{ROLE_TEXT[role]}”没有这项权限.*请联系"):
            require(person(role), action)


def test_every_action_role_and_scope_is_decided_and_has_words() -> None:
    assert set(PERMISSIONS) == set(ACTION_TEXT) == set(Action)
    assert set(ROLE_TEXT) == set(Role)
    assert set(SCOPE_TEXT) == set(Scope)
    assert all(scopes and Scope.NONE not in scopes.values() for scopes in PERMISSIONS.values())


@pytest.mark.parametrize("role", [Role.ADMIN, Role.LEADER, Role.AUDITOR])
def test_administrator_leader_and_auditor_write_no_business_data(role: Role) -> None:
    assert not [action for action in WRITING if may(person(role), action)]


def test_only_the_auditor_reads_the_audit_trail_and_sees_no_business_data() -> None:
    assert holders(Action.VIEW_AUDIT) == {Role.AUDITOR}
    seen = {action for action in Action if may(person(Role.AUDITOR), action)}
    assert seen == {
        Action.VIEW_AUDIT,
        Action.REPLAY_SCORES,
        Action.VIEW_PERMISSIONS,
        Action.OWN_LETTERS,
        Action.OWN_ACCOUNT,
    }


def test_only_the_supervisor_closes_and_only_the_administrator_grants_roles() -> None:
    assert holders(Action.SUPERVISE) == {Role.SUPERVISOR}
    assert holders(Action.GRANT_ROLES) == {Role.ADMIN}


def test_nobody_but_a_city_office_both_handles_and_reviews_and_never_its_own() -> None:
    both = holders(Action.HANDLE) & (holders(Action.REVIEW) | holders(Action.SIGN_OFF))
    assert both == {Role.REVIEWER}


def test_the_service_itself_belongs_to_no_unit() -> None:
    assert (SYSTEM.id, SYSTEM.unit_id, SYSTEM.district_id) == (None, None, None)
    assert may(SYSTEM, Action.EDIT_PLAN)
