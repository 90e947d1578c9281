"""The one clock: business time in the bureau's zone. Call it as `clock.now()`, never import the names."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_zone = ZoneInfo("Asia/Shanghai")
_fixed_day: date | None = None


def configure(zone: ZoneInfo, fixed_day: date | None) -> None:
    """Set the business zone, and the fixed business day of a training or test installation."""
    global _zone, _fixed_day
    _zone, _fixed_day = zone, fixed_day


def now() -> datetime:
    """Return the business moment, aware, in the business zone."""
    moment = datetime.now(UTC).astimezone(_zone)
    return datetime.combine(_fixed_day, moment.timetz()) if _fixed_day else moment


def today() -> date:
    """Return the business day."""
    return now().date()


def utc() -> datetime:
    """Return the real moment in UTC, for leases and retries, which no business day may shift."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """Return a moment in the business zone."""
    return moment.astimezone(_zone)
