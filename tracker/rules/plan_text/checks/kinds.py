"""List every kind of problem: how serious it is, what it says, what the reader did about it."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from tracker.rules.plan_text.drafts import Problem, Severity, TaskDraft
from tracker.rules.words import Words, say


@dataclass(frozen=True)
class Kind:
    """The words of one kind of problem; names in braces are filled in by the check."""

    severity: Severity
    message: Words
    handled: Words


class Lines(NamedTuple):
    """The source lines a problem points at, counted from 1."""

    first: int
    last: int


_INFO, _NOTICE, _WARNING = Severity.INFO, Severity.NOTICE, Severity.WARNING

KINDS: dict[str, Kind] = {
    # The text as such.
    "invisible_characters": Kind(_NOTICE, say("文件中含有看不见的控制字符。"), say("已略去；请留意正文有无缺字。")),
    "mixed_width": Kind(_INFO, say("全角与半角的标点、括号混用。"), say("识别时统一看待，显示时保留原样。")),
    "text_joined": Kind(_INFO, say("一段文字被换页断开。"), say("已连成一体，中间不加空格。")),
    "parties_joined": Kind(_NOTICE, say("单位名单被换页断开。"), say("已连成一体，中间不加空格；请核对断开处的名称。")),
    "title_spelling": Kind(
        _INFO, say("通知引用的名称与方案标题的空格、引号写法不同。"), say("视为同一名称，采用方案自己的标题。")
    ),
    "head_incomplete": Kind(_WARNING, say("没有读到{gaps}。"), say("留空，请在确认前补填。")),
    "no_report_period": Kind(_NOTICE, say("要求定期上报，但未写明周期。"), say("不作推断；报告周期由设置决定。")),
    "no_scoring": Kind(_INFO, say("文件没有规定扣分或评分办法。"), say("分值一律来自设置，并注明出处。")),
    "page_furniture": Kind(_INFO, say("夹有页码、页眉或网页按钮。"), say("已略去，前后文字相连。")),
    "orphan_line": Kind(
        _WARNING,
        say("这一行重复了上一行的结尾，像是转换时多出来的。"),
        say("未自行删除；建议更正：把第{line}行改为空行，理由“重复第{before}行末尾”。"),
    ),
    "foreign_word": Kind(_NOTICE, say("中文之间夹有英文单词，像是转换或翻译的残留。"), say("原样保留；请核对原文。")),
    "unlike_brackets": Kind(_INFO, say("括号一边全角、一边半角。"), say("配对时统一看待，显示时保留原样。")),
    "summary_left_out": Kind(
        _NOTICE, say("方案之前另有一份工作总结。"), say("总结部分不读作任务；任务从方案自己的标题之后读起。")
    ),
    "unknown_label": Kind(
        _WARNING,
        say("这个标签的含义不明：既不是牵头、责任、配合，也不是完成时间。"),
        say("未采用；请核对是否应作为单位或时限。"),
    ),
    # The tasks.
    "shared_wording": Kind(_NOTICE, say("两项任务提到同一件事。"), say("互作参照，不合并。")),
    "numbering": Kind(_WARNING, say("任务序号不连续。"), say("按原文序号保留；请核对是否缺项或重号。")),
    "point_left_out": Kind(
        _NOTICE, say("编了号的一段没有读作任务。"), say("没有写明单位和时限，也没有接着任务编号；是任务的请补录。")
    ),
    "stray_label": Kind(
        _WARNING,
        say("这一行像是责任单位或完成时间，却没有用上。"),
        say("未采用；请核对前面的任务是否缺序号，或同一任务是否写了两个完成时间。"),
    ),
    "continuing_duty": Kind(
        _NOTICE,
        say("这是经常性职责，却定了完成时间，正文没有可衡量的结果。"),
        say("需要一句约定的办结标准；默认句可编辑，并标明非原文。"),
    ),
    "long_term": Kind(
        _NOTICE,
        say("正文自带的期限晚于完成时间。"),
        say("完成时间照原文；更长的期限（约至{end}）另行跟踪，不改变到期日。"),
    ),
    # The units.
    "no_parties": Kind(_WARNING, say("没有写明责任单位。"), say("不作推断；发布前请指定。")),
    "no_lead": Kind(
        _NOTICE, say("各项任务均未标明牵头单位。"), say("保留原文顺序，排在首位的只称“首列处室”，不当作牵头。")
    ),
    "no_office": Kind(
        _NOTICE,
        say("只列各类单位，未指定具体处室。"),
        say("显示为“未指定处室”，不擅自指派；督办默认由方案主办处室承担。"),
    ),
    "shared_prefix": Kind(_INFO, say("前缀只写一次，由同组各处室共用。"), say("补全为{names}；原文写法同时保留。")),
    "repeated_party": Kind(_WARNING, say("同一单位在一项任务中出现多次。"), say("原样保留；发布时只计一次。")),
    "order_differs": Kind(
        _NOTICE, say("同样的处室在不同任务中先后顺序不同。"), say("逐项保留原文顺序，不据此推断牵头。")
    ),
    "name_variant": Kind(_NOTICE, say("两个名称像是同一单位的不同写法。"), say("暂按两个单位处理；对应单位时请确认。")),
    "group_contains_lead": Kind(
        _NOTICE, say("牵头单位本身也在责任群体之内。"), say("发布时牵头单位只承担牵头，不重复列为成员。")
    ),
    # The deadlines.
    "crowded_month": Kind(
        _NOTICE, say("过半任务在同一个月到期。"), say("到期日照原文；建议设置季度检查点，按单位汇总提醒。")
    ),
    "no_deadline": Kind(_WARNING, say("没有写明完成时间。"), say("不作推断；发布前请补填。")),
    "unreadable_deadline": Kind(_WARNING, say("完成时间无法换算成日期。"), say("保留原文，不作推断；发布前请补填。")),
    "spaces_in_deadline": Kind(_INFO, say("完成时间中夹有空格。"), say("读作{value}，原文写法同时保留。")),
    "due_before_issue": Kind(_WARNING, say("到期早于印发。"), say("到期日照原文；请选择补录办结、顺延或照常计算。")),
    "short_notice": Kind(
        _NOTICE, say("印发后很快到期，提前一个月的提醒已经错过。"), say("发布当天发一次通知，不补发过去的提醒。")
    ),
    # The steps of the plan.
    "ambiguous_date": Kind(_NOTICE, say("日期有两种读法：旬初之前，或旬末之前。"), say("默认取{day}，可以修改。")),
    "outside_phase": Kind(
        _WARNING, say("事项的时间超出所在标题写明的阶段。"), say("单独列为一个节点，时间以事项自己的写法为准。")
    ),
    "no_owner": Kind(_NOTICE, say("没有写明由谁组织。"), say("留空；默认由方案主办处室承担，可以修改。")),
}


def problem(code: str, lines: Lines, found: str = "", tasks: tuple[str, ...] = (), **names: object) -> Problem:
    """Put a problem together from its kind and what was found."""
    kind = KINDS[code]
    message, handled = kind.message.format(**names), kind.handled.format(**names)
    # Units inherited from a heading stand before the task, those of a covering note behind it.
    first, last = sorted(lines)
    return Problem(code, kind.severity, first, last, message, found, handled, tasks)


def said(stored: str, code: str) -> str:
    """Return a stored message or handling of a problem as a sentence that can be said in another language."""
    if code in KINDS:
        for sentence in (KINDS[code].message, KINDS[code].handled):
            if found := _pattern(sentence.source).fullmatch(stored):
                return say(sentence.source, **{name: _value(text) for name, text in found.groupdict().items()})
    return stored


def _value(text: str) -> object:
    """Return what was filled in: a month, names that other languages part otherwise, or any text."""
    if month := _MONTH.fullmatch(text):
        return say("{month:month}", month=date(int(month[1]), int(month[2]), 1))
    return [_NAMES.get(part, part) for part in text.split("、")]


HEAD_NAMES = {
    "doc_number": say("文号"),
    "title": say("标题"),
    "issuer": say("发文机关"),
    "issued_on": say("印发日期"),
}
"""What the fields of a document's head are called."""

_NAMES: dict[str, str] = {str(name): name for name in HEAD_NAMES.values()}
_MONTH = re.compile(r"([0-9]{4})年(1[0-2]|[1-9])月")


@cache
def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(source)), re.DOTALL)


def whole(task: TaskDraft) -> Lines:
    """Give all lines of a task."""
    return Lines(task.line_from, task.line_to)


def parties_line(task: TaskDraft) -> Lines:
    """Give the line on which the units of a task begin, or the whole task where they have no line of their own."""
    return Lines(task.parties_line, task.parties_line) if task.parties_line else whole(task)


def deadline_line(task: TaskDraft) -> Lines:
    """Give the line of a task's deadline, or the whole task where it has no line of its own."""
    return Lines(task.deadline_line, task.deadline_line) if task.deadline_line else whole(task)
