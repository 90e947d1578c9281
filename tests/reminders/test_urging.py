"""催办: who is written to, once, about what, and why somebody is not."""

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import NoResultFound

from tests.assignments.acts import ZONE, moment, owed, person, take, unit_id
from tests.client import forget_what_was_read
from tests.factories import make_message, make_pause, make_policy, make_preference
from tracker.audit.models import AuditEntry
from tracker.db import LARGEST_ID, db, transaction
from tracker.outbox.models import Message, MessageAttachment
from tracker.outbox.operations import Attached
from tracker.overview import timeline
from tracker.people.models import Organization, User
from tracker.plans.models import Plan
from tracker.reminders import urges, urging
from tracker.reminders.models import Notice, Urge
from tracker.reminders.urge_words import MAX_TEXT, UrgeRefused
from tracker.reminders.urging import Urged
from tracker.rules.permissions import Action, Forbidden, may
from tracker.rules.status import Move

BASE = "https://tracker.example.invalid"
TEXT = "请抓紧办理。"
CLERK, REVIEWER = "songjiang-clerk", "reviewer-xingfazhixing"
FIRST = datetime(2021, 3, 5, 10, 42, tzinfo=ZONE)


def send(account: str, *ids: int, at: datetime = FIRST, text: str = TEXT) -> Urged:
    """Urge and commit."""
    with transaction():
        return urging.urge(person(account), at, ids, text, BASE)


def reasons(account: str, *ids: int, at: datetime = FIRST) -> dict[int, str]:
    """Why each of the ticked assignments would be left out; empty where it goes out."""
    found = urges.preview(person(account), at, ids)
    return {item.id: item.left_out.full if item.left_out else "" for item in (*found.going, *found.left_out)}


def count(model: type[db.Model]) -> int:  # type: ignore[name-defined]
    """How many rows a table has."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def seven(seeded: Flask) -> int:
    """What Songjiang owes of task 7."""
    return owed("7", "songjiang")


# ---- the letters


def test_each_person_gets_one_letter_about_all_their_ticked_rows(seeded: Flask) -> None:
    ids = [owed(task, unit) for task in ("7", "8", "1") for unit in ("songjiang", "huangpu")]
    done = send("supervisor", *ids)
    assert (done.letters, done.items, done.left_out) == (2, 6, ())
    letters = {letter.recipient: letter for letter in db.session.scalars(select(Message))}
    assert set(letters) == {CLERK, "huangpu-clerk"}
    letter = letters[CLERK]
    first = db.session.scalar(select(func.min(Urge.id)))
    assert (letter.key, letter.kind, letter.channel, letter.unit_id) == (
        f"urge:{first}:{CLERK}",
        "urge",
        "email",
        unit_id("songjiang"),
    )
    assert letter.subject == "【催办】3月5日：请抓紧办理3项任务（其中2项已逾期）"
    for task, distance in (("7", "已逾期5天"), ("8", "已逾期5天"), ("1", "还剩26天")):
        assert f"{BASE}/assignments/{owed(task, 'songjiang')}" in letter.body_text
        assert f"第{task}项" in letter.body_text
        assert distance in letter.body_text
    assert TEXT in letter.body_text
    assert "如有疑问请联系" in letter.body_text
    assert "<!--salutation-->" in letter.body_html
    assert not letter.body_text.startswith("\n")


def test_every_row_is_on_record_with_its_notices_and_the_act(seven: int) -> None:
    send("supervisor", seven, owed("8", "songjiang"))
    assert (count(Urge), count(Notice), count(Message)) == (2, 2, 1)
    urge = db.session.scalars(select(Urge).where(Urge.assignment_id == seven)).one()
    notice = db.session.scalars(select(Notice).where(Notice.assignment_id == seven)).one()
    assert (urge.text, urge.actor_name, urge.day) == (TEXT, person("supervisor").name, FIRST.date())
    assert (notice.kind, notice.step, notice.due_on) == ("urge", f"urge_{urge.id}", date(2021, 2, 28))
    acts = select(AuditEntry).where(AuditEntry.act == "urge", AuditEntry.object_id == seven)
    assert TEXT in db.session.scalars(acts).one().detail


def test_a_person_is_written_to_in_every_way_they_chose(seven: int) -> None:
    clerk = person(CLERK)
    with transaction():
        make_preference(user_id=clerk.id, email=True, in_app=True)
    assert urges.preview(person("supervisor"), FIRST, [seven]).recipients[0].channels == "邮件、站内"
    assert send("supervisor", seven).letters == 1
    letters = db.session.scalars(select(Message).order_by(Message.id)).all()
    assert [(letter.channel, letter.copy) for letter in letters] == [("email", False), ("in_app", True)]
    assert letters[1].key.startswith(letters[0].key)
    assert db.session.scalars(select(Notice.message_id)).all() == [letters[0].id]


def test_what_has_no_due_day_is_urged_as_of_the_day(seven: int) -> None:
    with transaction():
        db.session.execute(update(urges.Assignment).where(urges.Assignment.id == seven).values(due_on=None))
    send("supervisor", seven)
    assert db.session.scalars(select(Notice.due_on)).one() == FIRST.date()
    assert "持续推进，无截止日" in db.session.scalars(select(Message.body_text)).one()


def test_a_file_goes_with_every_letter(seven: int) -> None:
    file = Attached("督办单.docx", "a" * 64, 1234)
    with transaction():
        urging.urge(person("supervisor"), FIRST, [seven, owed("7", "huangpu")], TEXT, BASE, [file])
    kept = db.session.scalars(select(MessageAttachment)).all()
    assert [(row.name, row.sha256, row.size) for row in kept] == [("督办单.docx", "a" * 64, 1234)] * 2
    assert "附件：督办单.docx" in db.session.scalars(select(Message.body_text)).first()


# ---- the pause between two


@pytest.mark.parametrize(("later", "sent"), [((23, 59), False), ((24, 0), True)])
def test_an_assignment_is_urged_again_after_24_hours_and_not_before(
    seven: int, later: tuple[int, int], sent: bool
) -> None:
    send("supervisor", seven)
    again = FIRST + timedelta(hours=later[0], minutes=later[1])
    done = send(REVIEWER, seven, at=again)
    assert done.letters == int(sent)
    if not sent:
        reason = done.left_out[0].left_out
        assert reason
        assert reason.short == "24 小时内已催办"
        assert reason.full == f"{person('supervisor').name}已于 03-05 10:42 催办，03-06 10:42 以后可以再催。"
    assert count(Urge) == 1 + sent


def test_the_pause_is_the_plans_own(seven: int) -> None:
    with transaction():
        make_policy(plan_id=db.session.scalars(select(Plan.id)).one(), urge_hours=2)
    send("supervisor", seven)
    assert send("supervisor", seven, at=FIRST + timedelta(hours=1, minutes=59)).letters == 0
    assert send("supervisor", seven, at=FIRST + timedelta(hours=2)).letters == 1


def test_of_two_who_send_at_once_one_does(app: Flask, seven: int) -> None:
    ids = [seven, owed("8", "songjiang"), owed("7", "huangpu")]
    accounts, ready = ["supervisor", REVIEWER] * 3, threading.Barrier(6)
    done: list[Urged] = []

    def work(account: str) -> None:
        with app.app_context():
            mine = ids if account == "supervisor" else [seven]
            ready.wait(30)
            done.append(send(account, *mine))
            db.session.remove()

    threads = [threading.Thread(target=work, args=(account,)) for account in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    forget_what_was_read()
    assert len(done) == 6
    assert sum(result.items for result in done) == 3
    rows = select(Notice.user_id, Notice.assignment_id, func.count()).group_by(Notice.user_id, Notice.assignment_id)
    assert [row[2] for row in db.session.execute(rows)] == [1, 1, 1]
    assert count(Urge) == 3


# ---- who is left out


def exempt(id_: int) -> str:
    take("supervisor", Move.EXEMPT, "2021-03-01", id_, "不涉及")
    return "不适用，不用再催。"


def complete(id_: int) -> str:
    submit(id_)
    take(REVIEWER, Move.ACCEPT, "2021-03-01", id_)
    return "已办结，不用再催。"


def submit(id_: int) -> str:
    take(CLERK, Move.ACKNOWLEDGE, "2021-03-01", id_)
    take(CLERK, Move.SUBMIT, "2021-03-01", id_)
    return "承办单位已申请办结，正等待审核，下一步不在承办单位。"


def pause(id_: int) -> str:
    with transaction():
        make_pause(assignment_id=id_, reason="涉疫管控", actor_name="督办员", until_day=date(2021, 3, 6))
    return "督办员已暂停提醒，2021-03-06 恢复：涉疫管控"


def empty_unit(id_: int) -> str:
    with transaction():
        db.session.execute(update(User).where(User.account == CLERK).values(active=False))
        db.session.execute(
            update(Organization).where(Organization.id == unit_id("songjiang")).values(phone="021-57890000")
        )
    return "松江区司法局没有在用的经办人账号。请致电 021-57890000，并请系统管理员补上经办人。"


def expired(id_: int) -> str:
    with transaction():
        db.session.execute(update(User).where(User.account == CLERK).values(valid_until=FIRST.date()))
        db.session.execute(update(Organization).where(Organization.id == unit_id("songjiang")).values(phone=""))
    return "松江区司法局没有在用的经办人账号，也没有登记电话。请系统管理员补上经办人和电话。"


@pytest.mark.parametrize("become", [exempt, complete, submit, pause, empty_unit, expired])
def test_what_is_left_out_is_told_with_its_reason_and_sends_nothing(seven: int, become: Callable[[int], str]) -> None:
    told = become(seven)
    other = owed("7", "huangpu")
    assert reasons("supervisor", seven, other) == {seven: told, other: ""}
    done = send("supervisor", seven, other)
    assert [item.id for item in done.left_out] == [seven]
    assert db.session.scalars(select(Notice.assignment_id)).all() == [other]
    assert send("supervisor", seven).letters == 0
    assert count(Message) == 1


def test_a_pause_ends_on_its_day(seven: int) -> None:
    pause(seven)
    assert reasons("supervisor", seven, at=FIRST + timedelta(days=1)) == {seven: ""}


def test_offices_are_left_out_where_their_plan_asks_nothing_of_them(seeded: Flask) -> None:
    office = owed("7", "songjiang-yueyang")
    assert reasons("songjiang-lead", office) == {office: ""}
    with transaction():
        db.session.execute(update(Plan).values(offices_report=False))
    assert reasons("songjiang-lead", office) == {office: "本方案设定为不要求司法所填报。"}


def test_a_preview_says_when_the_last_notice_went_out_by_itself_and_offers_a_fitting_template(seven: int) -> None:
    supervisor = person("supervisor")
    found = urges.preview(supervisor, FIRST, [seven])
    assert (found.going[0].reminded_on, found.wording) == (None, "overdue")
    assert urges.preview(supervisor, FIRST, [owed("1", "songjiang")]).wording == "plain"
    assert urges.preview(supervisor, FIRST, [seven, owed("8", "songjiang")]).wording == "summary"
    send("supervisor", seven)
    assert urges.preview(supervisor, FIRST, [seven]).left_out[0].reminded_on is None


# ---- who may


MATRIX = [
    ("supervisor", "songjiang", ""),
    ("supervisor", "songjiang-yueyang", ""),
    (REVIEWER, "songjiang", ""),
    (REVIEWER, "huangpu", ""),
    ("reviewer-mishu", "songjiang", "hide"),
    ("songjiang-lead", "songjiang", "deny"),
    ("songjiang-lead", "songjiang-yueyang", ""),
    ("songjiang-lead", "huangpu", "hide"),
    (CLERK, "songjiang", "deny"),
    (CLERK, "songjiang-yueyang", "deny"),
    (CLERK, "huangpu", "deny"),
    ("songjiang-office1", "songjiang", "deny"),
    ("leader", "songjiang", "deny"),
    ("admin", "songjiang", "deny"),
    ("auditor", "songjiang", "deny"),
]
"""Who, whose task 7, and what happens; a role without the power at all is told so, whichever the record."""


@pytest.mark.parametrize(("account", "unit", "answer"), MATRIX)
def test_each_role_urges_what_the_matrix_says(seeded: Flask, account: str, unit: str, answer: str) -> None:
    refusal = {"hide": NoResultFound, "deny": Forbidden}.get(answer)
    id_ = owed("7", unit)
    for act in (lambda: urges.preview(person(account), FIRST, [id_]), lambda: send(account, id_)):
        if refusal:
            with pytest.raises(refusal):
                act()
        else:
            act()
    assert count(Urge) == (0 if answer else 1)
    assert may(person(account), Action.URGE) or answer == "deny"


def test_nobody_but_a_supervisor_urges_their_own_unit(seeded: Flask) -> None:
    own = owed("7", "xingfazhixing")
    with pytest.raises(Forbidden, match="本单位"):
        urges.preview(person(REVIEWER), FIRST, [own])


def test_one_foreign_or_missing_row_among_many_stops_all(seven: int) -> None:
    for id_ in (owed("7", "huangpu"), 2_000_000, LARGEST_ID, 0):
        with pytest.raises(NoResultFound):
            send("songjiang-lead", owed("7", "songjiang-yueyang"), id_)
    assert (count(Urge), count(Message)) == (0, 0)


@pytest.mark.parametrize(("number", "words"), [(0, "请先勾选"), (501, "一次最多催办 500 项，您选了 501 项")])
def test_none_and_too_many_are_refused_in_words(seeded: Flask, number: int, words: str) -> None:
    with pytest.raises(UrgeRefused, match=words):
        urges.preview(person("supervisor"), FIRST, range(1, number + 1))


# ---- the text


@pytest.mark.parametrize("written", ["", " \r\n\t", "\u200b\u202e", "字" * (MAX_TEXT + 1)])
def test_a_text_that_is_empty_or_too_long_sends_nothing(seven: int, written: str) -> None:
    with pytest.raises(UrgeRefused):
        send("supervisor", seven, text=written)
    assert count(Urge) == 0


def test_markup_in_a_text_stays_text(seven: int) -> None:
    send("supervisor", seven, text="<script>x</script>{{7*7}}")
    letter = db.session.scalars(select(Message)).one()
    assert "&lt;script&gt;x&lt;/script&gt;{{7*7}}" in letter.body_html
    assert "<script>x</script>{{7*7}}" in letter.body_text


# ---- what was sent


def test_counts_say_how_often_when_and_by_whom_up_to_a_day(seven: int) -> None:
    other, never = owed("8", "songjiang"), owed("1", "songjiang")
    send("supervisor", seven, other)
    later = FIRST + timedelta(days=2)
    send(REVIEWER, seven, at=later)
    found = urges.counts([seven, other, never])
    assert {id_: value.number for id_, value in found.items()} == {seven: 2, other: 1}
    assert (found[seven].last_at, found[seven].last_by) == (later, person(REVIEWER).name)
    assert urges.counts([seven], FIRST.date())[seven] == (1, FIRST, person("supervisor").name)
    assert urges.counts([seven], date(2021, 3, 4)) == {}
    assert urges.counts([]) == {}
    assert urges.counts(range(1, urges.LONGEST_LIST + 2))[seven].number == 2


@pytest.mark.parametrize("units", [1, 12])
def test_a_preview_asks_the_database_so_often_however_many_are_ticked(
    seeded: Flask, query_count: Callable[..., object], units: int
) -> None:
    supervisor = person("supervisor")
    slugs = db.session.scalars(select(Organization.slug).where(Organization.kind == "district_bureau")).all()
    ids = [owed("7", slug) for slug in slugs[:units]]
    with query_count() as queries:  # type: ignore[attr-defined]
        urges.preview(supervisor, FIRST, ids)
    # The assignments, their people, the counts, the pauses, four of the policies, the notices, the ways to write.
    assert len(queries.statements) == 10, queries.statements


def test_the_course_of_an_assignment_tells_who_was_urged_by_whom_and_what_became_of_it(seven: int) -> None:
    clerk = person(CLERK)
    send("supervisor", seven)
    with transaction():
        db.session.execute(update(Message).values(state="dead", error="收件人没有登记电子邮箱"))
        db.session.execute(update(User).where(User.id == clerk.id).values(phone="021-1234"))
    event = timeline.events(seven, [])[0]
    assert (event.who, event.what, event.reason) == (person("supervisor").name, "催办，发出催办信 1 封", TEXT)
    (letter,) = event.letters
    assert (letter.name, letter.words, letter.failed) == (clerk.name, "邮件未送达", True)
    assert (letter.error, letter.phone) == ("收件人没有登记电子邮箱", "021-1234")


def test_the_course_of_an_assignment_tells_of_copies_and_of_what_was_sent_again(seven: int) -> None:
    with transaction():
        make_preference(user_id=person(CLERK).id, in_app=True)
    send("supervisor", seven)
    first, copy = db.session.scalars(select(Message).order_by(Message.id)).all()
    with transaction():
        db.session.execute(update(Message).where(Message.id == first.id).values(state="dead", error="邮箱不存在"))
        make_message(key=f"{first.key}~2", kind="urge", recipient=CLERK, state="void")
        make_message(key=f"{copy.key}~2", kind="urge", recipient=CLERK, channel="in_app", copy=True)
        make_message(key=f"{first.key}1", kind="urge", recipient=CLERK)
    event = timeline.events(seven, [])[0]
    assert event.what == "催办，发出催办信 1 封"
    assert [letter.words for letter in event.letters] == [
        "邮件未送达",
        "站内待发送",
        "重发邮件不再需要",
        "重发站内待发送",
    ]


def test_a_moment_is_a_moment_whatever_its_zone(seven: int) -> None:
    send("supervisor", seven, at=moment("2021-03-05"))
    assert urges.counts([seven])[seven].last_at == moment("2021-03-05")
