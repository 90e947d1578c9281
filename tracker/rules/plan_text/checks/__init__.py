"""Compare what was read with itself and with the source, and say what a person should know."""

from collections.abc import Callable, Iterator

from tracker.rules.plan_text.checks import deadlines, fragments, overlaps, parties, steps, tasks, text
from tracker.rules.plan_text.drafts import PlanDraft, Problem
from tracker.rules.plan_text.source import Source

Check = Callable[[Source, PlanDraft], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    text.invisible_characters,
    text.mixed_width,
    text.page_breaks,
    text.stray_labels,
    text.title_spelling,
    text.head_gaps,
    text.no_report_period,
    text.no_scoring,
    fragments.page_furniture,
    fragments.orphan_lines,
    fragments.foreign_words,
    fragments.unlike_brackets,
    fragments.summary_left_out,
    fragments.unknown_labels,
    tasks.numbering,
    tasks.points_left_out,
    tasks.continuing_duties,
    tasks.long_terms,
    parties.missing,
    parties.no_lead,
    parties.only_collective,
    parties.shared_prefixes,
    parties.repeated,
    parties.differing_order,
    overlaps.shared_wording,
    overlaps.name_variants,
    overlaps.group_with_lead,
    overlaps.crowded_months,
    deadlines.missing,
    deadlines.spaces,
    deadlines.before_issue,
    deadlines.short_notice,
    steps.ambiguous_dates,
    steps.outside_phase,
    steps.no_owner,
)


def find_problems(source: Source, draft: PlanDraft) -> tuple[Problem, ...]:
    """Run every check; problems come in the order of the source."""
    found = (problem for check in CHECKS for problem in check(source, draft))
    return tuple(sorted(found, key=lambda problem: (problem.line_from, problem.line_to)))
