"""Invents a bureau's year of appraisal: its sections with an account each, and what was recorded of them so far."""

from datetime import date, datetime
from decimal import Decimal

from tracker.appraisal import entries, opening, queries
from tracker.appraisal.entries import Recording
from tracker.appraisal.models import Appraisal
from tracker.appraisal.schemes import known_scheme
from tracker.people import operations as people
from tracker.people import passwords
from tracker.people.models import Organization
from tracker.people.queries import actor_of, by_slug, user_by_account
from tracker.rules.permissions import SYSTEM, Actor, Role
from tracker.seeding.accounts import DEMO_MAIL, DEMO_PASSWORD
from tracker.seeding.organizations import add_further

SCHEME, SECTIONS, BUREAU = "songjiang-2021-19", "songjiang-2021", "songjiang"

INVENTED: tuple[tuple[str, Recording], ...] = (
    ("办公室", Recording("W1-2.3", date(2021, 3, 12), "第10周未报送动态简讯。（演示数据）")),
    ("办公室", Recording("W1-3.1", date(2021, 4, 20), "4月视频会议应到6人，实到4人。（演示数据）")),
    ("执法监督科", Recording("W3-2.3", date(2021, 5, 18), "2个街镇未报送审核目录。（演示数据）", count=2)),
    ("促进法治科", Recording("W6-1.2", date(2021, 4, 9), "一季度组织机构数全市第13名。（演示数据）", place=13)),
    ("公服科", Recording("T-2.1", date(2021, 4, 2), "一季度未按时汇报。（演示数据）")),
    ("律公科", Recording("T-1.1", date(2021, 6, 3), "责任分解不够细。（演示数据）", points=Decimal(1))),
)


def add_people(at: datetime) -> int:
    """Add the bureau's sections and a demo account for each, by the section's name; return how many accounts."""
    add_further((SECTIONS,))
    bureau = _bureau()
    found = opening.own_units(bureau.id, opening.unit_names(known_scheme(SCHEME)), at.date())
    password_hash = passwords.hashed(DEMO_PASSWORD)
    added = 0
    for name, unit in found.items():
        if user_by_account(unit.slug) is not None:
            continue
        people.create_user(
            SYSTEM,
            at,
            account=unit.slug,
            name=f"{name}经办（演示）",
            role=Role.OFFICE,
            unit_id=unit.id,
            password="",  # nosec B106 # only the hash below counts
            password_hash=password_hash,
            email=f"{unit.slug}@{DEMO_MAIL}",
            demo=True,
        )
        added += 1
    return added


def add_year(at: datetime) -> Appraisal:
    """Begin the year and record what happened in it by the day, through the operations that people use."""
    add_people(at)
    found = opening.open_appraisal(_person(f"{BUREAU}-head"), at, SCHEME)
    units = {unit.name: unit.id for unit in queries.units(found)}
    compiler = _person(f"{BUREAU}-zhengzhichu")
    for name, recording in INVENTED:
        if recording.day <= at.date():
            entries.record(compiler, at, found.id, units[name], recording)
    return found


def _bureau() -> Organization:
    found = by_slug(BUREAU)
    if found is None:
        raise LookupError(f"没有代码为 {BUREAU} 的单位")
    return found


def _person(account: str) -> Actor:
    found = user_by_account(account)
    if found is None:
        raise LookupError(f"没有演示账号 {account}")
    return actor_of(found)
