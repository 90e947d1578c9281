"""What is stored of a problem can be said again in another language."""

import pytest

from tests.house.source import ROOT
from tracker.i18n import catalogue
from tracker.rules.plan_text.checks.kinds import KINDS, said
from tracker.rules.plan_text.reader import read_plan
from tracker.rules.words import Words, in_language

PLANS = sorted((ROOT / "seeds" / "plans").glob("*.txt"))


@pytest.mark.parametrize("path", PLANS, ids=[path.stem for path in PLANS])
def test_every_message_of_a_document_is_found_again_by_its_kind(path: object) -> None:
    problems = read_plan(path.read_text(encoding="utf-8")).problems  # type: ignore[attr-defined]
    assert problems
    for problem in problems:
        message, handled = said(str(problem.message), problem.code), said(str(problem.handled), problem.code)
        assert isinstance(message, Words)
        assert (message, message.source) == (problem.message, KINDS[problem.code].message.source)
        assert isinstance(handled, Words)
        assert (handled, handled.source) == (problem.handled, KINDS[problem.code].handled.source)


def test_what_was_filled_in_stays_what_it_was() -> None:
    found = said("未自行删除；建议更正：把第12行改为空行，理由“重复第9行末尾”。", "orphan_line")
    assert isinstance(found, Words)
    assert found.values == {"line": ["12"], "before": ["9"]}
    until = "完成时间照原文；更长的期限（约至2023年2月）另行跟踪，不改变到期日。"
    assert (
        in_language(said(until, "long_term"), "en", catalogue("en"))
        .split("until about ")[1]
        .startswith("February 2023)")
    )


@pytest.mark.parametrize(
    ("stored", "code"), [("人写的话。", "orphan_line"), ("没有写明完成时间。", "of_an_older_version")]
)
def test_other_words_stay_as_they_are(stored: str, code: str) -> None:
    assert said(stored, code) == stored
    assert not isinstance(said(stored, code), Words)
