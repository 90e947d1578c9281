"""What paper says of the tasks for which the city took points: due when, printed for whom, answered for by which
section of the bureau (R2-08)."""

from collections.abc import Iterator

from tracker.appraisal import mirrors
from tracker.appraisal.mirrors import Taken
from tracker.appraisal.queries import UnitSheet


def told(took: Taken, points: str) -> str:
    """Tell a task on the sheet that pays for it."""
    words = f"市局扣分：{took.doc_number} 第{took.fact.number}项任务，扣 {points} 分，{took.reason}"
    due = f"；时限：{took.fact.due_on.isoformat()}" if took.fact.due_on else ""
    return f"{words}{due}；条线：{took.lines or '未写明'}{_section(took)}"


def _section(took: Taken) -> str:
    """Tell which of the bureau's sections answers for a task, why, and who named it when."""
    if not took.named:
        return ""
    row = took.named[0]
    return f"；本局责任科室：{row.value}，{row.reason}（{row.day.isoformat()} {row.actor_name}）"


def answers_for(sheet: UnitSheet) -> Iterator[tuple[str, str]]:
    """Yield the tasks that a unit answers for, while another pays."""
    if sheet.answers_for:
        payers = "、".join(mirrors.payers(sheet.known.scheme, sheet.answers_for))
        tasks = "。".join(f"第{each.fact.number}项{_section(each)}" for each in sheet.answers_for)
        title = f"{sheet.answers_for[0].doc_number} 的任务中由本科室负责而未完成的"
        yield title, f"{tasks}。扣分记在{payers}，不在本表"
