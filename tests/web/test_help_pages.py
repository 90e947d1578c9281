"""Help: what each role does, the keys of the keyboard, whom to ask."""

import re

import pytest
from sqlalchemy import update

from tests.client import Client
from tests.web.conftest import CLERK, Visitor
from tests.web.test_pages import ROLES
from tracker.db import db
from tracker.people.models import User
from tracker.resources import PACKAGE
from tracker.seeding.accounts import DEMO_PASSWORD

STATIC = PACKAGE / "static"
CHAPTERS = {
    "admin": ("admin", "account"),
    "supervisor": ("urge", "review", "account"),
    "leader": ("scores", "account"),
    "auditor": ("audit", "account"),
    "reviewer": ("todo", "review", "account"),
    "lead": ("sign", "account"),
    "clerk": ("todo", "task", "account"),
    "office": ("todo", "account"),
}
OTHERS = {"clerk": ("audit", "admin", "urge"), "auditor": ("todo", "task", "scores", "search"), "leader": ("todo",)}


@pytest.mark.parametrize("role", CHAPTERS)
def test_a_role_reads_of_what_it_does(visitor: Visitor, role: str) -> None:
    page = visitor(ROLES[role]).get("/help").text
    assert [name for name in CHAPTERS[role] if f'id="{name}"' not in page] == []
    assert [name for name in OTHERS.get(role, ()) if f'id="{name}"' in page] == []


@pytest.mark.parametrize("role", CHAPTERS)
def test_a_chapter_leads_only_where_the_role_may_go(visitor: Visitor, role: str) -> None:
    browser = visitor(ROLES[role])
    leads = re.findall(r'<a href="(/[^"]+)">打开这一页', browser.get("/help").text)
    assert leads
    assert {address: code for address in leads if (code := browser.get(address).status_code) != 200} == {}


def test_every_picture_is_sent(clerk: Client) -> None:
    pictures = re.findall(r'<img src="([^"]+)"', clerk.get("/help").text)
    assert pictures
    for address in pictures:
        with clerk.get(address) as answer:
            assert (answer.status_code, answer.mimetype) == (200, "image/png")


def test_whom_to_ask_are_ones_own_lead_the_supervisors_and_the_administrators(clerk: Client) -> None:
    page = clerk.get("/help").text.split('id="whom"')[1]
    assert "松江负责人" in page
    assert "黄浦" not in page
    assert "督办人员" in page
    assert "系统管理员" in page


def test_where_nobody_has_a_telephone_the_page_says_so(clerk: Client) -> None:
    db.session.execute(update(User).values(phone=""))
    db.session.commit()
    assert "还没有人登记电话" in clerk.get("/help").text


def test_the_sheet_of_keys_is_a_page_of_its_own(clerk: Client) -> None:
    page = clerk.get("/help/keys").text
    assert "data-sheet" in page
    assert page.count("<kbd>") >= 12


# ---- the login page


def test_the_login_page_names_the_limits_and_the_administrators_telephone_but_nobody(visitor: Visitor) -> None:
    page = visitor("").get("/login").text
    assert "连续输错 5 次，账号锁定 15 分钟。" in page
    assert 'href="tel:021-00000001"' in page
    names = db.session.query(User.name).filter(User.role == "admin").all()
    assert [name for (name,) in names if name in page] == []


def test_a_locked_account_reads_for_how_long_and_whom_to_call(visitor: Visitor) -> None:
    browser = visitor("")
    for _ in range(6):
        answer = browser.submit(browser.form("/login"), account=CLERK, password="wrong")
    assert answer.status_code == 429
    assert "约 15 分钟后可再试" in answer.text
    assert "tel:021-00000001" in answer.text


def set_phone(**phones: str) -> None:
    """Register telephone numbers."""
    for account, phone in phones.items():
        named = User.account == account.replace("_", "-")
        db.session.execute(update(User).where(named).values(phone=phone))
    db.session.commit()


@pytest.mark.parametrize("typed", ["13800000000", "138 0000 0000", "138-0000-0000"])
def test_a_telephone_number_signs_in(visitor: Visitor, typed: str) -> None:
    set_phone(songjiang_clerk="138-0000-0000")
    browser = visitor("")
    browser.login(typed)
    assert "松江经办" in browser.get("/account").text


def test_a_number_of_two_people_signs_nobody_in(visitor: Visitor) -> None:
    set_phone(songjiang_clerk="13800000000", huangpu_clerk="13800000000")
    browser = visitor("")
    answer = browser.submit(browser.form("/login"), account="13800000000", password=DEMO_PASSWORD)
    assert answer.status_code == 422


def test_tries_by_number_and_by_name_lock_together(visitor: Visitor) -> None:
    set_phone(songjiang_clerk="13800000000")
    browser = visitor("")
    for account in ("13800000000", CLERK, "13800000000", CLERK, "13800000000"):
        browser.submit(browser.form("/login"), account=account, password="wrong")
    assert browser.submit(browser.form("/login"), account=CLERK, password=DEMO_PASSWORD).status_code == 429


def test_without_scripts_the_dark_colours_are_those_of_the_theme() -> None:
    def colours(file: str, head: str) -> set[str]:
        block = (STATIC / file).read_text("utf-8").split(f"{head} {{")[1].split("}")[0]
        return {line.strip() for line in block.splitlines() if line.strip().startswith("--")}

    assert colours("theme-auto.css", '[data-theme="auto"]') == colours("theme.css", '\n[data-bs-theme="dark"]')
