"""Everything that requirements 2.2 find odd about the scheme is found or said, by its line (X2-01 … X2-18)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tracker.rules.appraisal.document import message
from tracker.rules.appraisal.problems import CHECKS, PROBLEM_TEXT, SchemeProblem, find_problems
from tracker.rules.appraisal.scheme import Clause, Item, Kind, Scheme
from tracker.rules.appraisal.terms import Disabled, Remark, SchemeTerms, strays

ELSEWHERE = {"sum", "no_clause", "unsaid", "owner", "other_figure"}
"""What this document does not have, or only its companion file can tell: shown with other texts."""


@pytest.fixture(scope="module")
def found(text: str, scheme: Scheme) -> tuple[SchemeProblem, ...]:
    return find_problems(text, scheme)


@pytest.fixture(scope="module")
def clauses(scheme: Scheme) -> dict[str, Clause]:
    return {clause.code: clause for _, _, clause in scheme.clauses()}


@pytest.fixture(scope="module")
def items(scheme: Scheme) -> dict[str, Item]:
    return {item.code: item for _, item in scheme.items()}


@pytest.mark.parametrize(
    ("code", "places"),
    [
        ("late", {(19, "")}),
        ("sign", {(134, "W6-4.3")}),
        ("open_cap", {(134, "W6-4.1")}),
        ("no_title", {(138, "W7-2")}),
        ("head_twice", {(105, "")}),
        ("rule_line", {(89, ""), (235, "")}),
        ("markup", {(88, ""), (94, ""), (95, ""), (234, "")}),
        ("turned", {(143, "W7-6")}),
        ("no_points", {(201, "F-14")}),
        ("short", {(94, "W2-1"), (125, "W5-7"), (133, "W6-3"), (164, "W10-1")}),
    ],
)  # X2-01, X2-02, X2-09, X2-12, X2-17
def test_what_is_odd_stands_at_its_line(
    found: tuple[SchemeProblem, ...], code: str, places: set[tuple[int, str]]
) -> None:
    assert {(each.line, each.concerns) for each in found if each.code == code} == places


def test_every_check_finds_something_and_every_finding_has_words(found: tuple[SchemeProblem, ...]) -> None:
    assert {each.code for each in found} == set(PROBLEM_TEXT) - ELSEWHERE
    assert len(CHECKS) >= len(set(PROBLEM_TEXT) - ELSEWHERE) - 2
    assert all("{" not in message(each) for each in found)


def test_the_sign_is_proposed_for_confirmation_and_not_turned(
    found: tuple[SchemeProblem, ...], clauses: dict[str, Clause]
) -> None:  # X2-01
    (sign,) = [each for each in found if each.code == "sign"]
    assert "“<0”" in message(sign)
    assert "≥0" in clauses["W6-4.3"].quote


def test_the_cap_of_the_28_tasks_is_the_item_or_what_the_others_leave(terms: SchemeTerms) -> None:  # X2-02
    assert [(each.clause, each.values) for each in terms.caps] == [("W6-4.1", (Decimal(20), Decimal(10)))]


def test_ninety_points_are_full_marks(scheme: Scheme, terms: SchemeTerms) -> None:  # X2-03
    assert any("90分，不是100分" in each.reason for each in terms.remarks)
    assert not any(sheet.points == 100 for sheet in scheme.sheets)


def test_what_the_scheme_leaves_to_the_leading_group_is_listed(terms: SchemeTerms) -> None:  # X2-04, X2-05
    assert [each.line for each in terms.undecided] == [47, 47, 47, 29, 173, 116]
    (split,) = terms.splits
    assert {unit: len(items) for unit, items in split.items.items()} == {"秘书科": 6, "普法科": 3}


def test_the_shares_of_the_shared_sheet_are_38_and_22(
    scheme: Scheme, terms: SchemeTerms, items: dict[str, Item]
) -> None:  # X2-05
    (split,) = terms.splits
    points = [sum(items[code].points or 0 for code in codes) for codes in split.items.values()]
    assert points == [38, 22]
    covered = [code for codes in split.items.values() for code in codes]
    assert covered == [item.code for sheet in scheme.sheets if sheet.code == split.sheet for item in sheet.items]


def test_an_item_whose_gains_cannot_reach_its_points_is_totalled_by_hand(
    terms: SchemeTerms, items: dict[str, Item]
) -> None:  # X2-06
    assert list(terms.totals_entered) == ["W5-9"]
    most = [clause.cap or clause.points or Decimal(0) for clause in items["W5-9"].clauses if clause.gives]
    assert (sum(most), items["W5-9"].points) == (Decimal(10), Decimal(12))


def test_prizes_that_exclude_each_other_leave_nine_of_ten(terms: SchemeTerms, items: dict[str, Item]) -> None:  # X2-07
    best: dict[str, Decimal] = {}
    for clause in items["W5-2"].clauses:
        group = terms.group_of(clause.code) or clause.code
        best[group] = max(best.get(group, Decimal(0)), clause.points or Decimal(0))
    assert sum(clause.points or 0 for clause in items["W5-2"].clauses) == 12
    assert (sum(best.values()), items["W5-2"].points) == (Decimal(9), Decimal(10))


def test_tiers_of_one_sentence_replace_each_other(clauses: dict[str, Clause]) -> None:  # X2-08
    tiers = [clauses[f"W2-3.{number}"] for number in (1, 2, 3, 4)]
    assert {each.kind for each in tiers} == {Kind.TIER}
    assert tiers[0].group == tiers[1].group != tiers[2].group == tiers[3].group


def test_an_empty_cell_takes_over_the_title_above(items: dict[str, Item]) -> None:  # X2-09
    assert items["W7-2"].title == items["W7-1"].title
    assert items["W1-6"].text.startswith("<p>信息化建设及应用")
    assert items["W1-6"].clauses[0].quote.startswith("信息化建设及应用")


def test_a_blank_owner_is_that_of_the_row_above(
    found: tuple[SchemeProblem, ...], items: dict[str, Item]
) -> None:  # X2-10
    blank = [each.concerns for each in found if each.code == "no_owner"]
    assert [code for code in blank if code.startswith("F")] == [
        f"F-{number}" for number in (2, 3, 4, 5, 9, 10, 13, 19, 22, 23)
    ]
    assert [code for code in blank if code.startswith("X")] == ["X-3"]
    assert (items["F-5"].owners, items["F-6"].owners) == (("秘书科",), ("执法监督科",))
    assert (items["X-3"].owners, items["X-5"].owners) == (("办公室",), ("政治处", "办公室", "普法治理科"))


def test_other_names_are_those_of_a_list(scheme: Scheme, terms: SchemeTerms) -> None:  # X2-11
    units = {unit for sheet in scheme.sheets for unit in sheet.units}
    owners = {terms.unit(owner) for _, item in scheme.items() for owner in item.owners}
    assert owners - units == {"团总支", "相关科室"}
    assert terms.unit("应诉复议科") == "复议应诉科"
    assert terms.unit("法律援助科") == "法律援助科"


def test_misprints_stay_as_they_are(text: str, clauses: dict[str, Clause], terms: SchemeTerms) -> None:  # X2-12
    assert clauses["W7-6.2"].quote.endswith("每起0.5扣分")
    assert (clauses["W7-6.2"].points, clauses["W7-6.2"].unit) == (Decimal("0.5"), "起")
    assert (clauses["F-14.1"].least, clauses["F-14.1"].points) == (Decimal("0.5"), Decimal(1))
    corrected = {each.line: each.proposed for each in terms.remarks if each.proposed}
    assert set(corrected) == {88, 196, 206}
    assert not any(proposed in text for line, proposed in corrected.items() if line != 88)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (29, "两档在5分处重合"),  # X2-13
        (107, "按人计，还是按街镇计"),  # X2-14
        (175, "按学习时长扣分"),  # X2-16
        (97, "只按重的一档扣4分"),  # X2-08
        (88, "文字多印"),  # X2-12
        (119, "择一之后最多9分"),  # X2-07
        (193, "按对照表认"),  # X2-11
    ],
)
def test_what_needs_a_word_has_one(terms: SchemeTerms, line: int, said: str) -> None:
    assert [said in each.reason for each in terms.remarks if each.line == line] == [True]


def test_learning_time_takes_no_points_unless_switched_on(
    terms: SchemeTerms, clauses: dict[str, Clause]
) -> None:  # X2-16
    assert [each.clause for each in terms.disabled] == ["T-3.4"]
    assert "学习强国" in clauses["T-3.4"].quote


def test_what_was_named_by_the_ministry_gives_nothing_twice(
    terms: SchemeTerms, clauses: dict[str, Clause]
) -> None:  # X2-18
    (exclusion,) = terms.exclusions
    assert "不再得分" in clauses[exclusion.clause].quote
    assert all("智慧矫正中心" in clauses[code].quote for code in exclusion.given)


def test_the_companion_speaks_only_of_what_is_there(text: str, scheme: Scheme, terms: SchemeTerms) -> None:
    assert list(strays(scheme, terms, text)) == []
    stray = replace(terms, disabled=(Disabled("T-9.9", "—"),), remarks=(Remark(29, "没有这句", "—"),))
    assert list(strays(scheme, stray, text)) == ["T-9.9", "没有这句"]
