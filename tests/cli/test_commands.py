"""What each command prints: one JSON document of a fixed shape, and nothing else on standard output."""

import io
import runpy
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.acts import complete, owed, take, the_plan
from tracker.db import db
from tracker.outbox.models import Message
from tracker.rules.status import Move

Cli = Callable[..., Any]
ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "seeds" / "plans" / "shanghai-2021-11.txt"
GOLDEN = ROOT / "tests" / "golden"
REVIEWER = "reviewer-xingfazhixing"


# ---- plans


def test_plans_are_listed(seeded: Flask, cli: Cli) -> None:
    (plan,) = cli("plans", "list", "--json").json
    assert plan == {
        "id": the_plan().id,
        "doc_number": "沪司发〔2021〕11号",
        "title": the_plan().title,
        "issuer": "上海市司法局",
        "issued_on": "2021-02-09",
        "state": "published",
        "tasks": 28,
        "withdrawn": 0,
    }


def test_a_document_is_read_without_writing_anything(app: Flask, cli: Cli) -> None:
    found = cli("plans", "read", DOCUMENT, "--json").json
    assert {"document", "tasks", "problems"} <= set(found)
    assert found["document"]["doc_number"] == "沪司发〔2021〕11号"
    assert len(found["tasks"]) == 28
    for task in found["tasks"]:
        assert {"number", "section", "text", "lead", "responsible", "cooperating", "deadline", "source"} <= set(task)
        assert set(task["deadline"]) == {"kind", "value", "raw"}
        assert set(task["source"]) == {"line_from", "line_to"}
    assert cli("plans", "list", "--json").json == []


def test_what_is_read_from_the_document_scores_one(app: Flask, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "seed_shanghai_28.json").write_text(cli("plans", "read", DOCUMENT, "--json").out, encoding="utf-8")
    score = runpy.run_path(str(GOLDEN / "score.py"))
    columns = score["run"](str(tmp_path), str(GOLDEN), out=io.StringIO())["documents"]["seed_shanghai_28"]
    assert {name: columns[name] for name in ("recall", "precision", "depts", "due_s", "f1")} == {
        "recall": 1, "precision": 1, "depts": 1, "due_s": 1, "f1": 1,
    }  # fmt: skip


def test_a_document_is_imported_and_published(app: Flask, cli: Cli) -> None:
    seeded = cli("seed")
    assert seeded.code == 0
    again = cli("plans", "import", DOCUMENT)
    assert (again.code, again.out) == (1, "")
    assert "已经导入过" in again.err


@pytest.mark.parametrize("publish", [True, False])
def test_another_document_is_imported_and_published_on_request(
    seeded: Flask, cli: Cli, tmp_path: Path, publish: bool
) -> None:
    file = tmp_path / "方案.txt"
    file.write_text(
        DOCUMENT.read_text(encoding="utf-8").replace("沪司发〔2021〕11号", "沪司发〔2021〕12号"), encoding="utf-8"
    )
    ran = cli("plans", "import", file, *(["--publish"] if publish else []))
    assert "已导入 沪司发〔2021〕12号（编号 2）：28 项任务" in ran.out
    assert ("交办 1244 个责任事项" in ran.out) is publish
    assert [plan["state"] for plan in cli("plans", "list", "--json").json] == (
        ["published", "published"] if publish else ["published", "draft"]
    )


# ---- assignments


SHAPE = {
    "id", "plan", "task_number", "task", "unit", "district", "status", "light", "due_on", "due_text", "days_overdue",
    "completed_on", "late", "original_due_on", "extensions",
}  # fmt: skip


def test_on_the_first_of_march_tasks_7_and_8_are_overdue(seeded: Flask, cli: Cli) -> None:
    rows = cli("assignments", "--on", "2021-03-01", "--overdue", "--json").json
    levels = Counter((row["level"], row["task_number"]) for row in rows)
    assert levels == {
        ("district_bureau", "7"): 16,
        ("district_bureau", "8"): 16,
        ("city_office", "7"): 1,
        ("city_office", "8"): 1,
        ("justice_office", "7"): 27,
        ("justice_office", "8"): 27,
    }
    assert {row["unit"] for row in rows if row["level"] == "city_office"} == {"市局刑罚执行处", "市局安置帮教处"}
    assert all(set(row) >= SHAPE for row in rows)
    assert {(row["days_overdue"], row["light"], row["due_on"]) for row in rows} == {(1, "overdue", "2021-02-28")}


@pytest.mark.parametrize("day", ["2021-02-28", "2021-02-09", "2020-01-01"])
def test_nothing_is_overdue_before(seeded: Flask, cli: Cli, day: str) -> None:
    assert cli("assignments", "--on", day, "--overdue", "--json").json == []


def test_an_assignment_is_told_in_full(seeded: Flask, cli: Cli) -> None:
    complete("7", "songjiang", REVIEWER, "2021-03-05")
    rows = cli("assignments", "--unit", "松江", "--on", "2021-03-05", "--json").json
    seven = next(row for row in rows if row["task_number"] == "7")
    assert len(rows) == 28
    assert {name: seven[name] for name in SHAPE - {"id", "task"}} == {
        "plan": "沪司发〔2021〕11号",
        "task_number": "7",
        "unit": "松江区司法局",
        "district": "松江区司法局",
        "status": "completed",
        "light": "done_late",
        "due_on": "2021-02-28",
        "due_text": "2021年2月",
        "days_overdue": 0,
        "completed_on": "2021-03-05",
        "late": True,
        "original_due_on": None,
        "extensions": 0,
    }
    before = cli("assignments", "--unit", "松江", "--on", "2021-03-04", "--json").json
    assert next(row for row in before if row["task_number"] == "7")["status"] == "pending_receipt"


@pytest.mark.parametrize(
    ("unit", "number"), [("市局秘书处", 1), ("岳阳街道司法所", 28), ("促进法治处", 11), ("市局", 0)]
)
def test_a_unit_is_asked_for_by_any_name(seeded: Flask, cli: Cli, unit: str, number: int) -> None:
    assert len(cli("assignments", "--unit", unit, "--json").json) == number


# ---- scores


def test_the_board_is_told_in_full(seeded: Flask, cli: Cli) -> None:
    complete("7", "songjiang", REVIEWER, "2021-03-05")
    rows = cli("scores", "--on", "2021-03-05", "--json").json
    assert len(rows) == 16
    assert rows[0] == {
        "district": "松江区司法局",
        "rank": 1,
        "base": "20",
        "raw_deduction": "1",
        "deducted": "1",
        "score": "19",
        "completed": 1,
        "completed_due": 1,
        "due": 2,
        "total": 28,
        "late": 1,
        "missed": ["8"],
    }
    assert {(row["rank"], row["score"], tuple(row["missed"])) for row in rows[1:]} == {(2, "18", ("7", "8"))}


@pytest.mark.parametrize(
    ("day", "raw", "score"),
    [
        ("2021-02-28", "0", "20"),
        ("2021-03-01", "2", "18"),
        ("2021-04-01", "8", "12"),
        ("2021-05-01", "12", "8"),
        ("2021-06-01", "16", "4"),
        ("2021-07-01", "20", "0"),
        ("2021-10-01", "28", "0"),
    ],
)
def test_every_district_has_the_score_of_the_day(seeded: Flask, cli: Cli, day: str, raw: str, score: str) -> None:
    rows = cli("scores", "--on", day, "--json").json
    assert {(row["raw_deduction"], row["score"]) for row in rows} == {(raw, score)}


def test_the_points_of_an_explanation_add_up_to_the_score(seeded: Flask, cli: Cli) -> None:
    for day, score, lines in (("2021-02-28", 20, 1), ("2021-03-01", 18, 3), ("2021-10-01", 0, 30)):
        found = cli("scores", "explain", "松江", "--on", day, "--json").json
        assert sum(int(line["points"]) for line in found) == score
        assert len(found) == lines
        shape = {"task_number", "points", "rule", "quote", "source", "due_on", "facts"}
        assert all(shape <= set(line) for line in found)


def test_a_lost_point_is_explained(seeded: Flask, cli: Cli) -> None:
    line = next(
        line
        for line in cli("scores", "explain", "songjiang", "--on", "2021-03-01", "--json").json
        if line["task_number"] == "7"
    )
    assert (line["points"], line["due_on"]) == ("-1", "2021-02-28")
    assert "扣完为止" in line["quote"]
    assert line["source"].startswith("沪司发〔2021〕11号 第 ")
    assert any("截至 2021-03-01 未办结" in fact for fact in line["facts"])


@pytest.mark.parametrize("numbers", ["7,8", "7，8", " 7 , 8 ,"])
def test_a_forecast_says_what_the_score_would_be(seeded: Flask, cli: Cli, numbers: str) -> None:
    found = cli("scores", "forecast", "松江", "--complete", numbers, "--on", "2021-03-01", "--json").json
    assert (found["district"], found["complete"], found["on"]) == ("松江区司法局", ["7", "8"], "2021-03-01")
    assert (found["before"]["score"], found["score"]) == ("18", "20")
    assert (found["before"]["rank"], found["rank"]) == (1, 1)


def test_a_forecast_looks_to_a_later_day(seeded: Flask, cli: Cli) -> None:
    command = ("scores", "forecast", "松江", "--complete", "7,1", "--on", "2021-03-01", "--by", "2021-04-01")
    found = cli(*command, "--json").json
    assert (found["on"], found["by"]) == ("2021-03-01", "2021-04-01")
    assert (found["before"]["score"], found["score"]) == ("12", "14")
    assert (found["before"]["due"], found["completed_due"]) == (8, 2)
    assert "办结所选，到 2021-04-01：办结 2/8，应扣 6，实扣 6，得分 14" in cli(*command).out


def test_a_lost_point_names_its_rule_with_version_persons_times_and_evidence(seeded: Flask, cli: Cli) -> None:
    take("songjiang-clerk", Move.ACKNOWLEDGE, "2021-02-20", owed("7", "songjiang"))
    line = next(
        line
        for line in cli("scores", "explain", "songjiang", "--on", "2021-03-01", "--json").json
        if line["task_number"] == "7"
    )
    assert (line["rule"], line["rule_version"], line["rule_since"]) == ("missed-task/1", 1, "2021-02-10")
    assert [(event["day"], event["by"], event["what"]) for event in line["events"]] == [
        ("2021-02-10", "系统", "交办"),
        ("2021-02-20", "松江经办（演示）", "签收"),
    ]
    assert (line["left_out"], line["evidence"], line["days_late"]) == ("没有填报。", [], 1)
    assert "2021-02-20 松江经办（演示） 签收" in line["facts"]


def test_every_task_is_explained_where_all_are_asked_for(seeded: Flask, cli: Cli) -> None:
    found = cli("scores", "explain", "songjiang", "--on", "2021-03-01", "--all", "--json").json
    assert len([line for line in found if line["task_number"]]) == 28
    assert sum(int(line["points"]) for line in found) == 18


# ---- letters, seeds, database, check


def test_letters_are_planned_once_a_day(seeded: Flask, cli: Cli) -> None:
    dry = cli("remind", "--on", "2021-03-01", "--dry-run", "--json").json
    assert db.session.scalar(select(func.count()).select_from(Message)) == 0
    letters = cli("remind", "--on", "2021-03-01", "--json").json
    assert letters == dry
    assert all({"key", "recipient", "channel", "subject", "reason"} <= set(letter) for letter in letters)
    assert sum(letter["recipient"].endswith("-clerk") for letter in letters) == 16
    assert cli("remind", "--on", "2021-03-01", "--json").json == []


def test_letters_are_delivered_to_files(seeded: Flask, cli: Cli) -> None:
    cli("remind", "--on", "2021-03-01")
    assert "已发送 5 封" in cli("deliver", "--limit", "5").out
    assert "已发送 50 封，稍后重试 0 封" in cli("deliver").out
    assert len(list((seeded.config["TRACKER_DATA_DIR"] / "outbox").glob("*.eml"))) == 55


def test_seeding_twice_changes_nothing(app: Flask, cli: Cli) -> None:
    assert "单位 65；方案 1；演示账号 93" in cli("seed", "--demo").err
    plans = cli("plans", "list", "--json").json
    again = cli("seed", "--demo")
    assert (again.code, again.out) == (0, "")
    assert "单位 0；方案 0；演示账号 0" in again.err
    assert cli("plans", "list", "--json").json == plans


def test_seeding_the_demo_alone_makes_no_history(app: Flask, cli: Cli) -> None:
    cli("seed", "--demo")
    rows = cli("assignments", "--json").json
    assert {row["status"] for row in rows} == {"pending_receipt"}
    assert "虚构" not in cli("seed", "--demo").err


def test_history_is_added_on_request_and_marked(
    app: Flask, cli: Cli, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_TODAY", "2021-02-10")
    ran = cli("seed", "--demo", "--history")
    assert "虚构办理记录" in ran.err
    assert "in_progress" in {row["status"] for row in cli("assignments", "--json").json}
    client.login("supervisor")
    assert "截至 2021-02-10 的办理记录、得分和人员均为虚构" in client.get("/help").text


def test_a_database_knows_whether_it_is_the_newest(
    app: Flask, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("db", "check").out == "数据库结构：最新\n"
    monkeypatch.setenv("TRACKER_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    empty = cli("db", "check")
    assert (empty.code, empty.out) == (1, "")
    assert "现为 空库" in empty.err
    assert cli("db", "upgrade").code == 0
    assert cli("db", "check").code == 0


def test_a_sound_installation_says_so(seeded: Flask, cli: Cli) -> None:
    ran = cli("check")
    assert (ran.code, ran.err) == (0, "")
    lines = [line.split("\t") for line in ran.out.splitlines()]
    assert [line[1] for line in lines] == [
        "设置",
        "数据库",
        "演示账号",
        "定时任务",
        "审计记录",
        "邮件",
        "时钟",
        "节假日",
        "备份",
    ]
    assert all(line[0] in ("正常", "注意") and line[2] for line in lines)


# ---- without --json


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("plans", "list"), "沪司发〔2021〕11号\t28 项任务"),
        (("plans", "read", DOCUMENT), "7\t2021年2月\t"),
        (("assignments", "--unit", "松江", "--on", "2021-03-01"), "松江区司法局\t第7项\t2021-02-28\t待签收\t逾期 1 天"),
        (("scores", "--on", "2021-03-01"), "1\t松江区司法局\t18\t办结 0/28\t扣 2"),
        (("scores", "explain", "松江", "--on", "2021-03-01"), "18\t合计"),
        (("scores", "forecast", "松江", "--complete", "7", "--on", "2021-03-01"), "得分由 18 变为 19，名次由 1 变为 1"),
        (("remind", "--on", "2021-03-01", "--dry-run"), "songjiang-clerk\t【督办提醒】3月1日"),
        (("users", "list"), "songjiang-clerk\t松江经办（演示）\tclerk\t松江区司法局\t启用"),
    ],
)
def test_a_person_reads_lines(seeded: Flask, cli: Cli, command: tuple[object, ...], words: str) -> None:
    ran = cli(*command)
    assert ran.code == 0
    assert words in ran.out


@pytest.mark.parametrize(
    "command",
    [(), ("plans",), ("db",), ("users",), ("scores", "explain"), ("assignments",), ("serve",), ("scheduler",)],
)
def test_every_command_explains_itself_in_chinese(app: Flask, cli: Cli, command: tuple[str, ...]) -> None:
    ran = cli(*command, "--help")
    assert ran.code == 0
    assert any("\u4e00" <= letter <= "\u9fff" for letter in ran.out)


def test_in_production_letters_are_made_for_the_business_day_alone(
    seeded: Flask, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_ENV", "production")
    monkeypatch.setenv("TRACKER_TODAY", "")
    ran = cli("remind", "--on", "2099-12-31")
    assert (ran.code, "请加 --dry-run" in ran.err) == (1, True)
    assert cli("remind", "--on", "2099-12-31", "--dry-run").code == 0
