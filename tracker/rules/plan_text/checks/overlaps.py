"""Check the tasks against each other: one thing asked for twice, one unit with two names, one month with most."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, islice, product

from tracker.rules.plan_text.checks.kinds import Lines, problem, whole
from tracker.rules.plan_text.drafts import PlanDraft, Problem, Role, TaskDraft
from tracker.rules.plan_text.source import Source

QUOTED, PLAIN = 8, 18
"""Characters that two tasks must have in common: fewer where they quote a name, more in plain words."""

MOST_TASKS = 3
"""A wording that more tasks share is a phrase of the trade."""

MOST_SHOWN = 20
MOST_NAMES = 1_000
"""Names of units compared with each other; plans name some hundred."""

LONGEST_TEXT = 600
MANY = 20
"""So many tasks due in one month, and more than half of all, need a check before it."""

LONGEST_VARIANT = 4
"""Characters by which two spellings of one name may differ."""


def shared_wording(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report tasks that name the same thing (半马苏河…): references to each other, not repetitions to remove."""
    places: dict[str, list[int]] = defaultdict(list)
    texts = [task.text[:LONGEST_TEXT] for task in draft.tasks]
    for place, text in enumerate(texts):
        for shingle in {text[start : start + QUOTED] for start in range(len(text) - QUOTED + 1)}:
            if "\n" not in shingle:
                places[shingle].append(place)
    shared: dict[tuple[int, ...], set[str]] = defaultdict(set)
    for shingle, found in places.items():
        if 2 <= len(found) <= MOST_TASKS:
            for pair in combinations(found, 2):
                shared[pair].add(shingle)
    reported = 0
    for (first, second), shingles in sorted(shared.items()):
        if reported >= MOST_SHOWN:
            return
        phrase = _longest(texts[first], shingles)
        if len(phrase) >= PLAIN or _is_quoted(phrase):
            reported += 1
            one, other = draft.tasks[first], draft.tasks[second]
            yield problem("shared_wording", whole(one), phrase, (one.number, other.number))


def _longest(text: str, shingles: set[str]) -> str:
    """Put neighbouring shingles together again, and give the longest wording."""
    best = ""
    start = 0
    while start <= len(text) - QUOTED:
        end = start
        while text[end : end + QUOTED] in shingles and end <= len(text) - QUOTED:
            end += 1
        if end > start and end - start + QUOTED - 1 > len(best):
            best = text[start : end + QUOTED - 1]
        start = max(end, start + 1)
    return best.strip("，。；、 ")


def _is_quoted(phrase: str) -> bool:
    """Tell whether a wording holds a quoted name of four characters or more, from its first to its last sign."""
    opening, _, rest = phrase.partition("“")
    name, closing, _ = rest.partition("”")
    return len(opening) <= QUOTED and bool(closing) and len(name) >= 4


def name_variants(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report names that may be two spellings of one unit (普法与依法治理科, 普法治理科)."""
    tasks: dict[str, list[TaskDraft]] = defaultdict(list)
    for task in draft.tasks:
        for party in task.parties:
            tasks[party.name].append(task)
    names = list(tasks)[:MOST_NAMES]
    addressed = [name for name in draft.head.addressees if name not in tasks]
    pairs = _alike([*names, *addressed[:MOST_NAMES]])
    told = (pair for pair in pairs if any(name in tasks for name in pair) and _is_variant(*pair))
    for short, long in islice(told, MOST_SHOWN):
        found = sorted(tasks.get(short, []) + tasks.get(long, []), key=lambda task: task.line_from)
        lines = Lines(found[0].line_from, found[0].line_to)
        numbers = tuple(dict.fromkeys(task.number for task in found))
        yield problem("name_variant", lines, f"{short} / {long}", numbers[:MOST_SHOWN])


def _alike(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give the pairs, the shorter name first, that begin and end with the same characters, or end with all of one.

    Comparing every name with every other takes seconds where a damaged table holds thousands; names of one length, or
    of very different ones, are not compared.
    """
    groups: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    places = {name: place for place, name in enumerate(names) if name}
    for name, place in places.items():
        groups[name[0], name[-1], len(name)].append(place)
    found = {
        (min(pair), max(pair))
        for (first, last, length), group in groups.items()
        for more in range(1, LONGEST_VARIANT + 1)
        for pair in product(group, groups.get((first, last, length + more), ()))
    }
    for name, place in places.items():
        ends = (places.get(name[cut:]) for cut in range(1, LONGEST_VARIANT + 1) if cut < len(name))
        found |= {(min(place, end), max(place, end)) for end in ends if end is not None}
    for one, other in sorted(found):
        short, long = sorted((names[one], names[other]), key=len)
        yield short, long


def _is_variant(short: str, long: str) -> bool:
    """Tell whether the short name is the long one with a few characters left out, its first and last ones kept."""
    if not 0 < len(long) - len(short) <= LONGEST_VARIANT or len(short) < 3 or short[-1] != long[-1]:
        return False
    if short[0] != long[0]:
        return long.endswith(short) and not short.startswith("各")
    rest = iter(long)
    return all(sign in rest for sign in short) and (short[0] == "各" or short[-2:] == long[-2:])


def group_with_lead(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report a group (各科处室) that the lead itself belongs to."""
    for task in draft.tasks:
        leads = [party for party in task.of_role(Role.LEAD) if not party.collective]
        for group in (party for party in task.parties if party.collective and party.role is not Role.LEAD):
            inside = "、".join(lead.printed for lead in leads if lead.name[-1] in group.name[-3:])
            if inside:
                yield problem("group_contains_lead", whole(task), f"{group.printed}；{inside}", (task.number,))


def crowded_months(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report a month in which most of the tasks are due."""
    due = Counter(
        (task.deadline.due_on.year, task.deadline.due_on.month) for task in draft.tasks if task.deadline.due_on
    )
    for (year, month), count in due.items():
        if count >= MANY and 2 * count > len(draft.tasks):
            yield problem("crowded_month", _all(draft.tasks), f"{year}年{month}月：{count}项")


def _all(tasks: Sequence[TaskDraft]) -> Lines:
    return Lines(tasks[0].line_from, tasks[-1].line_to)
