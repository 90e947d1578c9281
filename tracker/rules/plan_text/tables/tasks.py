"""Make tasks of the rows of a table whose columns are known."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tracker.rules.plan_text.actors import propose_parties
from tracker.rules.plan_text.drafts import Certainty, Evidence, SectionDraft, TaskDraft
from tracker.rules.plan_text.rule_texts import WHY_PROPOSED, WHY_SEVERAL_NUMBERS
from tracker.rules.plan_text.tables.around import Setting
from tracker.rules.plan_text.tables.cells import leading_number
from tracker.rules.plan_text.tables.columns import only, texts_at
from tracker.rules.plan_text.tables.finding import Row
from tracker.rules.plan_text.tables.heads import UNIT_COLUMNS, Column
from tracker.rules.plan_text.tables.row_facts import deadline_of, evidence_of, parties_of
from tracker.rules.plan_text.tables.rows import Entry, entries_of
from tracker.rules.plan_text.targets import read_targets

LONGEST_TEXT = 4_000
"""Characters of a task searched for actors and quantities."""


def read_rows(setting: Setting, rows: Sequence[Row]) -> Iterator[SectionDraft]:
    """Give the tasks of a table, section by section."""
    tasks: list[TaskDraft] = []
    title = ""
    for place, entry in enumerate(entries_of(setting.fields, rows, setting.chapter), 1):
        if tasks and entry.section != title:
            yield _section(title, tasks)
            tasks = []
        title = entry.section
        tasks.append(_task(setting, entry, place))
    if tasks:
        yield _section(title, tasks)


def _section(title: str, tasks: Sequence[TaskDraft]) -> SectionDraft:
    number, rest = leading_number(title)
    return SectionDraft(number, title[rest:], tasks[0].line_from, tuple(tasks))


def _task(setting: Setting, entry: Entry, place: int) -> TaskDraft:
    parties, evidence = parties_of(setting, entry)
    deadline, due = deadline_of(setting, entry)
    text = evidence_of("table_row", setting.fields, entry.text_places, entry.row)
    if entry.several:
        text = replace(text, certainty=Certainty.DOUBTFUL, why=WHY_SEVERAL_NUMBERS)
    evidence |= {"text": text} | ({"deadline": due} if due else {})
    proposed = () if parties else propose_parties(entry.text[:LONGEST_TEXT])
    if proposed:
        evidence["proposed"] = Evidence("sentence_actor", Certainty.DOUBTFUL, text.spans, WHY_PROPOSED)
    units = texts_at(entry.row, only(setting.fields, *UNIT_COLUMNS, Column.MARKED))
    return TaskDraft(
        number=entry.number or str(place),
        section=entry.section,
        text=entry.text,
        parties=parties,
        deadline=deadline,
        line_from=entry.row.line_from,
        line_to=entry.row.line_to,
        parties_line=units[0].line if units else 0,
        deadline_line=due.spans[0].line_from if due and due.spans else 0,
        proposed=proposed,
        targets=read_targets(entry.text[:LONGEST_TEXT]),
        evidence=evidence,
    )
