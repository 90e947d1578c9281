"""Facts about the seeded plan and the companion that says what its text does not."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tracker.rules.plan_text.drafts import PlanDraft

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture(scope="module")
def companion() -> dict[str, Any]:
    """What the document leaves open."""
    loaded: dict[str, Any] = json.loads((SEEDS / "plans" / "shanghai-2021-11.json").read_text(encoding="utf-8"))
    return loaded


def test_the_source_is_the_published_file_byte_for_byte() -> None:
    digest = hashlib.sha256((SEEDS / "plans" / "shanghai-2021-11.txt").read_bytes()).hexdigest()

    assert digest in (SEEDS / "README.md").read_text(encoding="utf-8")


def test_the_companion_belongs_to_the_document(companion: dict[str, Any], shanghai: PlanDraft) -> None:
    assert companion["doc_number"] == shanghai.head.doc_number
    assert (SEEDS / "plans" / companion["document"]).exists()


def test_nothing_of_ours_passes_for_the_source(companion: dict[str, Any]) -> None:
    items = [*companion["settings"].values(), companion["rule_quote"], *companion["acceptance"]]

    assert all(item["in_source"] is False and item["reason"] for item in items)


def test_every_task_has_an_acceptance_sentence_of_its_own(companion: dict[str, Any], shanghai: PlanDraft) -> None:
    sentences = {entry["number"]: entry["text"] for entry in companion["acceptance"]}

    assert list(sentences) == [task.number for task in shanghai.tasks]
    assert len(set(sentences.values())) == 28
    assert all(sentences[task.number] not in task.text for task in shanghai.tasks)


def test_nobody_reviews_their_own_unit(companion: dict[str, Any], shanghai: PlanDraft) -> None:
    owner, counter = (companion["settings"][name]["value"] for name in ("owner_office", "counter_reviewer"))
    offices = {party.name for task in shanghai.tasks for party in task.parties}

    assert owner != counter
    assert {f"市局{owner}", f"市局{counter}"} <= offices


def test_points_are_decimal_strings_and_quote_their_rule(companion: dict[str, Any]) -> None:
    assert companion["settings"]["base_points"]["value"] == "20"
    assert companion["settings"]["points_per_miss"]["value"] == "1"
    assert "每项任务扣 1 分，扣完为止" in companion["rule_quote"]["text"]
    assert companion["rule_quote"]["doc_number"] == "沪松司发〔2021〕19号"
