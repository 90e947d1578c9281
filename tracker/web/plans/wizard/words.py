"""What the pages of an import call things."""

from tracker.plans.readers import READERS
from tracker.rules.deadlines import DeadlineKind, DeadlineSpec
from tracker.rules.plan_text.drafts import TaskKind
from tracker.rules.words import say

KIND_TEXT: dict[TaskKind, str] = {
    TaskKind.TASK: say("任务：要办结"),
    TaskKind.REQUIREMENT: say("工作要求：只报告，不逾期"),
}
DIALECT_TEXT: dict[str, str] = {
    "labelled": say("逐项写明责任部门和完成时间"),
    "tabular": say("任务分解表"),
    "numbered": say("按编号分项"),
    "guessed": say("推测的任务，须逐项确认"),
}
FILE_TEXT: dict[str, str] = {
    "docx": say("Word 文档"),
    "doc": say("Word 97–2003 文档"),
    "wps": say("WPS 文档"),
    "xlsx": say("Excel 工作簿"),
    "xls": say("Excel 97–2003 工作簿"),
    "et": say("WPS 表格"),
    "pdf": say("PDF 文件"),
    "txt": say("纯文本"),
}
CHANGE_TEXT: dict[str, str] = {
    "open": say("上传并识别"),
    "edit": say("修改"),
    "confirm": say("确认"),
    "dismiss": say("不采用"),
    "split": say("拆分"),
    "merge": say("合并"),
    "withdraw": say("撤下"),
    "take_back": say("恢复任务"),
    "add": say("补录"),
    "head": say("修改文件信息"),
    "date": say("按新的年份重算时限"),
    "patch": say("更正原文"),
    "unit": say("映射单位"),
    "settings": say("设定办理和计分"),
    "early": say("决定早于印发日期的时限"),
    "publish": say("发布为方案"),
    "undo": say("撤回发布"),
    "drop": say("放弃导入"),
}
STEP_TEXT: dict[str, str] = {
    "check": say("核对"),
    "units": say("映射单位"),
    "rehearsal": say("预演"),
    "publish": say("发布{step}", step=""),
}
ENDINGS = tuple(f".{ending}" for ending in READERS)


def read_as(deadline: DeadlineSpec) -> str:
    """Say what a deadline's wording was read as."""
    day = deadline.due_on
    if day is not None and deadline.kind is DeadlineKind.MONTH:
        return say("读作 {value}，按月末计，至{day:long} {day:weekday}", value=deadline.value, day=day)
    if day is not None:
        return say("读作 {value}，至{day:long} {day:weekday}", value=deadline.value, day=day)
    if deadline.kind is DeadlineKind.ONGOING:
        return say("持续推进，没有截止日")
    if deadline.kind is DeadlineKind.RELATIVE:
        return say("从某件事起算，没有固定的截止日")
    if not deadline.raw:
        return say("没有写明时限")
    return say("换算不成日期，请改写")
