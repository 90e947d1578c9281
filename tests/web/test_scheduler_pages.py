"""What is said of the scheduler: on its page, to monitors, and by `tracker check`."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from tests import factories as make
from tests.client import Client
from tests.conftest import Ran
from tests.web.conftest import Visitor, follow, token
from tracker.db import db, transaction
from tracker.reminders import lease, runs
from tracker.reminders.models import Lease

TOKEN = "a-token-of-the-monitor"
PUBLIC = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def works(seeded: Flask) -> Callable[[float], None]:
    """Let a scheduler be at work, or have stopped so many seconds ago: works(0)."""

    def beat(seconds_ago: float = 0) -> None:
        with transaction():
            lease.hold("host:1:abc")
            if seconds_ago:
                moment = datetime.now(UTC) - timedelta(seconds=seconds_ago)
                db.session.execute(update(Lease).values(beat_at=moment, until=moment))

    return beat


# ---- the page


def page(visitor: Visitor, address: str = "/admin/scheduler", account: str = "admin") -> str:
    return visitor(account).get(address).text


def test_a_working_scheduler_is_named_with_its_last_and_next_runs(visitor: Visitor, works: Any) -> None:
    works()
    at = datetime(2026, 3, 1, tzinfo=UTC)
    with transaction():
        runs.begin("remind", "host:1:abc", at)
        runs.finish("remind", "host:1:abc", at + timedelta(seconds=3), at + timedelta(days=1), "生成 32 封")
        runs.begin("deliver", "host:1:abc", at)
    shown = page(visitor)
    for words in ("有人值班", "host:1:abc", "生成 32 封", "用时 3 秒", "2026年3月2日 08:00", "正在运行"):
        assert words in shown
    assert "定时任务停了" not in shown


def test_a_run_whose_process_died_is_called_broken_off(visitor: Visitor, works: Any) -> None:
    works()
    with transaction():
        runs.begin("remind", "host:0:dead", datetime(2026, 3, 1, tzinfo=UTC))
    assert "接手的进程会重做" in page(visitor)


@pytest.mark.parametrize("address", ["/admin/scheduler", "/admin/letters", "/overview"])
@pytest.mark.parametrize("account", ["admin", "supervisor"])
def test_a_dead_scheduler_is_said_with_what_to_do(visitor: Visitor, works: Any, address: str, account: str) -> None:
    works(310)
    shown = page(visitor, address, account)
    assert "定时任务停了" in shown
    assert "已停 5 分钟 1" in shown
    assert "tracker scheduler" in shown


def test_others_are_not_alarmed(visitor: Visitor, works: Any) -> None:
    works(310)
    assert "定时任务停了" not in page(visitor, "/overview", "leader")


def test_where_none_ever_worked_the_page_says_how_to_begin(visitor: Visitor) -> None:
    assert "定时任务没有运行过" in page(visitor)


def test_what_waits_and_what_was_given_up_is_counted(visitor: Visitor, works: Any) -> None:
    works()
    with transaction():
        make.make_message(
            queued_at=datetime(2021, 6, 20, tzinfo=ZoneInfo("Asia/Shanghai")), next_try_at=datetime.now(UTC)
        )
        make.make_message(state="dead")
    shown = page(visitor)
    assert "需要打电话通知" in shown
    assert "4 天" in shown


# ---- run by hand


def press(visitor: Visitor, job: str, account: str = "admin") -> Any:
    browser = visitor(account)
    return browser.post("/admin/scheduler/run", data={"csrf_token": token(browser), "job": job})


def test_an_administrator_lets_a_job_run_now(visitor: Visitor, works: Any) -> None:
    works()
    at = datetime(2026, 3, 1, tzinfo=UTC)
    with transaction():
        runs.begin("remind", "host:1:abc", at)
        runs.finish("remind", "host:1:abc", at + timedelta(seconds=3), at + timedelta(days=1), "生成 32 封")
    assert "立即运行" not in page(visitor, account="supervisor")
    browser = visitor("admin")
    response = browser.submit(browser.form("/admin/scheduler", "/run"), job="remind")
    shown = follow(browser, response)
    assert "几秒内开始" in shown
    assert "马上" in shown
    assert runs.asked() == ["remind"]


def test_where_nobody_works_the_job_waits_for_somebody(visitor: Visitor, seeded: Flask) -> None:
    browser = visitor("admin")
    response = browser.submit(browser.form("/admin/scheduler", "/run"))
    assert "现在没有进程值班" in follow(browser, response)


@pytest.mark.parametrize("job", ["", "drop", "remind;deliver", "beat"])
def test_an_unknown_job_is_refused(visitor: Visitor, job: str) -> None:
    response = press(visitor, job)
    assert response.status_code == 422
    assert "没有这项定时任务" in response.text


# ---- ready


@pytest.mark.parametrize(
    ("seconds_ago", "status", "said"),
    [(None, 200, "never started"), (0, 200, "working"), (100, 200, "working"), (130, 503, "dead")],
)
def test_readyz_tells_whether_the_scheduler_lives(
    client: Client, works: Any, seconds_ago: float | None, status: int, said: str
) -> None:
    if seconds_ago is not None:
        works(seconds_ago)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["scheduler"]) == (status, said)
    assert answer.json["status"] == ("scheduler dead" if status == 503 else "ready")


# ---- figures for monitors


def figures(answer: Any) -> dict[tuple[str, ...], float]:
    """Read the text format: name and label values to the figure."""
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_metrics_tell_the_state_of_outbox_and_scheduler(client: Client, works: Any) -> None:
    works(30)
    with transaction():
        make.make_message(state="dead")
        runs.begin("remind", "host:1:abc", datetime.fromtimestamp(1_800_000_000, UTC))
        runs.finish("remind", "host:1:abc", datetime.now(UTC), None, "出错", failed=True)
    found = figures(client.get("/metrics"))
    assert found["tracker_database_up",] == 1
    assert found["tracker_outbox_letters", "dead"] == found["tracker_letters", "email", "dead"] == 1
    assert found["tracker_outbox_letters", "pending"] == found["tracker_outbox_oldest_waiting_seconds",] == 0
    assert found["tracker_scheduler_on_duty",] == 0
    assert 25 < found["tracker_scheduler_heartbeat_age_seconds",] < 60
    assert found["tracker_scheduler_lease_remaining_seconds",] < 0
    assert found["tracker_job_last_run_timestamp_seconds", "remind"] == 1_800_000_000
    assert found["tracker_job_last_run_failed", "remind"] == 1


def test_metrics_of_a_new_database_say_that_nobody_is_on_duty(client: Client) -> None:
    found = figures(client.get("/metrics"))
    assert found["tracker_scheduler_on_duty",] == 0
    assert ("tracker_scheduler_heartbeat_age_seconds",) not in found


def test_a_database_that_does_not_answer_is_a_figure_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(runs, "pulse", fail)
    assert figures(client.get("/metrics")) == {("tracker_database_up",): 0}


@pytest.mark.parametrize(
    ("token", "sent", "environ", "status"),
    [
        ("", {}, {}, 200),
        ("", {}, {"REMOTE_ADDR": "::1"}, 200),
        ("", {}, PUBLIC, 404),
        ("", {"Authorization": "Bearer "}, PUBLIC, 404),
        ("", {"X-Forwarded-For": "203.0.113.9"}, {}, 404),
        (TOKEN, {}, PUBLIC, 404),
        (TOKEN, {"Authorization": f"Bearer {TOKEN}"}, PUBLIC, 200),
        (TOKEN, {"Authorization": f"Bearer {TOKEN}x"}, PUBLIC, 404),
        (TOKEN, {"Authorization": "Bearer 口令"}, PUBLIC, 404),
        (TOKEN, {"Authorization": f"Basic {TOKEN}"}, PUBLIC, 404),
    ],
)
def test_metrics_are_for_this_machine_and_for_who_knows_the_token(
    app: Flask, client: Client, token: str, sent: dict[str, str], environ: dict[str, str], status: int
) -> None:
    app.config["TRACKER_METRICS_TOKEN"] = token
    assert client.get("/metrics", headers=sent, environ_base=environ).status_code == status


# ---- check


@pytest.mark.parametrize(("seconds_ago", "code", "said"), [(None, 0, "没有运行过"), (0, 0, "运行中"), (130, 1, "停了")])
def test_check_fails_where_a_scheduler_died(
    works: Any, cli: Callable[..., Ran], seconds_ago: float | None, code: int, said: str
) -> None:
    if seconds_ago is not None:
        works(seconds_ago)
    ran = cli("check")
    assert ran.code == code
    assert said in next(line for line in ran.out.splitlines() if "\t定时任务\t" in line)
