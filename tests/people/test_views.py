"""Saved views: one person's, or shared by a supervisor; nobody else renames or deletes them."""

import pytest
from flask import Flask
from sqlalchemy.exc import NoResultFound

from tests.assignments.acts import moment, person
from tracker.db import transaction
from tracker.people import views
from tracker.people.views import LONGEST_QUERY, MOST, View, ViewRefused
from tracker.rules.permissions import Forbidden

PAGES, AT = ("/ledger", "/overdue"), moment("2021-06-24")
CLERK, SUPERVISOR = "songjiang-clerk", "supervisor"


def keep(account: str, name: str, query: str = "light=near", *, shared: bool = False) -> None:
    """Save a view of the ledger and commit it."""
    with transaction():
        views.save(person(account), AT, "/ledger", name, query, shared=shared)


def seen(account: str) -> list[View]:
    """The views that a person may open."""
    return views.saved(person(account), PAGES)


def test_a_view_is_its_owners_until_it_is_shared(seeded: Flask) -> None:
    keep(CLERK, "临期的")
    keep(SUPERVISOR, "本月到期", "due=2021-06", shared=True)
    assert [(view.name, view.own, view.shared) for view in seen(CLERK)] == [
        ("临期的", True, False),
        ("本月到期", False, True),
    ]
    assert [(view.name, view.own) for view in seen(SUPERVISOR)] == [("本月到期", True)]
    assert seen(CLERK)[0].address == "/ledger?light=near"


def test_only_a_supervisor_shares(seeded: Flask) -> None:
    with pytest.raises(Forbidden):
        keep(CLERK, "给大家", shared=True)
    assert seen(SUPERVISOR) == []


@pytest.mark.parametrize("name", ["", "   ", "长" * 41])
def test_a_view_needs_a_name_of_up_to_forty_characters(seeded: Flask, name: str) -> None:
    with pytest.raises(ViewRefused, match="视图"):
        keep(CLERK, name)


def test_a_name_stands_once_in_a_persons_list(seeded: Flask) -> None:
    keep(CLERK, "临期的")
    keep("huangpu-clerk", "临期的")
    with pytest.raises(ViewRefused, match="已有名为"):
        keep(CLERK, " 临期的 ")
    keep(CLERK, "逾期的")
    with pytest.raises(ViewRefused, match="已有名为"), transaction():
        views.rename(person(CLERK), AT, seen(CLERK)[0].id, "逾期的")


def test_a_view_gets_another_name_and_goes(seeded: Flask) -> None:
    keep(CLERK, "临期的")
    (view,) = seen(CLERK)
    with transaction():
        views.rename(person(CLERK), AT, view.id, "快到期的")
    assert [view.name for view in seen(CLERK)] == ["快到期的"]
    with transaction():
        assert views.remove(person(CLERK), AT, view.id) == "快到期的"
    assert seen(CLERK) == []


@pytest.mark.parametrize("account", ["huangpu-clerk", CLERK])
def test_anothers_view_answers_like_a_missing_one_shared_or_not(seeded: Flask, account: str) -> None:
    keep(SUPERVISOR, "共享的", shared=True)
    keep(SUPERVISOR, "自己的")
    for view in seen(SUPERVISOR):
        with pytest.raises(NoResultFound):
            views.rename(person(account), AT, view.id, "别名")
        with pytest.raises(NoResultFound):
            views.remove(person(account), AT, view.id)


def test_thirty_views_are_enough(seeded: Flask) -> None:
    for number in range(MOST):
        keep(CLERK, f"视图{number}")
    with pytest.raises(ViewRefused, match="最多保存 30 个视图"):
        keep(CLERK, "又一个")


def test_filters_that_are_too_long_are_not_kept(seeded: Flask) -> None:
    with pytest.raises(ViewRefused, match="太长"):
        keep(CLERK, "很长的", "x" * (LONGEST_QUERY + 1))
