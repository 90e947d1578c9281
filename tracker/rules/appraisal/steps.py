"""The stages of a year of appraisal, and who takes part in it as what."""

from enum import StrEnum

from tracker.rules.words import say


class Stage(StrEnum):
    """How far a year is: recorded under way, compiled for the leading group, approved by it, published (R2-07)."""

    OPEN = "open"
    COMPILED = "compiled"
    APPROVED = "approved"
    PUBLISHED = "published"


STAGE_TEXT: dict[Stage, str] = {
    Stage.OPEN: say("考评中"),
    Stage.COMPILED: say("已汇总，待审定"),
    Stage.APPROVED: say("已审定，待公布"),
    Stage.PUBLISHED: say("已公布"),
}


class Part(StrEnum):
    """As what a person takes part: in the leading group, in the unit that compiles, in another unit, as a reader."""

    LEADING = "leading"
    COMPILER = "compiler"
    UNIT = "unit"
    READER = "reader"


def may_appraise(part: Part, own_unit: bool) -> bool:
    """Tell whether a person may record and judge for a unit: the compiling one never for itself (R2-06)."""
    return part is Part.LEADING or (part is Part.COMPILER and not own_unit)


def sees_results(part: Part, stage: Stage) -> bool:
    """Tell whether a person sees points and grades of all units: before their publication, whoever works on them."""
    return part in (Part.LEADING, Part.COMPILER) or stage is Stage.PUBLISHED
