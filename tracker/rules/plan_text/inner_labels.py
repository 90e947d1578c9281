"""Tell a label inside an item (工作要求： above its points) from the same words as the heading of a part."""

from collections.abc import Callable, Iterator, Sequence

from tracker.rules.plan_text.labels import Label, find_keys, read_label
from tracker.rules.plan_text.lines import Line, squash
from tracker.rules.plan_text.numbers import MINOR, OUTERMOST, Number
from tracker.rules.plan_text.regions import PERIOD, Region, announces_part, region_of

FARTHEST = 60
"""Lines behind a label, or before it, in which the end and the beginning of its item are looked for."""

_KINDS = frozenset({Region.REQUIREMENTS, Region.TASKS, Region.OTHER})
Numbering = Callable[[Line], Number | None]


def inner_labels(lines: Sequence[Line], number_of: Numbering) -> frozenset[int]:
    """Give the numbers of the lines that have the words of a heading and are labels inside an item."""
    places = [place for place, line in enumerate(lines) if _could_head(line)]
    if not places:
        return frozenset()
    found: dict[int, int] = {}
    waiting: list[tuple[int, int]] = []
    for place in places:
        owner = _owner(lines, place, number_of)
        if owner is not None and not any(map(_states_units, lines[owner + 1 : place])):
            told = _goes_on(lines, owner, place, number_of) or _stated_behind(lines, owner, place, number_of)
            if told:
                found[place] = owner
            else:
                waiting.append((place, owner))
    words = {(squash(lines[place].text), owner) for place, owner in found.items()}
    known = {word for word, _ in words}
    for place, owner in waiting:
        word = squash(lines[place].text)
        if word in known and (word, owner) not in words:
            found[place] = owner
    return frozenset(lines[place].number for place in found)


def _could_head(line: Line) -> bool:
    if line.folded[-1] != ":" or not announces_part(line.text):
        return False
    words = squash(line.text).rstrip(":")
    return region_of(words) in _KINDS and not PERIOD.fullmatch(words)


def _owner(lines: Sequence[Line], place: int, number_of: Numbering) -> int | None:
    """Give the place of the item that a label may belong to: what follows the label is finer, or not numbered."""
    first = number_of(lines[place + 1]) if place + 1 < len(lines) else None
    if place + 1 >= len(lines) or (first and (first.form not in MINOR or first.count != 1)):
        return None
    for above in range(place - 1, max(-1, place - 1 - FARTHEST), -1):
        number = number_of(lines[above])
        if number and number.form not in MINOR:
            return above
    return None


def _behind(lines: Sequence[Line], place: int, number_of: Numbering) -> Iterator[tuple[Line, Number | None]]:
    """Give the lines behind a label, up to and with the next one that is numbered as items are."""
    for line in lines[place + 1 : place + 1 + FARTHEST]:
        number = number_of(line)
        yield line, number
        if number and number.form not in MINOR:
            return


def _goes_on(lines: Sequence[Line], owner: int, place: int, number_of: Numbering) -> bool:
    """Tell whether the next item counts on from the one above the label."""
    own = number_of(lines[owner])
    if own is None or own.form in OUTERMOST:
        return False
    *_, (_, last) = _behind(lines, place, number_of)
    return last is not None and last.form is own.form and last.count == own.count + 1


def _stated_behind(lines: Sequence[Line], owner: int, place: int, number_of: Numbering) -> bool:
    """Tell whether the item states its units behind the label, and not before it."""
    if any(key.label.role for line in lines[owner:place] for key in find_keys(line.folded)):
        return False
    told = False
    for line, number in _behind(lines, place, number_of):
        if number:
            if told:  # the points state their own: they are items of a part
                return number.form not in MINOR
        elif _states_units(line):
            told = True
    return told


def _states_units(line: Line) -> bool:
    labelled = read_label(line.folded)
    return labelled is not None and (labelled.label.role is not None or labelled.label is Label.DEADLINE)
