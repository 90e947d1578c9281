"""How much work a thing may cost, measured so that a busy machine does not change the answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, process_time

WAITING = 10
"""A busy machine makes an act slow on the clock, not costly: what may pass there is this many times the work."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Hold what is done inside to so many seconds of processor time, and to ten times as many on the clock."""
    work, clock = process_time(), monotonic()
    yield
    assert process_time() - work <= seconds
    assert monotonic() - clock <= WAITING * seconds
