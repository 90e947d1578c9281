"""Know the label words that stand before units, deadlines and notes ("责任部门：", "完成时限：")."""

import re
from dataclasses import dataclass
from enum import StrEnum

from tracker.rules.plan_text.drafts import Role


class Label(StrEnum):
    """What follows a label."""

    LEAD = Role.LEAD
    RESPONSIBLE = Role.RESPONSIBLE
    COOPERATING = Role.COOPERATING
    DEADLINE = "deadline"
    PERSON = "person"
    COPIES = "copies"
    ANNEX = "annex"
    REMARK = "remark"

    @property
    def role(self) -> Role | None:
        """Give the role whose units follow, None for the other labels."""
        return Role(self.value) if self.value in set(Role) else None


_UNITS = ("部门", "单位", "处室", "科室", "股室", "机构", "主体")
_STEMS = {
    Label.LEAD: ("牵头", "牵头责任"),
    Label.RESPONSIBLE: ("责任", "主要责任", "承办", "主办", "负责", "落实", "实施", "执行", "主责"),
    Label.COOPERATING: ("配合", "协办", "协同", "协助", "参与", "参加"),
}
_WORDS = {
    Label.DEADLINE: ("完成时间", "完成时限", "完成日期", "完成期限", "办结时限", "办结时间", "时间节点", "时间要求",
                     "时限要求", "时限", "截止时间", "截止日期", "起止时间", "进度安排", "推进时间"),
    Label.PERSON: ("责任领导", "分管领导", "牵头领导", "责任人", "联系人", "联系电话"),
    Label.COPIES: ("抄送", "抄报", "主送", "分送"),
    Label.ANNEX: ("附件", "附表", "附"),
    Label.REMARK: ("备注", "注", "说明", "填表说明"),
}  # fmt: skip

LABELS: dict[str, Label] = {stem + unit: label for label, stems in _STEMS.items() for stem in stems for unit in _UNITS}
LABELS |= {word: label for label, words in _WORDS.items() for word in words}


@dataclass(frozen=True)
class Labelled:
    """A label at the beginning of a line; rest is where its value begins."""

    label: Label
    rest: int


_LABEL = re.compile(r"([\u4e00-\u9fff](?:\s{0,4}[\u4e00-\u9fff]){0,7})\s{0,4}[0-9]{0,2}\s{0,4}:\s{0,4}")


def read_label(folded: str) -> Labelled | None:
    """Recognise "责任部门：" and its synonyms at the beginning of a folded line, even with spaces in the word."""
    match = _LABEL.match(folded)
    if not match:
        return None
    label = LABELS.get("".join(match[1].split()))
    return Labelled(label, match.end()) if label else None
