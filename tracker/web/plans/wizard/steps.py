"""The bar of steps above every page of an import."""

from tracker.plans.desk_queries import Import
from tracker.plans.desk_units import Units
from tracker.rules.words import say

ORDER = ("upload", "read", "check", "units", "rehearsal", "publish")


def bar(
    current: str, found: Import | None = None, units: Units | None = None, *, blocked: bool = False
) -> list[dict[str, str]]:
    """Return the steps for the macro `steps`: done are those before the current one that leave nothing open.

    `blocked`: something stands in the way of publication, so that the rehearsal was none to go by.
    """
    labels = {
        "upload": say("上传"),
        "read": say("识别{step}", step=""),
        "check": say("核对 {n} 项", n=len(found.binding)) if found else say("核对"),
        "units": say("映射单位"),
        "rehearsal": say("预演"),
        "publish": say("发布{step}", step=""),
    }
    at = ORDER.index(current)
    left = _left(found, units) | ({"rehearsal"} if blocked else set())
    return [
        {
            "label": labels[step],
            "state": "current" if place == at else "done" if place < at and step not in left else "todo",
            "href": f"/plans/import/{found.id}/{step}" if found and 1 < place < at else "",
        }
        for place, step in enumerate(ORDER)
    ]


def _left(found: Import | None, units: Units | None) -> set[str]:
    """Return the steps of an import on its way that still want a person; a finished one has none."""
    if found is None or not found.open:
        return set()
    doubtful = {"check"} if found.doubts else set()
    return doubtful | ({"units"} if units is not None and not names_known(units) else set())


def names_known(units: Units) -> bool:
    """Tell whether everybody knows who issued a document and whom its names mean."""
    return units.issuer is not None and not units.unknown
