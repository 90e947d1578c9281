"""Offices give parts of sums: asked once in a year, added up with who is missing, confirmed by the district."""

import pytest
from flask import Flask

from tests.assignments.acts import moment, person, unit_id
from tests.indicators.acts import OPENS, fill, open_round, sheet, stored, submit, type_in
from tracker.db import transaction
from tracker.indicators import burden, figures, gathering
from tracker.indicators.answering import Typed
from tracker.indicators.figures import Asked, Taken
from tracker.indicators.gathering import Gathered, Seen
from tracker.indicators.models import SparedQuestion
from tracker.indicators.queries import UnknownRound
from tracker.rules.indicators.form import Nature
from tracker.rules.indicators.rounds import Source
from tracker.rules.permissions import Forbidden
from tracker.rules.status import MoveRefused


def two() -> list[int]:
    """Return the ids of two offices of Songjiang; the first is that of songjiang-office1."""
    own = person("songjiang-office1").unit_id
    assert own
    day = moment(OPENS).date()
    others = [each.id for each in figures.offices(person("songjiang-clerk"), unit_id("songjiang"), day)]
    return [own, next(each for each in others if each != own)]


def ask(number: int, keys: tuple[str, ...] = ("I007", "I011"), offices: list[int] | None = None) -> Asked:
    """Let Songjiang's clerk ask offices."""
    with transaction():
        clerk, songjiang = person("songjiang-clerk"), unit_id("songjiang")
        return figures.ask(clerk, moment(OPENS), number, songjiang, keys, offices or two())


def give(typed: dict[str, str], day: str = OPENS, seen: int | None = None) -> Taken:
    """Let the office's person type, by blank, in the latest round that asks."""
    office = person("songjiang-office1")
    owed = {each.key: each for each in reversed(figures.owed(office, moment(day).date()))}
    wanted = {owed[key].id: Typed(text, owed[key].version if seen is None else seen) for key, text in typed.items()}
    with transaction():
        return figures.give(office, moment(day), wanted)


def one(number: int, key: str = "I007") -> Gathered:
    """Return what a blank comes to."""
    clerk, day = person("songjiang-clerk"), moment(OPENS).date()
    all_of_them = {each.id: each.name for each in figures.offices(clerk, unit_id("songjiang"), day)}
    return next(each for each in gathering.gathered(sheet(number), all_of_them) if each.key == key)


def confirm(number: int, total: str, missing: int, version: int = 0, key: str = "I007") -> None:
    """Let the clerk take a sum into the form, who saw so many missing and how many were not asked."""
    missing += len(one(number, key).unasked)
    with transaction():
        gathering.confirm(
            person("songjiang-clerk"), moment(OPENS), number, unit_id("songjiang"), key, Seen(total, missing, version)
        )


def test_only_what_is_a_sum_can_be_asked_for(seeded: Flask) -> None:
    number = open_round()
    known = sheet(number).known
    asked = figures.summable(known)
    assert {blank.nature for _, _, blank in asked} == {Nature.NUMBER}
    assert not {"I020", "I091a", "I002", "I109b"} & {key for key, _, _ in asked}
    with pytest.raises(MoveRefused, match="不能收集"):
        ask(number, ("I020",))
    with pytest.raises(MoveRefused, match="不能收集"):
        ask(number, offices=[unit_id("huangpu")])
    with pytest.raises(MoveRefused, match="至少选一个"):
        ask(number, ())


def test_an_office_is_asked_once(seeded: Flask) -> None:
    number = open_round()
    assert ask(number) == Asked(dict.fromkeys(sorted(two()), ("I007", "I011")), 0, 0)
    assert ask(number, ("I007", "I012")) == Asked(dict.fromkeys(sorted(two()), ("I012",)), 0, 2)
    assert [each.key for each in figures.owed(person("songjiang-office1"), moment(OPENS).date())] == [
        "I007",
        "I011",
        "I012",
    ]


def test_a_sum_names_who_is_missing_and_is_not_written_by_itself(seeded: Flask) -> None:
    number = open_round()
    ask(number)
    with pytest.raises(MoveRefused, match="还没有司法所报"):
        confirm(number, "", 2)
    assert give({"I007": "5", "I011": "不适用"}).stored == 2
    found = one(number)
    assert (found.total, len(found.given), len(found.missing)) == ("5", 1, 1)
    assert found.missing[0].office_id == two()[1]
    assert one(number, "I011").total == ""
    assert "I007" not in sheet(number).held
    with pytest.raises(MoveRefused, match="刚有变化：现在合计 5"):
        confirm(number, "4", 1)
    confirm(number, "5", 1)
    held = sheet(number).held["I007"]
    assert (held.value.number, held.source) == (5, Source.OFFICES)
    type_in(number, {"I007": "8"})
    with pytest.raises(MoveRefused, match="刚被他人改为 8"):
        confirm(number, "5", 1, version=1)


def test_zero_not_applicable_and_empty_stay_apart(seeded: Flask) -> None:
    number = open_round()
    ask(number, ("I007", "I012"))
    ask(number, ("I011",), two()[:1])
    give({"I007": "0", "I011": "不适用", "I012": ""})
    assert [one(number, key).total for key in ("I007", "I011", "I012")] == ["0", "不适用", ""]
    assert [len(one(number, key).missing) for key in ("I007", "I011", "I012")] == [1, 0, 2]
    outcome = give({"I007": "三"})
    assert "请只填数字" in next(iter(outcome.refused.values()))


def test_nobody_overwrites_an_offices_figure_unseen(seeded: Flask) -> None:
    number = open_round()
    ask(number)
    give({"I007": "5"})
    assert list(give({"I007": "6"}, seen=1).stale.values()) == ["5"]
    assert one(number).total == "5"


def test_what_was_given_for_the_same_year_is_not_asked_again(seeded: Flask) -> None:
    first = open_round()
    ask(first)
    give({"I007": "5"})
    second, other_year = open_round(title="补充填报"), open_round(2019, "上年")
    again = ask(second)
    assert (again.asked, again.spared, again.stood) == (3, 1, 0)
    assert ask(other_year).asked == 4
    (part,) = one(second).given
    assert (part.shown, part.spared) == ("5", "年度填报")
    assert stored(SparedQuestion) == 1
    clerk = person("songjiang-clerk")
    load = next(each for each in burden.loads(clerk) if each.round.id == second and each.unit_id == two()[0])
    assert (load.asked, load.spared) == (1, 1)
    asked, spared = burden.behind(clerk, load)
    assert ([each.key for each in asked], [each.key for each in spared]) == (["I011"], ["I007"])
    assert spared[0].given_in == "年度填报"


def test_the_burden_of_districts_counts_what_was_carried_over(seeded: Flask) -> None:
    first = open_round()
    fill(first)
    submit(first)
    second = open_round(title="补充填报")
    clerk = person("songjiang-clerk")
    load = next(each for each in burden.loads(clerk) if each.round.id == second and not each.is_office)
    assert (load.asked, load.spared) == (0, len(sheet(first).held))
    asked, spared = burden.behind(clerk, load)
    assert (len(asked), len(spared)) == (load.asked, load.spared)
    assert {each.unit_id for each in burden.loads(clerk)} == {unit_id("songjiang")}
    assert len({each.unit_id for each in burden.loads(person("supervisor"))}) == 16


def test_questions_without_an_answer_can_be_taken_back(seeded: Flask) -> None:
    number = open_round()
    ask(number)
    give({"I007": "5"})
    with transaction():
        clerk = person("songjiang-clerk")
        assert figures.withdraw(clerk, moment(OPENS), number, unit_id("songjiang"), "I007", two()) == 1
    assert [part.shown for part in one(number).parts] == ["5"]
    assert len(one(number).unasked) == 16
    assert not one(number).is_whole
    load = next(each for each in burden.loads(person("songjiang-clerk")) if each.unit_id == two()[1])
    assert load.asked == 2
    ask(number)
    assert len(one(number).missing) == 1


def test_what_is_handed_in_takes_no_more_figures(seeded: Flask) -> None:
    number = open_round()
    ask(number)
    fill(number)
    submit(number)
    assert "已于 2021年6月21日 上报" in next(iter(give({"I007": "5"}).refused.values()))
    with pytest.raises(MoveRefused):
        ask(number, ("I012",))


def test_others_neither_ask_nor_give(seeded: Flask) -> None:
    number = open_round()
    for account in ("supervisor", "songjiang-office1"):
        with pytest.raises(Forbidden), transaction():
            figures.ask(person(account), moment(OPENS), number, unit_id("songjiang"), ("I007",), two())
    with pytest.raises(UnknownRound), transaction():
        figures.ask(person("huangpu-clerk"), moment(OPENS), number, unit_id("songjiang"), ("I007",), two())
    with pytest.raises(Forbidden):
        figures.owed(person("songjiang-clerk"), moment(OPENS).date())


def test_what_was_withdrawn_unanswered_is_asked_anew_whatever_was_given_elsewhere(seeded: Flask) -> None:
    first, second = open_round(), open_round(title="补充填报")
    ask(first, ("I007",))
    with transaction():
        figures.withdraw(person("songjiang-clerk"), moment(OPENS), first, unit_id("songjiang"), "I007", two())
    ask(second, ("I007",))
    give({"I007": "5"})
    again = ask(first, ("I007",))
    assert (again.asked, again.spared) == (2, 0)
