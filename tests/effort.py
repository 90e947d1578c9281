"""How much work a thing may cost, measured so that a busy or slow machine does not change the answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, process_time

WAITING = 10
"""A busy machine makes an act slow on the clock, not costly: what may pass there is this many times the work."""

PIECE, PIECE_SECONDS = 100_000, 0.03
"""A piece of ordinary work, and what it costs on the machine for which the limits were set."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Hold what is done inside to so many seconds of processor time, and to ten times as many on the clock.

    A machine that just now takes longer for a known piece of work, before or after, is given so much more.
    """
    before = pace()
    work, clock = process_time(), monotonic()
    yield
    worked, waited = process_time() - work, monotonic() - clock
    allowed = seconds * max(before, pace())
    assert worked <= allowed
    assert waited <= WAITING * allowed


def pace() -> float:
    """Return how many times longer than usual this machine takes for its work just now; 1 at least."""
    begun = process_time()
    words = {str(number): number for number in range(PIECE)}
    sum(map(len, words))
    return max(1.0, (process_time() - begun) / PIECE_SECONDS)
