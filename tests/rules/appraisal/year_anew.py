"""A unit's year worked out a second time, by what was read of the clauses: no rule of the service is used."""

from collections.abc import Sequence
from decimal import Decimal

from tracker.rules.appraisal.points import Entry
from tracker.rules.appraisal.scheme import Clause, Item, Scheme
from tracker.rules.appraisal.terms import SchemeTerms


def year_anew(scheme: Scheme, terms: SchemeTerms, unit: str, entries: Sequence[Entry]) -> Decimal:
    """Return the total of a unit without special work and shared sheets."""
    total = Decimal(0)
    for sheet in scheme.sheets:
        if unit in sheet.units or sheet.code in ("T", "X"):
            total += sum(_item(item, terms, entries) for item in sheet.items)
    return total


def _item(item: Item, terms: SchemeTerms, entries: Sequence[Entry]) -> Decimal:
    if any(clause.quote.endswith("不得分") and _of(clause, entries) for clause in item.clauses):
        return Decimal(0)
    takes = any("扣" in clause.quote or clause.quote.endswith("不得分") for clause in item.clauses)
    points = item.points if takes and item.points else Decimal(0)
    worst: dict[str, Decimal] = {}
    for clause in item.clauses:
        amount = _amount(clause, _of(clause, entries))
        if any(each.clause == clause.code for each in terms.disabled):
            amount = Decimal(0)
        if clause.group:
            worst[clause.group] = max(worst.get(clause.group, Decimal(0)), amount)
        elif "扣" in clause.quote:
            points -= amount
        else:
            points += amount
    points -= sum(worst.values())
    return points if item.points is None else min(item.points, max(Decimal(0), points))


def _of(clause: Clause, entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.clause == clause.code]


def _amount(clause: Clause, own: Sequence[Entry]) -> Decimal:
    if not own:
        return Decimal(0)
    times = sum(entry.count for entry in own)
    if "名次" in clause.quote:
        return Decimal(max(0, (own[-1].place or 0) - 11))
    if own[-1].points is not None:
        if "折算" in clause.quote or "计算" in clause.quote:
            return own[-1].points
        judged = Decimal(sum(entry.count * (entry.points or 0) for entry in own))
        # 扣1-3分 without 每次 is no more than 3 in a year.
        return judged if clause.unit or clause.points is None else min(judged, clause.points)
    if "加倍" in clause.quote:
        return times * Decimal("0.5")
    amount = (clause.points or Decimal(0)) * (times if clause.unit else 1)
    return min(amount, clause.cap) if clause.cap else amount
