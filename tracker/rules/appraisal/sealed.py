"""What differs between the year as it was frozen and the same made anew from the record, in the user's words."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tracker.rules.appraisal.grades import GRADE_TEXT
from tracker.rules.score_sheets import Difference
from tracker.rules.status import REQUEST_TEXT, STATUS_TEXT
from tracker.rules.words import Words, say

FORMAT = 1
"""The format of what is frozen now."""

YEAR = say("考评结果")

SHORT = 40
"""Signs of a value that are told; of a longer one only that it differs."""

Row = Mapping[str, Any]

FIELDS: dict[str, Words] = {
    "scheme": say("考评方案"),
    "sha256": say("sha256"),
    "doc_number": say("文号"),
    "title": say("名称"),
    "starts_on": say("考评周期开始"),
    "ends_on": say("考评周期结束"),
    "day": say("日期"),
    "compiled_on": say("汇总日"),
    "compiled_by": say("汇总人"),
    "caps": say("单条最多扣分"),
    "enabled": say("启用的条款"),
    "split": say("分开的表"),
    "ends_at_zero": say("总分扣到 0 为止"),
    "subject": say("事项"),
    "value": say("决定"),
    "reason": say("理由"),
    "at": say("时刻"),
    "by": say("经手人"),
    "unit": say("科室"),
    "organization": say("单位"),
    "summary": say("年度总结"),
    "city_material": say("上报材料"),
    "submitted_on": say("自评上报日"),
    "submitted_by": say("自评上报人"),
    "item": say("项目"),
    "points": say("分值"),
    "note": say("事由"),
    "code": say("条款"),
    "count": say("次数"),
    "place": say("名次"),
    "line": say("条线"),
    "application": say("申报"),
    "idea": say("主要创新点"),
    "contents": say("主要内容"),
    "results": say("进展情况和主要成效"),
    "contact": say("联系人"),
    "phone": say("联系电话"),
    "filed_at": say("申报时刻"),
    "filed_by": say("申报人"),
    "withdrawn_at": say("撤回时刻"),
    "recognised": say("是否获得市局加分"),
    "judgement": say("评定意见"),
    "judged_at": say("评定时刻"),
    "judged_by": say("评定人"),
    "text": say("内容"),
    "state": say("状态"),
    "decided_at": say("裁定时间"),
    "decided_by": say("裁定人"),
    "answer": say("答复"),
    "name": say("文件名"),
    "size": say("大小"),
    "reversal": say("撤销"),
    "number": say("任务"),
    "lines": say("条线"),
    "section": say("本局责任科室"),
    "due_on": say("完成时限"),
    "status": say("状态"),
    "completed_on": say("办结日"),
    "start": say("起算分"),
    "unapplied": say("未生效"),
    "raw": say("应计"),
    "applied": say("实计"),
    "work": say("业务工作"),
    "team": say("队伍建设"),
    "special": say("特色工作"),
    "special_raw": say("特色工作各份合计"),
    "bottom_line": say("突破底线扣分"),
    "total": say("总分"),
    "awaits": say("待填的条款"),
    "barred": say("不得评优"),
    "barred_by": say("突破底线的登记"),
    "grade": say("等次"),
    "ballots": say("述职测评"),
    "leaders": say("局领导平均分"),
    "units": say("部门、单位平均分"),
    "leaders_voted": say("局领导票数"),
    "units_voted": say("部门、单位票数"),
    "weighted": say("加权平均分"),
}
"""What the fields are called; an unknown one goes by its own name."""

_VALUES: dict[str, Mapping[Any, str]] = {"state": REQUEST_TEXT, "status": STATUS_TEXT, "grade": GRADE_TEXT}

_FOLLOWS = frozenset({"items", "points_of", "place", "barred", "barred_by", "settings", "grade", "clauses", "section"})
"""What only follows from what was recorded and decided."""

_IGNORED = frozenset({"format"})

_ROWS: dict[str, tuple[str, Callable[[Row], str]]] = {
    "decisions": ("id", lambda row: say("决定 {id}（{what}）", id=row.get("id"), what=row.get("subject"))),
    "taken": ("assignment", lambda row: say("市局扣分 第{number}项", number=row.get("number"))),
    "units": ("id", lambda row: str(row.get("unit"))),
    "self_scores": ("item", lambda row: say("{code} 的自评", code=row.get("item"))),
    "applications": ("id", lambda row: say("特色工作申报 {id}", id=row.get("id"))),
    "entries": ("id", lambda row: say("登记 {id}（{code}）", id=row.get("id"), code=row.get("code"))),
    "barred_by": ("id", lambda row: say("突破底线的登记 {id}", id=row.get("id"))),
    "answers": ("id", lambda row: say("答复 {id}", id=row.get("id"))),
    "appeals": ("id", lambda row: say("异议 {id}", id=row.get("id"))),
    "files": ("id", lambda row: say("附件 {name}", name=row.get("name"))),
    "items": ("code", lambda row: str(row.get("code"))),
    "clauses": ("code", lambda row: str(row.get("code"))),
}
"""The lists: by what their rows are known, and what a row is called."""


def differences(sealed: Row, now: Row) -> list[Difference]:
    """Return everything in which two years of one format differ: what was recorded first, then what follows from it."""
    found = list(_fields("", sealed, now, follows=False))
    return sorted(found, key=lambda difference: difference.follows)


def _fields(where: str, before: Row, after: Row, *, follows: bool) -> Iterator[Difference]:
    for name in {**before, **after}:
        if name not in _IGNORED and before.get(name) != after.get(name):
            yield from _field(where, name, before.get(name), after.get(name), follows=follows or name in _FOLLOWS)


def _field(where: str, name: str, before: Any, after: Any, *, follows: bool) -> Iterator[Difference]:
    if name in _ROWS and _is_rows(before) and _is_rows(after):
        yield from _rows(where, name, before, after, follows=follows)
    elif isinstance(before, dict) and isinstance(after, dict):
        yield from _fields(where, before, after, follows=follows)
    else:
        yield _changed(where, name, before, after, follows=follows)


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _rows(where: str, name: str, before: list[Row], after: list[Row], *, follows: bool) -> Iterator[Difference]:
    key, called = _ROWS[name]
    old, new = ({str(row.get(key)): row for row in rows} for rows in (before, after))
    for known in {**old, **new}:
        row = old[known] if known in old else new[known]
        place = say("{outer} {inner}", outer=where, inner=called(row)) if where else called(row)
        if known not in new:
            yield Difference(place, say("封存中有，现在没有"), follows=follows)
        elif known not in old:
            yield Difference(place, say("封存中没有，现在有"), follows=follows)
        else:
            yield from _fields(place, old[known], new[known], follows=follows)


def _changed(where: str, name: str, before: Any, after: Any, *, follows: bool) -> Difference:
    label = FIELDS.get(name, name)
    old, new = _text(name, before), _text(name, after)
    if max(len(old), len(new)) > SHORT:
        return Difference(where or YEAR, say("{what}已改动", what=label), follows=follows)
    return Difference(where or YEAR, label, old, new, follows)


def _text(name: str, value: Any) -> str:
    if value is None or value == "":
        return say("（无）")
    if isinstance(value, bool):
        return say("是") if value else say("否")
    if isinstance(value, list):
        return "、".join(map(str, value)) if value else say("（无）")
    return str(value) if isinstance(value, dict) else _VALUES.get(name, {}).get(value, str(value))
