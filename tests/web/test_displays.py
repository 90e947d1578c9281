"""How pages are shown: kept per person, by the browser for visitors; and the first-visit tour."""

import pytest
from sqlalchemy import select

from tests.client import Client
from tests.web.conftest import CLERK, Visitor, token
from tracker import i18n
from tracker.db import db
from tracker.people.models import User
from tracker.seeding.accounts import DEMO_PASSWORD

ENGLISH = {
    "登录": "Sign in",
    "登录督办台账": "Sign in to Tracker",
    "帮助": "Help",
    "没有找到": "Not found",
    "登录已失效": "Your login has expired",
    "我的待办": "My to-do",
}


@pytest.fixture(autouse=True)
def _few_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "catalogue", lambda _language: lambda source: ENGLISH.get(source, source))


def account() -> User:
    """Return the clerk's account as it stands."""
    return db.session.scalars(select(User).where(User.account == CLERK)).one()


def choose(browser: Client, **wanted: str) -> int:
    """Send the display form; return the answer's status."""
    return browser.post("/account/display", data={"csrf_token": token(browser), **wanted}).status_code


@pytest.mark.parametrize(
    ("name", "value", "sign"),
    [
        ("theme", "dark", 'data-bs-theme="dark" data-theme="dark"'),
        ("theme", "light", 'data-bs-theme="light" data-theme="light"'),
        ("text_size", "larger", 'data-size="larger"'),
        ("keys", "off", 'data-keys="off"'),
        ("language", "en", '<html lang="en"'),
    ],
)
def test_a_choice_is_kept_with_the_account_and_shows_in_every_browser(
    visitor: Visitor, name: str, value: str, sign: str
) -> None:
    assert choose(visitor(CLERK), **{name: value}) == 303
    assert sign in visitor(CLERK).get("/help").text


def test_a_choice_leaves_the_others_as_they_are(clerk: Client) -> None:
    choose(clerk, theme="dark")
    choose(clerk, text_size="large")
    mine = account()
    assert (mine.theme, mine.text_size, mine.language, mine.keys) == ("dark", "large", "zh", True)


def test_a_choice_is_nobody_elses_matter(clerk: Client) -> None:
    before = account().version
    choose(clerk, theme="dark")
    assert account().version == before


@pytest.mark.parametrize(
    ("name", "value"),
    [("theme", "pink"), ("text_size", ""), ("keys", "true"), ("language", "xx"), ("language", "../en")],
)
def test_an_unknown_choice_is_refused_and_nothing_is_kept(clerk: Client, name: str, value: str) -> None:
    wanted = {"text_size": "large", name: value} if name != "text_size" else {"theme": "dark", name: value}
    assert choose(clerk, **wanted) == 422
    assert (account().text_size, account().theme) == ("normal", "auto")


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", ""])
def test_nobody_is_led_elsewhere(clerk: Client, visitor: Visitor, target: str) -> None:
    for browser, address in ((clerk, "/account/display"), (visitor(""), "/language"), (clerk, "/account/tour")):
        data = {"csrf_token": token(browser), "language": "en", "step": "done", "next": target}
        assert browser.post(address, data=data).location == "/"


def test_the_form_leads_back_to_the_page_also_with_chinese_in_its_address(clerk: Client) -> None:
    form = clerk.form("/search?q=用房", action="/account/display")
    assert clerk.submit(form, theme="dark").location == "/search?q=%E7%94%A8%E6%88%BF"
    page = clerk.get("/search", query_string={"q": "用房", "next": "https://elsewhere.example"}).text
    assert 'name="next" value="/search?q=%E7%94%A8%E6%88%BF"' in page


def test_a_visitor_speaks_a_language_that_the_browser_keeps(visitor: Visitor) -> None:
    browser = visitor("")
    answer = browser.submit(browser.form("/login", action="/language"), language="en")
    assert (answer.status_code, answer.location) == (303, "/login?next=/")
    page = browser.get("/login").text
    assert '<html lang="en"' in page
    assert "Sign in to Tracker" in page


def test_an_unknown_language_is_refused(visitor: Visitor) -> None:
    browser = visitor("")
    assert browser.post("/language", data={"csrf_token": token(browser), "language": "xx"}).status_code == 422


def test_a_visitors_choice_is_adopted_at_login(visitor: Visitor) -> None:
    browser = visitor("")
    browser.submit(browser.form("/login", action="/language"), language="en")
    browser.login(CLERK)
    assert account().language == "en"
    assert '<html lang="en"' in browser.get("/help").text


def test_whoever_chose_nothing_gets_the_language_of_the_account(visitor: Visitor) -> None:
    choose(visitor(CLERK), language="en")
    assert '<html lang="en"' in visitor(CLERK).get("/help").text


def test_one_persons_language_is_not_the_next_ones(visitor: Visitor) -> None:
    browser = visitor(CLERK)
    choose(browser, language="en")
    browser.logout()
    browser.submit(browser.form("/login"), account="huangpu-clerk", password=DEMO_PASSWORD)
    assert '<html lang="zh-CN"' in visitor("huangpu-clerk").get("/help").text


def test_error_pages_speak_the_readers_language(visitor: Visitor) -> None:
    browser = visitor(CLERK)
    choose(browser, language="en")
    assert "<h1>Not found</h1>" in browser.get("/nowhere").text
    stranger = visitor("")
    stranger.submit(stranger.form("/login", action="/language"), language="en")
    assert "<h1>Your login has expired</h1>" in stranger.post("/logout", data={"csrf_token": token(stranger)}).text


def test_a_choice_needs_the_forms_token(clerk: Client) -> None:
    assert clerk.post("/account/display", data={"theme": "dark"}).status_code == 400


# ---- the tour


FIRST = {
    "songjiang-clerk": ("/todo", 5),
    "songjiang-office1": ("/todo", 5),
    "songjiang-lead": ("/todo", 4),
    "reviewer-mishu": ("/todo", 4),
    "supervisor": ("/overdue", 4),
    "leader": ("/overview", 3),
    "admin": ("/admin/scheduler", 3),
    "auditor": ("/admin/audit", 2),
}


@pytest.mark.parametrize("who", FIRST)
def test_the_tour_is_asked_for_shown_on_the_first_page_and_left(visitor: Visitor, who: str) -> None:
    address, steps = FIRST[who]
    browser = visitor(who)
    assert "data-tour" not in browser.get(address).text
    answer = browser.submit(browser.form("/help", action="/account/tour"))
    assert (answer.status_code, answer.location) == (303, "/")
    assert browser.get(address).text.count("data-step=") == steps
    assert "data-tour" not in browser.get("/help").text
    left = browser.submit(browser.form(address, action="/account/tour"))
    assert (left.status_code, left.location) == (303, address)
    assert "data-tour" not in browser.get(address).text


def test_the_tour_waits_for_a_password_of_ones_own(visitor: Visitor) -> None:
    browser = visitor(CLERK)
    mine = account()
    mine.toured_at, mine.must_change = None, True
    db.session.commit()
    page = browser.get("/todo", follow_redirects=True)
    assert page.request.path == "/account/password"
    assert "data-tour" not in page.text


@pytest.mark.parametrize("step", ["", "begin", "done "])
def test_an_unknown_step_of_the_tour_is_refused(clerk: Client, step: str) -> None:
    data = {"csrf_token": token(clerk), "step": step}
    assert clerk.post("/account/tour", data=data).status_code == 422
