"""The service does not start for real people where that is not safe, and says what to do; no door forgets to ask."""

import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import SECRET as SECRET_OF_TESTS
from tests.conftest import Ran, running, settings
from tests.house.source import ROOT
from tracker.cli import serve
from tracker.config import ConfigError
from tracker.production import Door, is_weak, problems, require_ready, warnings

Cli = Callable[..., Ran]

GOOD = "kF3v9-QzT7mWbX2pLs8RnYc5HdUe0JaG4tNoViBq"
SOUND = {
    "TRACKER_ENV": "production",
    "TRACKER_SECRET_KEY": GOOD,
    "TRACKER_TODAY": "",
    "TRACKER_BASE_URL": "https://duban.example",
    "TRACKER_PROXIES": "1",
    "TRACKER_RATE_LIMIT": "600",
    "TRACKER_WEBHOOK_NETWORKS": "",
}
DOORS = list(Door)


@pytest.fixture
def real(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """A sound installation for real people."""
    with running(database_url, tmp_path / "data", **SOUND) as app:
        yield app


def refusals(app: Flask, door: Door = Door.SERVE, environ: dict[str, str] | None = None, **changed: object) -> str:
    """Return what an installation is told that was changed."""
    with pytest.raises(ConfigError) as refused:
        require_ready({**app.config, **changed}, environ or {}, door)
    return str(refused.value)


@pytest.mark.parametrize("door", DOORS)
def test_a_sound_installation_starts(real: Flask, door: Door) -> None:
    require_ready(real.config, {}, door)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "secret",
    [
        "",
        "short",
        "a" * 48,
        "ab" * 24,
        "0123456789abcdef" * 2,
        "changeme-changeme-changeme-1234567",
        "my-very-long-secret-for-production-1",
        "please-replace-this-by-a-random-one-9x7",
        SECRET_OF_TESTS,
        "for measuring only, never for people, an example",
    ],
)
def test_a_secret_that_could_be_guessed_is_refused(real: Flask, door: Door, secret: str) -> None:
    told = refusals(real, door, TRACKER_SECRET_KEY=secret)
    assert "TRACKER_SECRET_KEY" in told
    assert "secrets.token_urlsafe(48)" in told
    assert not secret or secret not in told


def test_a_random_secret_is_not_weak() -> None:
    for random in (GOOD, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"):
        assert not is_weak(random)


def test_a_weak_audit_key_is_refused_and_none_is_not(real: Flask) -> None:
    assert "TRACKER_AUDIT_KEY" in refusals(real, TRACKER_AUDIT_KEY="x" * 40)
    require_ready({**real.config, "TRACKER_AUDIT_KEY": ""}, {}, Door.SERVE)


@pytest.mark.parametrize("door", DOORS)
def test_a_fixed_day_is_refused(real: Flask, door: Door) -> None:
    assert "请去掉 TRACKER_TODAY" in refusals(real, door, TRACKER_TODAY="2021-06-24")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("value", ["1", "true", "yes", " on "])
def test_debugging_is_refused(real: Flask, door: Door, value: str) -> None:
    assert "请去掉 FLASK_DEBUG" in refusals(real, door, {"FLASK_DEBUG": value})


@pytest.mark.parametrize("value", ["", "0", "false", "False", "no"])
def test_debugging_that_is_off_is_not_refused(real: Flask, value: str) -> None:
    require_ready(real.config, {"FLASK_DEBUG": value}, Door.SERVE)


@pytest.mark.parametrize("door", DOORS)
def test_an_address_without_https_is_refused(real: Flask, door: Door) -> None:
    told = refusals(real, door, TRACKER_BASE_URL="http://duban.example")
    assert "把 TRACKER_BASE_URL 设为 https:// 开头的网址" in told


@pytest.mark.parametrize(
    ("door", "declared", "fine"),
    [
        (Door.SERVE, None, False),
        (Door.SERVE, 0, False),
        (Door.SERVE, 1, True),
        (Door.WSGI, None, False),
        (Door.WSGI, 0, True),
        (Door.WSGI, 2, True),
        (Door.SCHEDULER, None, True),
    ],
)
def test_a_proxy_must_be_declared_by_whoever_answers_requests(
    real: Flask, door: Door, declared: int | None, fine: bool
) -> None:
    if fine:
        require_ready({**real.config, "TRACKER_PROXIES": declared}, {}, door)
    else:
        assert "把 TRACKER_PROXIES 设为" in refusals(real, door, TRACKER_PROXIES=declared)


@pytest.mark.parametrize("door", DOORS)
def test_demo_accounts_are_refused(seeded: Flask, door: Door) -> None:
    seeded.config.update({name: value for name, value in SOUND.items() if name.startswith("TRACKER_")})
    seeded.config.update(TRACKER_PROXIES=1, TRACKER_TODAY=None)
    assert "存在演示账号" in refusals(seeded, door)


def test_everything_that_is_wrong_is_said_at_once(real: Flask) -> None:
    told = refusals(real, Door.SERVE, {"FLASK_DEBUG": "1"}, TRACKER_SECRET_KEY="x", TRACKER_BASE_URL="http://a.example")
    assert all(
        words in told for words in ("1. ", "2. ", "3. ", "TRACKER_SECRET_KEY", "FLASK_DEBUG", "TRACKER_BASE_URL")
    )


def test_a_database_that_cannot_be_reached_is_told_without_its_address(tmp_path: Path) -> None:
    lost = "postgresql+psycopg://tracker:Very-secret@127.0.0.1:1/none"
    with running(lost, tmp_path / "data", **SOUND) as app:
        told = refusals(app)
    assert "核对 TRACKER_DATABASE_URL" in told
    assert "Very-secret" not in told


def test_a_demo_may_be_anything(seeded: Flask) -> None:
    for door in DOORS:
        require_ready(seeded.config, {"FLASK_DEBUG": "1"}, door)


def test_what_is_only_unwise_is_a_warning(real: Flask) -> None:
    real.config.update(TRACKER_MAIL_URL="", TRACKER_CLAMD="", TRACKER_RATE_LIMIT=0)
    told = " ".join(warnings(real.config))
    assert all(name in told for name in ("TRACKER_MAIL_URL", "TRACKER_CLAMD", "TRACKER_RATE_LIMIT"))
    assert problems(real.config, {}, Door.SERVE) == []
    real.config.update(TRACKER_MAIL_URL="smtp://mail.example", TRACKER_CLAMD="/run/clamd.ctl", TRACKER_RATE_LIMIT=600)
    assert warnings(real.config) == []


# ---- the doors


@pytest.fixture
def unsafe(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of an installation for real people that must not start."""
    for name, value in {**settings(database_url, tmp_path / "data"), **SOUND, "FLASK_DEBUG": "1"}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("command", ["serve", "scheduler"])
def test_no_command_that_runs_all_day_starts(
    unsafe: None, cli: Cli, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "Server", None)
    monkeypatch.setattr(serve, "run_scheduler", None)
    ran = cli(command)
    assert (ran.code, ran.out) == (1, "")
    assert "FLASK_DEBUG" in ran.err


def test_another_wsgi_server_does_not_get_the_application(unsafe: None) -> None:
    with pytest.raises(ConfigError, match="FLASK_DEBUG"):
        runpy.run_path(str(ROOT / "wsgi.py"))


@pytest.mark.once
def test_another_wsgi_server_gets_a_sound_application(
    unsafe: None, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FLASK_DEBUG")
    code = "import wsgi; print(wsgi.app.config['TRACKER_ENV'])"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.stdout.strip(), ran.returncode) == ("production", 0), ran.stderr


def test_the_check_tells_the_same(unsafe: None, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = cli("check")
    assert ran.code == 1
    assert "注意\t正式运行\t正式环境不能打开调试" in ran.out
    assert "注意\t正式运行\t没有设置 TRACKER_CLAMD" in ran.out
