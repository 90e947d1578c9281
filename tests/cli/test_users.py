"""Accounts by the command line: made, listed, changed, closed."""

import io
import re
import types
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.client import Client
from tests.conftest import TODAY
from tracker.people.operations import authenticate
from tracker.seeding.accounts import DEMO_PASSWORD

Cli = Callable[..., Any]
GOOD = "Correct-horse-7"
NEW = ("users", "create", "zhang.san", "--name", "张三", "--role", "clerk", "--unit", "松江", "--password", GOOD)


def changed(**options: str) -> tuple[str, ...]:
    """Return the command with some options changed."""
    found = list(NEW)
    for name, value in options.items():
        found[found.index(f"--{name}") + 1] = value
    return tuple(found)


def test_an_account_is_made_and_signs_in(seeded: Flask, cli: Cli, client: Client) -> None:
    assert cli(*NEW, "--no-must-change").out == "已建立账号 zhang.san。\n"
    (made,) = [user for user in cli("users", "list", "--json").json if user["account"] == "zhang.san"]
    assert made == {
        "account": "zhang.san",
        "name": "张三",
        "role": "clerk",
        "unit": "松江区司法局",
        "active": True,
        "demo": False,
    }
    client.login("zhang.san", GOOD)
    assert client.get("/todo").status_code == 200


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (changed(unit="档案处"), "找不到名为“档案处”的单位"),
        (changed(password="short"), "密码长度应为"),
        (changed(password="aaaaaaaaaaaa"), "过于简单"),
        (changed(password="Password123!"), "太常见"),
        (changed(name="名" * 61), "姓名过长"),
        (changed(unit="岳阳街道司法所"), "司法所的经办请用“司法所（科室）经办”角色（office）"),
        (changed(role="office"), "请改选单位或角色"),
        (("users", "create", "张三", *NEW[3:]), "账号只能由英文字母"),
        (("users", "create", "admin", *NEW[3:]), "已存在"),
    ],
)
def test_an_account_that_cannot_be_made_is_refused_in_one_line(
    seeded: Flask, cli: Cli, command: tuple[str, ...], words: str
) -> None:
    ran = cli(*command)
    assert (ran.code, ran.out) == (1, "")
    assert len(ran.err.splitlines()) == 1
    assert words in ran.err
    assert len(cli("users", "list", "--json").json) == 93


def test_a_new_password_ends_the_open_sessions(seeded: Flask, cli: Cli, client: Client) -> None:
    client.login("songjiang-clerk")
    ran = cli("users", "set-password", "songjiang-clerk", "--password", GOOD)
    assert "原有登录已失效" in ran.out
    assert client.get("/todo").status_code == 302
    assert authenticate("songjiang-clerk", DEMO_PASSWORD, TODAY) is None
    assert authenticate("songjiang-clerk", GOOD, TODAY)


def test_a_new_account_begins_with_its_own_password(seeded: Flask, cli: Cli, client: Client) -> None:
    cli(*NEW)
    client.login("zhang.san", GOOD)
    assert client.get("/todo").location == "/account/password?next=/todo"


def test_without_a_terminal_a_password_for_once_is_made_and_printed(
    seeded: Flask, cli: Cli, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    out = cli(*NEW[:-2], "--no-must-change").out
    found = re.search("一次性密码：([-0-9A-Za-z]+)（", out)
    assert found
    client.login("zhang.san", found[1])
    assert client.get("/todo").location == "/account/password?next=/todo"


def test_at_a_terminal_a_password_is_asked_for_twice(seeded: Flask, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", types.SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("click.prompt", lambda *_, **named: GOOD if named["confirmation_prompt"] else "")
    assert cli(*NEW[:-2]).out == "已建立账号 zhang.san。\n"
    assert authenticate("zhang.san", GOOD, TODAY)


def test_a_locked_account_is_unlocked(seeded: Flask, cli: Cli, client: Client) -> None:
    for _ in range(5):
        client.submit(client.form("/login"), account="songjiang-clerk", password="wrong")
    sent = {"account": "songjiang-clerk", "password": DEMO_PASSWORD}
    assert client.submit(client.form("/login"), **sent).status_code == 429
    assert cli("users", "unlock", "songjiang-clerk").out == "已解锁 songjiang-clerk。\n"
    assert client.submit(client.form("/login"), **sent).status_code == 303


def test_a_weak_new_password_is_refused_and_the_old_one_stays(seeded: Flask, cli: Cli) -> None:
    ran = cli("users", "set-password", "songjiang-clerk", "--password", "x")
    assert (ran.code, ran.out) == (1, "")
    assert authenticate("songjiang-clerk", DEMO_PASSWORD, TODAY)


def test_a_disabled_account_is_out_at_once(seeded: Flask, cli: Cli, client: Client) -> None:
    client.login("songjiang-clerk")
    assert cli("users", "disable", "songjiang-clerk").out == "已停用 songjiang-clerk。\n"
    assert client.get("/todo").status_code == 302
    assert authenticate("songjiang-clerk", DEMO_PASSWORD, TODAY) is None
