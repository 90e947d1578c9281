"""Facts about splitting the units of a label line."""

import pytest

from tracker.rules.plan_text.drafts import Role
from tracker.rules.plan_text.units import read_parties


def names(text: str) -> list[str]:
    return [party.name for party in read_parties(text, Role.RESPONSIBLE)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("各区局，市局甲处，各司法所", ["各区局", "市局甲处", "各司法所"]),
        ("各区局,市局甲处;各司法所。", ["各区局", "市局甲处", "各司法所"]),
        ("市局甲处、乙科、丙办公室、丁中心", ["市局甲处", "市局乙科", "市局丙办公室", "市局丁中心"]),
        ("市局甲处、市局乙处", ["市局甲处", "市局乙处"]),
        ("市局甲处（乙组）、丙处", ["市局甲处（乙组）", "市局丙处"]),
        ("市局甲处、区乙中心、各司法所", ["市局甲处", "区乙中心", "各司法所"]),
        ("市局甲处、乙协会", ["市局甲处", "乙协会"]),
        ("市局甲处，乙处", ["市局甲处", "乙处"]),
        ("甲处、市局乙处", ["甲处", "市局乙处"]),
        ("各县（市、区）司法局，市局甲处", ["各县（市、区）司法局", "市局甲处"]),
        ("省厅甲处、乙处", ["省厅甲处", "省厅乙处"]),
        ("市公安局、市财政局", ["市公安局", "市财政局"]),
        (" 甲处 、 、乙处 ，", ["甲处", "乙处"]),
        ("", []),
        ("。", []),
    ],
)
def test_a_list_is_split_into_names(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_group_and_position_are_counted_from_one() -> None:
    parties = read_parties("各区局，市局甲处、乙处，各司法所", Role.LEAD)

    assert [(party.group_index, party.position) for party in parties] == [(1, 1), (2, 2), (2, 3), (3, 4)]
    assert {party.role for party in parties} == {Role.LEAD}


def test_both_spellings_of_a_borrowed_prefix_are_kept() -> None:
    _, second = read_parties("市局甲处、乙处", Role.RESPONSIBLE)

    assert (second.name, second.printed, second.raw, second.distributed) == ("市局乙处", "乙处", "市局甲处、乙处", True)


def test_a_name_of_many_is_recognised_by_its_form() -> None:
    assert [party.collective for party in read_parties("各区局，市局甲处", Role.RESPONSIBLE)] == [True, False]
