"""What no operation writes and yet stands on record: whoever meets it says so in plain words, and what to do."""

from collections.abc import Mapping

from tracker.appraisal.models import Appraisal
from tracker.appraisal.schemes import KnownScheme, SchemeAltered, UnknownScheme, known_scheme
from tracker.rules.appraisal import year as rules
from tracker.rules.appraisal.decisions import settings_of
from tracker.rules.appraisal.scheme import Item
from tracker.rules.appraisal.year import Settings
from tracker.rules.words import Words, say

ADVICE = say("这不是系统写入的，记录被改动过。请不要再登记，先核验结果和审计记录，再请系统管理员从备份恢复。")


class Altered(ValueError):
    """A year of which something was altered outside the service, so that it cannot be worked out.

    `what` is altered; the message says what to do, too.
    """

    def __init__(self, what: str) -> None:
        """Keep what is altered."""
        super().__init__(say("{what}。{advice}", what=what, advice=ADVICE))
        self.what = what


def scheme_named(found: Appraisal) -> KnownScheme:
    """Return the scheme that a year names; raise Altered where there is none of that name."""
    try:
        return known_scheme(found.scheme)
    except SchemeAltered as altered:
        raise Altered(str(altered)) from None
    except UnknownScheme:
        raise Altered(say("系统里没有这次考评所用的方案“{name}”", name=found.scheme)) from None


def settings_in_force(decided: Mapping[str, str], known: KnownScheme) -> Settings:
    """Return what decisions make of the settings of a year; raise Altered where one of them is no number of points."""
    try:
        return settings_of(decided, known.terms)
    except ValueError as bad:
        raise Altered(say("关于 {subject} 的决定不是分数，得分无法计算", subject=str(bad))) from None


def own_items(known: KnownScheme, unit: str, settings: Settings) -> tuple[Item, ...]:
    """Return the items of a unit's own sheet, or its part of a shared one; raise Altered where it has none."""
    if rules.sheet_of(known.scheme, known.terms, unit) is None:
        raise Altered(without_sheet(unit))
    return rules.own_items(known.scheme, known.terms, unit, settings)


def without_sheet(unit: str) -> Words:
    """Say that a unit has no sheet."""
    return say("考评方案里没有科室“{unit}”，得分无法计算", unit=unit)
