"""What pages call the blanks of the indicator form, and where each stands."""

from tracker.indicators.queries import Sheet
from tracker.rules.indicators.form import Blank, Form, Indicator
from tracker.rules.words import say


def short_name(indicator: Indicator, blank: Blank) -> str:
    """Return a blank's number as a person says it: 第34项（b）."""
    if len(indicator.blanks) == 1:
        return say("第{n}项", n=indicator.number)
    return say("第{n}项（{letter}）", n=indicator.number, letter=blank.letter)


def full_name(indicator: Indicator, blank: Blank) -> str:
    """Return a blank's number, what it asks and its unit, for whoever hears the page."""
    name, what = short_name(indicator, blank), blank.label or indicator.question
    if blank.unit:
        return say("{name} {what}（{unit}）", name=name, what=what, unit=blank.unit)
    return say("{name} {what}", name=name, what=what)


def part_of(form: Form, indicator: Indicator) -> int:
    """Return the number of the part that an indicator stands in, from 1."""
    return 1 + next(place for place, part in enumerate(form.parts) if part.title == indicator.part)


def sheet_address(found: Sheet) -> str:
    """Return the address of a unit's form."""
    return f"/indicators/{found.round.id}/{found.unit_id}"


def blank_address(found: Sheet, key: str, indicator: Indicator) -> str:
    """Return where a blank is filled in."""
    return f"{sheet_address(found)}/part/{part_of(found.known.form, indicator)}#{key}"
