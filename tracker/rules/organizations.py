"""The kinds of organizations."""

from enum import StrEnum


class OrganizationKind(StrEnum):
    """What an organization is; assignments carry the kind of their unit as their level."""

    CITY_BUREAU = "city_bureau"
    CITY_OFFICE = "city_office"
    DISTRICT_BUREAU = "district_bureau"
    JUSTICE_OFFICE = "justice_office"
