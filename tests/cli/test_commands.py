"""Every command: what it prints, its exit code, and its refusals in one Chinese line."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Ran
from tests.golden import score as scorer
from tracker.resources import resource

Cli = Callable[..., Ran]

GOLDEN = Path(__file__).parents[1] / "golden"
DOCUMENT = resource("seeds") / "plans" / "shanghai-2021-11.txt"


def refused(ran: Ran, *said: str) -> None:
    """Expect exit code 1 and one Chinese line that says what is wrong."""
    assert ran.code == 1
    assert ran.out == ""
    assert len(ran.err.strip().splitlines()) == 1
    assert re.search("[一-鿿]", ran.err)
    assert "Traceback" not in ran.err
    for words in said:
        assert words in ran.err


def test_the_plan_is_read_without_a_fault(cli: Cli) -> None:
    found = cli("plans", "read", DOCUMENT, "--json").json
    truth = json.loads((GOLDEN / "seed_shanghai_28.json").read_text(encoding="utf-8"))
    metrics = scorer.metrics(scorer.score_doc(truth, found))
    assert {name: value for name, value in metrics.items() if value not in (None, 1.0)} == {
        "persons_as_departments": 0,
        "gt": 28,
        "pred": 28,
    }


def test_reading_writes_nothing(cli: Cli) -> None:
    assert cli("plans", "read", DOCUMENT).code == 0
    assert cli("plans", "list", "--json").json == []


def test_the_list_of_plans_has_the_shape_that_scripts_rely_on(seeded: Flask, cli: Cli) -> None:
    (plan,) = cli("plans", "list", "--json").json
    assert list(plan) == ["id", "doc_number", "title", "issuer", "issued_on", "state", "tasks"]
    assert (plan["doc_number"], plan["tasks"], plan["state"]) == ("沪司发〔2021〕11号", 28, "published")


@pytest.mark.parametrize(
    ("day", "levels"), [("2021-02-28", {}), ("2021-03-01", {"district": 32, "city": 2, "office": 54})]
)
def test_tasks_of_february_are_overdue_from_the_first_of_march(
    seeded: Flask, cli: Cli, day: str, levels: dict[str, int]
) -> None:
    found = cli("assignments", "--on", day, "--overdue", "--json").json
    counted = {
        "district": sum(row["level"] == "district_bureau" for row in found),
        "city": sum(row["level"] == "city_office" for row in found),
        "office": sum(row["level"] == "justice_office" for row in found),
    }
    assert {level: number for level, number in counted.items() if number} == levels
    assert {row["task_number"] for row in found} == ({"7", "8"} if levels else set())


def test_an_assignment_has_the_shape_that_scripts_rely_on(seeded: Flask, cli: Cli) -> None:
    rows = cli("assignments", "--on", "2021-03-01", "--unit", "松江", "--json").json
    row = next(row for row in rows if row["task_number"] == "7")
    wanted = {"id", "plan", "task_number", "task", "unit", "district", "status", "light", "due_on", "due_text"}
    wanted |= {"days_overdue", "completed_on", "late"}
    assert wanted <= set(row)
    assert (row["unit"], row["light"], row["due_on"], row["days_overdue"], row["late"]) == (
        "松江区司法局",
        "overdue",
        "2021-02-28",
        1,
        False,
    )
    assert len(rows) == 28


@pytest.mark.parametrize(
    ("day", "score", "raw"),
    [
        ("2021-02-28", "20", "0"),
        ("2021-03-01", "18", "2"),
        ("2021-04-01", "12", "8"),
        ("2021-05-01", "8", "12"),
        ("2021-06-01", "4", "16"),
        ("2021-07-01", "0", "20"),
        ("2021-10-01", "0", "28"),
    ],
)
def test_scores_of_a_plan_that_nobody_carries_out(seeded: Flask, cli: Cli, day: str, score: str, raw: str) -> None:
    found = cli("scores", "--on", day, "--json").json
    assert {(row["score"], row["raw_deduction"], row["rank"]) for row in found} == {(score, raw, 1)}
    assert len(found) == 16
    assert {len(row["missed"]) for row in found} == {int(raw)}


@pytest.mark.parametrize(("day", "score"), [("2021-03-01", 18), ("2021-07-01", 0), ("2021-10-01", 0)])
def test_the_points_of_an_explanation_add_up(seeded: Flask, cli: Cli, day: str, score: int) -> None:
    lines = cli("scores", "explain", "songjiang", "--on", day, "--json").json
    assert sum(int(line["points"]) for line in lines) == score
    misses = [line for line in lines if line["outcome"] == "missed"]
    assert all("扣完为止" in line["quote"] and "行" in line["source"] and line["facts"] for line in misses)


def test_a_forecast_tells_the_score_with_tasks_done(seeded: Flask, cli: Cli) -> None:
    found = cli("scores", "forecast", "松江", "--complete", "7,8", "--on", "2021-03-01", "--json").json
    assert (found["before"]["score"], found["score"]) == ("18", "20")


def test_letters_are_planned_once(seeded: Flask, cli: Cli) -> None:
    previewed = cli("remind", "--on", "2021-03-01", "--dry-run", "--json").json
    queued = cli("remind", "--on", "2021-03-01", "--json").json
    assert previewed == queued
    assert set(queued[0]) >= {"key", "recipient", "channel", "subject", "reason"}
    assert cli("remind", "--on", "2021-03-01", "--json").json == []
    clerks = [letter for letter in queued if letter["recipient"].endswith("-clerk")]
    assert len(clerks) == 16
    in_order = [task["number"] for task in clerks[0]["tasks"]]
    assert in_order == ["7", "8", "1", "3", "6", "9", "10", "23", "2", "13", "15", "27"]


def test_letters_are_delivered_as_files_where_no_server_is_set(seeded: Flask, cli: Cli) -> None:
    cli("remind", "--on", "2021-03-01")
    assert "32" in cli("deliver").out
    assert len(list((seeded.config["TRACKER_DATA_DIR"] / "outbox").glob("*.eml"))) == 32
    assert "已发送 0 封" in cli("deliver").out


def test_accounts_are_made_changed_and_disabled(seeded: Flask, cli: Cli) -> None:
    made = ("users", "create", "wang.fang", "--name", "演示人", "--role", "clerk", "--unit", "松江", "--password")
    assert cli(*made, "Long-enough-1").code == 0
    refused(cli(*made, "Long-enough-1"), "已存在")
    refused(cli("users", "set-password", "wang.fang", "--password", "short"), "密码长度")
    assert cli("users", "set-password", "wang.fang", "--password", "Another-long-1").code == 0
    assert cli("users", "disable", "wang.fang").code == 0
    row = next(row for row in cli("users", "list", "--json").json if row["account"] == "wang.fang")
    assert (row["active"], row["unit"]) == (False, "松江区司法局")
    refused(cli("users", "disable", "nobody"), "没有账号")


def test_seeding_twice_changes_nothing_and_makes_no_history(app: Flask, cli: Cli) -> None:
    assert cli("seed", "--demo").code == 0
    before = cli("assignments", "--json").json
    assert cli("seed", "--demo").code == 0
    assert cli("assignments", "--json").json == before
    assert {row["status"] for row in before} == {"pending_receipt"}


def test_the_structure_can_be_checked(seeded: Flask, cli: Cli) -> None:
    assert "最新" in cli("db", "check").out
    assert cli("check").code == 0


def document(folder: Path, name: str, content: bytes) -> Path:
    """Write a document."""
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.txt", b"", "空文件"),
        ("blank.txt", b"\n\n  \n", "空文件"),
        ("binary.txt", b"\x00\x01\x02", "不是纯文本"),
        ("undecodable.txt", b"\xff\xff\xff\x81", "编码"),
        ("plan.xyz", b"text", "不能读取"),
        ("letter.txt", "今天天气很好。".encode(), "没有找到任务"),
    ],
)
def test_a_document_that_is_no_plan_is_refused_in_words(
    seeded: Flask, cli: Cli, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = document(tmp_path, name, content)
    for command in ("read", "import"):
        refused(cli("plans", command, path), said)
    assert len(cli("plans", "list", "--json").json) == 1


def test_a_document_in_the_older_encoding_is_read_the_same(cli: Cli, tmp_path: Path) -> None:
    older = document(tmp_path, "plan.txt", DOCUMENT.read_text(encoding="utf-8").encode("gb18030"))
    assert cli("plans", "read", older, "--json").json == cli("plans", "read", DOCUMENT, "--json").json


WRONG: dict[str, tuple[Any, ...]] = {
    "unknown district": ("scores", "explain", "火星"),
    "unknown unit": ("assignments", "--unit", "火星"),
    "unknown plan": ("scores", "--plan", "999"),
    "unknown task": ("scores", "forecast", "松江", "--complete", "99"),
    "missing file": ("plans", "read", "/nonexistent.txt"),
    "folder": ("plans", "read", "/"),
    "plan known already": ("plans", "import", DOCUMENT),
}


@pytest.mark.parametrize("arguments", WRONG.values(), ids=WRONG.keys())
def test_what_is_not_there_is_refused_in_words(seeded: Flask, cli: Cli, arguments: tuple[Any, ...]) -> None:
    refused(cli(*arguments))


@pytest.mark.parametrize(
    "arguments",
    [("assignments", "--on", "2021-13-01"), ("scores", "--on", "morgen"), ("nonsense",), ("remind", "--limit")],
)
def test_a_command_that_cannot_be_understood_exits_with_2(cli: Cli, arguments: tuple[str, ...]) -> None:
    ran = cli(*arguments)
    assert ran.code == 2
    assert ran.out == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRACKER_TODAY", "gestern"),
        ("TRACKER_ENV", "beta"),
        ("TRACKER_TIMEZONE", "Mars/Base"),
        ("TRACKER_MAIL_URL", "x://y"),
    ],
)
def test_a_wrong_setting_stops_every_command(cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    refused(cli("plans", "list"), name, value)


def test_a_database_without_tables_says_what_to_run(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    refused(cli("plans", "list"), "tracker db upgrade")


def test_production_does_not_serve_demo_accounts(seeded: Flask, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_ENV", "production")
    monkeypatch.delenv("TRACKER_TODAY")
    refused(cli("serve", "--port", "1"), "演示账号")
