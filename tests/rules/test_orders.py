"""The colour of a 督办单 is told by the lights of what it names."""

import pytest

from tracker.rules.orders import Colour, colour_of
from tracker.rules.status import Light


@pytest.mark.parametrize(
    ("lights", "colour"),
    [
        ([Light.NEAR], Colour.BLUE),
        ([Light.NORMAL], Colour.YELLOW),
        ([Light.NOT_STARTED], Colour.YELLOW),
        ([Light.OVERDUE], Colour.RED),
        ([Light.NEAR, Light.NORMAL], Colour.YELLOW),
        ([Light.NORMAL, Light.OVERDUE, Light.NEAR], Colour.RED),
    ],
)
def test_the_gravest_light_gives_the_colour(lights: list[Light], colour: Colour) -> None:
    assert colour_of(lights) is colour
