"""Writes a number the way Word numbers paragraphs."""

from collections.abc import Callable

DIGITS = "〇一二三四五六七八九"
LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC")),
    *((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)
HIGHEST = 3999
"""Beyond it every form falls back to plain digits; Roman numbers end here."""


def counted(number: int, digits: str = DIGITS, units: str = "十百千", zero: str = "零") -> str:
    """Write a number below 10,000 in words: 十二, 一百零五."""
    found, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if not digit:
            gap = bool(found)
            continue
        found += (zero if gap else "") + digits[digit] + (units[place - 1] if place else "")
        gap = False
    return found


def _chinese(number: int) -> str:
    return counted(number).removeprefix("一") if 10 <= number < 20 else counted(number)


def _legal(number: int) -> str:
    return counted(number, LEGAL_DIGITS, "拾佰仟")


def _digit_by_digit(number: int) -> str:
    return "".join(DIGITS[int(digit)] for digit in str(number))


def _roman(number: int) -> str:
    found = ""
    for value, letters in ROMAN:
        count, number = divmod(number, value)
        found += letters * count
    return found


def _letter(number: int) -> str:
    """Write a, b, … z, aa, bb: Word repeats the letter."""
    turns, letter = divmod(number - 1, 26)
    return chr(97 + letter) * (turns + 1)


def _within(first: str, last: int) -> Callable[[int], str]:
    """Return a form that has one character for each number, from the first of them to a last number."""
    return lambda number: chr(ord(first) + number - 1) if number <= last else str(number)


def _circled(number: int) -> str:
    for first, character in ((36, "㊱"), (21, "㉑"), (1, "①")):
        if first <= number <= 50:
            return chr(ord(character) + number - first)
    return str(number)


def _of_ten(number: int) -> str:
    return STEMS[number - 1] if number <= 10 else str(number)


def _of_twelve(number: int) -> str:
    return BRANCHES[number - 1] if number <= 12 else str(number)


def _wide(number: int) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))


FORMS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": _wide,
    "decimalFullWidth2": _wide,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": _within("⑴", 20),
    "decimalEnclosedFullstop": _within("⒈", 20),
    "ideographEnclosedCircle": _within("㊀", 10),
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "taiwaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "japaneseDigitalTenThousand": _digit_by_digit,
    "ideographDigital": _digit_by_digit,
    "taiwaneseDigital": _digit_by_digit,
    "chineseLegalSimplified": _legal,
    "ideographLegalTraditional": _legal,
    "ideographTraditional": _of_ten,
    "ideographZodiac": _of_twelve,
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperLetter": lambda number: _letter(number).upper(),
    "lowerLetter": _letter,
    "ordinal": lambda number: f"{number}.",
    "none": lambda number: "",
    "bullet": lambda number: "",
}
"""The forms of numbers (ECMA-376 part 1, 17.18.59) that Chinese Word and WPS offer."""


def numeral(number: int, form: str) -> str:
    """Write a number in a form of FORMS; in plain digits where the form is unknown or does not reach so far."""
    if not 1 <= number <= HIGHEST and form not in ("none", "bullet"):
        return str(number)
    return FORMS.get(form, str)(number)
