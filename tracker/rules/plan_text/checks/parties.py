"""Check the units of the tasks: who is missing, who shares a prefix, whose order differs."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, groupby

from tracker.rules.plan_text.checks.kinds import Lines, parties_line, problem, whole
from tracker.rules.plan_text.drafts import PartyDraft, PlanDraft, Problem, Role, TaskDraft
from tracker.rules.plan_text.source import Source

LARGEST_GROUP = 40
"""Pairs of a group larger than this are not compared; no real list is that long."""

Order = tuple[str, str]


def missing(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report tasks that nobody is named for."""
    nameless = [task for task in draft.tasks if not task.parties]
    if len(nameless) == len(draft.tasks):
        lines = Lines(nameless[0].line_from, nameless[-1].line_to)
        yield problem("no_parties", lines, f"全部{len(nameless)}项", tuple(task.number for task in nameless))
        return
    for task in nameless:
        yield problem("no_parties", whole(task), tasks=(task.number,))


def no_lead(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report a plan that names units but marks no lead."""
    named = [task for task in draft.tasks if task.parties]
    if named and not any(task.of_role(Role.LEAD) for task in named):
        yield problem("no_lead", Lines(named[0].line_from, named[-1].line_to), f"共{len(named)}项")


def only_collective(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report tasks for which no single office answers, only groups (各…)."""
    for task in draft.tasks:
        if task.parties and all(party.collective for party in task.parties):
            listed = "、".join(party.printed for party in task.parties)
            yield problem("no_office", parties_line(task), listed, (task.number,))


def shared_prefixes(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report prefixes that the document writes once for a whole group."""
    for task in draft.tasks:
        for group in _groups(task):
            names = "、".join(party.name for party in group if party.distributed)
            if names:
                yield problem("shared_prefix", parties_line(task), group[0].raw, (task.number,), names=names)


def repeated(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report a unit that one task names twice."""
    for task in draft.tasks:
        times = Counter(party.name for party in task.parties)
        twice = "、".join(name for name, count in times.items() if count > 1)
        if twice:
            yield problem("repeated_party", parties_line(task), twice, (task.number,))


def differing_order(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report two offices that stand in one order here and in the other order there."""
    orders = _orders(draft.tasks)
    for (first, second), tasks in orders.items():
        reverse = orders.get((second, first), [])
        if not reverse or reverse[0].line_from < tasks[0].line_from:
            continue
        affected = sorted(tasks + reverse, key=lambda task: task.line_from)
        lines = Lines(parties_line(affected[0]).first, parties_line(affected[-1]).last)
        found = f"{first}、{second}（第{_numbers(tasks)}项）；{second}、{first}（第{_numbers(reverse)}项）"
        yield problem("order_differs", lines, found, tuple(task.number for task in affected))


def _orders(tasks: Sequence[TaskDraft]) -> dict[Order, list[TaskDraft]]:
    """Collect, for each two offices of one group, the tasks that name them in that order."""
    orders: dict[Order, list[TaskDraft]] = defaultdict(list)
    for task in tasks:
        for group in _groups(task):
            names = dict.fromkeys(party.name for party in group[:LARGEST_GROUP])
            for pair in combinations(names, 2):
                orders[pair].append(task)
    return orders


def _groups(task: TaskDraft) -> Iterator[list[PartyDraft]]:
    for _, group in groupby(task.parties, key=lambda party: (party.role, party.group_index)):
        yield list(group)


def _numbers(tasks: Sequence[TaskDraft]) -> str:
    return "、".join(task.number for task in tasks)
