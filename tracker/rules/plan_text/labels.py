"""Know the label words that stand before units, deadlines and notes ("责任部门：", "完成时限：")."""

import re
from dataclasses import dataclass
from enum import StrEnum

from tracker.rules.deadlines import DeadlineKind, read_deadline
from tracker.rules.plan_text.drafts import Role
from tracker.rules.plan_text.lines import SHORT
from tracker.rules.plan_text.units import looks_like_units

ANY_YEAR = 2000


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
    CONTENT = "content"
    UNKNOWN = "unknown"

    @property
    def role(self) -> Role | None:
        """Give the role whose units follow, None for the other labels."""
        return _ROLES.get(self.value)


_ROLES = {role.value: role for role in Role}
_UNITS = ("部门", "单位", "处室", "科室", "股室", "机构", "主体", "地区", "方", "科", "处", "局", "所", "组")
_STEMS = {
    Label.LEAD: ("牵头", "牵头责任", "牵头负责", "牵头主办", "总牵头", "主牵头", "统筹", "牵头承办", "第一牵头"),
    Label.RESPONSIBLE: (
        "责任", "主要责任", "承办", "主办", "负责", "落实", "实施", "执行", "主责", "主体责任", "具体负责", "办理",
        "承担", "经办", "责任落实", "承接", "具体责任", "分工", "具体承办", "组织实施", "主体", "直接责任",
    ),
    Label.COOPERATING: (
        "配合", "协办", "协同", "协助", "参与", "参加", "协作", "支持", "配合责任", "协同配合", "协同责任", "协调",
        "配合参与", "共同参与", "会同", "联合", "参与配合", "辅助", "支撑", "会办",
    ),
}  # fmt: skip
_BARE = {
    Label.LEAD: ("牵头", "牵头负责", "总牵头", "主牵头", "统筹", "领办"),
    Label.RESPONSIBLE: (
        "责任",
        "负责",
        "承办",
        "主办",
        "落实",
        "责任分工",
        "责任归属",
        "任务分工",
        "职责分工",
        "分工",
        "主责",
        "经办",
        "实施",
        "执行",
        "承接",
        "承担",
        "办理",
    ),
    Label.COOPERATING: (
        "配合",
        "协办",
        "协同",
        "协助",
        "参与",
        "参加",
        "会办",
        "会同",
        "协作",
        "支持",
        "辅办",
        "协管",
    ),
}
"""Words that are labels only with a colon behind them: alone they are verbs."""

_WORDS = {
    Label.DEADLINE: (
        "完成时间", "完成时限", "完成日期", "完成期限", "办结时限", "办结时间", "时间节点", "时间要求", "时限要求",
        "时限", "期限", "截止时间", "截止日期", "起止时间", "进度安排", "推进时间", "完成节点", "时间安排", "工作时限",
        "办理时限", "整改时限", "完成时点", "时间进度", "进度要求", "进度时限", "时间", "完成进度", "计划完成时间",
        "完成时间节点", "节点", "办理期限", "落实时限", "工作期限", "实施时间", "实施期限", "要求完成时间", "完结时间",
        "推进时限", "截止", "进度", "目标时限", "时间期限", "计划时间", "完成时效", "预计完成时间", "整改期限",
        "最迟完成时间", "时间表", "工作时间", "执行时间", "任务时限", "任务期限", "办结期限", "办结日期", "落实时间",
        "年限", "办结", "完成", "限期", "工期", "预计完成", "计划完成", "时点", "完成月份",
        "计划进度", "答复时限", "办复时限", "销号时限", "工作进度",
        "完成要求", "时序进度", "完成时序", "周期", "工作周期", "实施周期",
    ),
    Label.PERSON: (
        "责任领导", "分管领导", "牵头领导", "责任人", "联系人", "联系电话", "责任人员", "负责人", "主要负责人",
        "分管负责人", "牵头人", "包保领导", "督办领导", "市领导", "县领导", "区领导",
        "局领导", "挂牌领导", "主管领导",
        "具体责任人", "直接责任人", "第一责任人", "经办人", "电话", "联络员", "联系方式", "分管局领导", "责任局领导",
        "包抓领导", "挂钩领导", "牵头市领导", "责任市领导", "牵头负责人", "项目负责人", "具体负责人",
        "联系领导", "传真",
        "邮箱", "电子邮箱", "填报人", "审核人", "签发人", "组长", "副组长", "成员", "具体经办人", "牵头局领导", "邮编",
        "地址", "分管责任人", "主要责任人", "责任科长", "责任处长", "督办人", "包联领导", "协管领导",
        "主抓领导", "手机",
    ),
    Label.COPIES: ("抄送", "抄报", "主送", "分送"),
    Label.ANNEX: ("附件", "附表", "附"),
    Label.REMARK: (
        "备注", "注", "说明", "填表说明", "办理结果", "办理情况", "进展", "进展情况", "落实情况", "完成情况",
        "工作进展", "最新进展", "办结情况", "办理进展", "推进情况", "目前进展", "督查情况", "督办情况", "落实进展",
        "整改情况", "验收情况", "资金来源", "总投资", "投资", "预算", "经费来源", "问题来源", "来源",
    ),
    Label.CONTENT: (
        "工作内容", "主要内容", "任务内容", "具体任务", "工作任务", "重点任务", "任务", "目标", "工作目标", "主要任务",
        "具体举措", "工作举措", "主要举措", "举措", "措施", "具体措施", "工作措施", "主要措施", "工作要求", "任务目标",
        "目标任务", "任务描述", "预期成果", "预期目标", "成果形式", "成果", "工作标准", "完成标准", "目标要求", "内容",
        "具体内容", "考核指标", "绩效指标", "指标", "标准", "任务名称", "项目名称", "事项", "年度目标", "阶段目标",
        "交付成果", "工作成果", "验收标准", "整改措施", "整改目标", "存在问题", "问题", "建设内容", "实施内容", "要求",
        "建设目标", "项目内容", "任务要求", "重点工作", "具体要求", "完成标志", "办理要求", "办理事项", "议定事项",
        "推进措施", "工作标志", "路径", "工作路径", "成果要求", "输出成果", "形式",
    ),
}  # fmt: skip

LABELS: dict[str, Label] = {stem + unit: label for label, stems in _STEMS.items() for stem in stems for unit in _UNITS}
LABELS |= {word: label for label, words in _BARE.items() for word in words}
LABELS |= {word: label for label, words in _WORDS.items() for word in words}
"""Every label word, and what follows it."""

COMPOUND = frozenset(
    word for word, label in LABELS.items()
    if len(word) >= 4 and (label.role or label is Label.DEADLINE) and word not in _BARE.get(label, ())
)  # fmt: skip
"""Words that are labels even without a colon behind them."""

_QUALIFIER = re.compile(
    "^(?:整改|工作|任务|项目|问题|主要|具体|推进|建设|实施|市级|县级|区级|省级|州级|市直|区直|县直|本级|目标|落实|拟|计划|要求|预计|最终|总体"
    "|该项|本项|各|事项|督办|治理|改革|行动|活动|创建|验收|机关|局内|内部|所属|相关|有关)(?=..)"
)
"""What may stand before a label word without changing what it means (整改责任单位)."""

_UNKNOWN = re.compile(
    "(?:督导|监督|指导|督办|验收|考核|审核|评估|监管|主管|业务|技术|建设|申报|使用|协管|督查|包保|挂钩|帮扶|共建|宣传|保障|审批|复核)"
    "(?:单位|部门|处室|科室|股室|机构|领导|责任人)"
    "|(?:启动|开始|验收|申报|报送|上报|考核|开工)(?:时间|时限|期限|日期)"
)
"""Words that have the form of a label and name neither a role nor a deadline."""

_DONE = (
    "包案|包保|包抓|包联|包干|化解|稳控|承办|经办|办理|处理|处置|落实|整改|督办|督查|督导|跟踪|对接|协调|推进|盯办|挂牌|挂钩|挂联|主管|分管"
    "|联系|联络|统筹|监督|监管|销号|治理|整治|攻坚|帮扶|回复|答复|反馈|解决|清零|清偿|兑现|交付|竣工|建成|验收|完工"
)
_FORMED: tuple[tuple[Label, re.Pattern[str]], ...] = (
    (
        Label.DEADLINE,
        re.compile(f"(?:(?:{_DONE}){{1,2}}|[\u4e00-\u9fff]{{2}})时限|(?:{_DONE}){{1,2}}(?:期限|时间|日期)"),
    ),
    (Label.PERSON, re.compile(f"[\u4e00-\u9fff]{{2,4}}领导|(?:{_DONE}){{1,2}}(?:责任|负责|联系)?人")),
    (Label.UNKNOWN, re.compile("[\u4e00-\u9fff]{2,4}期限")),
)
"""Words that are labels by their form: what is done until when (化解时限), or who of the leaders (包案领导)."""


@dataclass(frozen=True)
class Labelled:
    """A label at the beginning of a line; rest is where its value begins."""

    label: Label
    rest: int


LONGEST_LIST = 1_000
"""Characters; a longer line is no list of labels."""

_HAN = r"[\u4e00-\u9fff]"
_ALSO = r"(?:[(][^()\n]{1,16}[)]|[/、及和与][\u4e00-\u9fff]{2,6})?"
"""A second word beside the label: 责任科室（单位）, 责任单位/部门; or which of its units leads."""

_BULLET = r"(?:[◆◇●○■□▪★☆▲△►▶·•※*–—-]{1,2}\s{0,4})?"
"""A sign before a label, as lists print it."""

_LABEL = re.compile(
    rf"{_BULLET}({_HAN}(?:\s{{0,4}}{_HAN}){{0,9}})\s{{0,4}}{_ALSO}\s{{0,4}}[0-9]{{0,2}}\s{{0,4}}:\s{{0,4}}"
)
_CLOSED = re.compile(
    rf"{_BULLET}[\[]\s{{0,2}}({_HAN}(?:\s{{0,4}}{_HAN}){{1,9}})\s{{0,4}}:?\s{{0,2}}[\]]\s{{0,4}}:?\s{{0,4}}"
)
_GAPPED = re.compile(rf"({_HAN}{{2,3}})\s{{2,8}}(?=\S)")
_OPEN = re.compile(rf"({_HAN}{{4,8}})\s{{1,8}}(?=\S)")


BULLETS = frozenset("◆◇●○■□▪★☆▲△►▶·•※*–—-")


def is_label_list(folded: str) -> bool:
    """Tell whether a line is a list of labels held apart by bars or tabs: 牵头：甲 | 配合：乙 | 完成时间：丙."""
    cells = [cell for cell in re.split(r"[|\t]", folded[:LONGEST_LIST]) if cell.strip()]
    labels = [read_label(cell.strip()) for cell in cells]
    return (
        len(cells) > 1
        and labels[0] is not None
        and 2 * sum(map(bool, labels)) > len(labels)
        and all(":" in cell for cell in cells[:2])
    )


def label_of(word: str) -> Label | None:
    """Give what a label word stands for; UNKNOWN for a word that only has the form of one (督导单位)."""
    known = LABELS.get(word) or LABELS.get(_QUALIFIER.sub("", word))
    if known is None and _UNKNOWN.fullmatch(word):
        return Label.UNKNOWN
    return known or next((label for label, form in _FORMED if form.fullmatch(word)), None)


def read_label(folded: str) -> Labelled | None:
    """Recognise "责任部门：", "【责任部门】" and their synonyms at the beginning of a folded line, even spaced out."""
    for pattern in (_LABEL, _CLOSED):
        if match := pattern.match(folded):
            label = label_of("".join(match[1].split()))
            return Labelled(label, match.end()) if label else None
    match = _OPEN.match(folded)
    if match and match[1] in COMPOUND:
        return Labelled(LABELS[match[1]], match.end())
    match = _GAPPED.match(folded)
    if match and match[1] in LABELS and _answers(LABELS[match[1]], folded[match.end() :]):
        return Labelled(LABELS[match[1]], match.end())
    return None


def _answers(label: Label, value: str) -> bool:
    """Tell whether what stands behind a short word and a gap is what the word as a label asks for."""
    if label is Label.DEADLINE:
        return len(value) <= SHORT and read_deadline(value, ANY_YEAR).kind is not DeadlineKind.NONE
    return label.role is not None and looks_like_units(value)


_BETWEEN = r"(?:(?<=[.。;,、(\[:!?\s】”\")\]|/→◆●■▲★·—-])|^)"
_GAP = r"[ \u3000]"
_KEY = re.compile(
    rf"{_BETWEEN}[\[]?({_HAN}(?:{_GAP}?{_HAN}){{1,9}}){_ALSO}{_GAP}{{0,4}}"
    rf"(?:[\]]{_GAP}{{0,2}}:?|[0-9]?:){_GAP}{{0,4}}",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Key:
    """A label inside running text: what it stands for, where it begins, where its value begins."""

    label: Label
    start: int
    value: int


def find_keys(folded: str) -> list[Key]:
    """Find the labels inside a text, each after a sign or a gap that ends what stood before it."""
    keys = []
    for match in _KEY.finditer(folded):
        starts = [match.start(), *(match.start(1) + gap.end() for gap in re.finditer("[ \u3000]", match[1]))]
        for start in starts:
            word = folded[max(start, match.start(1)) : match.end(1)]
            if label := label_of("".join(word.split())):
                keys.append(Key(label, start, match.end()))
                break
    return keys
