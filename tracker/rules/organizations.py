"""The kinds of organizations."""

from enum import StrEnum


class OrganizationKind(StrEnum):
    """What an organization is to a plan; assignments carry the kind of their unit as their level.

    A district bureau is whatever body answers for its district: in one city a development zone's own office does.
    """

    CITY_BUREAU = "city_bureau"
    CITY_OFFICE = "city_office"
    DISTRICT_BUREAU = "district_bureau"
    SECTION = "section"
    """A 科室 inside a district bureau."""
    INSTITUTION = "institution"
    """A body of its own under a bureau: 法律援助中心, 公证处."""
    JUSTICE_OFFICE = "justice_office"


BELOW_A_DISTRICT = (OrganizationKind.SECTION, OrganizationKind.INSTITUTION, OrganizationKind.JUSTICE_OFFICE)
"""What stands below a district bureau, in the order of lists."""

INSIDE_A_BUREAU = (OrganizationKind.SECTION, OrganizationKind.INSTITUTION)
"""The units of a district bureau's own house: what they owe is the bureau's, so its leaders hear of it."""
