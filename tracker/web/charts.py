"""Where the lines of a chart run: figures in, places of an SVG drawing out, so that templates only draw."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.overview.dashboard import Month
from tracker.web.months import month_name

WIDTH, HEIGHT = 480, 230
LEFT, RIGHT, TOP, BOTTOM = 34, 86, 14, 204
"""The drawing, and where its lines may run; the names of the lines stand to the right of them."""

TICKS = 4
MONTH_NAMES = 12
"""How many names of months have room below the chart."""

FACTORS = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80)
"""Round steps of the upright axis."""

APART = 15
"""How far apart the names of two lines must stand to be read."""


@dataclass(frozen=True)
class Tick:
    """A mark of an axis: where it stands, and what is written there."""

    place: float
    label: str


@dataclass(frozen=True)
class End:
    """Where a line ends, where its name stands, and its last figure."""

    x: float
    y: float
    name_y: float
    value: int


@dataclass(frozen=True)
class BurnUp:
    """What is due and what is done, month by month: two lines, the area below what is done, and the axes."""

    due: str
    done: str
    area: str
    due_end: End
    done_end: End | None
    rows: list[Tick]
    months: list[Tick]


def burn_up(months: Sequence[Month], total: int, year: int) -> BurnUp | None:
    """Return the chart; None where there is nothing to draw."""
    if not months or not total:
        return None
    top = _round_up(total)
    spread = (WIDTH - LEFT - RIGHT) / max(1, len(months) - 1)
    across = [round(LEFT + place * spread, 1) for place in range(len(months))]
    due = [(x, _height(month.due, top)) for x, month in zip(across, months, strict=True)]
    done = [
        (x, _height(month.completed, top))
        for x, month in zip(across, months, strict=True)
        if month.completed is not None
    ]
    every = -(-len(months) // MONTH_NAMES)
    return BurnUp(
        due=_line(due),
        done=_line(done),
        area=_line([*done, (done[-1][0], BOTTOM), (done[0][0], BOTTOM)]) if done else "",
        due_end=End(*due[-1], due[-1][1], months[-1].due),
        done_end=_done_end(done, months, due[-1]) if done else None,
        rows=[Tick(_height(top * step // TICKS, top), str(top * step // TICKS)) for step in range(TICKS + 1)],
        months=[
            Tick(x, month_name(month.first, year))
            for place, (x, month) in enumerate(zip(across, months, strict=True))
            if place % every == 0
        ],
    )


def _done_end(done: list[tuple[float, float]], months: Sequence[Month], due_end: tuple[float, float]) -> End:
    x, y = done[-1]
    crowded = x == due_end[0] and abs(y - due_end[1]) < APART
    return End(x, y, due_end[1] + APART if crowded else y, months[len(done) - 1].completed or 0)


def _round_up(total: int) -> int:
    """Return the first height of the axis that holds the total and divides into round ticks."""
    step = next(step for step in _steps() if step * TICKS >= total)
    return step * TICKS


def _steps() -> list[int]:
    return [*range(1, 10), *(factor * 10**power for power in range(9) for factor in FACTORS)]


def _height(value: int | None, top: int) -> float:
    return round(BOTTOM - (value or 0) * (BOTTOM - TOP) / top, 1)


def _line(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
