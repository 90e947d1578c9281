"""What differs between a sealed score sheet and the same sheet made anew from the record, in the user's words."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.rules.evaluation import VERDICT_TEXT
from tracker.rules.reports import KIND_TEXT, STATE_TEXT
from tracker.rules.score_terms import OFFICES_TEXT
from tracker.rules.scoring import Outcome
from tracker.rules.status import MOVE_TEXT, REQUEST_TEXT, STATUS_TEXT
from tracker.rules.words import Words, say

FORMAT = 2
"""The format of sheets made now; the first ones named none, and held the lines alone."""

SHEET = say("得分表")

SHORT = 40
"""Signs of a value that are told; of a longer one only that it differs."""


@dataclass(frozen=True)
class Difference:
    """One thing that is not what it was: where, what, before and after; `follows` where it only follows from others."""

    where: str
    what: str
    before: str = ""
    after: str = ""
    follows: bool = False

    @property
    def words(self) -> Words:
        """Say it in one sentence."""
        if not self.before and not self.after:
            return say("{where}：{what}", where=self.where, what=self.what)
        return say(
            "{where}：{what} 封存为“{before}”，现为“{after}”",
            where=self.where,
            what=self.what,
            before=self.before,
            after=self.after,
        )


OUTCOME_TEXT: dict[Outcome, Words] = {
    Outcome.BASE: say("本项满分"),
    Outcome.MISSED: say("未完成"),
    Outcome.EXCUSED: say("异议成立，退回"),
    Outcome.ENTERED: say("登记的扣分"),
    Outcome.LATE: say("逾期后办结"),
    Outcome.DONE: say("按期办结"),
    Outcome.NOT_DUE: say("未到期"),
    Outcome.EXCLUDED: say("不适用或已撤销"),
    Outcome.CAP: say("封顶"),
}

FIELDS: dict[str, Words] = {
    "day": say("日期"),
    "plan": say("方案文号"),
    "title": say("方案名称"),
    "unevaluated": say("未经评估定稿的理由"),
    "filename": say("原文件名"),
    "sha256": say("sha256"),
    "text_sha256": say("原文文本"),
    "number": say("编号"),
    "rule": say("评分规则版本"),
    "since": say("起算日"),
    "base": say("满分"),
    "per_miss": say("每项扣分"),
    "cap": say("未完成任务合计最多扣"),
    "late_counts": say("逾期后办结是否扣分"),
    "offices": say("司法所条件"),
    "share": say("司法所占比（%）"),
    "quote": say("规则原文"),
    "rule_source": say("规则出处"),
    "evaluation_from": say("评估开始日"),
    "evaluation_to": say("评估结束日"),
    "self_evaluation_on": say("自评报送日"),
    "appeal_days": say("异议期（工作日）"),
    "answer_days": say("答复期限（工作日）"),
    "board_open": say("排名是否对各区公开"),
    "opened_on": say("开始日"),
    "opened_at": say("开始时刻"),
    "opened_by": say("发起人"),
    "published_on": say("公布日"),
    "published_at": say("公布时刻"),
    "published_by": say("公布人"),
    "text": say("任务原文"),
    "content": say("内容"),
    "task_id": say("任务"),
    "issued_on": say("交办日"),
    "line_from": say("原文起始行"),
    "line_to": say("原文结束行"),
    "due_on": say("完成时限"),
    "original_due_on": say("原时限"),
    "extensions": say("延期次数"),
    "status": say("状态"),
    "completed_on": say("办结日"),
    "excused": say("异议成立"),
    "judged": say("另行认定"),
    "cause": say("认定来由"),
    "recorded": say("记录的状态"),
    "reason": say("理由"),
    "at": say("时刻"),
    "by": say("经手人"),
    "move": say("办理"),
    "from": say("原状态"),
    "to": say("新状态"),
    "old": say("原时限"),
    "new": say("新时限"),
    "extension": say("延期申请"),
    "asked_at": say("申请时刻"),
    "asked_by": say("申请人"),
    "progress": say("现有进展"),
    "answer": say("答复"),
    "kind": say("种类"),
    "state": say("状态"),
    "filed_on": say("报送日"),
    "filed_at": say("报送时刻"),
    "review": say("审核"),
    "decision": say("审核意见"),
    "name": say("文件名"),
    "version": say("文件版本"),
    "size": say("大小"),
    "report": say("报告"),
    "step": say("环节"),
    "verdict": say("评估认定"),
    "comment": say("评估意见"),
    "overrides": say("认定前的状态"),
    "points": say("分值"),
    "decided_at": say("裁定时间"),
    "decided_by": say("裁定人"),
    "reversal": say("退分行"),
    "history": say("办理记录"),
    "rank": say("名次"),
    "score": say("得分"),
    "deducted": say("实扣"),
    "raw_deduction": say("应扣"),
    "tally": say("合计"),
    "total": say("任务数"),
    "due": say("应办结"),
    "completed": say("已办结"),
    "completed_due": say("应办结中已办结"),
    "missed": say("未完成"),
    "late": say("逾期后办结"),
    "entered": say("登记扣分合计"),
    "task": say("任务"),
    "entry": say("登记的扣分"),
    "assignment": say("责任事项"),
    "outcome": say("结论"),
    "evaluation": say("评估"),
}
"""What the fields of a sheet are called; an unknown one goes by its own name."""

_VALUES: dict[str, Mapping[Any, str]] = {
    "status": STATUS_TEXT,
    "recorded": STATUS_TEXT,
    "from": STATUS_TEXT,
    "to": STATUS_TEXT,
    "overrides": STATUS_TEXT,
    "move": MOVE_TEXT,
    "kind": KIND_TEXT,
    "state": {**STATE_TEXT, **REQUEST_TEXT},
    "verdict": VERDICT_TEXT,
    "outcome": OUTCOME_TEXT,
    "offices": OFFICES_TEXT,
}

_IGNORED = frozenset({"format", "district", "unit", "unevaluated"})
"""What is not held against the record: a unit may be renamed, and why there was no evaluation stands nowhere else."""

_FOLLOWS = frozenset({"rank", "score", "deducted", "raw_deduction", "tally", "lines"})
"""What only follows from the facts."""

Row = Mapping[str, Any]


def _key(*names: str) -> Callable[[Row], str]:
    return lambda row: str([row.get(name) for name in names])


def _line_name(row: Row) -> Words:
    if row.get("task"):
        return say("第{number}项得分行", number=row["task"])
    if row.get("entry"):
        return say("登记的扣分 {id} 得分行", id=row["entry"])
    return say("{outcome}得分行", outcome=_text("outcome", row.get("outcome")))


_ROWS: dict[str, tuple[Callable[[Row], str], Callable[[Row], str]]] = {
    "rules": (_key("number"), lambda row: say("评分规则第 {number} 版", number=row.get("number"))),
    "tasks": (_key("id"), lambda row: say("第{number}项任务", number=row.get("number"))),
    "districts": (
        lambda row: str(row.get("district_id", row.get("district"))),
        lambda row: str(row.get("district")),
    ),
    "lines": (_key("assignment", "entry", "task"), _line_name),
    "entries": (_key("id"), lambda row: say("登记的扣分 {id}", id=row.get("id"))),
    "appeals": (_key("id"), lambda row: say("异议 {id}", id=row.get("id"))),
    "assignments": (_key("id"), lambda row: say("第{number}项", number=row.get("task"))),
    "steps": (
        _key("id"),
        lambda row: say("{day} 的“{move}”", day=row.get("day"), move=_text("move", row.get("move"))),
    ),
    "dues": (_key("id"), lambda row: say("{day} 的时限调整", day=row.get("day"))),
    "requests": (_key("id"), lambda row: say("延期申请 {id}", id=row.get("id"))),
    "self_evaluation": (_key(), lambda row: say("自评")),
    "reports": (_key("id"), lambda row: say("报告 {id}", id=row.get("id"))),
    "files": (
        _key("id"),
        lambda row: say("附件 {name} 第{version}版", name=row.get("name"), version=row.get("version")),
    ),
    "pins": (_key("id"), lambda row: say("报告 {id} 审核时封存的内容", id=row.get("report"))),
    "offices": (_key("office"), lambda row: str(row.get("unit"))),
}
"""The lists of a sheet: by what their rows are known, and what a row is called."""


def differences(sealed: Row, counted: Row) -> list[Difference]:
    """Return everything in which two sheets of one format differ, the facts first, then what follows from them."""
    found = list(_fields("", sealed, counted, False))
    return sorted(found, key=lambda difference: difference.follows)


def _fields(where: str, before: Row, after: Row, follows: bool) -> Iterator[Difference]:
    for name in {**before, **after}:
        if name not in _IGNORED and before.get(name) != after.get(name):
            yield from _field(where, name, before.get(name), after.get(name), follows or name in _FOLLOWS)


def _field(where: str, name: str, before: Any, after: Any, follows: bool) -> Iterator[Difference]:
    if name in _ROWS and _is_rows(before) and _is_rows(after):
        yield from _rows(where, name, before, after, follows)
    elif isinstance(before, dict) and isinstance(after, dict):
        yield from _fields(where, before, after, follows)
    else:
        yield _changed(where, name, before, after, follows)


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _rows(where: str, name: str, before: list[Row], after: list[Row], follows: bool) -> Iterator[Difference]:
    called = _ROWS[name][1]
    old, new = _by_key(name, before), _by_key(name, after)
    for key in {**old, **new}:
        row = old[key] if key in old else new[key]
        place = _inner(where, called(row))
        if key not in new:
            yield Difference(place, say("封存中有，现在没有"), follows=follows)
        elif key not in old:
            yield Difference(place, say("封存中没有，现在有"), follows=follows)
        else:
            yield from _fields(place, old[key], new[key], follows)


def _by_key(name: str, rows: list[Row]) -> dict[tuple[str, int], Row]:
    """Return rows by what they are known by; of several such the first is compared with the first, and so on."""
    found: dict[tuple[str, int], Row] = {}
    for row in rows:
        key, nth = _ROWS[name][0](row), 0
        while (key, nth) in found:
            nth += 1
        found[key, nth] = row
    return found


def _inner(where: str, name: str) -> str:
    # The whole sheet needs no mention before what lies in it.
    return say("{outer} {inner}", outer=where, inner=name) if where else name


def _changed(where: str, name: str, before: Any, after: Any, follows: bool) -> Difference:
    where = where or SHEET
    label = FIELDS.get(name, name)
    old, new = _text(name, before), _text(name, after)
    if max(len(old), len(new)) > SHORT:
        return Difference(where, say("{what}已改动", what=label), follows=follows)
    return Difference(where, label, old, new, follows)


def _text(name: str, value: Any) -> str:
    if value is None or value == "":
        return say("（无）")
    if isinstance(value, bool):
        return say("是") if value else say("否")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return _VALUES.get(name, {}).get(value, str(value))
