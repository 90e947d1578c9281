"""The cases that need two browsers or a mailed link: each returns the status of its last request."""

import re
from collections.abc import Callable

from sqlalchemy import select

from tests.client import Client
from tests.matrix.world import World
from tracker.db import db
from tracker.outbox.models import Message
from tracker.sealing import unseal
from tracker.seeding.accounts import DEMO_PASSWORD

NEW_PASSWORD = "Kuaile-de-gongzuo-77!"


def copied(world: World, browser: Client) -> Client:
    """Return another browser that holds the same cookies."""
    thief = world.app.test_client()
    assert isinstance(thief, Client)
    for cookie in browser._cookies.values():
        thief.set_cookie(cookie.key, cookie.value)
    return thief


def fixation(world: World) -> int:
    """Sign in with a cookie that somebody else knew before: it is another one afterwards."""
    browser = world.browser("anonymous")
    form = browser.form("/login")
    thief = copied(world, browser)
    answer = browser.submit(form, account="songjiang-clerk", password=DEMO_PASSWORD)
    assert thief.get("/todo").status_code == 302
    assert {cookie.value for cookie in thief._cookies.values()} != {
        cookie.value for cookie in browser._cookies.values()
    }
    return answer.status_code


def after_password_change(world: World) -> int:
    """Use a cookie that was copied before the password changed."""
    browser = world.browser("clerk")
    thief = copied(world, browser)
    assert thief.get("/todo").status_code == 200
    form = browser.form("/account/password", "/account/password")
    assert browser.submit(form, old=DEMO_PASSWORD, new=NEW_PASSWORD, again=NEW_PASSWORD).status_code == 303
    return thief.get("/todo").status_code


def after_disable(world: World) -> int:
    """Use a session whose account was disabled meanwhile."""
    browser, admin = world.browser("clerk"), world.browser("admin")
    assert browser.get("/todo").status_code == 200
    user = world.user("songjiang-clerk")
    form = {"csrf_token": world.token("admin"), "version": str(user.version)}
    assert admin.post(f"/admin/users/{user.id}/disable", data=form).status_code == 303
    return browser.get("/todo").status_code


def reset_twice(world: World) -> int:
    """Use a mailed link a second time."""
    browser = world.browser("anonymous")
    assert browser.submit(browser.form("/reset"), account="huangpu-clerk").status_code == 200
    letter = db.session.scalars(select(Message).where(Message.kind == "reset")).one()
    link = re.search(r"/reset/[\w-]+", unseal(letter.body_text))
    assert link
    form = browser.form(link[0], "/reset/")
    assert browser.submit(form, new=NEW_PASSWORD, again=NEW_PASSWORD).status_code == 303
    return browser.submit(form, new=NEW_PASSWORD + "x", again=NEW_PASSWORD + "x").status_code


def tampered(world: World) -> int:
    """Change one character of the cookie."""
    thief = copied(world, world.browser("clerk"))
    (cookie,) = [cookie for cookie in thief._cookies.values() if "session" in cookie.key]
    middle = len(cookie.value) // 2
    other = "A" if cookie.value[middle] != "A" else "B"
    thief.set_cookie(cookie.key, cookie.value[:middle] + other + cookie.value[middle + 1 :])
    return thief.get("/todo").status_code


HARNESSES: dict[str, Callable[[World], int]] = {
    "session.fixation": fixation,
    "session.replay_after_password_change": after_password_change,
    "session.replay_after_disable": after_disable,
    "reset.reuse": reset_twice,
    "cookie.tamper": tampered,
}
"""The kinds that are more than one request."""
