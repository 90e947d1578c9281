"""The frozen sheet verifies; whatever is altered behind the application's back makes it fail, and is named."""

import io
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from tests.assignments.acts import moment, owed, person, take, the_plan
from tests.conftest import Ran
from tests.makers import make_due_change, make_evaluation, make_evaluation_result, make_score_rule
from tests.scoring.test_deductions import decide, deduct, object_to
from tests.scoring.test_must_show import REVIEWER
from tracker import storage
from tracker.assignments.models import Assignment, DueChange, StatusChange
from tracker.audit import operations as audit
from tracker.db import db, transaction
from tracker.plans.models import SourceDocument, Task
from tracker.reports import operations as reports
from tracker.reports.models import ApprovalPin, Evidence, Report
from tracker.reports.operations import Content, Upload
from tracker.rules.evaluation import Verdict
from tracker.rules.permissions import Forbidden
from tracker.rules.reports import Decision, ReportKind
from tracker.rules.status import Move, Status
from tracker.scoring import operations, sheets, verification
from tracker.scoring.models import Appeal, Deduction, EvaluationResult, Freeze, ScoreRule
from tracker.scoring.operations import LineKey
from tracker.scoring.sheet_content import first_content
from tracker.scoring.verification import Verification

PROOF = b"%PDF-1.4 proof"


@pytest.fixture
def files(seeded: Flask) -> Path:
    """Return the data directory."""
    folder: Path = seeded.config["TRACKER_DATA_DIR"]
    return folder


def accepted(files: Path) -> int:
    """Let Songjiang report task 7 with a file, late, and have it accepted; return the assignment."""
    seven = owed("7", "songjiang")
    take("songjiang-clerk", Move.ACKNOWLEDGE, "2021-02-20", seven)
    content = Content("已落实。", kind=ReportKind.COMPLETION, progress=100)
    proof = Upload("证明.pdf", storage.keep(files, io.BytesIO(PROOF), 1 << 20))
    with transaction():
        at = moment("2021-03-02")
        reports.file(person("songjiang-clerk"), at, seven, content, token="asks", version=0, uploads=[proof])
    with transaction():
        reports.review(person(REVIEWER), moment("2021-03-03"), seven, Decision.ACCEPT, "")
    return seven


@pytest.fixture
def frozen(seeded: Flask, files: Path) -> Freeze:
    """Freeze scores that rest on a bit of everything."""
    seven = accepted(files)
    decide(object_to(LineKey(deduction_id=deduct("1.5").id)), granted=True)
    plan = the_plan()
    eight = owed("8", "huangpu")
    with transaction():
        make_score_rule(plan_id=plan.id, day=date(2021, 3, 4), late_counts=True)
        make_due_change(assignment_id=eight, old_due_on=date(2021, 3, 1), new_due_on=date(2021, 3, 31))
        make_evaluation(
            plan_id=plan.id,
            opened_on=date(2021, 3, 9),
            published_on=date(2021, 3, 10),
            published_at=moment("2021-03-10"),
            published_by="督办",
        )
        make_evaluation_result(
            plan_id=plan.id,
            assignment_id=owed("7", "huangpu"),
            verdict=Verdict.DONE,
            comment="现场核实",
            overrides=Status.PENDING,
        )
    assert seven
    db.session.expire_all()
    with transaction():
        return operations.freeze(person("supervisor"), moment("2021-03-31"), the_plan())


def verified(files: Path | None) -> Verification:
    """Verify the plan's sheet as the auditor."""
    return verification.verify(person("auditor"), the_plan(), files)


def test_an_untouched_sheet_verifies_and_says_how_much_was_looked_at(frozen: Freeze, files: Path) -> None:
    found = verified(files)
    assert found.agrees, [difference.words for difference in found.found]
    assert found.looked["districts"] == 16
    assert (found.looked["reports"], found.looked["files"]) == (1, 1)
    assert verification.replay(person("auditor"), the_plan(), frozen.day, files).agrees


def forge(how: Callable[[str], str]) -> None:
    """Alter the sheet and give it the hash that belongs to it."""
    sealed = db.session.scalars(select(Freeze)).one()
    sealed.sheet = how(sealed.sheet)
    sealed.sha256 = sheets.digest(sealed.sheet)


def completed() -> Assignment:
    """Return the assignment that was accepted with a report."""
    return db.session.get_one(Assignment, owed("7", "songjiang"))


def one(model: type, *conditions: Any) -> Any:
    """Return the one row of a kind."""
    return db.session.scalars(select(model).where(*conditions)).one()


def set_(row: object, **fields: object) -> None:
    """Alter a row behind the application's back."""
    for name, value in fields.items():
        setattr(row, name, value)
    db.session.flush()  # the verification reads what is stored


def step(move: Move) -> Any:
    """Return a step of the assignment."""
    return one(StatusChange, StatusChange.assignment_id == completed().id, StatusChange.move == move)


def remove(model: type, *conditions: Any) -> None:
    """Take rows away behind the application's back."""
    db.session.execute(delete(model).where(*conditions))


PLACE = "松江区司法局 第7项"

ALTERATIONS: dict[str, tuple[Callable[[], None], str]] = {
    "the status on record": (
        lambda: set_(completed(), status=Status.IN_PROGRESS, completed_on=None),
        f"{PLACE}：状态 封存为“已办结”，现为“办理中”",
    ),
    "the day of completion": (
        lambda: set_(completed(), completed_on=date(2021, 2, 25)),
        f"{PLACE}：办结日 封存为“2021-03-03”，现为“2021-02-25”",
    ),
    "the day of a step": (
        lambda: set_(step(Move.ACCEPT), day=date(2021, 2, 27)),
        f"{PLACE} 2021-03-03 的“审核通过”：日期 封存为“2021-03-03”，现为“2021-02-27”",
    ),
    "who took a step": (
        lambda: set_(step(Move.ACKNOWLEDGE), actor_name="别人"),
        f"{PLACE} 2021-02-20 的“签收”：经手人 封存为“松江经办（演示）”，现为“别人”",
    ),
    "a step taken away": (
        lambda: remove(StatusChange, StatusChange.id == step(Move.SUBMIT).id),
        f"{PLACE} 2021-03-02 的“申请办结”：封存中有，现在没有",
    ),
    "a due day": (
        lambda: set_(one(Assignment, Assignment.id == owed("9", "songjiang")), due_on=date(2021, 12, 31)),
        "松江区司法局 第9项：完成时限 封存为“2021-03-31”，现为“2021-12-31”",
    ),
    "the history of a due day": (
        lambda: set_(one(DueChange), old_due_on=date(2021, 3, 2)),
        "黄浦区司法局 第8项 2021-01-29 的时限调整：原时限 封存为“2021-03-01”，现为“2021-03-02”",
    ),
    "what a report says": (
        lambda: set_(one(Report), done="另一番话"),
        "报告 1：内容已改动",
    ),
    "what a file is called": (
        lambda: set_(one(Evidence), name="别的.pdf"),
        "附件 证明.pdf 第1版：文件名 封存为“证明.pdf”，现为“别的.pdf”",
    ),
    "the hash of a file": (
        lambda: set_(one(Evidence), sha256="0" * 64),
        "附件 证明.pdf 第1版：sha256已改动",
    ),
    "the pin of an approval": (
        lambda: set_(one(ApprovalPin), sha256="0" * 64),
        "审核时封存的内容：sha256已改动",
    ),
    "a deduction": (
        lambda: set_(one(Deduction, Deduction.points > 0), points=Decimal("0.5")),
        "松江区司法局 登记的扣分 1：分值 封存为“1.5”，现为“0.5”",
    ),
    "an appeal": (
        lambda: set_(one(Appeal), answer="另有原因"),
        "松江区司法局 异议 1：答复 封存为“经核对属实”，现为“另有原因”",
    ),
    "a verdict of the evaluation": (
        lambda: set_(one(EvaluationResult), verdict=Verdict.NOT_DONE),
        "黄浦区司法局 第7项：评估认定 封存为“完成”，现为“未完成”",
    ),
    "the plan's own rule": (
        lambda: set_(the_plan(), points_per_miss=Decimal(2)),
        "评分规则第 1 版：每项扣分 封存为“1”，现为“2”",
    ),
    "a later version of the rule": (
        lambda: set_(one(ScoreRule), points_per_miss=Decimal(2)),
        "评分规则第 2 版：每项扣分 封存为“1”，现为“2”",
    ),
    "the text of a task": (
        lambda: set_(one(Task, Task.number == "7"), text="另一项任务"),
        "第7项任务：任务原文 封存为“根据社区矫正机构的委托，承担社区矫正相关工作。”，现为“另一项任务”",
    ),
    "the source document": (
        lambda: set_(one(SourceDocument), text="另一份文件"),
        "得分表：原文文本已改动",
    ),
    "the sheet": (
        lambda: set_(one(Freeze), sheet=one(Freeze).sheet.replace('"score": "19"', '"score": "20"')),
        "得分表：内容与校验码不符，封存后被改动过",
    ),
    "the sheet with its hash": (
        lambda: forge(lambda sheet: sheet.replace('"rank": 1', '"rank": 9')),
        "得分表：校验码与审计记录中定稿时的不同",
    ),
    "the sheet beyond reading": (lambda: forge(lambda sheet: sheet[:-1]), "得分表：封存的内容已无法读取"),
    "the sheet of no form": (lambda: forge(lambda sheet: '{"districts": [{"lines": 7}]}'), "得分表："),
    "the sheet taken away": (
        lambda: remove(Freeze),
        "得分表：审计记录中有定稿，封存的得分表已不在",
    ),
}


def test_whatever_is_altered_makes_the_verification_fail_and_is_named(frozen: Freeze, files: Path) -> None:
    missed = {}
    for what, (alter, words) in ALTERATIONS.items():
        alter()
        said = [difference.words for difference in verified(None).found]
        if not any(words in each for each in said):
            missed[what] = said[:8]
        db.session.rollback()
    assert missed == {}
    assert verified(files).agrees


@pytest.mark.parametrize(
    ("alter", "words"),
    [
        (lambda path: path.write_bytes(b"other"), "附件 证明.pdf 第1版：文件内容与封存的 sha256 不符"),
        (lambda path: path.unlink(), "附件 证明.pdf 第1版：存储的文件已不在"),
        (lambda path: (path.unlink(), path.mkdir()), "附件 证明.pdf 第1版：存储的文件已不在"),
    ],
)
def test_a_stored_file_that_was_altered_or_lost_is_named(
    frozen: Freeze, files: Path, alter: Callable[[Path], object], words: str
) -> None:
    alter(storage.path_of(files, one(Evidence).sha256))
    assert any(words in difference.words for difference in verified(files).found)
    assert verified(None).agrees


def test_a_forged_name_of_a_file_leads_nowhere(frozen: Freeze, files: Path) -> None:
    sha256 = one(Evidence).sha256
    with transaction():
        forge(lambda sheet: sheet.replace(sha256, "../../../etc/passwd"))
    assert any("存储的文件已不在" in difference.words for difference in verified(files).found)


def test_causes_are_named_before_what_follows_from_them(frozen: Freeze) -> None:
    set_(one(ScoreRule), points_per_miss=Decimal(2))
    found = verified(None).found
    follows = [difference.follows for difference in found]
    assert follows == sorted(follows)
    assert any(difference.words.startswith("松江区司法局：得分 ") for difference in found)


def test_a_sheet_of_the_first_format_still_verifies(frozen: Freeze, files: Path) -> None:
    text = json.dumps(first_content(the_plan(), frozen.day), ensure_ascii=False, sort_keys=True)
    with transaction():
        forge(lambda sheet: text)
        detail = f"sha256 {sheets.digest(text)}"
        audit.record(person("supervisor"), moment("2021-03-31"), sheets.FROZE, "plan", frozen.plan_id, detail)
    assert verified(files).agrees
    set_(completed(), status=Status.IN_PROGRESS, completed_on=None)
    said = [difference.words for difference in verified(None).found]
    assert "松江区司法局 第7项得分行：结论 封存为“逾期后办结”，现为“未完成”" in said


def test_only_who_replays_scores_verifies_them(frozen: Freeze) -> None:
    for account in ("songjiang-lead", "leader", "admin"):
        with pytest.raises(Forbidden):
            verification.verify(person(account), the_plan())


def test_the_command_says_what_it_found_by_words_and_exit_code(
    frozen: Freeze, files: Path, cli: Callable[..., Ran]
) -> None:
    ran = cli("scores", "verify")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("一致：")
    assert frozen.sha256 in ran.out
    with transaction():
        set_(one(Report), done="另一番话")
    ran = cli("scores", "verify", "--json")
    assert ran.code == 1
    told = json.loads(ran.out)
    assert told["ok"] is False
    assert any("内容已改动" in row["message"] for row in told["differences"])
    assert "核验不一致" in ran.err


def test_without_a_frozen_sheet_the_command_says_so(seeded: Flask, cli: Callable[..., Ran]) -> None:
    ran = cli("scores", "verify")
    assert (ran.code, ran.out) == (2, "")
    assert "还没有定稿封存" in ran.err
