"""Made-up content for every widget: no record of anybody, and nothing that is stored."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tracker.i18n import translate
from tracker.overview.dashboard import Month
from tracker.overview.timeline import Event
from tracker.rules.appeals import Clock
from tracker.rules.pins import FATE_TEXT, Fate
from tracker.rules.score_terms import OFFICES_TEXT, Rule
from tracker.rules.scoring import Tally, points
from tracker.rules.words import say
from tracker.web.charts import burn_up
from tracker.web.conflicts import compared

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2021, 6, 24)
TOTAL = 28

_CLERK, _REVIEWER = say("经办人"), say("审核人")
_LIST = say("受委托事项清单.txt")
_REASON = say("请补充受委托事项的书面材料。")
_DONE = say("两所编制已落实，佐证材料已上传。")
_DATA = {"id": 1, "name": _LIST, "file_version": 2, "size": 4096, "sha256": "0" * 64}


def _at(month: int, day: int, hour: int) -> datetime:
    return datetime(2021, month, day, hour, tzinfo=ZONE)


def events() -> list[Event]:
    """Return the course of a task."""
    return [
        Event(_at(6, 24, 9), say("系统"), say("发出临近提醒"), "reminder", mark="c-6"),
        Event(_at(6, 18, 15), _REVIEWER, say("催办"), "urged", say("请于三日内填报进展。"), mark="c-5"),
        Event(_at(6, 11, 10), _REVIEWER, say("退回修改"), "returned", _REASON, mark="c-4"),
        Event(_at(6, 10, 11), _CLERK, say("申请办结"), "report", mark="c-3"),
        Event(_at(6, 9, 16), _CLERK, say("留言"), "note", say("两所编制已报批。"), comment_id=1, mark="c-2"),
        Event(_at(4, 2, 9), _CLERK, say("签收"), "receipt", mark="c-1"),
    ]


def chart() -> Any:
    """Return half a year of a plan."""
    figures = [(1, 0, 0), (2, 2, 1), (3, 6, 5), (4, 9, 7), (5, 14, 11), (6, 19, 16)]
    return burn_up([Month(date(2021, month, 1), 0, due, done) for month, due, done in figures], TOTAL, 2021)


def report() -> dict[str, Any]:
    """Return a report that came back."""
    return {
        "report": {"progress": 60},
        "situation": say("进展顺利"),
        "state": say("退回修改"),
        "done": translate(_DONE),  # Written texts are HTML by the time they are shown.
        "problems": translate(say("另一所待批复。")),
        "next_steps": "",
        "help_needed": "",
        "files": [_DATA],
        "rechecked": False,
        "review": {"decision": "return", "reason": _REASON, "reviewer_name": _REVIEWER},
    }


def score() -> dict[str, Any]:
    """Return a district's score with its rule, and the two readings of its cap."""
    rule = Rule(
        Decimal(20), Decimal(1), quote="未能完成的，每项任务扣 1 分，扣完为止", source="沪司发〔2021〕11号", since=DAY
    )
    tally = Tally(total=28, due=16, completed=15, completed_due=14, missed=2, late=1)
    standing = {"tally": tally, "points": points(rule, tally), "rank": 8}
    reading = {"most": rule.base, "other_most": Decimal(10), "other_score": Decimal(18)}
    return {"standing": standing, "rule": rule, "reading": reading, "offices": OFFICES_TEXT[rule.offices]}


def approved() -> dict[str, Any]:
    """Return what was sealed, once as it is and once altered, and a corrected report beside it."""
    pin = {"step": "accepted", "actor_name": _REVIEWER, "at": _at(6, 21, 9), "sha256": "0" * 64}
    changes = [{"what": say("完成情况"), "before": _DONE, "after": say("两所编制已报批。")}]
    label = say("完成情况")
    texts = compared({"fields": [(label, say("两所编制已报批。"))]}, {"fields": [(label, _DONE)]})
    file = {"name": _LIST, "version": 2, "fate": Fate.RENEWED}
    return {
        "item": {"closed_on": DAY},
        "kept": {"pin": pin, "content": {"files": [_DATA]}, "changes": []},
        "broken": {"pin": pin, "content": {"files": [_DATA]}, "changes": changes},
        "comparison": {"texts": texts, "files": [(file, FATE_TEXT[Fate.RENEWED])], "sealed": True},
    }


def _office(id_: int, unit: str, progress: int, due_on: date | None, light: tuple[str, str]) -> dict[str, Any]:
    return {"row": {"id": id_, "unit": unit, "progress": progress, "due_on": due_on, "extensions": 0}, "light": light}


def _moved() -> dict[str, Any]:
    return {
        "old_due_on": date(2021, 6, 30),
        "new_due_on": date(2021, 8, 31),
        "at": _at(6, 21, 9),
        "by": say("督办人员"),
        "extension_id": 1,
        "reason": say("街道换届尚未结束，请求顺延两个月。"),
    }


def _appeal(id_: int, state: str, answer: str = "") -> dict[str, Any]:
    return {
        "id": id_,
        "state": state,
        "assignment_id": None,
        "points": Decimal(1),
        "reason": say("任务已按期完成，附区局会议纪要。"),
        "asked_by": say("区局负责人"),
        "day": DAY,
        "answer": answer,
        "decided_by": say("督办人员") if answer else "",
    }


def _objections() -> dict[str, Any]:
    return {
        "appeals": [_appeal(1, "asked"), _appeal(2, "refused", say("已核对，台账缺签名。"))],
        "appeal_text": {"asked": say("待裁定"), "refused": say("裁定不成立")},
        "desk": {
            "about": {1: say("第{number}项", number=7), 2: say("登记的扣分")},
            "clocks": {1: Clock(date(2021, 7, 1), 5, 0)},
            "own": {},
        },
    }


def sample() -> dict[str, Any]:
    """Return what the macros of records are shown with."""
    return {
        "day": DAY,
        "item": {"id": 1, "due_on": date(2021, 8, 31)},
        "report": report(),
        "files": [_DATA],
        "approved": approved(),
        "differences": [
            {"label": say("完成情况"), "before": say("一所编制已落实。"), "after": _DONE},
            {"label": say("完成进度"), "before": "60%", "after": "80%"},
        ],
        "offices": [
            _office(2, say("示例司法所"), 40, DAY, ("near", say("临期"))),
            _office(3, say("示例第二司法所"), 0, None, ("normal", say("正常"))),
        ],
        "request": {
            "id": 1,
            "old_due_on": date(2021, 6, 30),
            "new_due_on": date(2021, 8, 31),
            "asked_by": say("区局负责人"),
            "asked_at": _at(6, 20, 9),
            "reason": say("街道换届尚未结束，请求顺延两个月。"),
            "progress": say("方案已报区政府，六个司法所中四个已完成。"),
        },
        "moved": [_moved()],
        **_objections(),
        "sides": {
            "theirs": {"who": say("另一位经办人"), "when": "10:40", "text": say("一所编制已落实，另一所待批复。")},
            "mine": {"who": _CLERK, "when": "10:42", "text": _DONE},
        },
        "entries": [
            {
                "number": 12,
                "at": _at(6, 24, 9),
                "name": _CLERK,
                "account": "example",
                "unit": say("示例区司法局"),
                "act": "file_report",
                "outcome": "refused",
                "object_type": "report",
                "object_id": 1,
                "detail": say("申请办结"),
                "request_id": "0a1b2c",
                "address": "127.0.0.1",
            }
        ],
    }
