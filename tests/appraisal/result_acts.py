"""Acts of a year's end, as short as they are told: complete(); compile_year(); grade("办公室", "good"); approve()."""

from datetime import date

from tests.appraisal.acts import COMPILER, DAY, HEAD, put, the_year, unit
from tests.assignments.acts import moment, person
from tracker.appraisal import decisions, queries, results
from tracker.appraisal.results import Found
from tracker.db import transaction

BY_HAND = {"W5-9": "12"}


def complete(day: str = DAY) -> None:
    """Enter all that is awaited, each with its most points."""
    for sheet in queries.every_sheet(the_year(), date.fromisoformat(day)):
        most = {line.clause.code: each.item.points for each in sheet.year.work for line in each.lines}
        for code in sheet.year.awaits:
            put(sheet.unit.name, code, points=BY_HAND.get(code) or f"{most[code]:f}", day=day)


def decide(subject: str, value: str, account: str = HEAD, reason: str = "领导小组会议商定", seen: int = 0) -> int:
    """Decide of a matter, and return the decision's number."""
    with transaction():
        found = decisions.decide(person(account), moment(DAY), the_year().id, subject, value, reason, seen)
        return found.id


def compile_year(account: str = COMPILER, *, confirmed: bool = True, day: str = DAY) -> None:
    """Compile the year."""
    with transaction():
        results.compile_(person(account), moment(day), the_year().id, confirmed=confirmed)


def return_year(reason: str = "请补登记", account: str = HEAD) -> None:
    """Return the year."""
    with transaction():
        results.return_(person(account), moment(DAY), the_year().id, reason)


def grade(name: str, value: str, account: str = HEAD, reason: str = "领导小组会议审定") -> None:
    """Decide a unit's grade."""
    with transaction():
        results.grade(person(account), moment(DAY), the_year().id, unit(name), value, reason)


def grade_all(*excellent: str) -> None:
    """Grade every unit: the named ones 优秀, the others 优良."""
    for found in queries.units(the_year()):
        grade(found.name, "excellent" if found.name in excellent else "good")


def approve(account: str = HEAD, day: str = DAY, *, confirmed: bool = True) -> None:
    """Approve the year."""
    with transaction():
        results.approve(person(account), moment(day), the_year().id, confirmed=confirmed)


def publish(account: str = HEAD) -> None:
    """Publish the year."""
    with transaction():
        results.publish(person(account), moment(DAY), the_year().id)


def result(account: str = HEAD, day: str = DAY) -> Found:
    """Return the result as a person sees it."""
    return results.result(person(account), the_year().id, date.fromisoformat(day))


def spread(*at_the_third: str) -> None:
    """Let units stand apart: 办公室 first, 复议应诉科 second, the named ones tie at the third, others far behind."""
    behind = {
        "政治处": 5,
        "执法监督科": 6,
        "秘书科": 5,
        "普法科": 6,
        "社区矫正（教育帮扶）科": 7,
        "公服科": 5,
        "律公科": 6,
    }
    behind |= {"法律援助中心": 8, "促进法治科": 5, "复议应诉科": 1} | dict.fromkeys(at_the_third, 2)
    for name, count in behind.items():
        put(name, "T-2.3", count=count)
