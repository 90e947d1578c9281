"""Where the figures of a score lead: to the record, or to the score's own lines where these count otherwise."""

from collections.abc import Callable, Iterable
from datetime import date

from tracker.rules.score_terms import Rule
from tracker.rules.status import Light
from tracker.scoring import evaluation_queries
from tracker.web.overview.links import ledger

Lead = Callable[..., str]
"""Takes a district's number, lights and the ledger's filters; returns an address."""


def leads(plan_id: int, rule: Rule, day: date) -> Lead:
    """Return what gives the address of the rows behind a district's figure on a day. One query.

    The ledger shows what is on record. Where the rule asks for the 司法所, or the evaluation's results are published,
    a task may count otherwise; the figure then leads to the lines of the score, which say how each one counts.
    """
    evaluation = evaluation_queries.evaluation(plan_id)
    published = evaluation and evaluation.published_on and evaluation.published_on <= day

    def lead(district_id: int, lights: Iterable[Light], **filters: object) -> str:
        if rule.needed or published:
            return f"/scores/{district_id}?plan={plan_id}&on={day}#rest"
        return ledger(plan_id, day, lights, district=district_id, **filters)

    return lead
