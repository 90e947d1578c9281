"""Fills a database: organizations, the plans in seeds/, demo accounts, and invented history."""

from datetime import datetime

from tracker.seeding.accounts import add_demo_accounts
from tracker.seeding.history import add_history
from tracker.seeding.organizations import add_organizations
from tracker.seeding.plans import add_plans


def seed_all(at: datetime, *, demo: bool = False, history: bool = False) -> dict[str, int]:
    """Add whatever is missing, in the caller's transaction; return how many of each were added."""
    added = {"单位": add_organizations(), "方案": add_plans(at)}
    if demo:
        added["演示账号"] = add_demo_accounts(at)
    if history:
        added["虚构办理记录"] = add_history(at)
    return added
