"""The course of an assignment on its page: narrowed by `show`, in pages, each entry with an address of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from tracker.overview import timeline
from tracker.overview.timeline import SHOWN, Event
from tracker.web.paging import Page, address, choice, page_number

SIZE = 30


@dataclass(frozen=True)
class Course:
    """One page of the entries, and the choices above them."""

    events: list[Event]
    page: Page
    tabs: list[dict[str, Any]]


def course(found: Sequence[Event]) -> Course:
    """Return the part of a timeline that the address asks for; `event` names an entry that must be on the page."""
    shown = choice("show", set(SHOWN), "all")
    kept = timeline.of_kind(found, shown)
    wanted = next((place for place, event in enumerate(kept) if event.mark == request.args.get("event", "")), None)
    page = Page(page_number() if wanted is None else wanted // SIZE + 1, len(kept), SIZE)
    tabs = [
        {
            "label": label,
            "href": address(show=None if name == "all" else name, page=None, event=None) + "#course",
            "active": name == shown,
            "count": len(timeline.of_kind(found, name)),
        }
        for name, (label, _) in SHOWN.items()
    ]
    return Course(kept[max(page.first, 1) - 1 : page.last], page, tabs)
