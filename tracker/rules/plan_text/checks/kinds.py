"""List every kind of problem: how serious it is, what it says, what the reader did about it."""

from dataclasses import dataclass
from typing import NamedTuple

from tracker.rules.plan_text.drafts import Problem, Severity, TaskDraft


@dataclass(frozen=True)
class Kind:
    """The words of one kind of problem; names in braces are filled in by the check."""

    severity: Severity
    message: str
    handled: str


class Lines(NamedTuple):
    """The source lines a problem points at, counted from 1."""

    first: int
    last: int


_INFO, _NOTICE, _WARNING = Severity.INFO, Severity.NOTICE, Severity.WARNING

KINDS: dict[str, Kind] = {
    # The text as such.
    "invisible_characters": Kind(_NOTICE, "文件中含有看不见的控制字符。", "已略去；请留意正文有无缺字。"),
    "mixed_width": Kind(_INFO, "全角与半角的标点、括号混用。", "识别时统一看待，显示时保留原样。"),
    "text_joined": Kind(_INFO, "一段文字被换页断开。", "已连成一体，中间不加空格。"),
    "parties_joined": Kind(_NOTICE, "单位名单被换页断开。", "已连成一体，中间不加空格；请核对断开处的名称。"),
    "title_spelling": Kind(
        _INFO, "通知引用的名称与方案标题的空格、引号写法不同。", "视为同一名称，采用方案自己的标题。"
    ),
    "head_incomplete": Kind(_WARNING, "没有读到{gaps}。", "留空，请在确认前补填。"),
    "no_report_period": Kind(_NOTICE, "要求定期上报，但未写明周期。", "不作推断；报告周期由设置决定。"),
    "no_scoring": Kind(_INFO, "文件没有规定扣分或评分办法。", "分值一律来自设置，并注明出处。"),
    "page_furniture": Kind(_INFO, "夹有页码、页眉或网页按钮。", "已略去，前后文字相连。"),
    "orphan_line": Kind(
        _WARNING,
        "这一行重复了上一行的结尾，像是转换时多出来的。",
        "未自行删除；建议更正：把第{line}行改为空行，理由“重复第{before}行末尾”。",
    ),
    "foreign_word": Kind(_NOTICE, "中文之间夹有英文单词，像是转换或翻译的残留。", "原样保留；请核对原文。"),
    "unlike_brackets": Kind(_INFO, "括号一边全角、一边半角。", "配对时统一看待，显示时保留原样。"),
    "summary_left_out": Kind(
        _NOTICE, "方案之前另有一份工作总结。", "总结部分不读作任务；任务从方案自己的标题之后读起。"
    ),
    "unknown_label": Kind(
        _WARNING, "这个标签的含义不明：既不是牵头、责任、配合，也不是完成时间。", "未采用；请核对是否应作为单位或时限。"
    ),
    # The tasks.
    "shared_wording": Kind(_NOTICE, "两项任务提到同一件事。", "互作参照，不合并。"),
    "numbering": Kind(_WARNING, "任务序号不连续。", "按原文序号保留；请核对是否缺项或重号。"),
    "stray_label": Kind(
        _WARNING,
        "这一行像是责任单位或完成时间，却没有用上。",
        "未采用；请核对前面的任务是否缺序号，或同一任务是否写了两个完成时间。",
    ),
    "continuing_duty": Kind(
        _NOTICE,
        "这是经常性职责，却定了完成时间，正文没有可衡量的结果。",
        "需要一句约定的办结标准；默认句可编辑，并标明非原文。",
    ),
    "long_term": Kind(
        _NOTICE, "正文自带的期限晚于完成时间。", "完成时间照原文；更长的期限（约至{end}）另行跟踪，不改变到期日。"
    ),
    # The units.
    "no_parties": Kind(_WARNING, "没有写明责任单位。", "不作推断；发布前请指定。"),
    "no_lead": Kind(_NOTICE, "各项任务均未标明牵头单位。", "保留原文顺序，排在首位的只称“首列处室”，不当作牵头。"),
    "no_office": Kind(
        _NOTICE,
        "只列各类单位，未指定具体处室。",
        "显示为“未指定处室”，不擅自指派；督办默认由方案主办处室承担。",
    ),
    "shared_prefix": Kind(_INFO, "前缀只写一次，由同组各处室共用。", "补全为{names}；原文写法同时保留。"),
    "repeated_party": Kind(_WARNING, "同一单位在一项任务中出现多次。", "原样保留；发布时只计一次。"),
    "order_differs": Kind(_NOTICE, "同样的处室在不同任务中先后顺序不同。", "逐项保留原文顺序，不据此推断牵头。"),
    "name_variant": Kind(_NOTICE, "两个名称像是同一单位的不同写法。", "暂按两个单位处理；对应单位时请确认。"),
    "group_contains_lead": Kind(
        _NOTICE, "牵头单位本身也在责任群体之内。", "发布时牵头单位只承担牵头，不重复列为成员。"
    ),
    # The deadlines.
    "crowded_month": Kind(_NOTICE, "过半任务在同一个月到期。", "到期日照原文；建议设置季度检查点，按单位汇总提醒。"),
    "no_deadline": Kind(_WARNING, "没有写明完成时间。", "不作推断；发布前请补填。"),
    "unreadable_deadline": Kind(_WARNING, "完成时间无法换算成日期。", "保留原文，不作推断；发布前请补填。"),
    "spaces_in_deadline": Kind(_INFO, "完成时间中夹有空格。", "读作{value}，原文写法同时保留。"),
    "due_before_issue": Kind(_WARNING, "到期早于印发。", "到期日照原文；请选择补录办结、顺延或照常计算。"),
    "short_notice": Kind(
        _NOTICE, "印发后很快到期，提前一个月的提醒已经错过。", "发布当天发一次通知，不补发过去的提醒。"
    ),
    # The steps of the plan.
    "ambiguous_date": Kind(_NOTICE, "日期有两种读法：旬初之前，或旬末之前。", "默认取{day}，可以修改。"),
    "outside_phase": Kind(
        _WARNING, "事项的时间超出所在标题写明的阶段。", "单独列为一个节点，时间以事项自己的写法为准。"
    ),
    "no_owner": Kind(_NOTICE, "没有写明由谁组织。", "留空；默认由方案主办处室承担，可以修改。"),
}


def problem(code: str, lines: Lines, found: str = "", tasks: tuple[str, ...] = (), **names: object) -> Problem:
    """Put a problem together from its kind and what was found."""
    kind = KINDS[code]
    message, handled = kind.message.format(**names), kind.handled.format(**names)
    # Units inherited from a heading stand before the task, those of a covering note behind it.
    first, last = sorted(lines)
    return Problem(code, kind.severity, first, last, message, found, handled, tasks)


def whole(task: TaskDraft) -> Lines:
    """Give all lines of a task."""
    return Lines(task.line_from, task.line_to)


def parties_line(task: TaskDraft) -> Lines:
    """Give the line on which the units of a task begin, or the whole task where they have no line of their own."""
    return Lines(task.parties_line, task.parties_line) if task.parties_line else whole(task)


def deadline_line(task: TaskDraft) -> Lines:
    """Give the line of a task's deadline, or the whole task where it has no line of its own."""
    return Lines(task.deadline_line, task.deadline_line) if task.deadline_line else whole(task)
