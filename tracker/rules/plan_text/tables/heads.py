"""Know what the head of a column says about the cells under it ("牵头单位", "完成时限（月）")."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from tracker.rules.plan_text.lines import squash


class Column(StrEnum):
    """What stands in a column."""

    NUMBER = "number"
    CATEGORY = "category"
    """What several tasks have in common; it becomes their section."""
    TITLE = "title"
    """The short name of a task, or what several measures serve."""
    CONTENT = "content"
    TARGET = "target"
    LEAD = "lead"
    RESPONSIBLE = "responsible"
    COOPERATING = "cooperating"
    UNITS = "units"
    """Units whose part is said in the cells: "牵头：甲局；配合：乙局"."""
    PERSON = "person"
    DEADLINE = "deadline"
    START = "start"
    PERIOD = "period"
    """A month, a quarter or a half-year; its cells are ticked, or say what is done in it."""
    MARKED = "marked"
    """A unit as head; its cells are marked where the unit takes part."""
    PROGRESS = "progress"
    REMARK = "remark"
    FOREIGN = "foreign"
    """What lists of other things have (分值, 电话, 数量): a table with such columns need not be a plan."""


UNIT_COLUMNS = frozenset({Column.LEAD, Column.RESPONSIBLE, Column.COOPERATING, Column.UNITS})
TEXT_COLUMNS = (Column.TITLE, Column.CONTENT, Column.TARGET)

LONGEST_HEAD = 24

_BODY = r"(?:部门|单位|处室|科室|股室|部室|站所|院系|机构|主体|机关|组织|支部|镇街|专班|业主|局|处|科|室|股|部)"
_PERSON = (
    "责任人|牵头人|主办人|责任者|人员|负责人|联系人|联络员|经办人|承办人|包保人|领导|成员|局长|县长|市长|区长|镇长|科长|处长|组长"
    "|电话|手机|姓名"
)
_MONTH = "(?:(?:1[0-2]|[1-9])(?:[-至](?:1[0-2]|[1-9]))?月|十[一二]?月|[一二三四五六七八九]月)份?"

_WORDS: tuple[tuple[Column, float, tuple[str, ...]], ...] = (
    (Column.FOREIGN, 3, (
        "分值|得分|扣分|评分|权重|赋分|自评|基准分|考核标准|评价标准|电话|手机|姓名|职务|职称|性别|邮箱|地点|数量|单价|金额|合计",
        "占比|同比|增幅|面积|计量单位|地址|人数|户数|页码",
    )),
    (Column.REMARK, 3, (
        "^(?:备注|说明|附注|其他|其它|注)$|来源|依据|出处|频次|频率|投资|资金|经费|预算|完成率|级别|层级|等级",
        "(?:填报|报送|成员|审批|监督|督办|督查|验收|考核|评价)(?:部门|单位|处室|科室)$",
    )),
    (Column.PROGRESS, 3, (
        "(?:完成|落实|进展|推进|办理|整改|工作|执行|实施|目前|销号)的?(?:情况|进展|状态|结果|成效)",
        "^(?:进度|进展|是否完成|实际完成.*|销号.*|(?:存在|主要)?(?:问题|困难).*|下一步.*|工作成效|佐证材料|成果形式)$",
    )),
    (Column.NUMBER, 3, (r"^(?:任务|事项|项目|工作|指标)?(?:序号|编号|序|号|项次|次序|顺序|代码|id|no\.?|№)$",)),
    (Column.START, 3, ("(?:开始|启动|起始|开工)(?:时间|日期|时限|月份)?$",)),
    (Column.PERIOD, 3, (
        rf"^(?:[0-9]{{4}}年?)?(?:第?[一二三四1-4]季度?|q[1-4]|[上下]半年|{_MONTH})底?前?"
        "(?:目标|任务|计划|安排|进度|工作|内容)*$",
    )),
    (Column.CONTENT, 3, ("(?:任务|内容|举措|措施)(?:及|和|与|、|/)",)),
    (Column.DEADLINE, 3, (
        "时限|期限|限期|时间|日期|时段|时序|截止|截至|节点|工期|周期|(?:完成|计划|推进|进度)月份|进度(?:安排|要求|计划|目标)",
        "^(?:月份|时效|进度)$",
    )),
    (Column.PERSON, 3, (_PERSON,)),
    (Column.LEAD, 4, (rf"牵头|(?:主要|第一)责任{_BODY}",)),
    (Column.COOPERATING, 4, (rf"配合|协办|协同|协助|协作|参与{_BODY}?|参加{_BODY}|联办|会办|^协",)),
    (Column.RESPONSIBLE, 4, (
        rf"(?:责任|承办|主办|负责|落实|实施|执行|主责|办理|组织|具体|承担|完成){_BODY}",
        "^(?:主责|承办|主办|经办|领办|落实|执行|责任方|责任体系|责任属地|属地责任|属地|业主|项目业主)$",
    )),
    (Column.UNITS, 4, ("责任(?:分工|落实|划分|分解|清单)|[任职工部]?[务责作门]分工|^(?:分工|责任)$",)),
    (Column.UNITS, 3, ("(?:部门|单位|处室|科室|股室|部室|站所|院系|机构|主体|镇街|专班)(?:名称)?$",)),
    (Column.TITLE, 3, ("(?:任务|事项)$",)),
    (Column.CATEGORY, 3, ("类别|分类|类型|领域|板块|维度|方面|大类|类目|版块|条线|专题|章节|篇章|部分|一级",)),
    (Column.TARGET, 3, ("目标|指标|成效|预期|成果|标准|标志|量化|要求|结果",)),
    (Column.CONTENT, 3, ("内容|举措|措施|做法|任务描述|具体|细化|分解|事项描述|二级|三级|要点|步骤|办法|描述",)),
    (Column.TITLE, 3, ("任务|工作|事项|项目|名称|行动|工程|专项|重点|议题|课题|活动|问题|清单|建议",)),
)  # fmt: skip
"""What words say, and how strongly; the first that occurs decides."""

_PATTERNS = tuple((column, weight, re.compile("|".join(words))) for column, weight, words in _WORDS)
_NOT_DUE = re.compile(r"填报|填表|报送|汇报|印发|发布|发文|制表|更新|实际|接收|交办|下达|会议")
_BRACKETED = re.compile(r"\(([^()]*)\)")
_STEMS = (
    (Column.LEAD, re.compile("牵头")),
    (Column.COOPERATING, re.compile("配合|协办|协同|协助|协作|参与|参加|联办|会办")),
    (Column.RESPONSIBLE, re.compile("责任|承办|主办|经办|负责|落实|实施|执行|主责|办理|组织|具体|承担|完成")),
)
_BODY_WORD = re.compile(_BODY)
_PERSON_WORD = re.compile(_PERSON)
_OF_A_PERSON = re.compile(rf"(?<![及和与、/&])(?:分管|主管|主要)?(?:{_PERSON})$")
_AND_DUE = re.compile("[及和与、/](?:完成|办结|落实|整改|推进|起止)?(?:时间|时限|期限|节点|日期)$")
_NO_UNITS = re.compile(
    "情况|进展|电话|填报|报送|监督|督办|督查|验收|考核|评价|计量|审批|成员单位|分工|时间|时限|期限|节点|日期"
)


@dataclass(frozen=True)
class Head:
    """What a head says: the kind of its column, how surely, and whether persons stand beside the units."""

    column: Column
    weight: float
    with_persons: bool = False


def read_head(text: str) -> Head | None:
    """Read the head of a column; None for words that say nothing about it."""
    return _read_head(text) if len(text) <= 2 * LONGEST_HEAD else None


@lru_cache(maxsize=8192)
def _read_head(text: str) -> Head | None:
    folded = plain_head(text)
    if not folded or len(folded) > LONGEST_HEAD or folded.isdigit():
        return None
    bare = _BRACKETED.sub("", folded) or folded.strip("()")
    bare = re.sub(r"^[0-9]{4}(?:年度?|-)(?=..)", "", bare)
    return _of_units(bare, folded) or _by_words(bare) or _by_words(folded)


def plain_head(text: str) -> str:
    """Write a head one way: no spaces or breaks, one width, small letters, no colon behind it."""
    return squash(text[: 4 * LONGEST_HEAD]).lower().rstrip(":")


def _of_units(bare: str, whole: str) -> Head | None:
    """Read heads of units; "及责任人" behind them, or in brackets, says that persons stand in the cells too."""
    bare = _AND_DUE.sub("", bare)
    if not _BODY_WORD.search(bare) or _NO_UNITS.search(bare):
        return None
    persons = bool(_PERSON_WORD.search(whole))
    if persons and _OF_A_PERSON.search(bare):
        return Head(Column.PERSON, 4)
    found = [(match.start(), column) for column, words in _STEMS if (match := words.search(bare))]
    if found:
        return Head(min(found)[1], 4, persons)
    return Head(Column.RESPONSIBLE, 3, with_persons=True) if persons else None


def _by_words(bare: str) -> Head | None:
    for column, weight, words in _PATTERNS:
        if words.search(bare):
            if column is Column.DEADLINE and _NOT_DUE.search(bare):
                return Head(Column.REMARK, weight)
            return Head(column, weight)
    return None
