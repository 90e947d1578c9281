"""Settings: defaults, secrets from files, and what stops the start."""

import stat
from datetime import date
from pathlib import Path

import pytest

from tracker.config import SETTINGS, ConfigError, load

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """The least environment: a folder for the data."""
    return {"TRACKER_DATA_DIR": str(tmp_path)}


def test_without_settings_it_is_a_demo_on_sqlite_in_shanghai(environ: dict[str, str], tmp_path: Path) -> None:
    values = load(environ)
    assert values["TRACKER_ENV"] == "demo"
    assert values["TRACKER_DATABASE_URL"] == f"sqlite:///{tmp_path / 'tracker.db'}"
    assert values["TRACKER_TIMEZONE"].key == "Asia/Shanghai"
    assert values["TRACKER_TODAY"] is None
    assert values["TRACKER_BASE_URL"] == "http://127.0.0.1:8000"
    assert values["TRACKER_MAX_UPLOAD_MB"] == 20


def test_the_secret_of_a_demo_is_made_once_for_its_owner_only(environ: dict[str, str], tmp_path: Path) -> None:
    first, second = (load(environ)["TRACKER_SECRET_KEY"] for _ in range(2))
    assert first == second
    assert len(first) >= 48
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("TRACKER_TODAY", " 2021-06-24 ", date(2021, 6, 24)),
        ("TRACKER_TODAY", "", None),
        ("TRACKER_BASE_URL", "https://tracker.example.invalid/", "https://tracker.example.invalid"),
        ("TRACKER_MAX_UPLOAD_MB", "200", 200),
        (
            "TRACKER_MAIL_URL",
            "smtp+starttls://u:p@mail.example.invalid:587",
            "smtp+starttls://u:p@mail.example.invalid:587",
        ),
    ],
)
def test_a_setting_is_read(environ: dict[str, str], name: str, raw: str, value: object) -> None:
    assert load(environ | {name: raw})[name] == value


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("TRACKER_ENV", "prod", "只能是 demo、production、test"),
        ("TRACKER_TODAY", "xx", "日期应写成 2021-06-24 的形式"),
        ("TRACKER_TODAY", "2021-02-30", "日期应写成"),
        ("TRACKER_TODAY", "24.06.2021", "日期应写成"),
        ("TRACKER_TIMEZONE", "Mars/Olympus", "不是有效的时区名"),
        ("TRACKER_TIMEZONE", "../../etc/passwd", "不是有效的时区名"),
        ("TRACKER_TIMEZONE", "Asia", "不是有效的时区名"),
        ("TRACKER_BASE_URL", "127.0.0.1:8000", "应写成 http://主机:端口"),
        ("TRACKER_BASE_URL", "ftp://a", "应写成 http://主机:端口"),
        ("TRACKER_BASE_URL", "http://[", "不能用"),
        ("TRACKER_MAIL_URL", "mail.example.invalid", "应写成 smtp://"),
        ("TRACKER_MAX_UPLOAD_MB", "0", "1 到 200 之间"),
        ("TRACKER_MAX_UPLOAD_MB", "201", "1 到 200 之间"),
        ("TRACKER_MAX_UPLOAD_MB", "２０", "1 到 200 之间"),
        ("TRACKER_MAX_UPLOAD_MB", "many", "1 到 200 之间"),
        ("TRACKER_PROXIES", "yes", "0 到 5"),
        ("TRACKER_PROXIES", "6", "0 到 5"),
        ("TRACKER_RATE_LIMIT", "-1", "0 表示不限"),
        ("TRACKER_WEBHOOK_NETWORKS", "10.1.0.1/16", "应写成网段"),
        ("TRACKER_WEBHOOK_NETWORKS", "intranet", "应写成网段"),
        ("TRACKER_CLAMD", "clamd", "主机:端口"),
        ("TRACKER_CLAMD", "clamd:0", "主机:端口"),
        ("TRACKER_ALLOWED_HOSTS", "https://a.example", "主机名"),
        ("TRACKER_DATABASE_URL", "nonsense", "sqlite:///"),
        ("TRACKER_DATABASE_URL", "mysql://host/name", "sqlite:///"),
        ("TRACKER_DATABASE_URL", "postgresql://host/name", r"postgresql\+psycopg://"),
        ("TRACKER_DATABASE_URL", "postgresql+psycopg://host:port/name", "sqlite:///"),
    ],
)
def test_a_bad_value_stops_the_start_and_says_how_to_write_it(
    environ: dict[str, str], name: str, raw: str, words: str
) -> None:
    with pytest.raises(ConfigError, match=f"{name}.*{words}"):
        load(environ | {name: raw})


@pytest.mark.parametrize("url", ["sqlite:////tmp/t.db", "postgresql+psycopg://u:p@host/name"])
def test_both_kinds_of_database_are_taken(environ: dict[str, str], url: str) -> None:
    assert load(environ | {"TRACKER_DATABASE_URL": url})["TRACKER_DATABASE_URL"] == url


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_can_be_read_from_a_file_and_says_what_it_means(
    environ: dict[str, str], name: str, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    wanted = {
        "TRACKER_ENV": "test",
        "TRACKER_DATABASE_URL": "sqlite:////tmp/t.db",
        "TRACKER_TODAY": "2021-06-24",
        "TRACKER_TIMEZONE": "Asia/Chongqing",
        "TRACKER_BASE_URL": "https://tracker.example.invalid",
        "TRACKER_ALLOWED_HOSTS": "tracker.example.invalid",
        "TRACKER_PROXIES": "1",
        "TRACKER_RATE_LIMIT": "90",
        "TRACKER_WEBHOOK_NETWORKS": "10.1.0.0/16, fc00:1::/32",
        "TRACKER_CLAMD": "127.0.0.1:3310",
        "TRACKER_MAIL_URL": "smtp://mail.example.invalid",
        "TRACKER_MAIL_FROM": "tracker@example.invalid",
        "TRACKER_DATA_DIR": str(tmp_path / "data"),
        "TRACKER_MAX_UPLOAD_MB": "7",
    }.get(name, SECRET)
    file.write_text(f"{wanted}\n", encoding="utf-8")
    others = {key: value for key, value in environ.items() if key != name} | {"TRACKER_SECRET_KEY": SECRET}
    found = load({**others, name: "", f"{name}_FILE": str(file)})[name]
    assert (
        found == load({**others, name: wanted})[name] != load(others | {"TRACKER_SECRET_KEY": SECRET[::-1]}).get(name)
    )
    assert SETTINGS[name].meaning


def test_a_value_wins_over_a_file(environ: dict[str, str]) -> None:
    both = {"TRACKER_SECRET_KEY": SECRET, "TRACKER_SECRET_KEY_FILE": "/nowhere"}
    assert load(environ | both)["TRACKER_SECRET_KEY"] == SECRET


def test_a_file_that_is_not_there_stops_the_start(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="TRACKER_SECRET_KEY_FILE 指向的文件读不出来"):
        load(environ | {"TRACKER_SECRET_KEY_FILE": "/nowhere"})


def test_a_file_that_is_no_text_stops_the_start(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="TRACKER_SECRET_KEY_FILE 指向的文件"):
        load(environ | {"TRACKER_SECRET_KEY_FILE": str(tmp_path / "binary")})


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "必须设置 TRACKER_SECRET_KEY"),
        ({"TRACKER_SECRET_KEY": SECRET[:-1]}, "至少 32 个字符"),
        ({"TRACKER_SECRET_KEY": SECRET, "TRACKER_TODAY": "2021-06-24"}, "不能固定业务日期"),
    ],
)
def test_production_refuses_what_is_only_for_training(
    environ: dict[str, str], settings: dict[str, str], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        load(environ | settings | {"TRACKER_ENV": "production"})


def test_production_starts_with_a_secret_and_makes_none(environ: dict[str, str], tmp_path: Path) -> None:
    values = load(environ | {"TRACKER_ENV": "production", "TRACKER_SECRET_KEY": SECRET})
    assert values["TRACKER_SECRET_KEY"] == SECRET
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["TRACKER_DATABASE_URL", "TRACKER_MAIL_URL"])
def test_a_wrong_setting_that_may_hold_a_password_is_not_shown(environ: dict[str, str], name: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(environ | {name: "nonsense://u:Very-secret@host"})
    assert "Very-secret" not in str(refused.value)
