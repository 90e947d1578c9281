"""The kinds of long work, and the worker that does what was asked for, one piece after another."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker import clock
from tracker.backups import operations as backups
from tracker.backups.archives import BackupDamaged
from tracker.backups.databases import BackupRefused
from tracker.db import transaction
from tracker.people import queries as people
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.words import say
from tracker.storage import StorageFull
from tracker.work import operations
from tracker.work.operations import Asked, Outcome
from tracker.work.queries import kept_results

log = logging.getLogger(__name__)

Settings = Mapping[str, Any]
Step = Callable[[int, int], None]
"""Notes that so many of so many steps are done; raises Stopped where the work is no longer wanted."""

FOLDER = "results"

REFUSALS = (BackupRefused, BackupDamaged)
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


KINDS: dict[str, Kind] = {"backup": Kind(Action.BACK_UP, _back_up)}


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
    except operations.Stopped:
        _fail(work, holder, say("已按要求停下。"), stopped=True)
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
