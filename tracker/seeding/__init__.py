"""Fills a database: organizations, the first plan in seeds/, demo accounts, and invented history."""

from datetime import datetime

from tracker.seeding.accounts import add_demo_accounts
from tracker.seeding.history import add_history
from tracker.seeding.organizations import add_further, add_organizations
from tracker.seeding.plans import add_plans


def seed_all(
    at: datetime, *, demo: bool = False, history: bool = False, further: tuple[str, ...] = ()
) -> dict[str, int]:
    """Add whatever is missing, in the caller's transaction; return how many of each were added.

    `further` names sets of organizations for other plans than the first; raise UnknownSet.
    """
    added = {"单位": add_organizations(), "方案": add_plans(at)}
    if demo:
        added["演示账号"] = add_demo_accounts(at)
    if history:
        added["虚构办理记录"] = add_history(at)
    if further:
        added["另行载入的单位"] = add_further(further)
    return added
