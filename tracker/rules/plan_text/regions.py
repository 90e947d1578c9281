"""Tell by their headings which parts of a plan hold tasks, which say how to work, and which hold neither."""

import re
from enum import StrEnum
from functools import lru_cache

from tracker.rules.plan_text.lines import squash


class Region(StrEnum):
    """What a part of a plan is for."""

    TASKS = "tasks"
    """重点任务, 主要任务, 工作举措 …"""
    STEPS = "steps"
    """实施步骤, 进度安排 …: the steps of the plan itself."""
    REQUIREMENTS = "requirements"
    """工作要求, 组织领导, 保障措施 …: how the work is to be done."""
    OTHER = "other"
    """总体要求, 基本原则, 工作目标, 附则 …"""
    REVIEW = "review"
    """上年工作总结 …: what has been done."""
    UNTOLD = "untold"
    """A heading of its own words."""


_AND = "(?:[和与及、和]|以及)?"
_WORDS: tuple[tuple[Region, str], ...] = (
    (
        Region.STEPS,
        "实施步骤|方法步骤|工作步骤|步骤安排|阶段安排|时间安排|进度安排|实施阶段|时间步骤|工作进度|推进步骤|实施进度|工作阶段"
        "|时间进度|阶段步骤|步骤方法|组织步骤|时间节点",
    ),
    (
        Region.REVIEW,
        "工作总结|工作回顾|情况总结|完成情况|工作情况|主要成效|工作成效|取得(?:的)?成效|主要做法|存在(?:的)?(?:主要)?问题|问题和不足"
        "|基本情况|主要成绩|工作成绩|回顾|面临(?:的)?形势|形势分析|现状",
    ),
    (
        Region.REQUIREMENTS,
        "工作要求|有关要求|相关要求|保障措施|组织领导|组织保障|工作保障|保障机制|组织实施|实施保障|组织机构|监督检查|督导检查"
        "|督导考核|考核评价|监督考核|检查考核|督查考核|几点要求|加强领导|[\u4e00-\u9fff]{2}要求|注意事项|(?:有关|相关)事项|工作机制|工作纪律|长效机制|落实要求|推进机制|组织推进|组织机制|纪律要求|要求",
    ),
    (
        Region.OTHER,
        "总体要求|总体思路|总体目标|工作思路|指导思想|基本原则|工作原则|工作目标|主要目标|年度目标|目标要求|目标|原则|背景|意义"
        "|适用范围|附则|(?:填报|填写|填表|编制|有关|相关|几点|情况)说明|附注|其他事项|其他|说明|名词解释|依据|编制依据|总则|范围|定义|思路|预期目标|预期成效|年度工作目标|任务目标"
        "|实施范围|整治范围|工作范围|时间范围|活动主题|活动时间|参加(?:人员|对象)|信息报送|总体安排",
    ),
    (
        Region.TASKS,
        "(?:重点|主要|工作|具体|目标|整治|建设|年度|核心|改革|整改|专项|行动|实施|推进|落实|服务|检查|活动|提升|治理)*"
        "(?:任务|举措|措施|工作|内容|事项|项目|行动|工程|清单|环节|安排|重点|分工|问题清单)(?:分工|清单|分解|措施|安排|及分工|内容)?",
    ),
)
_PATTERNS = tuple((region, re.compile(rf"(?:(?:{words}){_AND}){{1,3}}(?:方面)?[:。]?")) for region, words in _WORDS)
_STRENGTHENED = re.compile(
    "(?:切实|全面|进一步|不断|着力)?(?:加强|强化|健全|完善|落实|压实|严格|严肃|明确)?(?:组织|工作|统筹|宣传|督导|考核|责任|保障|监督)?"
    "(?:组织领导|组织保障|工作保障|保障措施|组织实施|组织推进|督导检查|督查考核|督促检查|工作要求|保障工作|工作保障措施)"
    "(?:[,、].{0,24})?"
)
LONGEST = 40
SHORTEST_ALONE, LONGEST_ALONE = 4, 12


@lru_cache(maxsize=1024)
def region_of(heading: str) -> Region:
    """Tell what a part is for by the words of its heading."""
    squashed = squash(heading[: 2 * LONGEST])
    words = re.sub(r"[(（][^()（）]{0,30}[)）]$", "", squashed).rstrip("。:")
    if PERIOD.fullmatch(words) or PERIOD.fullmatch(squashed):
        return Region.TASKS
    if not words or len(words) > LONGEST:
        return Region.UNTOLD
    for region, pattern in _PATTERNS:
        if pattern.fullmatch(words):
            return region
    if _STRENGTHENED.fullmatch(words):
        return Region.REQUIREMENTS
    if re.fullmatch(
        "(?:20[0-9]{2}年|去年|上年|上一年|过去一年|今年以来|上半年|前期).{0,12}(?:总结|回顾|情况|成效|成绩)", words
    ):
        return Region.REVIEW
    if re.search("(?:重点|主要|工作)(?:任务|举措|措施|安排)(?:和|及|与|清单)?", words) and len(words) <= 16:
        return Region.TASKS
    return Region.UNTOLD


_TITLE = re.compile(
    "(?:方案|要点|计划|安排|打算|设想|清单|分工|分解|意见|任务|事项|措施|通知|(?:时间|进度|责任|推进|一览)(?=表)|台账|月历|实事|行动|总结)"
    "(?:表|方案)?(?:的通知)?[)》]?$"
)
LONGEST_TITLE = 80


def is_title(line: str) -> bool:
    """Tell whether a line has the form of a document's title."""
    return len(line) <= LONGEST_TITLE and line[-1:] not in "。；，、" and _TITLE.search(squash(line)) is not None


NOTES = re.compile("说明|(?:填报|填写|填表|编制|有关|相关|几点)说明")
"""Headings of what explains a list."""

_COUNT = "(?:[一二三四五六七八九十]{1,3}|[0-9]{1,2})"
_PERIOD = (
    f"(?:(?:(?:次年|翌年|明年)?(?:(?:{_COUNT}月?[-—–~至])?{_COUNT}月份?(?:[上中下]旬)?|第?[一二三四1-4]季度)|第{_COUNT}周)"
    "(?:重点)?(?:工作|任务|安排|工作任务|工作安排)?|全年|[上下]半年)"
)
PERIOD = re.compile(rf"[★☆◆◇●○■□▲]?(?:{_PERIOD}|\[(?:20[0-9]{{2}}年)?{_PERIOD}\]|\({_PERIOD}\))")
"""Headings that divide a calendar of work: 三月, 二季度工作, 【全年】, 次年1月."""


def announces_part(line: str) -> bool:
    """Tell whether a line without a number is nothing but the heading of a part (重点任务, 工作要求：)."""
    words = squash(line[:LONGEST]).rstrip(":")
    if (NOTES.fullmatch(words) and line[-1:] in ":：") or PERIOD.fullmatch(words):
        return True
    return SHORTEST_ALONE <= len(words) <= LONGEST_ALONE and any(pattern.fullmatch(words) for _, pattern in _PATTERNS)


def is_generic(heading: str) -> bool:
    """Tell whether a heading only announces tasks (主要任务) and says nothing about them."""
    return region_of(heading) is Region.TASKS
