"""What cannot be done is said in one Chinese line on standard error; exit code 1 refused, 2 not understood."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tracker.db import db
from tracker.people import queries

Cli = Callable[..., Any]
DOCUMENT = Path(__file__).parents[2] / "seeds" / "plans" / "shanghai-2021-11.txt"
SECRET = "0123456789abcdef0123456789abcdef"


def require_refused(ran: Any, words: str) -> None:
    """Fail unless a command was refused in one line that holds these words."""
    assert ran.code == 1, ran.err
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1, ran.err
    assert words in ran.err
    assert "Traceback" not in ran.err


def require_misunderstood(ran: Any, words: str = "") -> None:
    """Fail unless a command was not understood."""
    assert (ran.code, ran.out) == (2, ""), ran.err
    assert words in ran.err
    assert "Traceback" not in ran.err


# ---- what is asked for


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("assignments", "--unit", "档案处"), "找不到名为“档案处”的单位"),
        (("scores", "explain", "档案处"), "找不到名为“档案处”的单位"),
        (("scores", "explain", ""), "找不到名为“”的单位"),
        (("scores", "explain", "秘书处"), "没有承担本方案的任务"),
        (("scores", "explain", "松江", "--on", "2021-02-09"), "没有承担本方案的任务"),
        (("scores", "forecast", "松江", "--complete", "29"), "本方案没有第 29 项任务"),
        (("scores", "forecast", "松江", "--complete", "x;y"), "本方案没有第 x;y 项任务"),
        (("scores", "--plan", "4711"), "没有编号为 4711 的已发布方案"),
        (("assignments", "--plan", "4711"), "没有编号为 4711 的已发布方案"),
        (("users", "disable", "nobody"), "没有账号 nobody"),
        (("users", "set-password", "nobody", "--password", "Correct-horse-7"), "没有账号 nobody"),
    ],
)
def test_what_is_not_there_is_refused(seeded: Flask, cli: Cli, command: tuple[str, ...], words: str) -> None:
    require_refused(cli(*command), words)
    require_refused(cli(*command, *(["--json"] if command[0] in ("assignments", "scores") else [])), words)


@pytest.mark.parametrize("day", ["xx", "2021-02-30", "01.03.2021", "", "2021-3-1", "２０２１-０３-０１"])
@pytest.mark.parametrize(
    "command",
    [
        ("assignments",),
        ("scores",),
        ("scores", "explain", "松江"),
        ("remind",),
        ("scores", "forecast", "松江", "--complete", "7"),
    ],
)
def test_a_day_that_is_none_is_not_understood(seeded: Flask, cli: Cli, command: tuple[str, ...], day: str) -> None:
    require_misunderstood(cli(*command, "--on", day), f"日期“{day}”不对，应写成 2021-03-01 的形式")


@pytest.mark.parametrize(
    "command",
    [
        ("nonsense",),
        ("scores", "--nonsense"),
        ("scores", "explain"),
        ("scores", "forecast", "松江"),
        ("assignments", "--plan", "abc"),
        ("assignments", "--plan", "0"),
        ("scores", "--plan", "9" * 22),
        ("scores", "--plan", "-1"),
        ("deliver", "--limit", "0"),
        ("serve", "--port", "99999"),
        ("serve", "--workers", "0"),
        ("users", "create", "a", "--name", "b", "--role", "king", "--unit", "c"),
    ],
)
def test_what_is_no_command_is_not_understood(seeded: Flask, cli: Cli, command: tuple[str, ...]) -> None:
    require_misunderstood(cli(*command))


# ---- documents


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("leer.txt", b"", "是空文件"),
        ("blank.txt", b" \n\t \r\n", "是空文件"),
        ("binary.txt", b"MZ\x90\x00\x03\x00\x00", "不是纯文本"),
        ("broken.txt", b"\xff\xff\xff\xff\x81", "无法识别文件的文字编码"),
        ("letter.txt", "今天天气很好。\n".encode(), "任务"),
        ("plan.pdf", b"%PDF-1.4", "文件已损坏或不完整，打不开"),
        ("plan", b"text", "没有找到任务"),
    ],
)
@pytest.mark.parametrize("how", ["read", "import"])
def test_a_document_that_cannot_be_read_is_refused_with_what_to_do(
    seeded: Flask, cli: Cli, tmp_path: Path, how: str, name: str, content: bytes, words: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    require_refused(cli("plans", how, file), words)
    assert len(cli("plans", "list", "--json").json) == 1


@pytest.mark.parametrize("how", ["read", "import"])
def test_a_file_that_is_not_there_is_refused(seeded: Flask, cli: Cli, tmp_path: Path, how: str) -> None:
    require_refused(cli("plans", how, tmp_path / "nowhere.txt"), "文件无法使用")
    require_refused(cli("plans", how, tmp_path), "文件无法使用")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(seeded: Flask, cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "plan.txt"
    file.write_bytes(b"x")
    file.chmod(0)
    require_refused(cli("plans", "read", file), "文件无法使用")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_document_is_read_in_the_encodings_of_chinese_offices(
    app: Flask, cli: Cli, tmp_path: Path, encoding: str
) -> None:
    file = tmp_path / "方案.txt"
    file.write_bytes(DOCUMENT.read_text(encoding="utf-8").encode(encoding))
    found = cli("plans", "read", file, "--json").json
    assert found["document"]["doc_number"] == "沪司发〔2021〕11号"
    assert len(found["tasks"]) == 28


def test_an_import_with_unknown_units_names_them(seeded: Flask, cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "方案.txt"
    text = DOCUMENT.read_text(encoding="utf-8").replace("沪司发〔2021〕11号", "沪司发〔2021〕12号")
    file.write_text(text.replace("市局党群处", "市局机关党委"), encoding="utf-8")
    require_refused(cli("plans", "import", file, "--publish"), "单位库中没有：市局机关党委")
    assert len(cli("plans", "list", "--json").json) == 1


# ---- the installation


COMMANDS = [
    ("plans", "list"),
    ("assignments",),
    ("scores",),
    ("scores", "explain", "松江"),
    ("remind",),
    ("deliver",),
    ("seed",),
    ("users", "list"),
    ("db", "check"),
    ("serve",),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_without_tables_is_refused_with_what_to_run(
    app: Flask, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    require_refused(cli(*command), "tracker db upgrade")


@pytest.mark.parametrize("command", [("plans", "list"), ("seed",), ("serve",)])
def test_a_database_that_went_missing_tables_is_refused_in_one_line(
    app: Flask, cli: Cli, command: tuple[str, ...]
) -> None:
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execution_options(writes=True)
        db.metadata.drop_all(connection)
        connection.exec_driver_sql("DELETE FROM alembic_version")
    require_refused(cli(*command), "tracker db upgrade")


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all/t.db", "postgresql+psycopg://nobody:secret@127.0.0.1:1/none"]
)
def test_a_database_that_cannot_be_reached_is_refused_in_one_line(
    app: Flask, cli: Cli, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", url)
    ran = cli("plans", "list")
    require_refused(ran, "数据库不可用")
    assert "secret" not in ran.err


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("TRACKER_TODAY", "xx", "日期应写成 2021-06-24 的形式"),
        ("TRACKER_ENV", "prod", "只能是 demo、production、test"),
        ("TRACKER_TIMEZONE", "Mars", "不是有效的时区名"),
        ("TRACKER_DATABASE_URL", "nonsense", "sqlite:///"),
        ("TRACKER_MAIL_URL", "nonsense", "smtp://"),
        ("TRACKER_BASE_URL", "nonsense", "http://主机:端口"),
        ("TRACKER_MAX_UPLOAD_MB", "0", "1 到 200"),
    ],
)
@pytest.mark.parametrize("command", [("scores",), ("serve",), ("scheduler",), ("check",)])
def test_a_wrong_setting_stops_every_command(
    app: Flask,
    cli: Cli,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    name: str,
    value: str,
    words: str,
) -> None:
    monkeypatch.setenv(name, value)
    ran = cli(*command)
    require_refused(ran, words)
    assert name in ran.err


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch, cli: Cli) -> None:
    """Settings of a real installation."""
    monkeypatch.setenv("TRACKER_ENV", "production")
    monkeypatch.setenv("TRACKER_SECRET_KEY", SECRET)
    monkeypatch.delenv("TRACKER_TODAY")


@pytest.mark.parametrize("secret", ["", "short"])
def test_production_without_a_secret_does_not_start(
    production: None, app: Flask, cli: Cli, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("TRACKER_SECRET_KEY", secret)
    require_refused(cli("serve"), "必须设置 TRACKER_SECRET_KEY")


def test_production_with_a_fixed_day_does_not_start(
    production: None, app: Flask, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_TODAY", "2021-06-24")
    require_refused(cli("scores"), "不能固定业务日期")


def test_production_does_not_serve_demo_accounts(seeded: Flask, production: None, cli: Cli) -> None:
    require_refused(cli("serve"), "存在演示账号")
    ran = cli("check")
    assert ran.code == 1
    assert "注意\t演示账号\t正式环境中存在演示账号" in ran.out


@pytest.mark.parametrize("option", ["--demo", "--history"])
def test_production_makes_no_demo_accounts(app: Flask, production: None, cli: Cli, option: str) -> None:
    require_refused(cli("seed", option), "production 环境不能")
    assert not queries.has_demo_accounts()
    assert cli("seed").code == 0
