"""The warning that no scheduler works, for those who can do something about it; on every page that lists letters."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.reminders import runs
from tracker.reminders.runs import Pulse
from tracker.rules.permissions import Action, Actor, may
from tracker.rules.words import say


@dataclass(frozen=True)
class Alarm:
    """Since when nobody works; `beat_at` is None where nobody ever did."""

    beat_at: datetime | None = None
    silent: str = ""


def alarm(actor: Actor) -> Alarm | None:
    """Return the warning that the person should see, if any. One query, for those who may see the scheduler."""
    return raised(runs.pulse()) if may(actor, Action.VIEW_SCHEDULER) else None


def raised(pulse: Pulse | None) -> Alarm | None:
    """Return the warning that a heartbeat gives rise to."""
    if pulse is None:
        return Alarm()
    return Alarm(pulse.beat_at, span(pulse.age)) if pulse.dead else None


def span(length: timedelta) -> str:
    """Word a length of time by its two largest parts: 3 天 4 小时, 5 分 10 秒."""
    seconds = max(int(length.total_seconds()), 0)
    sizes = ((say("天"), 86400), (say("小时"), 3600), (say("分钟"), 60), (say("秒"), 1))
    parts = []
    for unit, size in sizes:
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(say("{number} {unit}", number=number, unit=unit))
        elif parts:
            break
    if len(parts) < 2:
        return parts[0] if parts else say("0 秒")
    return say("{first} {rest}", first=parts[0], rest=parts[1])
