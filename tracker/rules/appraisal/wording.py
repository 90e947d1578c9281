"""Say how a clause counts, and what an entry under it must tell, in the reader's words."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from tracker.rules.appraisal.points import NONE, Entry, is_judged_per_case, latest_counts
from tracker.rules.appraisal.scheme import Clause, Kind, Places
from tracker.rules.decimals import plain
from tracker.rules.words import Words, say

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


def quoted(text: str) -> str:
    """Return the document's words, which are kept exact, between marks that do not stand in them."""
    return f"「{text}」" if set("“”") & set(text) else f"“{text}”"


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
        return (
            say("每{unit}视情加 {least}–{most} 分", unit=clause.unit, least=least, most=most)
            if clause.unit
            else say("视情加 {least}–{most} 分", least=least, most=most)
        )
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
        return say("填每{unit}的分数和次数（{unit}）", unit=clause.unit) if clause.unit else say("填分数")
    if clause.kind is Kind.EXT:
        return (
            say("市局已定分数的填分数，未定的填次数（{unit}）", unit=clause.unit)
            if clause.unit
            else say("填分数，或留空按条款计")
        )
    return say("填次数（{unit}）", unit=clause.unit) if clause.unit else say("只计一次")


def told(clause: Clause | None, entry: Entry) -> list[Words]:
    """Say what an entry tells beside its day: how many, which place, how many points; of an item's total, no clause."""
    if clause is not None and is_judged_per_case(clause):
        return [of_cases(clause, entry)]
    found = []
    if clause is not None and (clause.unit or entry.count > 1):
        found.append(say("{count} {unit}", count=entry.count, unit=clause.unit or say("次")))
    if entry.place is not None:
        found.append(say("第 {place} 名", place=entry.place))
    if entry.points is not None:
        points = plain(entry.points)
        found.append(say("总分 {points} 分", points=points) if clause is None else say("{points} 分", points=points))
    return found


def of_cases(clause: Clause, entry: Entry) -> Words:
    """Say what an entry comes to whose points are those of each case: 2 起 × 每起 6 分 = 12 分."""
    each = entry.points or NONE
    return say(
        "{count} {unit} × 每{unit} {points} 分 = {sum} 分",
        count=entry.count,
        unit=clause.unit,
        points=plain(each),
        sum=plain(each * entry.count),
    )


def idle_because(clause: Clause | None, latest: date) -> Words:
    """Say why an entry that stands counts nothing; `latest` is the day of the last one of its clause."""
    if latest_counts(clause):
        return say("已由后来的登记（{day}）替代，不计分", day=latest)
    return say("同一条已有登记，不另计分")
