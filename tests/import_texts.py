"""A small plan document of nowhere, and imports of it in the state a test needs."""

from dataclasses import replace

from tests.assignments.acts import moment, person
from tracker.db import db, transaction
from tracker.plans import desk_opening, desk_queries
from tracker.plans.desk_opening import Upload
from tracker.plans.desk_queries import Import
from tracker.plans.readers import Reading
from tracker.rules.plan_text import editing
from tracker.rules.plan_text.drafts import Certainty, Evidence, PlanDraft, TaskDraft
from tracker.rules.plan_text.reader import read_plan

TASKS = 6
TEXT = """示例市司法局文件
示司发〔2024〕8号
示例市司法局关于印发《2024年法治工作任务分解》的通知
各科室：
现将《2024年法治工作任务分解》印发给你们，请认真贯彻执行。
示例市司法局
2024年2月5日
2024年法治工作任务分解
一、法治建设
1. 组织开展甲类培训，覆盖全部街镇。（责任部门：法治科。完成时间：2024年6月）
2. 修订乙类制度，印发执行。（责任部门：法治科。完成时间：9月）
3. 建成丙类平台，投入使用。（责任部门：信息科、法治科。完成时间：2024年12月）
二、基层服务
4. 走访丁类单位，解决实际问题。（责任部门：基层科。完成时间：持续推进）
5. 完善戊类机制，形成报告。（责任部门：基层科。完成时间：2024年10月）
6. 总结己类经验，报送材料。（责任部门：办公室。完成时间：2024年11月）"""
LINES = TEXT.split("\n")
FIRST = LINES.index("一、法治建设") + 2
"""The line of task 1."""

DOUBTFUL = {"2": ("deadline", "bare_bracket"), "5": ("responsible", "bare_bracket"), "6": ("deadline", "label_inline")}
"""What a test makes doubtful: the task, its field, the rule."""


def draft(doubtful: dict[str, tuple[str, str]] | None = None) -> PlanDraft:
    """Return what is read of the text, with doubts of one's own."""
    read = editing.keyed(read_plan(TEXT))
    for key, (field, rule) in (DOUBTFUL if doubtful is None else doubtful).items():
        task = editing.task_of(read, key)
        spans = task.evidence[field].spans if field in task.evidence else ()
        doubt = Evidence(rule, Certainty.DOUBTFUL, spans, "看不准。")
        read = editing.put(read, replace(task, evidence={**task.evidence, field: doubt}))
    return read


def opened(
    doubtful: dict[str, tuple[str, str]] | None = None, name: str = "任务分解.txt", sha256: str = "a" * 64
) -> int:
    """Open an import of the text by the supervisor and return its number."""
    upload = Upload(name, sha256, Reading(TEXT, (), "txt"))
    with transaction():
        return desk_opening.open_import(person("supervisor"), moment("2024-02-20"), upload, draft(doubtful)).id


def now(number: int) -> Import:
    """Return an import as it is stored."""
    db.session.rollback()
    db.session.expire_all()
    found = desk_queries.get(person("supervisor"), number)
    assert found
    return found


def task(number: int, key: str) -> TaskDraft:
    """Return a task of an import as it is stored."""
    return editing.task_of(now(number).draft, key)
