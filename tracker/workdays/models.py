"""Days that differ from the known arrangement, and the years whose arrangement was imported."""

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Model, UtcDateTime


class WorkdayOverride(Model):
    """A day on which people work, or do not, whatever the known arrangement says."""

    __tablename__ = "workday_override"

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    note: Mapped[str] = mapped_column(String(100), default="")


class HolidayYear(Model):
    """A year whose arrangement was imported; only overrides and weekdays count in it."""

    __tablename__ = "holiday_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_name: Mapped[str] = mapped_column(String(120))
