"""What a password must be: by either policy long enough, not the account's name, and nothing that everybody uses."""

import pytest

from tracker.rules.passwords import PasswordRefused, check, classes, folded, is_common, writable
from tracker.rules.security import Policy

BOTH = list(Policy)

COMMON = [
    "password123",
    "Password123!",
    "P@ssw0rd2021!",
    "ＰＡＳＳＷＯＲＤ１２３",
    "Passwordpassword1",
    "woaini1314",
    "Woaini1314520!",
    "woaini_5201314",
    "admin@123456",
    "Admin12345678",
    "zhongguo2021",
    "Sifaju@2021!",
    "1234567890",
    "0987654321a",
    "1qaz2wsx3edc",
    "1qaz@WSX3edc",
    "qwer1234!@#$",
    "Qwertyuiop1!",
    "asdfghjkl;'1",
    "abcdefghij12",
    "abc123456789",
    "qq123456789",
    "147258369Aa!",
]

GOOD = ["Correct-horse-7", "Demo-2021!tracker", "Kx7m-abcd-wxyz-23", "Nan-jing-xi-lu-88", "三月Chuntian春天2021吧呢"]


@pytest.mark.parametrize("password", COMMON)
def test_what_everybody_uses_is_refused(password: str) -> None:
    assert is_common(password)
    with pytest.raises(PasswordRefused):
        check(password, "zhang.san", Policy.DENGBAO)


@pytest.mark.parametrize("policy", BOTH)
@pytest.mark.parametrize("password", GOOD)
def test_what_only_one_person_thinks_of_is_allowed(policy: Policy, password: str) -> None:
    check(password, "zhang.san", policy)


@pytest.mark.parametrize(
    ("policy", "length", "allowed"),
    [
        (Policy.DENGBAO, 9, False),
        (Policy.DENGBAO, 10, True),
        (Policy.ASVS, 11, False),
        (Policy.ASVS, 12, True),
        (Policy.DENGBAO, 128, True),
        (Policy.ASVS, 128, True),
        (Policy.DENGBAO, 129, False),
        (Policy.ASVS, 129, False),
    ],
)
def test_a_password_is_of_a_length(policy: Policy, length: int, allowed: bool) -> None:
    password = ("Xb7-mKw2q_Lp9" * 10)[:length]
    if allowed:
        check(password, "zhang.san", policy)
        return
    with pytest.raises(PasswordRefused, match="密码长度应为"):
        check(password, "zhang.san", policy)


@pytest.mark.parametrize(
    ("password", "number"), [("abc", 1), ("aB", 2), ("aB3", 3), ("aB3-", 4), ("密码", 1), ("a密1", 3), ("", 0)]
)
def test_signs_are_of_four_classes(password: str, number: int) -> None:
    assert classes(password) == number


@pytest.mark.parametrize("password", ["correct horse battery", "schafe-zaehlen-nachts"])
def test_only_dengbao_asks_for_three_classes(password: str) -> None:
    check(password, "zhang.san", Policy.ASVS)
    with pytest.raises(PasswordRefused, match="至少三类"):
        check(password, "zhang.san", Policy.DENGBAO)


@pytest.mark.parametrize("policy", BOTH)
@pytest.mark.parametrize("password", ["my-Zhang.San-7x", "ZHANG.SAN-horse-7", "ｚｈａｎｇ.ｓａｎ-Horse-7"])
def test_a_password_does_not_hold_the_accounts_name(policy: Policy, password: str) -> None:
    with pytest.raises(PasswordRefused, match="账号名"):
        check(password, "zhang.san", policy)


def test_a_very_short_name_stands_in_a_password_by_chance() -> None:
    check("Correct-horse-7", "co", Policy.DENGBAO)


@pytest.mark.parametrize("policy", BOTH)
@pytest.mark.parametrize("password", ["aaaaaaaaaaaaaa", "Aa1!Aa1!Aa1!", "121212121212"])
def test_a_few_signs_repeated_are_refused(policy: Policy, password: str) -> None:
    with pytest.raises(PasswordRefused, match="过于简单"):
        check(password, "zhang.san", policy)


@pytest.mark.parametrize(
    "account", [" OFFICE_B1 ", "office_b1", "ｏｆｆｉｃｅ＿ｂ１", "\u3000Office_B1\u3000", "OFFICE＿B1"]
)
def test_a_name_is_one_whatever_its_case_width_and_blanks(account: str) -> None:
    assert folded(account) == "office_b1"


@pytest.mark.parametrize("sign", ["\0", "\r", "\n", "\t", "\x1b", "\u200b", "\u202e", "\ufeff", "\u2028", "\ud800"])
def test_signs_that_nobody_sees_are_not_writable(sign: str) -> None:
    assert not writable(f"a{sign}b")


@pytest.mark.parametrize("text", ["", "abc", "张三 （松江）", "a'--b"])
def test_ordinary_text_is_writable(text: str) -> None:
    assert writable(text)
