"""Counts every district's score of a day anew from the exported events alone; needs nothing but Python."""

import csv
import sys
from collections import Counter, defaultdict
from decimal import Decimal

Row = dict[str, str]
OUT, NEVER, MOVED = ("exempt", "withdrawn"), "never", {"due": "due_on", "district": "district_id"}


def read(rows: list[Row], day: str) -> tuple[Row, list[Row], dict[str, Decimal]]:
    """Return the rule, how every assignment stands, and the points entered, at the end of a day."""
    items, entered = dict[str, Row](), defaultdict[str, Decimal](Decimal)
    rules = [row for row in rows if row["kind"] == "rule"]
    for row in (row for row in rows if row["day"] <= day):
        item = items.setdefault(row["assignment_id"], dict(row)) if row["assignment_id"] else {}
        if row["kind"] == "step":
            if row["from_status"] == "completed" and row["day"] > item.get("upheld_on", NEVER) <= item["day"]:
                item["upheld"] = ""
            item |= {"status": row["to_status"], "done": row["done_on"] or NEVER, "day": row["day"]}
        elif moved := MOVED.get(row["kind"]):
            item[moved] = row[moved]
        elif row["kind"] == "verdict":
            item |= {"verdict": row["verdict"], "said": row["day"], "said_at": row["at"]}
        elif row["kind"] == "reversal" and item:
            item |= {"upheld_on": row["day"], "upheld": row["at"]}
        elif row["kind"] in ("deduction", "reversal"):
            entered[row["district_id"]] += Decimal(row["points"])
    return [rules[0], *(row for row in rules if row["day"] <= day)][-1], list(items.values()), entered


def scores(rows: list[Row], day: str) -> dict[str, Decimal]:
    """Return {district_id: score} at the end of `day` (ISO), from the rows of the CSV in their order."""
    day = min([day, *(row["day"] for row in rows if row["kind"] == "frozen")])
    rule, items, entered = read(rows, day)
    offices, missed = defaultdict(list), Counter[str]()
    for item in (item for item in items if item["level"] == "justice_office" and item["status"] not in OUT):
        offices[item["district_id"], item["task_id"]].append(item["done"])
    for item in (item for item in items if item["level"] == "district_bureau" and item["status"] != "withdrawn"):
        charged = costs(rule, item, sorted(offices[item["district_id"], item["task_id"]]), day)
        missed[item["district_id"]] += charged and item.get("upheld", "") <= item.get("said_at", "")
    base, cap = Decimal(rule["base"]), Decimal(rule["cap"] or "Infinity")
    lost = {unit: min(number * Decimal(rule["per_miss"]), cap) + entered[unit] for unit, number in missed.items()}
    return {unit: base - min(points, base) for unit, points in lost.items() if unit}


def costs(rule: Row, item: Row, below: list[str], day: str) -> bool:
    """Tell whether a task costs points: not done by its due day, or done late where that counts."""
    done, due, verdict = item["done"], item["due_on"], item["verdict"]
    enough = -(-len(below) * {"none": 0, "all": 100, "share": int(rule["share"])}[rule["offices"]] // 100)
    done = max(done, below[enough - 1]) if enough else done
    if verdict:
        done = min(due or item["said"], item["said"]) if verdict == "done" else NEVER
    out = verdict == "not_applicable" if verdict else item["status"] in OUT
    return not out and bool(due) and (due < day if done == NEVER else done > due and rule["late_counts"] == "1")


if __name__ == "__main__":
    print(scores(list(csv.DictReader(open(sys.argv[1], encoding="utf-8-sig"))), sys.argv[2]))  # noqa: SIM115
