"""Facts about the marks in a line of the source."""

from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.plan_text.drafts import Certainty, Evidence, Span
from tracker.rules.plan_text.highlights import Piece, pieces

spans = st.builds(Span, st.integers(1, 3), st.integers(0, 12), st.integers(1, 3), st.integers(0, 12))
evidence = st.dictionaries(
    st.sampled_from(["text", "lead", "responsible", "deadline"]),
    st.builds(Evidence, st.just("r"), st.just(Certainty.CERTAIN), st.lists(spans, max_size=4).map(tuple)),
)


def read(*places: Span) -> Evidence:
    return Evidence("r", Certainty.CERTAIN, places)


def test_a_line_is_cut_where_a_field_begins_and_ends() -> None:
    assert pieces("1.甲（乙）", 4, {"text": read(Span(4, 2, 4, 3)), "lead": read(Span(4, 4, 4, 5))}) == (
        Piece("1.", ""),
        Piece("甲", "text"),
        Piece("（", ""),
        Piece("乙", "lead"),
        Piece("）", ""),
    )


def test_a_span_over_several_lines_marks_the_whole_of_those_between() -> None:
    long = {"text": read(Span(1, 3, 3, 2))}
    assert pieces("一二三四", 1, long) == (Piece("一二三", ""), Piece("四", "text"))
    assert pieces("五六", 2, long) == (Piece("五六", "text"),)
    assert pieces("七八九", 3, long) == (Piece("七八", "text"), Piece("九", ""))


def test_a_unit_inside_its_task_keeps_its_own_mark() -> None:
    found = {"text": read(Span(1, 0, 1, 6)), "lead": read(Span(1, 2, 1, 4))}
    assert pieces("一二三四五六七", 1, found) == (
        Piece("一二", "text"),
        Piece("三四", "lead"),
        Piece("五六", "text"),
        Piece("七", ""),
    )


def test_a_line_of_which_nothing_was_read_stays_whole() -> None:
    assert pieces("正文", 9, {"text": read(Span(1, 0, 2, 1))}) == (Piece("正文", ""),)


@given(st.text(max_size=12), st.integers(1, 3), evidence)
def test_pieces_make_up_the_line_whatever_was_read(text: str, number: int, found: dict[str, Evidence]) -> None:
    assert "".join(piece.text for piece in pieces(text, number, found)) == text
