"""Compare the whole reading of the plan of 2021 with its golden files."""

import io
import json
import runpy
from pathlib import Path

from tests.golden_files import GOLDEN, same_as_golden
from tracker.rules.plan_text.document import Json, document_json
from tracker.rules.plan_text.drafts import PlanDraft


def test_the_reading_equals_the_golden_file(shanghai: PlanDraft) -> None:
    same_as_golden("shanghai-2021-11.md", as_markdown(document_json(shanghai)))


def test_the_reading_scores_one_in_every_column(shanghai: PlanDraft, tmp_path: Path) -> None:
    prediction = json.dumps(document_json(shanghai), ensure_ascii=False)
    (tmp_path / "seed_shanghai_28.json").write_text(prediction, encoding="utf-8")

    score = runpy.run_path(str(GOLDEN / "score.py"))
    result = score["run"](str(tmp_path), str(GOLDEN), verbose=True, out=io.StringIO())

    columns = result["documents"]["seed_shanghai_28"]
    assert {name: columns[name] for name in ("recall", "precision", "responsible", "depts", "due", "due_s", "f1")} == {
        "recall": 1, "precision": 1, "responsible": 1, "depts": 1, "due": 1, "due_s": 1, "f1": 1,
    }  # fmt: skip
    assert columns["lead"] is columns["cooperating"] is None
    assert columns["persons_as_departments"] == 0


def as_markdown(document: Json) -> str:
    """Write a reading so that a person can check it beside the source."""
    parts = [_head(document["document"]), *_tasks(document["tasks"])]
    parts += ["## 节点\n", *map(_milestone, document["milestones"])]
    parts += ["## 需要知道的问题\n", *map(_problem, document["problems"]), ""]
    return "\n".join(parts)


def _head(head: Json) -> str:
    lines = [f"- {name}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items()]
    return "\n".join([f"# {head['doc_number']}\n", *lines, ""])


def _tasks(tasks: list[Json]) -> list[str]:
    parts, section = [], None
    for task in tasks:
        if task["section"] != section:
            section = task["section"]
            parts.append(f"## {section}\n")
        parts.append(_task(task))
    return parts


def _task(task: Json) -> str:
    deadline = task["deadline"]
    groups: dict[int, list[str]] = {}
    for party in task["parties"]:
        full = "" if party["name"] == party["printed"] else f"[{party['name']}]"
        groups.setdefault(party["group"], []).append(f"{party['printed']}{full}")
    return (
        f"{task['number']}. {task['text']}\n"
        f"   - {' | '.join('、'.join(group) for group in groups.values())}\n"
        f"   - {deadline['kind']} {deadline['value']} “{deadline['raw']}”, {_lines(task)}\n"
    )


def _milestone(step: Json) -> str:
    flags = [name for name in ("ambiguous", "outside_phase") if step[name]]
    if step["sessions"]:
        flags.append(f"{step['sessions']} × {step['days_per_session']}")
    return (
        f"- {step['kind']}: {step['title']}\n"
        f"   - {step['starts_on'] or ''} .. {step['ends_on']} “{step['raw']}” {' '.join(flags)}".rstrip()
        + f"\n   - owner: {step['owner'] or '-'}; participants: {step['participants'] or '-'}; {_lines(step)}\n"
    )


def _problem(problem: Json) -> str:
    tasks = f" #{' #'.join(problem['tasks'])}" if problem["tasks"] else ""
    return (
        f"- {problem['severity']} {problem['code']}{tasks}, {_lines(problem)}: {problem['message']}"
        f"“{problem['found']}” → {problem['handled']}"
    )


def _lines(entry: Json) -> str:
    return f"l.{entry['source']['line_from']}-{entry['source']['line_to']}"
