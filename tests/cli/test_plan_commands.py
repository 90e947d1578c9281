"""A plan's life by the command line: corrected, imported, published or removed; units that join and leave."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from xlsxwriter.workbook import Workbook

from tests.assignments.acts import the_plan, unit_id
from tests.factories import make_organization
from tests.plans.readers.makers import book
from tracker.db import db, transaction
from tracker.plans.models import Anomaly, SourceDocument
from tracker.plans.noting import NOTED

Cli = Callable[..., Any]
DOCUMENT = Path(__file__).parents[2] / "seeds" / "plans" / "shanghai-2021-11.txt"
WRONG = "完成时间：2021年13月"


@pytest.fixture
def other(seeded: Flask, tmp_path: Path) -> Path:
    """The same document under another number."""
    file = tmp_path / "方案.txt"
    text = DOCUMENT.read_text(encoding="utf-8").replace("沪司发〔2021〕11号", "沪司发〔2021〕12号")
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def misprinted(other: Path) -> tuple[Path, int]:
    """The other document with a month that does not exist, and the line it stands on."""
    lines = other.read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if text == "完成时间：2021年2月")
    lines[line - 1] = WRONG
    other.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return other, line


def require_refused(ran: Any, words: str) -> None:
    """Fail unless a command was refused in one line that holds these words."""
    assert (ran.code, ran.out) == (1, ""), ran.err
    assert words in ran.err.splitlines()[-1]
    assert "Traceback" not in ran.err


def states(cli: Cli) -> list[str]:
    """Return the state of each plan, the oldest first."""
    return [plan["state"] for plan in sorted(cli("plans", "list", "--json").json, key=lambda plan: plan["id"])]


def draft_id(cli: Cli) -> int:
    """Return the id of the plan that is not published."""
    (found,) = [plan["id"] for plan in cli("plans", "list", "--json").json if plan["state"] == "draft"]
    return int(found)


def test_a_draft_is_published_afterwards(cli: Cli, other: Path) -> None:
    cli("plans", "import", other, "--owner", "促进法治处", "--counter-reviewer", "办公室")
    assert states(cli) == ["published", "draft"]
    assert cli("plans", "publish", draft_id(cli)).out == "已发布，交办 1244 个责任事项。\n"
    assert states(cli) == ["published", "published"]


def test_a_plan_in_which_two_tasks_have_one_number_is_not_imported_and_published(cli: Cli, other: Path) -> None:
    other.write_text(other.read_text(encoding="utf-8").replace("\n9.", "\n8.", 1), encoding="utf-8")
    require_refused(cli("plans", "import", other, "--publish"), "沪司发〔2021〕12号 中序号重复：8 各有不止一项任务")
    assert states(cli) == ["published"]


def test_a_draft_is_removed_with_its_source_and_can_be_imported_again(cli: Cli, other: Path) -> None:
    cli("plans", "import", other)
    assert "草稿已删除" in cli("plans", "remove", draft_id(cli)).out
    assert states(cli) == ["published"]
    assert db.session.query(SourceDocument).count() == 1
    assert cli("plans", "import", other, "--publish").code == 0


def test_a_published_plan_is_neither_removed_nor_published_again(seeded: Flask, cli: Cli) -> None:
    require_refused(cli("plans", "remove", the_plan().id), "已经发布交办，不能删除")
    require_refused(cli("plans", "publish", the_plan().id), "已经发布")


@pytest.mark.parametrize(
    "command",
    [("publish", "4711"), ("remove", "4711"), ("join", "4711", "松江"), ("leave", "4711", "松江", "--reason", "x")],
)
def test_a_plan_that_is_not_there_is_refused(seeded: Flask, cli: Cli, command: tuple[str, ...]) -> None:
    require_refused(cli("plans", *command), "方案")


def test_an_unknown_owner_is_refused(cli: Cli, other: Path) -> None:
    require_refused(cli("plans", "import", other, "--owner", "档案处"), "“档案处”不在单位库中")
    assert states(cli) == ["published"]


# ---- corrections


def test_a_month_that_does_not_exist_is_refused_with_its_line(cli: Cli, misprinted: tuple[Path, int]) -> None:
    file, line = misprinted
    require_refused(cli("plans", "import", file, "--publish"), f"完成时间读不懂：第 {line} 行“2021年13月”（第7项）")
    assert states(cli) == ["published"]


def test_a_correction_with_its_reason_is_applied_and_kept(
    cli: Cli, misprinted: tuple[Path, int], tmp_path: Path
) -> None:
    file, line = misprinted
    patch = {"line": line, "old": WRONG, "new": "完成时间：2021年2月", "reason": "印刷错误", "author": "张三"}
    (tmp_path / "更正.json").write_text(json.dumps([patch]), encoding="utf-8")
    read = cli("plans", "read", file, "--patches", tmp_path / "更正.json", "--json").json
    assert read["tasks"][6]["deadline"]["value"] == "2021-02"
    assert cli("plans", "import", file, "--patches", tmp_path / "更正.json", "--publish").code == 0
    noted = db.session.query(Anomaly).filter_by(code="patched").one()
    assert (noted.line_from, noted.handled) == (line, "张三：印刷错误")
    assert WRONG in db.session.query(SourceDocument).order_by(SourceDocument.id.desc()).first().text  # type: ignore[union-attr]


def test_what_the_reader_of_the_file_noted_is_told_as_in_the_wizard(app: Flask, cli: Cli, tmp_path: Path) -> None:
    def fill(workbook: Workbook) -> None:
        for name, task in (("任务", "开展检查"), ("旧稿", "建立清单")):
            sheet = workbook.add_worksheet(name)
            sheet.write_row(0, 0, ["序号", "工作任务", "责任单位", "完成时限"])
            sheet.write_row(1, 0, ["1", task, "市商务局", "2030年6月"])
        workbook.worksheets()[1].hide()

    file = tmp_path / "任务表.xlsx"
    file.write_bytes(book(fill))
    (found,) = [one for one in cli("plans", "read", file, "--json").json["problems"] if one["code"] == NOTED]
    assert found["message"] == "工作表“旧稿”是隐藏的，也读了进来。"
    assert found["message"] in cli("plans", "read", file).err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "读不懂"),
        ("[1]", "读不懂"),
        ('[{"line": 1}]', "读不懂"),
        ("{}", ""),
        ('[{"line": 1, "old": "x", "new": "y", "reason": "z", "author": "张三"}]', "第1行的原文与更正所记不符"),
        ('[{"line": 99999, "old": "x", "new": "y", "reason": "z", "author": "张三"}]', "更正指向第99999行"),
        ('[{"line": 1, "old": "x", "new": "y", "reason": "", "author": "张三"}]', "缺少理由或更正人"),
        ('[{"line": "1", "old": "x", "new": "y", "reason": "z", "author": "张三"}]', "读不懂"),
        ('[{"line": 1, "old": "x", "new": 2, "reason": "z", "author": "张三"}]', "读不懂"),
    ],
)
def test_a_correction_that_does_not_fit_is_refused(
    app: Flask, cli: Cli, tmp_path: Path, content: str, words: str
) -> None:
    (tmp_path / "更正.json").write_text(content, encoding="utf-8")
    ran = cli("plans", "read", DOCUMENT, "--patches", tmp_path / "更正.json", "--json")
    if words:
        require_refused(ran, words)
    else:
        assert len(ran.json["tasks"]) == 28


def test_a_file_of_corrections_that_is_not_there_is_refused(app: Flask, cli: Cli, tmp_path: Path) -> None:
    require_refused(cli("plans", "read", DOCUMENT, "--patches", tmp_path / "nowhere.json"), "文件无法使用")


# ---- units that join and leave


def test_a_unit_joins_and_leaves_on_the_business_day(seeded: Flask, cli: Cli) -> None:
    with transaction():
        make_organization(parent_id=unit_id("shanghai"), name="临港区司法局", short_name="临港")
    plan = the_plan().id
    assert cli("plans", "join", plan, "临港").out == "已向 临港 交办 12 个责任事项。\n"
    require_refused(cli("plans", "join", plan, "临港"), "没有新的责任事项")
    assert cli("plans", "leave", plan, "临港", "--reason", "机构撤并").out == "已撤销 临港 的 12 个未办结事项。\n"
    require_refused(cli("plans", "leave", plan, "临港", "--reason", "机构撤并"), "没有未办结的事项")


@pytest.mark.parametrize("command", [("join", "档案处"), ("leave", "档案处", "--reason", "x")])
def test_an_unknown_unit_neither_joins_nor_leaves(seeded: Flask, cli: Cli, command: tuple[str, ...]) -> None:
    require_refused(cli("plans", command[0], the_plan().id, *command[1:]), "找不到名为“档案处”的单位")


def test_leaving_without_a_reason_is_not_understood(seeded: Flask, cli: Cli) -> None:
    ran = cli("plans", "leave", the_plan().id, "松江")
    assert (ran.code, ran.out) == (2, "")


def test_the_second_plan_runs_beside_the_first_with_its_own_units_and_without_points(
    seeded: Flask, cli: Cli, on_day: Callable[[str], object]
) -> None:
    on_day("2024-02-22")
    cli("seed", "--with", "putuo-2024")
    file = DOCUMENT.with_name("putuo-2024-1.txt")
    cli("plans", "import", file, "--publish", "--unscored", "--owner", "区局办公室", "--counter-reviewer", "政治处")
    plan = next(row for row in cli("plans", "list", "--json").json if row["doc_number"] == "沪普司〔2024〕1号")
    assert (plan["tasks"], plan["state"]) == (89, "published")
    late = cli("assignments", "--plan", plan["id"], "--on", "2024-07-01", "--overdue", "--json").json
    assert {row["task_number"] for row in late} == {"5", "27", "30", "31", "48", "54", "71"}
    assert {row["plan"] for row in late} == {"沪普司〔2024〕1号"}
