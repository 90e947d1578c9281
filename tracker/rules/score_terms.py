"""A plan's score rule and the procedure around it: settings with their source, each version valid from a day on.

The plan itself says nothing about points (X1-11); a district's appraisal scheme does (R2-08), with doubts (X2-02).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from tracker.rules.words import say

FIRST_VERSION = 1
APPEAL_DAYS = 5
"""Working days after the evaluation's results are published in which a district may still object."""
ANSWER_DAYS = 5
"""Working days in which an objection is to be answered."""


class OfficesCondition(StrEnum):
    """Whether a district's task counts as done only when its 司法所 have done it as well (C-05)."""

    NONE = "none"
    ALL = "all"
    SHARE = "share"


OFFICES_TEXT: dict[OfficesCondition, str] = {
    OfficesCondition.NONE: say("不作条件，只显示占比"),
    OfficesCondition.ALL: say("本区司法所全部办结才算完成"),
    OfficesCondition.SHARE: say("本区司法所办结达到占比才算完成"),
}


@dataclass(frozen=True)
class Rule:
    """A plan's rule: full points, points lost per miss, and whether a task done late counts as missed.

    `cap` is the most that missed tasks may cost together (扣完为止), all of `base` without it. `share` percent of a
    district's 司法所 counts where `offices` says so. `number` is the version, valid from `since` on.
    """

    base: Decimal
    per_miss: Decimal
    late_counts: bool = False
    quote: str = ""
    source: str = ""
    cap: Decimal | None = None
    offices: OfficesCondition = OfficesCondition.NONE
    share: int = 100
    number: int = FIRST_VERSION
    since: date | None = None

    @property
    def needed(self) -> int:
        """The percentage of a district's 司法所 that must have done a task; 0 where they do not matter."""
        return {OfficesCondition.NONE: 0, OfficesCondition.ALL: 100, OfficesCondition.SHARE: self.share}[self.offices]

    @property
    def most(self) -> Decimal:
        """What missed tasks can cost at most together."""
        return self.base if self.cap is None else min(self.cap, self.base)

    @property
    def name(self) -> str:
        """How a line names the rule and its version."""
        return f"missed-task/{self.number}"


@dataclass(frozen=True)
class Procedure:
    """When districts evaluate themselves, when the city evaluates, how long one may object, who sees the board."""

    evaluation_from: date | None = None
    evaluation_to: date | None = None
    self_evaluation_on: date | None = None
    appeal_days: int = APPEAL_DAYS
    answer_days: int = ANSWER_DAYS
    board_open: bool = True
