"""Page, sort, day and filters from the query string; anything unreadable falls back or is refused in words."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask import request
from werkzeug.routing import BaseConverter, ValidationError

from tracker import clock
from tracker.db import LARGEST_ID
from tracker.rules.calendar import DayRefused, asked_day, foreseen_on
from tracker.rules.words import say

SIZE = 100


class BadAddress(ValueError):
    """A query string that cannot be read; the message says how to write it."""


class IdConverter(BaseConverter):
    """A record's number in an address: ASCII digits that fit the database's integer."""

    regex = r"[1-9][0-9]{0,9}"

    def to_python(self, value: str) -> int:
        """Read the number; too large a one is simply not there."""
        if int(value) > LARGEST_ID:
            raise ValidationError
        return int(value)


@dataclass(frozen=True)
class Page:
    """One page of a list; numbers count from 1."""

    asked: int
    total: int
    size: int = SIZE

    @property
    def number(self) -> int:
        """The page shown: the one asked for, or the last there is."""
        return min(self.asked, self.pages)

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The number of the first row on the page."""
        return min(self.total, (self.number - 1) * self.size + 1)

    @property
    def last(self) -> int:
        """The number of the last row on the page."""
        return min(self.total, self.number * self.size)

    def url(self, number: int) -> str:
        """Return the address of another page with the same filters."""
        return address(page=number)

    @property
    def prev_url(self) -> str:
        """The address of the page before, or an empty string."""
        return self.url(self.number - 1) if self.number > 1 else ""

    @property
    def next_url(self) -> str:
        """The address of the page after, or an empty string."""
        return self.url(self.number + 1) if self.number < self.pages else ""


def address(**changes: object) -> str:
    """Return this page's address with some of its query changed; None leaves a part out."""
    query: dict[str, object] = {**request.args.to_dict(), **changes}
    kept = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def number(name: str) -> int | None:
    """Return a number of the query string; None where it is absent."""
    value = request.args.get(name, "").strip()
    if not value:
        return None
    found = whole(value)
    if found is None:
        raise BadAddress(say("地址中的 {name} 应为数字。", name=name))
    return found


def whole(value: str) -> int | None:
    """Return a number written in ASCII digits, if it fits the database's integer."""
    # Python refuses to read thousands of digits, with an error of its own.
    if not (value.isascii() and value.isdigit()) or len(value) > len(str(LARGEST_ID)) or int(value) > LARGEST_ID:
        return None
    return int(value)


def words(name: str, most: int) -> str:
    """Return what was typed to search for; refuse more than `most` characters, since half of it finds other things."""
    value = request.args.get(name, "").strip()
    if len(value) > most:
        raise BadAddress(
            say("查询的文字太长：最多 {most} 字，现有 {found} 字。请缩短后再查。", most=most, found=len(value))
        )
    return value


def page_number() -> int:
    """Return the page asked for, from 1."""
    return max(1, number("page") or 1)


def day_of(name: str) -> date | None:
    """Return a day of the query string, None where it is absent; refuse what is no day."""
    value = request.args.get(name, "").strip()
    try:
        return asked_day(value) if value else None
    except DayRefused as refused:
        raise BadAddress(str(refused)) from None


def day() -> date:
    """Return the day asked for by `on`, or the business day."""
    return day_of("on") or clock.today()


def foreseen() -> str:
    """Return what to say of a day that is still to come: nobody knows what will be done until then."""
    typed, today = request.args.get("on", "").strip(), clock.today()
    try:
        asked = asked_day(typed) if typed else today
    except DayRefused:  # The page says so itself.
        return ""
    return foreseen_on(asked, today)


def choice(name: str, options: frozenset[str] | set[str], default: str = "") -> str:
    """Return a word of the query string if it is one of the options."""
    value = request.args.get(name, "")
    return value if value in options else default
