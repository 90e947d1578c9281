"""Letters about rounds: to whom when one opens, while a unit owes answers, once a question is answered; each once."""

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import moment, person, unit_id
from tests.indicators.acts import CLOSES, FORM, OPENS, close, extend, fill, recall, submit
from tracker.db import db, transaction
from tracker.indicators import figures, questions, rounds
from tracker.indicators.forms import known_form
from tracker.indicators.rounds import Opening
from tracker.jobs import run_day
from tracker.outbox.models import Message
from tracker.people.models import User
from tracker.reminders import round_letters
from tracker.reminders.round_letters import owed_step

BASE = "http://tracker.example.invalid"
SONGJIANG = ["songjiang-clerk", "songjiang-lead", "songjiang-deputy", "songjiang-head"]
LAST_DAY = date.fromisoformat(CLOSES)
"""A Wednesday."""


def open_round(title: str = "年度填报") -> int:
    """Open a round for all districts with its letters, and return its id."""
    supervisor, day = person("supervisor"), date.fromisoformat(OPENS)
    everybody = tuple(unit.id for unit in rounds.units(supervisor, day))
    wanted = Opening(FORM, 2020, title, day, LAST_DAY, everybody, "请如实填写。")
    with transaction():
        return round_letters.open_round(supervisor, moment(OPENS), wanted, BASE).id


def remind(day: str) -> int:
    """Queue a day's reminders; return how many."""
    with transaction():
        return round_letters.remind(date.fromisoformat(day), moment(day), BASE)


def letters(part: str = "", unit: str = "") -> list[Message]:
    """Every letter about rounds whose key holds a word, to the people of a unit."""
    wanted = select(Message).where(Message.kind == round_letters.KIND).order_by(Message.id)
    of_unit = unit_id(unit) if unit else None
    return [each for each in db.session.scalars(wanted) if part in each.key and of_unit in (None, each.unit_id)]


def readers(part: str, unit: str = "songjiang") -> list[str]:
    """Who of a unit has a letter whose key holds a word."""
    return sorted(letter.recipient for letter in letters(part, unit))


def test_clerks_and_leads_of_every_unit_hear_that_a_round_opens(seeded: Flask) -> None:
    number = open_round()
    assert readers(":opened:") == sorted(SONGJIANG)
    assert {letter.unit_id for letter in letters(":opened:")} == {
        unit.id for unit in rounds.units(person("supervisor"), date.fromisoformat(OPENS))
    }
    letter = letters(":opened:", "songjiang")[0]
    assert letter.subject == "【指标填报】年度填报：请于 2021-06-30 前上报"
    assert "2021年6月21日 开始，2021年6月30日 截止" in letter.body_text
    assert "请如实填写。" in letter.body_html
    assert f"{BASE}/indicators/{number}\n" in letter.body_text


def test_a_letter_is_in_its_readers_language(seeded: Flask) -> None:
    with transaction():
        db.session.scalars(select(User).where(User.account == "songjiang-clerk")).one().language = "en"
    open_round()
    found = {letter.recipient: letter.body_html for letter in letters(":opened:", "songjiang")}
    assert 'lang="en"' in found["songjiang-clerk"]
    assert 'lang="zh-CN"' in found["songjiang-lead"]


def test_a_day_reminds_once_however_often_it_runs(seeded: Flask) -> None:
    open_round()
    everybody = len(letters(":opened:"))
    assert remind("2021-06-22") == 0
    assert remind("2021-06-23") == everybody
    assert remind("2021-06-23") == 0
    list(run_day(date(2021, 6, 23), BASE))
    assert readers(":-7:") == sorted(SONGJIANG)
    letter = letters(":-7:", "songjiang")[0]
    assert letter.subject == "【指标填报】年度填报：还有 7 天截止，本区还没有上报"
    assert "已填 0/112 项指标" in letter.body_text
    assert f"/{unit_id('songjiang')}\n" in letter.body_text


def test_the_days_run_sends_them(seeded: Flask) -> None:
    open_round()
    list(run_day(date(2021, 6, 29), BASE))
    assert readers(":-1:") == sorted(SONGJIANG)


def test_who_submitted_hears_no_more_until_it_is_taken_back(seeded: Flask) -> None:
    number = open_round()
    fill(number)
    submit(number)
    assert remind("2021-06-29") > 0
    assert readers(":-1:") == []
    assert readers(":-1:", "huangpu") != []
    recall(number)
    remind("2021-07-01")
    assert readers(":+1:") == sorted(SONGJIANG)


def test_more_time_shifts_the_reminders(seeded: Flask) -> None:
    number = open_round()
    extend(number, "2021-07-07")
    remind("2021-06-29")
    remind("2021-07-01")
    assert readers("") == sorted(SONGJIANG), "only that of the opening"
    remind("2021-07-06")
    assert readers(":2021-07-07:-1:") == sorted(SONGJIANG)


def test_nobody_hears_of_a_round_that_has_ended(seeded: Flask) -> None:
    number = open_round()
    close(number, 16)
    assert remind("2021-07-01") == 0


@pytest.mark.parametrize(
    ("day", "since", "step"),
    [
        ("2021-06-23", "2021-06-22", "-7"),
        ("2021-06-24", "2021-06-23", ""),
        ("2021-06-28", "2021-06-25", "-3"),
        ("2021-06-30", "2021-06-29", ""),
        ("2021-07-02", "2021-07-01", "+1"),
        ("2021-07-05", "2021-07-02", "+3"),
        ("2021-07-20", "2021-07-19", "+14"),
    ],
)
def test_what_fell_on_a_day_off_or_was_missed_past_the_last_day_is_made_up_for(day: str, since: str, step: str) -> None:
    assert owed_step(LAST_DAY, date.fromisoformat(day), date.fromisoformat(since)) == step


def test_a_reminder_before_the_last_day_that_was_missed_is_not_made_up_for(seeded: Flask) -> None:
    open_round()
    assert remind("2021-06-24") == 0
    assert remind("2021-06-26") == 0, "a Saturday after a day without a run"


def test_every_units_clerk_hears_an_answer_once(seeded: Flask) -> None:
    number = open_round()
    with transaction():
        asked = questions.ask(person("songjiang-clerk"), moment(OPENS), number, 7, "临时党支部算不算？").id
    with transaction():
        round_letters.answer(person("supervisor"), moment(OPENS), number, asked, "不算。", BASE)
    found = letters(":answer")
    assert {letter.unit_id for letter in found} == {letter.unit_id for letter in letters(":opened:")}
    assert readers(":answer") == ["songjiang-clerk"]
    assert found[0].subject == "【指标填报】第7项指标的提问已答复"
    assert "临时党支部算不算？" in found[0].body_text
    assert "不算。" in found[0].body_html


def ask_offices(number: int, keys: tuple[str, ...], moment_of: datetime) -> None:
    """Let Songjiang's clerk ask the demo's office and another one, with letters."""
    clerk, own = person("songjiang-clerk"), person("songjiang-office1").unit_id
    offices = [each.id for each in figures.offices(clerk, unit_id("songjiang"), moment_of.date())]
    with transaction():
        wanted = {own, offices[0], offices[-1]}
        round_letters.ask_offices(clerk, moment_of, number, unit_id("songjiang"), keys, wanted, BASE)


def test_an_office_hears_what_it_is_asked_for_and_of_nothing_twice(seeded: Flask) -> None:
    number, at = open_round(), moment(OPENS)
    ask_offices(number, ("I007", "I011"), at)
    (letter,) = [each for each in letters(":figures:") if each.recipient == "songjiang-office1"]
    assert letter.subject == "【指标填报】松江区司法局要 2 个数，请于 2021-06-30 前报送"
    assert "I007　" in letter.body_text
    assert "I011　" in letter.body_text
    assert f"{BASE}/indicators/figures\n" in letter.body_text
    before = len(letters(":figures:"))
    ask_offices(number, ("I007", "I011"), at + timedelta(minutes=1))
    assert len(letters(":figures:")) == before, "nothing new was asked"
    ask_offices(number, ("I007", "I012"), at + timedelta(minutes=2))
    assert [each.subject[6:17] for each in letters(":figures:") if each.recipient == "songjiang-office1"] == [
        "松江区司法局要 2 个",
        "松江区司法局要 1 个",
    ]


def test_a_letter_to_an_office_names_ten_indicators_and_counts_the_rest(seeded: Flask) -> None:
    number = open_round()
    wanted = [key for key, _, _ in figures.summable(known_form(FORM))][:30]
    ask_offices(number, tuple(wanted), moment(OPENS))
    body = next(each.body_text for each in letters(":figures:") if each.recipient == "songjiang-office1")
    codes = dict.fromkeys(key[:4] for key in wanted)
    assert f"等 {len(codes)} 项指标。" in body
    assert [code in body for code in codes] == [True] * 10 + [False] * (len(codes) - 10)


def test_a_letter_after_the_last_day_names_no_day_to_come(seeded: Flask) -> None:
    number = open_round()
    ask_offices(number, ("I007",), moment("2021-07-05"))
    assert "截止日已过，请尽快报送" in letters(":figures:")[0].subject
