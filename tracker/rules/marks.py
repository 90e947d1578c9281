"""What was searched for: its words, and where they stand in a text."""

import re

MOST_WORDS = 5
"""Further words are not looked at: nobody types them, and each one costs."""


def searched(typed: str) -> tuple[str, ...]:
    """Return the words of what was typed, each once, in their order."""
    return tuple(dict.fromkeys(typed.split()))[:MOST_WORDS]


def pieces(text: str, words: tuple[str, ...]) -> list[tuple[str, bool]]:
    """Cut a text where the words stand in it, case aside: each piece with whether it is one of them."""
    if not words:
        return [(text, False)]
    longest_first = sorted(words, key=len, reverse=True)
    cut = re.split(f"({'|'.join(map(re.escape, longest_first))})", text, flags=re.IGNORECASE)
    return [(piece, place % 2 == 1) for place, piece in enumerate(cut) if piece]


def around(text: str, words: tuple[str, ...], before: int = 20, length: int = 120) -> str:
    """Return the part of a long text in which the first of the words stands."""
    places = [place for word in words if (place := text.casefold().find(word.casefold())) >= 0]
    start = max(0, min(places, default=0) - before)
    if start + length >= len(text):
        start = max(0, len(text) - length)
    part = text[start : start + length]
    return f"{'…' if start else ''}{part}{'…' if start + length < len(text) else ''}"
