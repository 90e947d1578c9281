"""Where the words of a search stand in a text."""

import pytest

from tracker.rules.marks import MOST_WORDS, around, pieces, searched


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", ()),
        ("   ", ()),
        ("用房", ("用房",)),
        (" 用房\u3000标准 用房 ", ("用房", "标准")),
        ("a b c d e f g", ("a", "b", "c", "d", "e")),
    ],
)
def test_what_was_typed_falls_into_words(typed: str, words: tuple[str, ...]) -> None:
    assert searched(typed) == words
    assert len(words) <= MOST_WORDS


@pytest.mark.parametrize(
    ("text", "words", "cut"),
    [
        ("业务用房", ("用房",), [("业务", False), ("用房", True)]),
        ("Word 和 word", ("WORD",), [("Word", True), (" 和 ", False), ("word", True)]),
        ("司法所", ("司法", "司法所"), [("司法所", True)]),
        ("100% (a+b)", ("%", "(a+b)"), [("100", False), ("%", True), (" ", False), ("(a+b)", True)]),
        ("没有", ("用房",), [("没有", False)]),
        ("没有", (), [("没有", False)]),
        ("", ("用房",), []),
    ],
)
def test_a_text_is_cut_where_the_words_stand(text: str, words: tuple[str, ...], cut: list[tuple[str, bool]]) -> None:
    assert pieces(text, words) == cut
    assert "".join(piece for piece, _ in cut) == text


def test_a_short_text_is_shown_whole() -> None:
    assert around("提升业务用房", ("用房",)) == "提升业务用房"


def test_of_a_long_text_the_part_with_the_word_is_shown() -> None:
    part = around(f"{'前' * 200}用房{'后' * 200}", ("用房",))
    assert part.startswith("…前")
    assert part.endswith("后…")
    assert "用房" in part
    assert len(part) == 122


def test_a_word_at_the_end_does_not_shorten_the_part() -> None:
    part = around(f"{'前' * 200}用房", ("用房",))
    assert part.endswith("用房")
    assert len(part) == 121


def test_a_long_text_without_the_word_is_shown_from_its_beginning() -> None:
    assert around("前" * 200, ("用房",)) == f"{'前' * 120}…"
