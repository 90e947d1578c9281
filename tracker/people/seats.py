"""In which kind of unit each role sits: the powers of these roles come from the unit."""

from tracker.people.unit_lists import KIND_TEXT
from tracker.rules.organizations import BELOW_A_DISTRICT, OrganizationKind
from tracker.rules.permissions import ROLE_TEXT, Role
from tracker.rules.words import say

SEATS: dict[Role, tuple[OrganizationKind, ...]] = {
    Role.LEAD: (OrganizationKind.DISTRICT_BUREAU,),
    Role.CLERK: (OrganizationKind.DISTRICT_BUREAU,),
    Role.OFFICE: BELOW_A_DISTRICT,
    Role.REVIEWER: (OrganizationKind.CITY_OFFICE, OrganizationKind.SECTION),
}
"""The roles whose powers come from the unit, and in which kinds of unit alone they mean something."""


def misplaced(role: Role, kind: OrganizationKind) -> str:
    """Return why a role cannot sit in a kind of unit, and what to choose instead; nothing where it can."""
    kinds = SEATS.get(role, (kind,))
    if kind in kinds:
        return ""
    if role is Role.CLERK and kind in BELOW_A_DISTRICT:
        return say(
            "“{role}”办理全区局的事项，单位应是区局；{kind}的经办请用“{office}”角色（office）。",
            role=ROLE_TEXT[role],
            kind=KIND_TEXT[kind],
            office=ROLE_TEXT[Role.OFFICE],
        )
    return say(
        "“{role}”的单位应是{kinds}，请改选单位或角色。",
        role=ROLE_TEXT[role],
        kinds=[KIND_TEXT[allowed] for allowed in kinds],
    )
