"""Chains of entries, and what somebody with the database in hands, but without the key, may do to them."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from tracker.audit.chain import CHAIN_BEGINS, Head, Row, anchor_words, content, early_digest, seal
from tracker.audit.heads import Outside, Witness
from tracker.audit.verification import Verdict, Wrong, judge

LENGTH, EARLY = 40, 6
NULLABLE = ("unit_id", "object_id", "about_unit_id", "about_task_id")


@dataclass(frozen=True)
class Chain:
    """A table of entries, the head that the database has, and the one that is kept outside."""

    rows: list[Row]
    head: Head | None
    outside: Outside

    def verdict(self) -> Verdict:
        """Verify it."""
        rows = sorted(self.rows, key=lambda row: row.number)
        return judge(lambda: (row for row in rows), self.head, self.outside)


def entry(number: int, **fields: object) -> Row:
    """An entry without a hash; every fourth has all its columns filled."""
    numbers = dict.fromkeys(NULLABLE, number * 7 if number % 4 else None)
    words = {
        "account": f"user-{number}",
        "name": f"人员{number}",
        "role": "clerk",
        "unit": "松江" if number % 3 else "",
    }
    what = {"act": "file_report", "outcome": "done", "object_type": "report", "detail": f"第{number}次：说明"}
    came = {"address": "127.0.0.1", "request_id": f"{number:012x}"}
    days = {"at": f"2021-06-24 02:{number:02}:00.123456", "day": "2021-06-24"}
    return Row(**{"id": number, "number": number, "hash": "", **numbers, **words, **what, **came, **days, **fields})  # type: ignore[arg-type]


def sealed(row: Row, previous: str) -> Row:
    """The entry with its hash."""
    return row._replace(hash=seal(row, previous))


def chain(length: int = LENGTH, early: int = 0) -> Chain:
    """A sound chain; with `early` entries from before it began, and keys that run ahead of the numbers then."""
    shift = 3 if early else 0
    rows = [entry(number, id=number + (shift if number > 2 else 0)) for number in range(1, early + 1)]
    if early:
        anchor = entry(early + 1, id=early + 1 + shift, act=CHAIN_BEGINS, detail=anchor_words(*early_digest(rows)))
        rows.append(sealed(anchor, ""))
    while len(rows) < length:
        number = len(rows) + 1
        rows.append(sealed(entry(number, id=number + shift), rows[-1].hash if rows else ""))
    head = Head(length, rows[-1].hash)
    return Chain(rows, head, Outside([Witness(*head, "audit.head")], False, []))


@dataclass(frozen=True)
class Tampered:
    """A chain after somebody was at it, and what must be said of it."""

    chain: Chain
    wrong: Wrong
    number: int
    what: str


def changed(value: object, dice: Random) -> object:
    """A value with one sign changed, or one more where there was none; other values fit the column as well."""
    if value is None:
        return 5
    if isinstance(value, int):
        return value ^ (1 << dice.randrange(8))
    text = str(value)
    if not text:
        return "x"
    at = dice.randrange(len(text))
    return f"{text[:at]}{'7' if text[at] != '7' else '8'}{text[at + 1 :]}"


def cell(found: Chain, dice: Random) -> Tampered:
    """One byte of one column."""
    at, name = dice.randrange(len(found.rows)), dice.choice(Row._fields)
    row = found.rows[at]
    special: dict[str, Callable[[], object]] = {
        "number": lambda: dice.choice((-row.number, row.number + 1000)),
        "id": lambda: row.id + 5000,
        "outcome": lambda: "refused",
        "day": lambda: f"2021-06-2{dice.choice('0123')}",
        "at": lambda: row.at[:20] + f"{dice.randrange(100000):06}",
    }
    value = special[name]() if name in special else changed(getattr(row, name), dice)
    return Tampered(put(found, at, row._replace(**{name: value})), Wrong.ALTERED, row.number, f"{name} of")


def put(found: Chain, at: int, row: Row) -> Chain:
    """Replace a row."""
    return replace(found, rows=[*found.rows[:at], row, *found.rows[at + 1 :]])


def removed(found: Chain, dice: Random) -> Tampered:
    """One row or a few."""
    at = dice.randrange(len(found.rows) - 4)
    rows = [*found.rows[:at], *found.rows[at + dice.randint(1, 3) :]]
    return Tampered(replace(found, rows=rows), Wrong.REMOVED, at + 1, "removed")


def removed_and_renumbered(found: Chain, dice: Random) -> Tampered:
    """One row, the gap closed."""
    at = dice.randrange(len(found.rows) - 3)
    later = [row._replace(number=row.number - 1) for row in found.rows[at + 1 :]]
    if dice.random() < 0.5:
        later = [row._replace(id=row.id - 1) for row in later]
    return Tampered(replace(found, rows=found.rows[:at] + later), Wrong.REMOVED, at + 1, "removed, renumbered")


def inserted(found: Chain, dice: Random) -> Tampered:
    """A row that never was, with the best hash that can be made without the key; at the end with a new head."""
    at = dice.randrange(len(found.rows) + 1)
    keys = dice.choice((0, 1))
    later = [row._replace(number=row.number + 1, id=row.id + keys) for row in found.rows[at:]]
    number = at + 1
    id_ = found.rows[min(at, len(found.rows) - 1)].id if keys and later else 9000
    forged = unkeyed(entry(number, id=id_, detail="从未发生"), found.rows[at - 1].hash if at else "")
    head = found.head if later else Head(number, forged.hash)
    return Tampered(Chain([*found.rows[:at], forged, *later], head, found.outside), Wrong.INSERTED, number, "inserted")


def unkeyed(row: Row, previous: str) -> Row:
    """The entry with a hash as good as anybody can make it."""
    return row._replace(hash=hashlib.sha256(content(row, previous)).hexdigest())


def swapped(found: Chain, dice: Random) -> Tampered:
    """Two rows in each other's place: their numbers alone, or everything but number and key."""
    first, second = sorted(dice.sample(range(len(found.rows)), 2))
    one, other = found.rows[first], found.rows[second]
    if dice.random() < 0.5:
        pair = one._replace(number=other.number), other._replace(number=one.number)
    else:
        pair = other._replace(id=one.id, number=one.number), one._replace(id=other.id, number=other.number)
    rows = put(put(found, first, pair[0]), second, pair[1])
    return Tampered(rows, Wrong.REORDERED, one.number, "swapped")


def cut(found: Chain, dice: Random) -> Tampered:
    """The end, and the database's own head with it, or left, or gone."""
    left = dice.randint(1, len(found.rows) - 1)
    rows = found.rows[:left]
    head = dice.choice((Head(left, rows[-1].hash), found.head, None))
    return Tampered(Chain(rows, head, found.outside), Wrong.CUT, left + 1, "cut off after")


def recomputed(found: Chain, dice: Random) -> Tampered:
    """A changed detail, and every hash from there on, and the head, computed anew without the key."""
    at = dice.randrange(len(found.rows))
    rows = found.rows[:at]
    for row in found.rows[at:]:
        words = "另一种说法" if row.number == at + 1 else row.detail
        rows.append(unkeyed(row._replace(detail=words), rows[-1].hash if rows else ""))
    head = Head(len(rows), rows[-1].hash)
    return Tampered(Chain(rows, head, found.outside), Wrong.ALTERED, at + 1, "recomputed from")


def headed(found: Chain, dice: Random) -> Tampered:
    """The database's head alone."""
    last = len(found.rows)
    head = dice.choice((None, Head(last, "0" * 64), Head(last - 3, found.rows[-4].hash)))
    return Tampered(replace(found, head=head), Wrong.HEAD, last, "head changed")


WAYS = (cell, cell, cell, removed, removed_and_renumbered, inserted, swapped, cut, recomputed, headed)
