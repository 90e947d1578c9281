"""Documents on their way to plans, for the tests of units, rehearsal, publication and undoing."""

from pathlib import Path

from tests.assignments.acts import moment, person
from tests.import_makers import make_plan_import
from tracker.assignments import publication
from tracker.assignments.publication import Published
from tracker.db import db, transaction
from tracker.plans import rows
from tracker.plans.models import PlanImport
from tracker.rules.plan_text.editing import confirm, doubts, keyed
from tracker.rules.plan_text.keeping import keep
from tracker.rules.plan_text.reader import read_plan

SEEDS = Path(__file__).parents[1] / "seeds" / "plans"

SMALL = """沪司发〔2021〕77号

关于印发《测试方案》的通知

各区司法局：

现将《测试方案》印发给你们，请认真贯彻执行。

上海市司法局
2021年5月10日

测试方案

一、重点任务
1.编制清单。
责任部门：各区局，市局秘书处
完成时间：2021年9月
2.建立机制。
责任部门：市局秘书处
完成时间：持续推进
"""


def text_of(name: str) -> str:
    """Return a document of the seeds."""
    return (SEEDS / name).read_text(encoding="utf-8")


def make_import(text: str, confirmed: bool = False) -> PlanImport:
    """An open import of a text as it was read, with what is odd about it, stored; `confirmed`: nothing is doubtful."""
    with transaction():
        read = keyed(read_plan(text))
        for doubt in list(doubts(read)) if confirmed else ():
            read = confirm(read, doubt.key, doubt.field)
        made = make_plan_import(draft=keep(read), text=text)
        db.session.add_all(rows.anomaly(problem, import_id=made.id) for problem in read.problems)
    return made


def publish(import_id: int, day: str = "2021-06-24", account: str = "supervisor") -> Published:
    """Publish an import as it stands and commit."""
    version = db.session.get_one(PlanImport, import_id).version
    with transaction():
        return publication.publish(person(account), moment(day), import_id, version)
