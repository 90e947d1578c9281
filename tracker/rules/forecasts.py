"""What would change if tasks were accepted, or the rule read otherwise: pure arithmetic on the facts of a day."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from tracker.rules import scoring
from tracker.rules.score_terms import Procedure, Rule
from tracker.rules.scoring import Fact
from tracker.rules.status import LIVE, Status
from tracker.rules.words import say

OTHER_RULES = Decimal(10)
"""What two more rules of the same item may cost, five points each (seed 002, line 134): the source does not say
whether its missed tasks may take all of the item's points or only what these leave (X2-02)."""


class Reason(StrEnum):
    """Why accepting a task alone saves nothing by a day."""

    CAPPED = "capped"
    NOT_DUE = "not_due"
    ENDLESS = "endless"
    GIVEN_BACK = "given_back"
    LATE_COUNTS = "late_counts"
    JUDGED = "judged"
    HELD = "held"


REASON_TEXT: dict[Reason, str] = {
    Reason.CAPPED: say("扣分已经封顶，单独办结这一项，得分不变"),
    Reason.NOT_DUE: say("到那一天还没有到期，不扣分"),
    Reason.ENDLESS: say("持续推进，没有截止日，不扣分"),
    Reason.GIVEN_BACK: say("异议成立，所扣的分已经退回"),
    Reason.LATE_COUNTS: say("已经超过时限；按规则，逾期后办结同样扣分"),
    Reason.JUDGED: say("评估已认定未完成，再办结也不改变得分"),
    Reason.HELD: say("单独办结这一项还不够，得分不变"),
}


@dataclass(frozen=True)
class Saving:
    """A task still owed: the points that accepting it alone saves by a day, and the days left until it is due.

    Days left are negative where it is late, None without a due day; `why` says why nothing is saved.
    """

    fact: Fact
    points: Decimal
    days_left: int | None
    why: Reason | None = None

    @property
    def told(self) -> str:
        """Why nothing is saved, in words; of too few 司法所, how many there are."""
        if self.why is None:
            return ""
        reason = REASON_TEXT[self.why]
        return say("{reason}：{held}", reason=reason, held=self.fact.held) if self.why is Reason.HELD else reason


def horizon(procedure: Procedure, day: date) -> date:
    """Return until when a forecast looks if nobody says: the end of the evaluation, or else of the quarter."""
    if procedure.evaluation_to is not None and procedure.evaluation_to >= day:
        return procedure.evaluation_to
    month = -(-day.month // 3) * 3
    return date(day.year, month, monthrange(day.year, month)[1])


def other_reading(rule: Rule) -> Rule | None:
    """Return the rule as its unclear cap can be read otherwise (X2-02); None where there is no other reading."""
    if rule.cap is not None and rule.cap < rule.base:
        return replace(rule, cap=None)
    return replace(rule, cap=rule.base - OTHER_RULES) if rule.base > OTHER_RULES else None


def accepted(fact: Fact, day: date, by: date) -> Fact:
    """Return a task as if it were accepted between `day` and `by`, in time where that is still possible.

    What is done stays as it is, and so does what is exempt or withdrawn, what the evaluation judged, and what waits
    for the 司法所.
    """
    if fact.status not in LIVE or fact.judged or fact.held:
        return fact
    in_time = fact.due_on is not None and day <= fact.due_on <= by
    return replace(fact, status=Status.COMPLETED, completed_on=fact.due_on if in_time else by)


def savings(rule: Rule, facts: Sequence[Fact], day: date, by: date, entered: Decimal = scoring.ZERO) -> list[Saving]:
    """Return every task still owed with what accepting it alone would save on `by`: most points, then fewest days.

    Beyond the cap a single task saves nothing; that is said by its 0, not hidden.
    """
    now = _score(rule, facts, by, entered)
    found: list[Saving] = []
    for place, fact in enumerate(facts):
        if fact.status not in LIVE:
            continue
        assumed = accepted(fact, day, by)
        saved = _score(rule, [*facts[:place], assumed, *facts[place + 1 :]], by, entered) - now
        left = None if fact.due_on is None else (fact.due_on - day).days
        found.append(Saving(fact, saved, left, None if saved else _why(rule, fact, assumed, by)))
    return sorted(found, key=_order)


def _order(saving: Saving) -> tuple[Decimal, bool, bool, int]:
    # What costs a point that the cap hides comes before what costs none: doing it counts once more is done.
    return (-saving.points, saving.why is not Reason.CAPPED, saving.days_left is None, saving.days_left or 0)


def _why(rule: Rule, fact: Fact, assumed: Fact, by: date) -> Reason:
    if fact.due_on is None:
        return Reason.ENDLESS
    if not scoring.is_charged(rule, fact, by):
        return Reason.NOT_DUE
    if fact.excused:
        return Reason.GIVEN_BACK
    if fact.held:
        return Reason.HELD
    if fact.judged:
        return Reason.JUDGED
    return Reason.LATE_COUNTS if scoring.is_charged(rule, assumed, by) else Reason.CAPPED


def _score(rule: Rule, facts: Sequence[Fact], day: date, entered: Decimal) -> Decimal:
    return scoring.points(rule, replace(scoring.tally(rule, facts, day), entered=entered)).score
