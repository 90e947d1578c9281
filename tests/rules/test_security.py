"""The table of security settings: every default is allowed, whatever is out of bounds is not."""

import pytest

from tracker.rules.permissions import Role
from tracker.rules.security import SECURITY, Number, Policy, SettingRefused, checked, default, security, told


@pytest.mark.parametrize("name", SECURITY)
def test_a_default_is_allowed_and_has_words(name: str) -> None:
    assert checked(name, default(name)) == default(name)
    assert told(name, default(name))
    assert SECURITY[name].label
    assert SECURITY[name].meaning.endswith("。")


@pytest.mark.parametrize("name", [name for name, setting in SECURITY.items() if isinstance(setting, Number)])
def test_a_number_stays_within_its_limits(name: str) -> None:
    setting = SECURITY[name]
    assert isinstance(setting, Number)
    for number in (setting.lowest, setting.highest):
        assert checked(name, f"0{number}") == str(number)
    for wrong in (setting.lowest - 1, setting.highest + 1, "", "x", "1.5", "１０", "1e1", "9" * 40):
        with pytest.raises(SettingRefused, match=setting.label):
            checked(name, str(wrong))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("password_policy", ""),
        ("password_policy", "none"),
        ("password_policy", "asvs,dengbao"),
        ("factor_roles", "root"),
        ("factor_roles", "admin,root"),
    ],
)
def test_a_choice_is_one_of_those_offered(name: str, value: str) -> None:
    with pytest.raises(SettingRefused, match="请从所列"):
        checked(name, value)


def test_several_roles_are_kept_in_the_order_of_the_table() -> None:
    assert checked("factor_roles", "clerk,admin,clerk") == "admin,clerk"
    assert security({"factor_roles": "admin,clerk"}).factor_roles == {Role.ADMIN, Role.CLERK}
    assert told("factor_roles", "admin,clerk") == "系统管理员、区局经办"


def test_nothing_stored_is_all_defaults() -> None:
    found = security({})
    assert (found.idle_minutes, found.absolute_hours, found.lock_failures, found.lock_minutes) == (30, 12, 5, 15)
    assert (found.password_policy, found.password_days, found.factor_roles) == (Policy.DENGBAO, 90, frozenset())
    assert (found.audit_days, found.reset_minutes) == (190, 30)


def test_passwords_grow_old_under_dengbao_alone() -> None:
    assert security({}).password_lasts == 90
    assert security({"password_days": "0"}).password_lasts == 0
    assert security({"password_policy": "asvs"}).password_lasts == 0
