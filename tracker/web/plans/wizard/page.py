"""The check page: one task beside its lines in the source, the list of all, and every form that changes them."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import abort, render_template, request

from tracker.plans import desk_queries
from tracker.plans.desk_queries import Import, gaps, stamp, stamp_of_head, whole_number
from tracker.plans.desk_record import is_by_person
from tracker.rules.plan_text.drafts import TaskDraft
from tracker.rules.plan_text.keeping import DraftDamaged
from tracker.rules.status import MoveRefused
from tracker.rules.words import say
from tracker.web.forms import Form
from tracker.web.language import moment
from tracker.web.paging import SIZE, Page, choice, number, page_number
from tracker.web.plans.wizard import steps, words
from tracker.web.plans.wizard.forms import fresh_forms
from tracker.web.plans.wizard.marks import window
from tracker.web.plans.words import CERTAINTY_TEXT, FIELD_TEXT, MARK_TEXT, RULE_TEXT
from tracker.web.session import actor

DAMAGED = say("保存的识别结果读不出来（可能由别的版本保存）。请在“方案导入”里放弃这一次，重新上传文件。")
LISTS = {
    "all": say("全部{list}", list=""),
    "doubtful": say("存疑"),
    "edited": say("人工处理过"),
    "withdrawn": say("已撤下"),
}
SNIPPET = 26
SIGNS_IN_ROW, MOST_ROWS = 30, 16
NOTES = 8
"""What is odd about the source of one task; the rest stands in the list of all."""


@dataclass(frozen=True)
class Item:
    """A line of the list of tasks."""

    key: str
    number: str
    text: str
    section: str
    doubts: int
    edited: bool
    withdrawn: bool
    twice: bool


@dataclass(frozen=True)
class Asked:
    """What the address asks for: the task, and the page of the list."""

    task: TaskDraft
    listed: str
    more: bool
    line: int

    @property
    def suffix(self) -> str:
        """What links carry on."""
        return f"&list={self.listed}" if self.listed != "all" else ""


@dataclass(frozen=True)
class Left:
    """What somebody typed for a task that is no longer there or takes no changes, and the tasks that came of it."""

    typed: list[tuple[str, str]]
    heirs: list[TaskDraft]
    errors: list[str] = field(default_factory=list)


def loaded(import_id: int) -> Import:
    """Return an import of the address; a missing one is a page that is not there, a damaged one says what to do."""
    try:
        return desk_queries.get(actor(), import_id) or abort(404)
    except DraftDamaged:
        raise MoveRefused(DAMAGED) from None


def asked_for(found: Import, key: str | None = None) -> Asked:
    """Read the address; without a task it is the first doubtful one, else the first."""
    wanted = key if key is not None else request.args.get("task", "")
    first = found.doubts[0].key if found.doubts else ""
    tasks = {task.key: task for task in found.draft.tasks}
    if wanted and wanted not in tasks and key is None:
        abort(404)
    task = tasks.get(wanted) or tasks.get(first) or next(iter(tasks.values()), None) or abort(404)
    listed = choice("list", set(LISTS), "all")
    return Asked(task, listed, request.args.get("around") == "more", number("line") or 0)


def check_page(
    found: Import,
    asked: Asked,
    *,
    opened: str = "",
    form: Form | None = None,
    refused: str = "",
    clash: bool = False,
    preview: Sequence[tuple[str, str]] = (),
    left: Left | None = None,
) -> str:
    """Return the page; `opened` names the form that comes back with what was typed, `clash` that it was overtaken.

    `left` is what was typed into a form that the page does not offer any more.
    """
    task, unsaved = asked.task, opened if form else ""
    mine = typed_fields(form) if clash and form else []
    if clash and form:
        _renew(form, opened, found, task)
    opened = opened or ("patch" if asked.line else "")
    odd = desk_queries.anomalies(found.id)
    return render_template(
        "plans/wizard/check.html",
        found=found,
        head=found.draft.head,
        task=task,
        asked=asked,
        steps=steps.bar("check", found),
        window=window(found, task, asked.more),
        forms_of={**fresh_forms(found, task, asked.line), **({opened: form} if form else {})},
        opened=opened,
        unsaved=unsaved,
        refused=refused,
        conflict=_sides(found, task, opened, mine) if clash else None,
        preview=preview,
        left=left,
        evidence=_evidence(task),
        read_as=words.read_as(task.deadline),
        odd=[(anomaly, anomaly.severity == "warning") for anomaly in odd if task.number in _numbers(anomaly)][:NOTES],
        undecided=sum(map(desk_queries.is_undecided, odd)),
        summary=_summary(found),
        by_rule=_by_rule(found),
        distributed=[party for party in task.parties if party.distributed],
        may_edit=found.open,
        text_rows=min(MOST_ROWS, max(3, len(task.text) // SIGNS_IN_ROW + task.text.count("\n") + 1)),
        mark_text=MARK_TEXT,
        field_text=FIELD_TEXT,
        **_places(found, task),
        **_listing(found, asked),
    )


def _numbers(anomaly: Any) -> list[str]:
    found: list[str] = json.loads(anomaly.tasks)
    return found


def _places(found: Import, task: TaskDraft) -> dict[str, Any]:
    """Return where the task stands: what comes before and behind it, and which doubtful place it is."""
    keys = [other.key for other in found.draft.tasks]
    at = keys.index(task.key)
    doubtful = [doubt.key for doubt in found.doubts]
    return {
        "position": at + 1,
        "before": keys[at - 1] if at else "",
        "behind": keys[at + 1] if at + 1 < len(keys) else "",
        "doubts": len(doubtful),
        "doubt_at": doubtful.index(task.key) + 1 if task.key in doubtful else 0,
        "next_doubt": next_doubt(found, task.key),
        "last_doubt": last_doubt(found, task.key),
        "twins": [other for other in found.draft.tasks if other.number == task.number and other.key != task.key],
        "own_doubts": [doubt.field for doubt in found.doubts if doubt.key == task.key],
    }


def next_doubt(found: Import, key: str) -> str:
    """Return the task of the next doubtful place behind a task, from the beginning where there is none; or nothing."""
    keys = [task.key for task in found.draft.tasks]
    at = keys.index(key) if key in keys else -1
    doubtful = {doubt.key for doubt in found.doubts} - {key}
    return next((other for other in [*keys[at + 1 :], *keys[: at + 1]] if other in doubtful), "")


def last_doubt(found: Import, key: str) -> str:
    """Return the task of the doubtful place before a task, from the end where there is none; or nothing."""
    keys = [task.key for task in found.draft.tasks]
    at = keys.index(key)
    doubtful = {doubt.key for doubt in found.doubts} - {key}
    return next((other for other in [*reversed(keys[:at]), *reversed(keys[at:])] if other in doubtful), "")


def _evidence(task: TaskDraft) -> dict[str, dict[str, str]]:
    """Return by field how it was read, in words; of what a person settled the one word says all."""
    return {
        field: {
            "rule": "" if evidence.rule in CERTAINTY_TEXT else RULE_TEXT.get(evidence.rule, evidence.rule),
            "sure": CERTAINTY_TEXT.get(evidence.rule) or CERTAINTY_TEXT[evidence.certainty],
            "certainty": evidence.certainty.value,
            "why": evidence.why,
        }
        for field, evidence in task.evidence.items()
    }


def _summary(found: Import) -> dict[str, Any]:
    """Return what is said above everything: how many tasks, whether their numbers go on without a gap."""
    numbers = [task.number for task in found.binding]
    whole = all(whole_number(task) is not None for task in found.binding)
    missing = list(gaps(found.binding))
    repeated = [number for number, times in Counter(numbers).items() if times > 1]
    return {
        "tasks": len(numbers),
        "first": numbers[0] if numbers else "",
        "last": numbers[-1] if numbers else "",
        "continuous": whole and not missing and not repeated,
        "missing": missing[:10],
        "repeated": repeated[:10],
        "file": words.FILE_TEXT.get(found.kind, found.kind),
        "dialect": words.DIALECT_TEXT.get(found.draft.dialect, found.draft.dialect),
        "head_missing": [
            FIELD_TEXT[field]
            for field in ("doc_number", "title", "issuer", "issued_on")
            if not getattr(found.draft.head, field)
        ],
    }


def _by_rule(found: Import) -> list[tuple[str, str, int]]:
    """Return the rules that left doubts, with their sentence and how many."""
    counted = Counter(doubt.evidence.rule for doubt in found.doubts)
    return [(rule, RULE_TEXT.get(rule, rule), times) for rule, times in counted.most_common()]


def _listing(found: Import, asked: Asked) -> dict[str, Any]:
    """Return the list of tasks, narrowed, on the page asked for; otherwise on that with the task in hand."""
    doubts = Counter(doubt.key for doubt in found.doubts)
    times = Counter(task.number for task in found.draft.tasks)
    items = [
        Item(
            task.key,
            task.number,
            task.text.replace("\n", " ")[:SNIPPET],
            section.title,
            doubts[task.key],
            is_by_person(task),
            bool(task.withdrawn),
            times[task.number] > 1,
        )
        for section in found.draft.sections
        for task in section.tasks
    ]
    of = {
        "all": items,
        "doubtful": [item for item in items if item.doubts or item.twice],
        "edited": [item for item in items if item.edited],
        "withdrawn": [item for item in items if item.withdrawn],
    }
    shown = of[asked.listed]
    at = next((place for place, item in enumerate(shown) if item.key == asked.task.key), 0)
    page = Page(page_number() if "page" in request.args else at // SIZE + 1, len(shown))
    return {
        "items": shown[page.first - 1 : page.last] if shown else [],
        "page": page,
        "tabs": [
            {
                "label": label,
                "href": f"?task={asked.task.key}&list={name}#list" if name != "all" else f"?task={asked.task.key}#list",
                "active": name == asked.listed,
                "count": len(of[name]),
            }
            for name, label in LISTS.items()
        ],
    }


def _renew(form: Form, opened: str, found: Import, task: TaskDraft) -> None:
    """Let a form that was overtaken be sent once more, knowing what stands there now."""
    if opened == "patch":
        at = form["line"].data or 0
        form["old"].data = found.lines[at - 1] if 0 < at <= len(found.lines) else ""
    elif "version" in form:
        form["version"].data = stamp_of_head(found.draft.head) if opened == "head" else stamp(task)


def typed_fields(form: Form) -> list[tuple[str, str]]:
    """Return what was typed into a form, under the names of its fields."""
    hidden = {"version", "csrf_token", "old", "sure"}
    return [(field.label.text, _told(field)) for field in form if field.short_name not in hidden]


def _told(field: Any) -> str:
    if field.short_name == "kind":
        return next((label for kind, label in words.KIND_TEXT.items() if kind == field.data), "")
    return "" if field.data is None else str(field.data).replace("\r\n", "\n")


def _sides(found: Import, task: TaskDraft, opened: str, mine: list[tuple[str, str]]) -> dict[str, Any]:
    """Return both sides of a conflict: what a form would show now, and what was typed."""
    stored = fresh_forms(found, task, 0)
    theirs = typed_fields(stored[opened] if opened in ("task", "head") else stored["task"])
    if opened == "patch":
        theirs = []
    return {
        "mine": {"who": actor().name, "fields": mine},
        "theirs": {"who": found.changed_by, "when": moment(found.changed_at), "fields": theirs},
    }
