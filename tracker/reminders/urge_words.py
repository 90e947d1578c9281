"""The words of a 催办: the templates a sender begins with, the cleaning of what they write, and the letter itself."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker import letters
from tracker.letters import Body
from tracker.reminders.digest import distance_words, due_words, shortened
from tracker.rules.sentences import day_and_weekday
from tracker.rules.words import say

MAX_SUBJECT = 60
MAX_TEXT = 500
TEMPLATE = "urge"
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode categories that nobody can see, and that can turn the order of what is seen around."""

_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Wording:
    """A text that a sender may begin with."""

    name: str
    text: str


WORDINGS: dict[str, Wording] = {
    "plain": Wording(
        say("一般催办"),
        say("请抓紧办理以下事项，按完成时限推进，并及时填报进展。推进有困难的，请在填报中写明，以便协调。"),
    ),
    "overdue": Wording(
        say("逾期催办"),
        say(
            "以下事项已超过完成时限，尚未办结。请尽快办理，并于收到本信后 3 个工作日内填报进展，"
            "写明未按时完成的原因、下一步安排和预计完成时间。"
        ),
    ),
    "summary": Wording(
        say("汇总催办"),
        say(
            "经梳理，贵单位以下事项需要重点推进。请逐项核对：已经办完的，请提交办结申请并附佐证材料；"
            "尚未办结的，请填报进展，写明存在的问题和下一步安排。"
        ),
    ),
}
"""By the word a form sends."""


class UrgeRefused(ValueError):
    """A 催办 that is not sent as it is; the message is for the sender."""


def clean(text: str) -> str:
    """Return what a sender wrote without anything unseen; raise UrgeRefused where it is empty or too long."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    seen = ("".join(c for c in line if unicodedata.category(c) not in UNSEEN).rstrip() for line in lines)
    cleaned = _BLANK_LINES.sub("\n\n", "\n".join(seen)).strip()
    if not cleaned:
        raise UrgeRefused(say("请写明催办的内容，或选用一个模板。"))
    if len(cleaned) > MAX_TEXT:
        raise UrgeRefused(
            say(
                "催办内容最多 {max_text} 字，现有 {n} 字。请精简，或把详细要求作为附件。",
                max_text=MAX_TEXT,
                n=len(cleaned),
            )
        )
    return cleaned


def clean_subject(typed: str) -> str:
    """Return a subject of the sender's own; raise UrgeRefused where it is too long or more than a plain line."""
    subject = unicodedata.normalize("NFC", typed).strip(" \u3000")
    if any(unicodedata.category(sign) in UNSEEN or sign in "\u2028\u2029" for sign in subject):
        raise UrgeRefused(say("标题只能写一行，不能含换行或看不见的字符。请改写标题。"))
    if len(subject) > MAX_SUBJECT:
        raise UrgeRefused(
            say("标题最多 {max_subject} 字，现有 {n} 字。请精简。", max_subject=MAX_SUBJECT, n=len(subject))
        )
    return subject


@dataclass(frozen=True)
class Sender:
    """Who urges, as the letter says."""

    unit: str
    name: str
    phone: str


@dataclass(frozen=True)
class Line:
    """An assignment as the letter lists it."""

    assignment_id: int
    number: str
    doc_number: str
    text: str
    due_on: date | None


def subject(lines: Sequence[Line], day: date) -> str:
    """Return the subject of a letter."""
    late = sum(1 for line in lines if line.due_on and line.due_on < day)
    return letters.subject(
        TEMPLATE,
        {"date_words": say("{day:short}", day=day), "count": len(lines), "late": late},
    )


def body(
    sender: Sender, text: str, lines: Sequence[Line], day: date, base_url: str, attachments: Sequence[str] = ()
) -> Body:
    """Return a letter without its greeting; links begin with `base_url`."""
    return letters.body(
        TEMPLATE,
        {
            "paragraphs": [line for line in text.split("\n") if line],
            "sender": sender,
            "day_words": day_and_weekday(day),
            "rows": [_row(line, day, base_url) for line in lines],
            "attachments": list(attachments),
            "todo_link": f"{base_url}/todo",
        },
    )


def _row(line: Line, day: date, base_url: str) -> dict[str, Any]:
    return {
        "number": line.number,
        "doc_number": line.doc_number,
        "text": shortened(line.text),
        "due": due_words(line.due_on, day) if line.due_on else say("持续推进，无截止日"),
        "distance": distance_words(line.due_on, day) if line.due_on else "",
        "late": line.due_on is not None and line.due_on < day,
        "link": f"{base_url}/assignments/{line.assignment_id}",
    }
