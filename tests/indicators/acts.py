"""Acts on rounds of the form of 112 indicators, as short as they are told: type_in("songjiang", {"I007": "3"})."""

from datetime import date
from random import Random

from sqlalchemy import func, select

from tests.assignments.acts import moment, person, unit_id
from tests.rules.indicators.answers import sensible
from tracker.db import Base, db, transaction
from tracker.indicators import answering, queries, rounds
from tracker.indicators.answering import Outcome, Typed
from tracker.indicators.queries import NOTHING, Sheet
from tracker.indicators.rounds import Opening
from tracker.rules.indicators.rounds import Source

FORM = "shanghai-112"
OPENS, CLOSES = "2021-06-21", "2021-06-30"


def open_round(year: int = 2020, title: str = "年度填报", day: str = OPENS, closes: str = CLOSES) -> int:
    """Open a round for all districts, and return its id."""
    supervisor = person("supervisor")
    everybody = tuple(unit.id for unit in rounds.units(supervisor, date.fromisoformat(day)))
    term = (date.fromisoformat(day), date.fromisoformat(closes))
    with transaction():
        return rounds.open_round(supervisor, moment(day), Opening(FORM, year, title, *term, everybody)).id


def sheet(round_id: int, unit: str = "songjiang", account: str = "supervisor") -> Sheet:
    """Return what a unit answered."""
    return queries.sheet(person(account), round_id, unit_id(unit))


def type_in(
    round_id: int, typed: dict[str, str], unit: str = "songjiang", day: str = OPENS, seen: dict[str, int] | None = None
) -> Outcome:
    """Let a district's clerk type, having seen what stands now unless `seen` says otherwise."""
    held = sheet(round_id, unit).held
    wanted = {key: Typed(text, (seen or {}).get(key, held.get(key, NOTHING).version)) for key, text in typed.items()}
    with transaction():
        return answering.save(person(f"{unit}-clerk"), moment(day), round_id, unit_id(unit), wanted, Source.FORM)


def fill(round_id: int, unit: str = "songjiang", seed: int = 1, day: str = OPENS) -> None:
    """Fill a district's form with answers that could be true."""
    outcome = type_in(round_id, sensible(Random(seed)), unit, day)
    assert not outcome.refused
    assert not outcome.stale
    for each in sheet(round_id, unit).open_objections:
        explain(round_id, each.name, "经核对，情况属实。", unit, day)


def explain(round_id: int, check: str, text: str, unit: str = "songjiang", day: str = OPENS) -> None:
    """Let a district's clerk explain a warning."""
    with transaction():
        answering.explain(person(f"{unit}-clerk"), moment(day), round_id, unit_id(unit), check, text)


def submit(round_id: int, unit: str = "songjiang", day: str = OPENS, account: str = "") -> None:
    """Let a district's lead hand its answers in."""
    with transaction():
        answering.submit(person(account or f"{unit}-lead"), moment(day), round_id, unit_id(unit))


def recall(round_id: int, unit: str = "songjiang", day: str = OPENS) -> None:
    """Let a district's lead take them back."""
    with transaction():
        answering.recall(person(f"{unit}-lead"), moment(day), round_id, unit_id(unit))


def correct(round_id: int, key: str, text: str, reason: str, unit: str = "songjiang", seen: int | None = None) -> None:
    """Let the supervisor correct a blank after the round has ended."""
    version = sheet(round_id, unit).held.get(key, NOTHING).version if seen is None else seen
    with transaction():
        answering.correct(
            person("supervisor"), moment("2021-07-02"), round_id, unit_id(unit), key, Typed(text, version), reason
        )


def extend(round_id: int, until: str, reason: str = "系统升级", unit: str = "songjiang", day: str = OPENS) -> None:
    """Let the supervisor grant a district more time."""
    with transaction():
        rounds.extend(person("supervisor"), moment(day), round_id, unit_id(unit), date.fromisoformat(until), reason)


def close(round_id: int, missing: int, day: str = "2021-07-01") -> None:
    """Let the supervisor end the round, having seen how many are missing."""
    with transaction():
        rounds.close(person("supervisor"), moment(day), round_id, missing)


def stored(model: type[Base]) -> int:
    """Count the rows of a table."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0
