"""The kinds of long work, and the worker that does what was asked for, one piece after another."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from tracker import clock, i18n
from tracker.assignments import publication
from tracker.assignments.publication import PublicationRefused, StaleImport
from tracker.audit import operations as audit
from tracker.backups import operations as backups
from tracker.backups.archives import BackupDamaged
from tracker.backups.databases import BackupRefused
from tracker.db import transaction
from tracker.overview import ledger_sheet, tables
from tracker.people import queries as people
from tracker.plans.desk_record import ImportClosed
from tracker.plans.operations import PlanRefused
from tracker.reminders import bulk_urging
from tracker.reminders.urge_words import UrgeRefused
from tracker.rules.calendar import foreseen_on
from tracker.rules.permissions import Action, Actor, Forbidden, require
from tracker.rules.words import say
from tracker.storage import StorageFull, keep_at
from tracker.work import operations
from tracker.work.operations import Asked, Outcome
from tracker.work.queries import kept_results

log = logging.getLogger(__name__)

Settings = Mapping[str, Any]
Step = Callable[[int, int], None]
"""Notes that so many of so many steps are done; raises Stopped where the work is no longer wanted."""

FOLDER = "results"

REFUSALS = (
    BackupRefused,
    BackupDamaged,
    UrgeRefused,
    Forbidden,
    PlanRefused,
    PublicationRefused,
    StaleImport,
    ImportClosed,
)
"""Failures whose own words are meant for the reader."""


@dataclass(frozen=True)
class Kind:
    """A kind of long work: who may ask for it, and how it is done. Doing it again from the beginning does no harm."""

    action: Action
    run: Callable[[Settings, Actor, Mapping[str, Any], Step], Outcome]


def _back_up(settings: Settings, actor: Actor, _arguments: Mapping[str, Any], step: Step) -> Outcome:
    step(0, 0)
    data_dir = settings["TRACKER_DATA_DIR"]
    made = backups.make(data_dir, backups.next_file(data_dir))
    with transaction():
        backups.note(actor, clock.now(), made)
    return Outcome(
        say("{name}，{size} 字节，SHA-256 {digest}", name=made.path.name, size=made.size, digest=made.sha256)
    )


MOST_ROWS = 1_000_000
"""What a sheet of Excel holds, a little rounded."""


def _export(settings: Settings, actor: Actor, arguments: Mapping[str, Any], step: Step) -> Outcome:
    """Write a list of the ledger as a file, within the person's present scope, in the language it was asked for in."""
    asked, kind = ledger_sheet.restored(arguments["list"]), arguments["kind"]
    step(0, 0)
    lines = ledger_sheet.lines(actor, asked, MOST_ROWS)
    total = len(lines)
    step(0, total)
    with i18n.speaking(arguments["language"]):
        table = ledger_sheet.table(asked, ledger_sheet.shown(lines, asked.day), clock.now())
        table = tables.marked(table, foreseen_on(asked.day, clock.today()))
        content = tables.FORMATS[kind][1](table, lambda done: step(done, total))
        name = f"{i18n.translate(table.title)}.{kind}"
    data_dir = settings["TRACKER_DATA_DIR"]
    kept = keep_at(data_dir / FOLDER, partial(result_path, data_dir), BytesIO(content), len(content))
    with transaction():
        detail = f"{table.title}.{kind}，{total} 行：{arguments['address']}"
        audit.record(actor, clock.now(), "export", "file", None, detail)
    return Outcome(say("{n} 行，{size} 字节", n=total, size=kept.size), name, kept.sha256)


def _urge(settings: Settings, actor: Actor, arguments: Mapping[str, Any], step: Step) -> Outcome:
    """Send a 催办 unit by unit; what was sent stays sent, and is not sent again."""
    order = bulk_urging.restored(arguments)
    base_url, batches, left_out = settings["TRACKER_BASE_URL"], *bulk_urging.batches(actor, order)
    total, done = len(order.ids), len(left_out)
    try:
        for batch in batches:
            step(done, total)
            with transaction():
                left_out += bulk_urging.send(actor, clock.now(), batch, order, base_url)
            done += len(batch)
    except operations.Stopped:
        raise operations.Stopped(bulk_urging.told(actor, order, stopped=True)) from None
    return Outcome(bulk_urging.told(actor, order), failures=bulk_urging.as_lines(left_out, order.language))


def _publish(_settings: Settings, actor: Actor, arguments: Mapping[str, Any], step: Step) -> Outcome:
    """Publish an import in one transaction; one that an earlier try published already is done."""
    total = publication.expected(arguments["import_id"])
    step(0, total)
    with transaction():
        done = publication.publish_once(actor, clock.now(), arguments["import_id"], arguments["version"])
    step(total, total)
    return Outcome(say("{number} 已发布，交办 {n} 个责任事项。", number=done.doc_number, n=done.number))


KINDS: dict[str, Kind] = {
    "backup": Kind(Action.BACK_UP, _back_up),
    "export": Kind(Action.VIEW_ASSIGNMENTS, _export),
    "urge": Kind(Action.URGE, _urge),
    "publish": Kind(Action.EDIT_PLAN, _publish),
}


def result_path(data_dir: Path, sha256: str) -> Path:
    """Return where a result lies."""
    return data_dir / FOLDER / sha256


def work_off(settings: Settings, holder: str, stopped: Callable[[], bool]) -> int:
    """Do what waits until nothing does or the worker is told to stop; return how many pieces were begun."""
    begun = 0
    while not stopped():
        with transaction():
            work = operations.claim(holder, clock.utc())
        if work is None:
            break
        begun += 1
        _do(settings, work, holder)
    _tidy(settings["TRACKER_DATA_DIR"])
    return begun


def _do(settings: Settings, work: Asked, holder: str) -> None:
    def step(done: int, total: int) -> None:
        with transaction():
            operations.note(work, holder, clock.utc(), done, total)

    try:
        actor, kind = people.serving_actor(work.owner_id, clock.today()), KINDS[work.kind]
        if actor is None:
            raise operations.Stopped
        require(actor, kind.action)
        outcome = kind.run(settings, actor, work.arguments, step)
    except operations.Stopped as stopped:
        _fail(work, holder, str(stopped) or say("已按要求停下。"), stopped=True)
    except REFUSALS as refused:
        _fail(work, holder, str(refused))
    except StorageFull:
        _fail(work, holder, say("服务器磁盘已满，没有完成。请先腾出空间，再重新办理。"))
    except Exception:
        log.exception("long work %d of kind %s failed", work.id, work.kind)
        _fail(work, holder, say("出错了，没有完成。请系统管理员查看日志，处理后重新办理。"))
    else:
        with transaction():
            operations.finish(work, holder, clock.utc(), outcome)


def _fail(work: Asked, holder: str, why: str, stopped: bool = False) -> None:
    with transaction():
        operations.fail(work, holder, clock.utc(), why, stopped)


def _tidy(data_dir: Path) -> None:
    """Drop what ended long ago, and the results that nobody can fetch any more."""
    with transaction():
        dropped = operations.forget(clock.utc())
        kept = kept_results()
    for path in (data_dir / FOLDER).glob("*") if dropped else ():
        if path.name not in kept:
            path.unlink(missing_ok=True)
