"""Say how a clause counts, and what an entry under it must tell, in the reader's words."""

from collections.abc import Callable
from decimal import Decimal

from tracker.rules.appraisal.scheme import Clause, Kind, Places
from tracker.rules.words import Words, say

NONE = Decimal(0)

KIND_TEXT: dict[Kind, Words] = {
    Kind.FIX: say("扣分"),
    Kind.PER: say("每次扣"),
    Kind.TIER: say("取最重一档"),
    Kind.RANK: say("名次"),
    Kind.ZERO: say("本项不得分"),
    Kind.DISC: say("视情扣"),
    Kind.SUBCAP: say("封顶"),
    Kind.ADD: say("加分"),
    Kind.CONV: say("折算"),
    Kind.EXT: say("随市局"),
    Kind.DOUBLE: say("加倍"),
}


def plain(points: Decimal | None) -> str:
    """Return points without trailing zeros."""
    return f"{(points or NONE).normalize():f}"


def kind_of(clause: Clause) -> Words:
    """Return the kind of a clause in words: a judged one may give as well as take."""
    return say("视情加") if clause.kind is Kind.DISC and clause.gives else KIND_TEXT[clause.kind]


def _moved(clause: Clause) -> Words:
    """Say what one case gives or takes."""
    points = plain(clause.points)
    if clause.gives:
        return (
            say("每{unit}加 {points} 分", unit=clause.unit, points=points)
            if clause.unit
            else say("加 {points} 分", points=points)
        )
    if clause.unit:
        return say("每{unit}扣 {points} 分", unit=clause.unit, points=points)
    return say("扣 {points} 分", points=points)


def _judged(clause: Clause) -> Words:
    least, most = plain(clause.least), plain(clause.points)
    if clause.gives:
        return say("视情加 {least}–{most} 分", least=least, most=most)
    if clause.unit:
        return say("每{unit}视情扣 {least}–{most} 分", unit=clause.unit, least=least, most=most)
    return say("视情扣 {least}–{most} 分", least=least, most=most)


def _place(places: Places) -> Words:
    points = plain(places.points)
    if places.first == places.last:
        return say("第 {place} 名 {points} 分", place=places.first, points=points)
    return say("第 {first}–{last} 名 {points} 分", first=places.first, last=places.last, points=points)


def _ranked(clause: Clause) -> Words:
    places = list(map(_place, clause.places))
    return say("按名次加：{places}", places=places) if clause.gives else say("按名次扣：{places}", places=places)


_WORTH: dict[Kind, Callable[[Clause], Words]] = {
    Kind.TIER: lambda clause: say("{worth}，同组只计最重一档", worth=_moved(clause)),
    Kind.RANK: _ranked,
    Kind.ZERO: lambda clause: say("本项不得分"),
    Kind.DISC: _judged,
    Kind.CONV: lambda clause: say("按折算得分计"),
    Kind.EXT: lambda clause: say("{worth}，随市局扣分", worth=_moved(clause)),
    Kind.DOUBLE: lambda clause: say("加倍：再按{worth}", worth=_moved(clause)),
}


def worth(clause: Clause, cap: Decimal | None = None) -> Words:
    """Say what a clause gives or takes, up to its own cap or the one that was decided on."""
    said = _WORTH.get(clause.kind, _moved)(clause)
    most = clause.cap if cap is None else cap
    return said if most is None else say("{worth}，最多 {most} 分", worth=said, most=plain(most))


def needs(clause: Clause) -> Words:
    """Say what an entry under a clause must tell beside its day and what happened."""
    if clause.kind is Kind.RANK:
        return say("填名次")
    if clause.kind is Kind.CONV:
        return say("填折算得分")
    if clause.kind is Kind.DISC:
        return say("填分数和次数（{unit}）", unit=clause.unit) if clause.unit else say("填分数")
    if clause.kind is Kind.EXT:
        return (
            say("市局已定分数的填分数，未定的填次数（{unit}）", unit=clause.unit)
            if clause.unit
            else say("填分数，或留空按条款计")
        )
    return say("填次数（{unit}）", unit=clause.unit) if clause.unit else say("只计一次")
