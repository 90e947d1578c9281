"""Reckons the table of a round anew from what the program exports, without a line of the program.

Reads answers.csv (what every unit gave), table.csv (only which rule each blank has) and the form as
`tracker indicators form --json` gives it (only what weighs a mean, and what a ratio is made of, by what they ask).
"""

import csv
import io
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

WEIGHT_OF_THE_AVERAGE, STAFF, HOLDERS = "I082b", "I083", "I087"
"""Offices of a district, its people in post, those of them with the certificate."""


def rows(text: bytes) -> list[dict[str, str]]:
    """Read a CSV file; the mark before a risky text is taken off."""
    found = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))
    return [{name: value.removeprefix("'") for name, value in row.items()} for row in found]


def table(answers: bytes, rules: bytes, form: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return total, counted, na, missing and not_asked of every blank, by its name."""
    by_blank: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for row in rows(answers):
        by_blank[row["blank"]][row["unit"]] = row
    named = {row["blank"]: row["rule"] for row in rows(rules)}
    known = [blank for indicator in form["indicators"] for blank in indicator["blanks"]]
    return {blank["key"]: _total(blank, named[blank["key"]], by_blank) for blank in known}


def _total(blank: dict[str, Any], rule: str, by_blank: dict[str, dict[str, dict[str, str]]]) -> dict[str, Any]:
    own = by_blank[blank["key"]]
    handed_in = {unit: row for unit, row in own.items() if row["submitted_on"]}
    given = {unit: row["value"] for unit, row in handed_in.items() if row["value"] and row["value"] != "不适用"}
    empty = [unit for unit, row in handed_in.items() if not row["value"]]
    idle = [unit for unit in empty if blank["nature"] == "name" or not _is_asked(blank, unit, by_blank)]
    total, counted = _reckoned(blank["key"], rule, given, by_blank)
    return {
        "total": total,
        "counted": counted,
        "na": sum(row["value"] == "不适用" for row in handed_in.values()),
        "missing": len(own) - len(handed_in) + len(empty) - len(idle),
        "not_asked": len(idle),
    }


def _is_asked(blank: dict[str, Any], unit: str, by_blank: dict[str, dict[str, dict[str, str]]]) -> bool:
    words = {"yes": "是", "no": "否"}
    return all(by_blank[on][unit]["value"] == words[answer] for on, answer in blank["asked_if"])


def _reckoned(
    key: str, rule: str, given: dict[str, str], by_blank: dict[str, dict[str, dict[str, str]]]
) -> tuple[str, int]:
    if rule == "sum":
        return (str(sum(int(value) for value in given.values())) if given else ""), len(given)
    if rule == "yes_count":
        return f"{list(given.values()).count('是')}/{len(given)}", len(given)
    if rule in ("tally", "union"):
        return "、".join(f"{word}：{times}" for word, times in Counter(given.values()).most_common()), len(given)
    above, below = (HOLDERS, STAFF) if rule == "ratio" else (key, WEIGHT_OF_THE_AVERAGE if key == "I020" else STAFF)
    pairs = [
        (Decimal(by_blank[above][unit]["value"]), Decimal(by_blank[below][unit]["value"]))
        for unit, row in by_blank[above].items()
        if row["submitted_on"] and row["value"] and by_blank[below][unit]["value"]
    ]
    whole = sum(second for _, second in pairs)
    part = sum(100 * first if rule == "ratio" else first * second for first, second in pairs)
    return (_short(Decimal(part) / whole) if whole else ""), len(pairs)


def _short(number: Decimal) -> str:
    text = str(number.quantize(Decimal("0.01"), ROUND_HALF_UP))
    return text.rstrip("0").rstrip(".")
