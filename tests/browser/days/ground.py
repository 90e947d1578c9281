"""The month as the day begins: tasks signed for, some reported, some accepted, one to be put off."""

from datetime import date

from tests.assignments.acts import moment, owed, person
from tracker.assignments import extensions
from tracker.assignments.operations import change_status
from tracker.people import queries
from tracker.reports import operations as reports
from tracker.reports.operations import Content
from tracker.rules.reports import Decision, ReportKind
from tracker.rules.status import Move

RESETTLEMENT = "协调相关部门和单位组织开展对刑满释放人员的安置帮教工作"
"""Task 8, due in February like task 7."""

NEWCOMER = "songjiang"
"""Whose clerk has not signed for anything."""

REVIEWERS = {"7": "reviewer-xingfazhixing", "8": "reviewer-anzhibangjiao"}
UNDECIDED = ("huangpu", "xuhui")
"""Who waits for the review of task 7."""

BEHIND = ("songjiang", "putuo", "chongming")
"""Who has not filed anything of February."""

ASKING = "jingan"
"""Who asks for a month more for task 1."""


def prepare() -> None:
    """Take the steps of two months, as the demo accounts."""
    for district in queries.districts():
        if district.slug != NEWCOMER:
            _sign(district.slug)
        if district.slug not in BEHIND:
            for task in REVIEWERS:
                _complete(task, district.slug)
    extensions.ask(
        person(f"{ASKING}-lead"),
        moment("2021-03-03"),
        owed("1", ASKING),
        date(2021, 4, 30),
        "街道换届尚未结束，请求顺延一个月。",
        "方案已报区政府，六个司法所中四个已完成。",
    )


def _sign(slug: str) -> None:
    for task in range(1, 29):
        change_status(person(f"{slug}-clerk"), moment("2021-02-18"), owed(str(task), slug), Move.ACKNOWLEDGE)


def _complete(task: str, slug: str) -> None:
    late = task == "7" and slug in UNDECIDED
    day, duty = "2021-03-04" if late else "2021-02-24", owed(task, slug)
    content = Content(done="工作已承接，各司法所按新要求运行一个月。", kind=ReportKind.COMPLETION, progress=100)
    reports.file(person(f"{slug}-clerk"), moment(day), duty, content, token=f"{duty}-{day}", version=0)
    if not late:
        reports.review(person(REVIEWERS[task]), moment("2021-02-26"), duty, Decision.ACCEPT, "")
