"""tracker appraisal list, enter, sheet, result: a year by the command line."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests.appraisal.acts import COMPILER, DAY, HEAD, begin, put, sheet, take_back, the_year
from tests.appraisal.result_acts import approve, compile_year, complete, grade_all, spread
from tests.assignments.acts import moment, person
from tracker.appraisal import reopening
from tracker.appraisal.models import Appraisal, AppraisalEntry, AppraisalUnit
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.outbox.models import Message

Cli = Callable[..., Any]
HAPPENED = ("--day", "2021-05-10", "--note", "4 月视频会议缺席")


@pytest.fixture
def begun(seeded: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A year of appraisal that began on the business day of the commands."""
    monkeypatch.setenv("TRACKER_TODAY", "2021-09-01")
    begin()
    return seeded


def test_years_are_listed_with_their_numbers(begun: Flask, cli: Cli) -> None:
    (year,) = cli("appraisal", "list", "--json").json
    assert (year["doc_number"], year["stage"], len(year["units"])) == ("沪松司发〔2021〕19号", "open", 11)
    assert cli("appraisal", "list").out == "1\t沪松司发〔2021〕19号\t2020-12-01 至 2021-11-30\t考评中\n"


def test_what_is_entered_counts_at_once_and_is_on_record(begun: Flask, cli: Cli) -> None:
    told = cli("appraisal", "enter", "办公室", "W1-3.1", *HAPPENED, "--count", "2", "--json").json
    assert (told["unit"], told["count"], told["by"], told["state"], told["total"]) == (
        "办公室",
        2,
        "系统",
        "counts",
        "66",
    )
    assert cli("appraisal", "enter", "办公室", "W1-5.1", *HAPPENED, "--points", "7.25").out.endswith(
        "现为 73.25 分。\n"
    )
    acts = db.session.query(AuditEntry).filter_by(act="record_appraisal").order_by(AuditEntry.id).all()
    assert acts[0].detail == "办公室：W1-3.1 ×2；4 月视频会议缺席"
    told = db.session.query(Message).filter_by(kind="appraisal", recipient="songjiang-bangongshi", copy=False).all()
    assert [letter.subject for letter in told] == ["【考评】办公室有一条新的考评登记"] * 2


def test_an_entry_of_a_shared_sheet_is_said_to_be_of_one_section(begun: Flask, cli: Cli) -> None:
    ran = cli("appraisal", "enter", "秘书科", "T-1.1", *HAPPENED, "--points", "1")
    assert ran.err == "这张表与普法科共用，只记了秘书科；也涉及普法科的，请另行登记。\n"
    told = cli("appraisal", "enter", "普法科", "T-1.1", *HAPPENED, "--points", "1", "--json").json
    assert told["shared_with"] == ["秘书科"]
    assert cli("appraisal", "enter", "办公室", "T-1.1", *HAPPENED, "--points", "1", "--json").json["shared_with"] == []


def test_points_of_each_case_are_told_so(begun: Flask, cli: Cli) -> None:
    asked = ("appraisal", "enter", "办公室", "X-1.1", *HAPPENED, "--count", "2", "--points", "6")
    assert cli(*asked).out == "已登记，编号 1（2 起 × 每起 6 分 = 12 分）。办公室现为 58 分。\n"
    told = cli("appraisal", "sheet", "办公室", "--json").json
    (said,) = [
        entry["told"]
        for part in told["parts"]
        for item in part["items"]
        for clause in item["clauses"]
        for entry in clause["entries"]
    ]
    assert said == "2 起 × 每起 6 分 = 12 分"


def test_an_account_enters_within_its_own_powers(begun: Flask, cli: Cli) -> None:
    asked = ("appraisal", "enter", "政治处", "W2-1.1", *HAPPENED)
    ran = cli(*asked, "--as", COMPILER)
    assert (ran.code, ran.err) == (1, "本科室的考评由考评领导小组评定，不能由本科室登记。\n")
    assert cli(*asked).code == 0
    assert cli("appraisal", "enter", "法援中心", "T-1.1", *HAPPENED, "--points", "1.5", "--as", COMPILER).code == 0
    assert sheet("法律援助中心").year.team_points == 18.5


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("办公室", "W2-1.1"), "请选择一条适用于该科室的条款"),
        (("办公室", "T-1.1", "--points", "4"), "分数应在 1 与 3 之间"),
        (("办公室", "W1-3.1", "--count", "0"), "次数至少是 1"),
        (("办公室", "W1-3.1", "--count", "10000"), "次数请填 1 至 9999 的整数"),
        (("办公室", "W1-3.1", "--points", "3"), "这一条的分数由条款定，请留空"),
        (("办公室", "W1-3.1", "--place", "3"), "这一条不按名次计，请留空"),
        (("办公室", "W1-1.1", "--note", "已在册"), "已登记过同样的一条。确是另一件的，请在事由里写清区别"),
        (("促进法治科", "W6-1.2", "--place", "17"), "请填名次，1 至 16 的整数"),
        (("促进法治科", "W6-4.1"), "自动带出"),
        (("团总支", "W1-3.1"), "没有名为 团总支 的科室"),
        (("办公室", "W1-3.1", "--as", "nobody"), "没有账号 nobody"),
        (("办公室", "W1-3.1", "--year", "9"), "没有编号为 9 的年度考评"),
    ],
)
def test_what_cannot_be_entered_is_refused_in_one_line(
    begun: Flask, cli: Cli, asked: tuple[str, ...], words: str
) -> None:
    put("办公室", "W1-1.1", note="已在册")
    ran = cli("appraisal", "enter", *asked[:2], *HAPPENED, *asked[2:])
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert words in ran.err


def test_points_are_a_number_of_two_decimals(begun: Flask, cli: Cli) -> None:
    for points in ("很多", "1.255", "NaN", "1e9"):
        assert cli("appraisal", "enter", "办公室", "T-1.1", *HAPPENED, "--points", points).code == 2


def test_a_sheet_tells_every_clause_with_what_was_recorded_and_what_it_came_to(begun: Flask, cli: Cli) -> None:
    entry, undone = put("执法监督科", "W3-2.3", count=7), put("执法监督科", "W3-1.1")
    take_back(undone, reason="查无此事")
    told = cli("appraisal", "sheet", "执法监督科", "--json").json
    items = {item["code"]: item for part in told["parts"] for item in part["items"]}
    clauses = {clause["code"]: clause for item in items.values() for clause in item["clauses"]}
    assert (told["work"], told["team"], told["special"], told["total"], told["awaits"]) == ("50", "20", "0", "70", [])
    item = items["W3-2"]
    assert (item["full"], item["start"], item["points"], item["unapplied"]) == ("20", "20", "10", "0")
    capped = clauses["W3-2.3"]
    assert (capped["raw"], capped["applied"], capped["unapplied"]) == ("14", "10", "4")
    assert [each["id"] for each in capped["entries"]] == [entry]
    (taken_back,) = clauses["W3-1.1"]["entries"]
    assert (taken_back["state"], taken_back["reversed"]["reason"]) == ("reversed", "查无此事")
    told = cli("appraisal", "sheet", "促进法治科", "--json").json
    (mirrored,) = [
        each for part in told["parts"] for item in part["items"] for each in item["clauses"] if each["taken"]
    ]
    assert (mirrored["code"], mirrored["raw"], mirrored["applied"], len(mirrored["taken"])) == (
        "W6-4.1",
        "25",
        "20",
        25,
    )
    assert {each["points"] for each in mirrored["taken"]} == {"1"}
    assert "W3-2\t10/20\t" in cli("appraisal", "sheet", "执法监督科").out
    assert cli("appraisal", "sheet", "办公室").err == "尚待填入：W1-5.1\n"
    assert "W3-2\t20/20\t" in cli("appraisal", "sheet", "执法监督科", "--on", "2021-08-31").out


def test_a_result_tells_places_grades_and_what_is_to_be_decided(begun: Flask, cli: Cli) -> None:
    put("律公科", "X-4.1", points="1.25", count=2)
    found = cli("appraisal", "result", "--json").json
    units = {row["unit"]: row for row in found["units"]}
    assert (len(units), found["stage"], found["sha256"]) == (11, "open", None)
    row = units["律公科"]
    assert (row["work"], row["team"], row["bottom_line"], row["total"]) == ("60", "20", "-2.5", "77.5")
    assert (row["barred"], row["grade"], row["ballots"]) == (True, None, None)
    assert (row["place"] > 3, found["candidates"]["barred"]) == (True, ["律公科"])
    assert units["办公室"]["awaits"] == ["W1-5.1"]
    assert found["questions"]
    assert {each["subject"] for each in found["undecided"]} >= {"cap:W6-4.1", "enable:T-3.4", "split:W5", "floor"}
    ran = cli("appraisal", "result")
    assert len(ran.out.splitlines()) == 11
    assert ran.err.splitlines() == found["questions"]


def test_a_clause_under_a_total_entered_by_hand_counts_nothing_of_itself(begun: Flask, cli: Cli) -> None:
    put("普法科", "W5-9.1")
    told = cli("appraisal", "sheet", "普法科", "--json").json
    items = {item["code"]: item for part in told["parts"] for item in part["items"]}
    clause = items["W5-9"]["clauses"][0]
    assert (clause["counts"], clause["raw"], clause["applied"], clause["unapplied"]) == (False, "3", "0", "3")
    assert clause["entries"][0]["state"] == "evidence"


def test_what_was_altered_is_told_in_one_line_and_the_rest_is_shown(begun: Flask, cli: Cli) -> None:
    put("办公室", "W1-3.1")
    with transaction():
        db.session.execute(update(AppraisalUnit).where(AppraisalUnit.name == "律公科").values(name="某科"))
        db.session.execute(update(AppraisalEntry).values(code="W1-99.9"))
    ran = cli("appraisal", "sheet", "办公室")
    assert (ran.code, "没有这一条" in ran.err, "从备份恢复" in ran.err) == (0, True, True)
    for asked in (("sheet", "某科"), ("result",), ("enter", "某科", "W9-1.1", *HAPPENED)):
        ran = cli("appraisal", *asked)
        assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
        assert "没有科室“某科”" in ran.err
    with transaction():
        db.session.execute(update(Appraisal).values(scheme="another"))
    ran = cli("appraisal", "list")
    assert (ran.code, ran.out.count("\n"), "“another”" in ran.err) == (0, 1, True)


def test_an_approved_year_is_verified_by_a_command(begun: Flask, cli: Cli) -> None:
    assert cli("appraisal", "verify").code == 2
    complete()
    spread("公服科")
    compile_year()
    grade_all("办公室", "复议应诉科", "公服科")
    approve()
    assert "一致：" in cli("appraisal", "verify").out
    with transaction():
        db.session.execute(update(AppraisalEntry).where(AppraisalEntry.code == "W1-5.1").values(points=1))
    ran = cli("appraisal", "verify")
    assert (ran.code, "登记" in ran.out, "核验不一致" in ran.err) == (1, True, True)
    assert cli("appraisal", "result", "--json").json["version"] == 1
    with transaction():
        reopening.reopen(person(HEAD), moment(DAY), the_year().id, "登记有误", confirmed=True)
    told = cli("appraisal", "result", "--json").json
    (before,) = told["replaced"]
    assert (told["version"], told["sha256"], before["version"], before["reason"]) == (None, None, 1, "登记有误")
    ran = cli("appraisal", "verify")
    assert (ran.code, "正在重新审定；此前审定的 1 版封存都相符" in ran.err) == (2, True)
    (kept,) = json.loads(cli("appraisal", "verify", "--json").out)["earlier"]
    assert (kept["version"], kept["ok"]) == (1, True)


def test_without_a_year_the_commands_say_what_to_do(seeded: Flask, cli: Cli) -> None:
    assert cli("appraisal", "list", "--json").json == []
    ran = cli("appraisal", "result", "--json")
    assert ran.code == 1
    assert "还没有开始年度考评" in ran.err
