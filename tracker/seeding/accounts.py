"""Makes the demo accounts; their names say what they are and belong to nobody."""

from datetime import datetime

from tracker.people import operations as people
from tracker.people import passwords, queries
from tracker.people.models import Organization
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import SYSTEM, Post, Role

DEMO_PASSWORD = "Demo-2021!tracker"  # nosec B105 # known to everybody; production does not start with it
DEMO_MAIL = "example.invalid"

BUREAU = "shanghai"
"""The bureau whose people the demo plays; organizations loaded for other plans have no demo accounts."""

CITY_ACCOUNTS = {
    "admin": ("系统管理员（演示）", Role.ADMIN, BUREAU),
    "supervisor": ("督办员（演示）", Role.SUPERVISOR, "cujinfazhi"),
    "leader": ("市局领导（演示）", Role.LEADER, BUREAU),
    "director": ("市局主要领导（演示）", Role.LEADER, BUREAU),
    "auditor": ("审计员（演示）", Role.AUDITOR, BUREAU),
}
POSTS = {"leader": Post.DEPUTY_HEAD, "director": Post.UNIT_HEAD}
DISTRICT_ACCOUNTS = {
    "lead": ("负责人", Role.LEAD, Post.SECTION_HEAD),
    "clerk": ("经办", Role.CLERK, Post.NONE),
    "deputy": ("分管领导", Role.LEAD, Post.DEPUTY_HEAD),
    "head": ("主要领导", Role.LEAD, Post.UNIT_HEAD),
}
"""The four persons of a district bureau whom 沪司发〔2021〕11号, 三(一) names, as accounts (R1-08)."""

FIRST_OFFICES = {"putuo": "putuo-caoyangxincun", "songjiang": "songjiang-yueyang"}
"""The 司法所 of each district that has one demo clerk."""


def add_demo_accounts(at: datetime) -> int:
    """Add the demo accounts that are missing; return how many."""
    if queries.user_by_account("admin"):
        return 0
    password_hash = passwords.hashed(DEMO_PASSWORD)
    wanted = _wanted()
    for number, (account, name, role, slug, post) in enumerate(wanted, 1):
        unit = queries.by_slug(slug)
        if unit is None:
            raise queries.UnknownUnit(f"演示账号 {account} 的单位 {slug} 不存在。")
        people.create_user(
            SYSTEM,
            at,
            account=account,
            name=name,
            role=role,
            unit_id=unit.id,
            password="",  # nosec B106 # only the hash below counts
            password_hash=password_hash,
            email=f"{account}@{DEMO_MAIL}",
            phone=f"021-0000{number:04d}",
            post=post,
            demo=True,
        )
    return len(wanted)


def _wanted() -> list[tuple[str, str, Role, str, Post]]:
    """List account, name, role, unit and post of every demo account."""
    wanted = [
        (account, name, role, slug, POSTS.get(account, Post.NONE))
        for account, (name, role, slug) in CITY_ACCOUNTS.items()
    ]
    wanted += [
        (f"reviewer-{unit.slug}", f"{unit.short_name}审核员（演示）", Role.REVIEWER, unit.slug, Post.NONE)
        for unit in _of_the_demo(OrganizationKind.CITY_OFFICE)
    ]
    wanted += [
        (f"{district.slug}-{word}", f"{district.short_name}{name}（演示）", role, district.slug, post)
        for district in _of_the_demo(OrganizationKind.DISTRICT_BUREAU)
        for word, (name, role, post) in DISTRICT_ACCOUNTS.items()
    ]
    wanted += [
        (f"{slug}-office1", "司法所经办（演示）", Role.OFFICE, office, Post.NONE)
        for slug, office in FIRST_OFFICES.items()
    ]
    # Last, so that the numbers of the others stay: whoever entered a deduction does not answer the objection to it.
    wanted.append(("supervisor2", "督办员乙（演示）", Role.SUPERVISOR, "cujinfazhi", Post.NONE))
    return wanted


def _of_the_demo(kind: OrganizationKind) -> list[Organization]:
    bureau = queries.by_slug(BUREAU)
    return [unit for unit in queries.of_kind(kind) if bureau and unit.parent_id == bureau.id]
