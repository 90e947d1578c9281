"""Works a year of appraisal out anew from entries.csv alone, without a line of the program.

The clauses stand below as a person wrote them down from the document: an item, its full points, what it starts with
where that is something else, and behind the colon its clauses in their order.

    -2    takes 2, once              +3    gives 3, once               C    as many as were worked out elsewhere
    -2*   takes 2 for each case      +1*   gives 1 for each case       Z    the whole item is lost
    -?    takes what was judged      +?3   gives what was judged       R    takes place less 11, none before the 12th
    -2*<9 at most 9 together                at most 3                  S    1 for places 1-4, then 0.75, 0.5, 0.25
    -?2   takes what was judged, at most 2 together
    -1@   as many points as the city took, else 1 for each case; -10$ likewise, else 10 once, and 10 at most
    a-2   of several clauses with the same letter the one counts that comes to most
    !     in front: nobody counts it unless that was decided
"""

import csv
import io
import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

WORK = """
办公室
W1-1 10: -2 -1* -1* -2 -1*
W1-2 10: -1* -1* -0.5* -1 -1* -1* -1 -0.5*
W1-3 10: -2* -2*
W1-4 5: -1* -2* Z
W1-5 10 0: C
W1-6 15: -2* -1* -2* -1* -1* -1* -0.5* -2* -1* -1 -0.5* -2* -2* -1*
政治处
W2-1 10: -2 -2 -2
W2-2 10: -2 -2* -2*
W2-3 10: a-2 a-4 b-2 b-4 -4 -?
W2-4 10: -1* -1 -1 -1 -?2 -?
W2-5 10: -1 -1 -0.5*
W2-6 5: -2 -2*
W2-7 5: -0.5 -0.5 -0.5 -0.5 -0.5 -0.5 -0.5 -0.5 -0.5 -0.5*
执法监督科
W3-1 10: -2 -2*
W3-2 20: -2 -2 -2*<10 -2*
W3-3 30: -2* -2* -2* -2 -2 -2* -2
复议应诉科
W4-1 15: -4 -4 -4 -3
W4-2 30: -8 -2* -8 -8
W4-3 15: -3*<15 -3*<15
秘书科 普法科
W5-1 8 4: +?3 -0.5*<4 S
W5-2 10 0: +3 +1 a+3 a+1 a+1 b+2 b+1
W5-3 5: -2.5 -2.5
W5-4 5: -1* -1.5* -1*
W5-5 5: -1* -2
W5-6 5: -1* -2
W5-7 5: -1 -1 -1 -1
W5-8 5: -2.5 -2.5
W5-9 12 0: TOTAL
促进法治科
W6-1 15: -1* R R
W6-2 15: R R
W6-3 10: -5
W6-4 20: -1@<20 -5 -5
社区矫正（教育帮扶）科
W7-1 5: -1.5 -1.5 -1*
W7-2 5: -0.5* -1 -1
W7-3 8: -1* -1* -1*
W7-4 20: -1 -0.5* -1* -0.5* -0.5* -0.5* -0.5* -1* -1 -0.5* -2* -0.5*
W7-5 12 0: +2 +2 +3 +1 +1 +3
W7-6 10: -0.5* -0.5* -0.5* -0.5* -0.5* -2 -0.5*
公服科
W8-1 20: -10$ -10$
W8-2 20: -5$ -2@
W8-3 20 0: C
律公科
W9-1 5: -2*
W9-2 10: -3 -2 -2 -3
W9-3 10: -3*
W9-4 12: -2 -2 -2 -2 -2 -2
W9-5 9: -3 -3 -3
W9-6 14: -1 -1 -0.5* -1 -1 -1 -1 -1
法律援助中心
W10-1 15: -2 -2 -3 -2
W10-2 15: Z
W10-3 10: -?5 Z
W10-4 10: -2*
W10-5 10: -?5 -?5 -?5
"""

TEAM = """
T-1 3: -?3
T-2 4: -0.5* -0.5* -0.5* -?2
T-3 4: -0.5* -?2 -0.5* !-0.5* -0.5*
T-4 3: -0.5* -?1 -?2
T-5 3: -0.5* -0.5* -?2 Z
T-6 3: -?2 -0.5*
"""

BOTTOM_LINE = """
X-1 -: -?
X-2 -: -? -?
X-3 -: -?
X-4 -: -?
X-5 -: -?
"""

SPECIAL_AT_MOST = 10
SPLIT = {"秘书科": range(1, 7), "普法科": range(7, 10)}
"""Which items of the shared table are whose, once it is decided that they are."""

NAMED, CREATED = ("F-17.1", "F-17.2"), "W7-5.6"
"""What the ministry named gives nothing a second time."""

NONE = Decimal(0)
_ITEM = re.compile(r"(\S+) (\S+?)(?: (\S+))?: (.+)")
_CLAUSE = re.compile(r"(?P<off>!?)(?P<group>[ab]?)(?P<sign>[-+CZRS])(?P<points>[\d.]*)(?P<how>[*?@$]?)(?P<cap><?\d*)")

Rows = list[dict[str, str]]


@dataclass
class Unit:
    """What a unit's year came to, worked out anew."""

    items: dict[str, Decimal] = field(default_factory=dict)
    work: Decimal = NONE
    team: Decimal = NONE
    special: Decimal = NONE
    bottom_line: Decimal = NONE
    total: Decimal = NONE


def year(text: bytes) -> dict[str, Unit]:
    """Return the year of every unit from entries.csv; the mark before a risky text is taken off."""
    read = csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline=""))
    rows = [{name: value.removeprefix("'") for name, value in row.items()} for row in read]
    decided = {row["code"]: row["value"] for row in rows if row["sort"] == "decision"}
    undone = {row["reverses"] for row in rows if row["sort"] == "reversal"}
    counting: dict[str, Rows] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["day"], int(row["id"] or 0))):
        if row["sort"] not in ("decision", "reversal") and not (row["sort"] != "special" and row["id"] in undone):
            counting[row["unit"]].append(row)
    return {unit: _unit(unit, lines, counting[unit], decided) for unit, lines in _sheets()}


def _sheets() -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    units: list[str] = []
    for line in WORK.strip().splitlines():
        if ":" in line:
            for unit in units:
                next(lines for name, lines in found if name == unit).append(line)
        else:
            units = line.split()
            found += [(unit, []) for unit in units]
    return found


def _unit(unit: str, lines: list[str], rows: Rows, decided: dict[str, str]) -> Unit:
    if decided.get("split:W5") == "yes" and unit in SPLIT:
        lines = [line for line in lines if int(line.split()[0].split("-")[1]) in SPLIT[unit]]
    found, parts = Unit(), []
    for part in (lines, TEAM.strip().splitlines(), BOTTOM_LINE.strip().splitlines()):
        own = dict(_item(line, rows, decided) for line in part)
        found.items |= own
        parts.append(sum(own.values(), NONE))
    found.work, found.team, found.bottom_line = parts
    judged = [Decimal(row["points"]) for row in rows if row["sort"] == "special" and row["state"] == "judged"]
    found.special = min(sum(judged, NONE), Decimal(SPECIAL_AT_MOST))
    found.total = found.work + found.team + found.special + found.bottom_line
    if decided.get("floor") == "yes":
        found.total = max(NONE, found.total)
    return found


def _item(line: str, rows: Rows, decided: dict[str, str]) -> tuple[str, Decimal]:
    read = _ITEM.fullmatch(line)
    assert read, line
    code, full = read[1], NONE if read[2] == "-" else Decimal(read[2])
    points = Decimal(read[3]) if read[3] else full
    if read[4] == "TOTAL":
        entered = [row["points"] for row in rows if row["code"] == code]
        return code, Decimal(entered[-1]) if entered else NONE
    best: dict[str, Decimal] = {}
    for number, clause in enumerate(read[4].split(), 1):
        name = f"{code}.{number}"
        amount = _amount(name, clause, rows, decided)
        if amount is None:
            return code, NONE
        group = clause.lstrip("!")[0] if clause.lstrip("!")[0] in "ab" else name
        best[group] = max(best.get(group, NONE), amount, key=abs)
    points += sum(best.values(), NONE)
    return code, points if read[2] == "-" else min(full, max(NONE, points))


def _amount(name: str, clause: str, rows: Rows, decided: dict[str, str]) -> Decimal | None:
    """Return what a clause gives, or takes as less than nothing; None where the whole item is lost."""
    read, own = _CLAUSE.fullmatch(clause), [row for row in rows if row["code"] == name]
    assert read, clause
    if not own or (read["off"] and decided.get(f"enable:{name}") != "yes"):
        return NONE
    if name == CREATED and any(row["code"] in NAMED for row in rows):
        return NONE
    sign, last = read["sign"], own[-1]
    if sign == "Z":
        return None
    if sign == "C":
        return Decimal(last["points"])
    if sign == "R":
        return -Decimal(min(5, max(0, int(last["place"]) - 11)))
    if sign == "S":
        place = int(last["place"])
        return next((Decimal(points) for end, points in _STANDS if place <= end), NONE)
    amount = _counted(read["points"], read["how"], own)
    cap = Decimal(decided.get(f"cap:{name}", read["cap"].lstrip("<") or "0"))
    amount = min(amount, cap) if cap else amount
    return amount if sign == "+" else -amount


_STANDS = ((4, "1"), (8, "0.75"), (12, "0.5"), (16, "0.25"))


def _counted(points: str, how: str, own: Rows) -> Decimal:
    if how == "?":
        return sum((Decimal(row["points"]) * int(row["count"]) for row in own), NONE)
    each = Decimal(points)
    if how == "*":
        return each * sum(int(row["count"]) for row in own)
    if not how:
        return each
    took = sum((Decimal(row["points"]) for row in own if row["points"]), NONE)
    plain = [int(row["count"]) for row in own if not row["points"]]
    return took + each * sum(plain) if how == "@" else min(each, took + each * bool(plain))
