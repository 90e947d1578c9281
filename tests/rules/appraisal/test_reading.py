"""The scheme is read whole from its own text: every sheet, item and clause, each with its kind, points and line."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from tests.golden_files import same_as_golden
from tracker.rules.appraisal.reading import SchemeUnreadable, read_scheme
from tracker.rules.appraisal.scheme import Clause, Kind, Scheme, Section

SIGNS = {Kind.FIX: "F", Kind.PER: "P", Kind.TIER: "T", Kind.RANK: "R", Kind.ZERO: "Z", Kind.DISC: "D"}
SIGNS |= {Kind.SUBCAP: "S", Kind.ADD: "+", Kind.CONV: "C", Kind.EXT: "E", Kind.DOUBLE: "2x"}

WORK = """
W1 10 F2 P1次 P1起 F2 P1起
W1 10 P1件 P1次 P0.5次 F1 P1次 P1项 F1 P0.5项
W1 10 P2次 P2次
W1 5 P1次 P2项目 Z
W1 10 C
W1 15 P2项 P1项 P2项 P1项 P1次 P1次 P0.5次 P2次 P1次 F1 P0.5次 P2次 P2次 P1次
W2 10 F2 F2 F2
W2 10 F2 P2次 P2次
W2 10 T2 T4 T2 T4 F4 D1-2次
W2 10 P1次 F1 F1 F1 D1-2 D1-2次
W2 10 F1 F1 P0.5项
W2 5 F2 P2项
W2 5 F0.5 F0.5 F0.5 F0.5 F0.5 F0.5 F0.5 F0.5 F0.5 P0.5次
W3 10 F2 P2人
W3 20 F2 F2 S2个≤10 P2例
W3 30 P2例 P2项 P2次 F2 F2 P2例 F2
W4 15 F4 F4 F4 F3
W4 30 F8 P2件 F8 F8
W4 15 S3件≤15 S3件≤15
W5 8 D0-3 S0.5次≤4 R1
W5 10 +3 +1 +3 +1 +1 +2 +1
W5 5 F2.5 F2.5
W5 5 P1件 P1.5件 P1件
W5 5 P1次 F2
W5 5 P1次 F2
W5 5 F1 F1 F1 F1
W5 5 F2.5 F2.5
W5 12 +3 +2 +3 +0.5项≤2 F1 F2 F2
W6 15 P1途径 R5 R5
W6 15 R5 R5
W6 10 F5
W6 20 E1任务 F5 F5
W7 5 F1.5 F1.5 P1项
W7 5 P0.5次 F1 F1
W7 8 P1起 P1起 P1项
W7 20 F1 P0.5起 P1起 P0.5起 2x0.5起 P0.5次 P0.5次 P1次 F1 P0.5次 P2起 P0.5项
W7 12 +2 +2 +3 +1 +1 +3
W7 10 P0.5月 P0.5起 P0.5起 P0.5月 P0.5起 F2 P0.5项
W8 20 E10 E10
W8 20 E5 E2次
W8 20 C
W9 5 P2次
W9 10 F3 F2 F2 F3
W9 10 P3项
W9 12 F2 F2 F2 F2 F2 F2
W9 9 F3 F3 F3
W9 14 F1 F1 P0.5起 F1 F1 F1 F1 F1
W10 15 F2 F2 F3 F2
W10 15 Z
W10 10 D1-5 Z
W10 10 P2次
W10 10 D1-5 D1-5 D1-5
T 3 D1-3
T 4 P0.5次 P0.5次 P0.5人 D1-2
T 4 P0.5人 D1-2 P0.5人 P0.5人 P0.5人
T 3 P0.5人 D0.5-1 D1-2
T 3 P0.5次 P0.5人 D1-2 Z
T 3 D1-2 P0.5人
"""
"""The items of annex 1 as requirements 2.2 sum them up, by hand: points, then its clauses."""

SPECIAL = """
3 +0.5次 +1次
3 +1次
3 +2 +1 +1.5
3 D0.5-2.5 D1-2
2 +1 +1
3 +3 +2
3 +1 +0.5 +0.5
- +2
- +3
- +1
- +1 +2 +3
3 +0.5个 R2
2 +1项
3 D0.5-1项
3 +1项
- +2
- +3 +2
3 +0.5人次 +1人次 D1-2
3 D1-2项 D1-2项 +0.5项 +1项 +0.5 +1
3 +0.1项
- +1
3 +1.5条 +1条 +0.3条
- +3 +2
3 D1-2项
"""
BOTTOM_LINE = ["D5-10起", "D1-5起 D5-10起", "D1-5起", "D1-5起", "D1-5起"]


def short(clause: Clause) -> str:
    """Say a clause as shortly as the lists above: S2个≤10."""
    least = f"{clause.least:f}-" if clause.least is not None else ""
    points = f"{clause.points:f}" if clause.points is not None else ""
    cap = f"≤{clause.cap:f}" if clause.cap is not None else ""
    return f"{SIGNS[clause.kind]}{least}{points}{clause.unit}{cap}"


def told(scheme: Scheme) -> Iterator[str]:
    """Yield the scheme as lines that a person can read beside the document."""
    yield f"{scheme.doc_number} {scheme.title}"
    yield f"{scheme.issuer}，{scheme.starts_on} 至 {scheme.ends_on}，{scheme.issued_on} 印发"
    for sheet in scheme.sheets:
        points = f"（{sheet.points:f} 分）" if sheet.points is not None else ""
        yield f"\n{sheet.code} 第 {sheet.line} 行 {'、'.join(sheet.units)}{points}"
        for item in sheet.items:
            owner = f" {'、'.join(item.owners)}{'' if item.owner_printed else '（沿用上行）'}" if item.owners else ""
            cap = f" [{item.points:f}]" if item.points is not None else ""
            yield f"  {item.code} 第 {item.line} 行{cap}{owner} {item.title}".rstrip()
            for clause in item.clauses:
                group = f" 〈{clause.group}〉" if clause.group else ""
                places = " ".join(f"{each.first}–{each.last}:{each.points:f}" for each in clause.places)
                yield f"    {clause.code} {short(clause)}{group}{' ' if places else ''}{places} | {clause.quote}"


def test_the_head_says_whose_it_is_and_from_when_to_when_it_counts(scheme: Scheme) -> None:
    assert (scheme.doc_number, scheme.issuer) == ("沪松司发〔2021〕19号", "上海市松江区司法局")
    assert (scheme.starts_on, scheme.ends_on) == (date(2020, 12, 1), date(2021, 11, 30))
    assert scheme.issued_on == date(2021, 8, 5)


def test_eleven_units_have_ten_sheets_of_sixty_points(scheme: Scheme) -> None:
    sheets = scheme.of_section(Section.WORK)
    assert [(sheet.points, sheet.sum) for sheet in sheets] == [(Decimal(60), Decimal(60))] * 10
    assert [unit for sheet in sheets for unit in sheet.units] == [
        *("办公室", "政治处", "执法监督科", "复议应诉科", "秘书科", "普法科", "促进法治科"),
        *("社区矫正（教育帮扶）科", "公服科", "律公科", "法律援助中心"),
    ]
    (team,) = scheme.of_section(Section.TEAM)
    assert (team.points, team.sum) == (Decimal(20), Decimal(20))
    assert [item.points for item in team.items] == list(map(Decimal, (3, 4, 4, 3, 3, 3)))


def test_every_clause_of_work_and_team_is_what_a_person_read(scheme: Scheme) -> None:
    items = [
        (sheet.code, f"{item.points:f}", *map(short, item.clauses))
        for section in (Section.WORK, Section.TEAM)
        for sheet in scheme.of_section(section)
        for item in sheet.items
    ]
    assert items == [tuple(line.split()) for line in WORK.strip().splitlines()]


def test_every_clause_of_special_work_and_the_bottom_line_is_what_a_person_read(scheme: Scheme) -> None:
    (special,), (bottom,) = (scheme.of_section(section) for section in (Section.SPECIAL, Section.BOTTOM_LINE))
    items = [("-" if item.points is None else f"{item.points:f}", *map(short, item.clauses)) for item in special.items]
    assert items == [tuple(line.split()) for line in SPECIAL.strip().splitlines()]
    assert [" ".join(map(short, item.clauses)) for item in bottom.items] == BOTTOM_LINE
    assert all(clause.gives for item in special.items for clause in item.clauses)


def test_every_kind_occurs(scheme: Scheme) -> None:
    assert set(Counter(clause.kind for _, _, clause in scheme.clauses())) == set(Kind)


def test_every_quote_stands_at_its_line_word_for_word(scheme: Scheme, text: str) -> None:
    lines = text.splitlines()
    for _, item, clause in scheme.clauses():
        assert clause.line == item.line
        assert clause.quote in lines[item.line - 1], clause.code
    for passage in scheme.passages:
        assert passage.quote in lines[passage.line - 1]


def test_no_points_of_the_text_are_left_over(scheme: Scheme) -> None:
    for _, item in scheme.items():
        rest = item.text
        for clause in item.clauses:
            assert rest.count(clause.quote) >= 1, clause.code
            rest = rest.replace(clause.quote, "", 1)
        assert "扣" not in rest.replace("根据市局扣分情况定", ""), item.code
        assert "不得分" not in rest, item.code


def test_codes_are_given_once(scheme: Scheme) -> None:
    codes = [clause.code for _, _, clause in scheme.clauses()]
    assert len(codes) == len(set(codes)) == 274


def test_ranks_have_a_place_for_every_district(scheme: Scheme) -> None:
    clauses = {clause.code: clause for _, _, clause in scheme.clauses()}
    down, up, prizes = clauses["W6-2.1"], clauses["W5-1.3"], clauses["F-12.2"]
    assert [(each.first, each.last, each.points) for each in down.places] == [
        (place, place, Decimal(place - 11)) for place in range(12, 17)
    ]
    assert [(each.first, each.last, f"{each.points:f}") for each in up.places] == [
        (1, 4, "1"),
        (5, 8, "0.75"),
        (9, 12, "0.5"),
        (13, 16, "0.25"),
    ]
    assert [(each.first, f"{each.points:f}") for each in prizes.places] == [(1, "2"), (2, "1.5"), (3, "1")]


def test_the_whole_scheme_is_what_a_person_read(scheme: Scheme) -> None:
    same_as_golden("appraisal_19.txt", "\n".join(told(scheme)) + "\n")


@pytest.mark.parametrize(
    ("printed", "instead", "line", "words"),
    [
        ("\n2\t提高报送质量", "\n3\t提高报送质量", 83, "应为 2"),
        ("2020年12月1日至2021年11月30日。", "全年。", 1, "考评周期"),
        ("\n3\t严肃会风纪律\t", "\n3\t严肃会风纪律", 84, "三栏"),
        ("附件 2\n", "附件 2\n1\t\n", 181, "考核标准"),
    ],
)
def test_a_text_that_cannot_be_read_whole_is_refused_at_its_line(
    text: str, printed: str, instead: str, line: int, words: str
) -> None:
    assert printed in text
    with pytest.raises(SchemeUnreadable, match=words) as refused:
        read_scheme(text.replace(printed, instead, 1))
    assert refused.value.line == line


@pytest.mark.parametrize("text", ["", "附件 1\n", "一、组织\n附件 1\n业务工作（60 分）\n1\ta\tb\t3\n"])
def test_a_text_without_a_scheme_is_refused(text: str) -> None:
    with pytest.raises(SchemeUnreadable):
        read_scheme(text)
