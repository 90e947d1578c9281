"""Read who does what inside one cell: "甲股牵头，各所配合", "牵头：甲局；配合：乙局", "甲局（牵头）、乙局"."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from tracker.rules.plan_text.drafts import PartyDraft, Role
from tracker.rules.plan_text.lines import fold
from tracker.rules.plan_text.tables.cells import BREAK, LONGEST_NAME, is_dated, is_nothing, is_unit
from tracker.rules.plan_text.units import read_parties, split

LONGEST_CELL = 2000
"""Characters; a cell of units is never longer, the rest is left out."""

_LEAD = r"牵头"
_COOPERATING = r"配合|协办|协助|协同|协作|参与|参加|支持"
_RESPONSIBLE = r"责任|主责|主办|负责|承办|落实|组织实施|实施|执行|办理"
_ROLES = (
    (Role.LEAD, re.compile(_LEAD)),
    (Role.COOPERATING, re.compile(_COOPERATING)),
    (Role.RESPONSIBLE, re.compile(_RESPONSIBLE)),
)
_WORDS = f"(?:{_LEAD}|{_COOPERATING}|{_RESPONSIBLE})"

_LABEL = re.compile(rf"(?:^|(?<=[\s,;、。)]))({_WORDS}{{1,2}}(?:部门|单位|处室|科室|股室|机构|主体|局|科|处)?)\s?:")
_BEFORE = re.compile(rf"(?:市直|县直|区直)?({_WORDS}{{1,2}}(?:部门|单位|处室|科室|股室|机构|主体))(?=\s)")
_SUFFIX = re.compile(
    rf"^(?:由|请)?(.{{2,}}?)(?:等(?:有关|相关)?(?:部门|单位)?)?"
    rf"(?:按照?(?:各自)?(?:职责|职能|任务)?(?:分工|权限)?|共同|联合|分别|具体|积极|主动|做好)*({_WORDS}{{1,2}})(?:工作|完成|单位)?$"
)
_IN_BRACKETS = re.compile(rf"\(\s?({_WORDS})(?:单位|部门|处室|科室)?\s?\)")
_WITH = re.compile(r"(?<=.)(?:会同|商同|联合(?![会社体])|会商)(?=.)")
_ETC = re.compile(r"等(?:有关|相关|责任|各)?(?:部门|单位|处室|科室|股室)?$")
_SIGNS = "★☆▲△●◎○※*◆◇■□√✓"
_PERSON_BRACKET = re.compile(r"\([^()]{2,12}\)")


@dataclass(frozen=True)
class Share:
    """Names of one part, as one list."""

    role: Role
    names: str
    stated: bool
    """Whether the cell itself says the part."""


def read_shares(
    text: str, role: Role, with_persons: bool = False, signs: Mapping[str, Role] | None = None
) -> tuple[PartyDraft, ...]:
    """Read the units of a cell; role holds for those whose part neither the cell says nor a sign beside the name."""
    if is_nothing(text):
        return ()
    parties = _read_shares(text[:LONGEST_CELL], role, with_persons)
    if not any(sign in text for sign in _SIGNS):
        return parties
    return _once(list(_signed(parties, signs or {})))


@lru_cache(maxsize=4096)
def _read_shares(text: str, role: Role, with_persons: bool) -> tuple[PartyDraft, ...]:
    parties: list[PartyDraft] = []
    for share in _shares(text, role):
        names = _list(share.names, with_persons)
        if names:
            groups = parties[-1].group_index if parties else 0
            parties += (
                replace(party, group_index=groups + party.group_index) for party in read_parties(names, share.role)
            )
    return _once(parties)


def _signed(parties: tuple[PartyDraft, ...], signs: Mapping[str, Role]) -> Iterator[PartyDraft]:
    """Take the signs off the names, with the part that the document says they stand for."""
    for party in parties:
        bare = party.printed.strip(_SIGNS)
        sign = next((sign for sign in party.printed if sign in _SIGNS), "")
        if bare and sign:
            yield replace(party, name=party.name.strip(_SIGNS), printed=bare, role=signs.get(sign, party.role))
        else:
            yield party


def states_parts(text: str) -> bool:
    """Tell whether a cell says itself who leads and who helps."""
    return _states_parts(text[:LONGEST_CELL])


@lru_cache(maxsize=4096)
def _states_parts(text: str) -> bool:
    return any(share.stated for share in _shares(text, Role.RESPONSIBLE))


def _shares(text: str, role: Role) -> Iterator[Share]:
    """Divide a cell at its labels; what stands before the first one has the column's role."""
    folded = fold(text.replace(BREAK, "\n"))
    marks = list(_LABEL.finditer(folded)) or list(_BEFORE.finditer(folded))
    start, current, stated = 0, role, False
    for mark in marks:
        yield from _clauses(text[start : mark.start()], current, stated)
        start, current, stated = mark.end(), _role_of(mark[1]), True
    yield from _clauses(text[start:], current, stated)


def _clauses(text: str, role: Role, stated: bool) -> Iterator[Share]:
    """Divide at "，" and "；" where a clause ends with its part: "甲局牵头，乙局、丙局配合"."""
    clauses = [clause for clause in split(text.replace(BREAK, "\n"), frozenset(",;。\n")) if clause]
    if not any(_SUFFIX.match(fold(clause)) for clause in clauses):
        yield from _bracketed(text, role, stated)
        return
    waiting: list[str] = []
    seen = False
    for clause in clauses:
        match = _SUFFIX.match(fold(clause))
        if not match:
            waiting.append(clause)
            continue
        own = clause[match.start(1) : match.end(1)]
        if waiting and not seen:
            yield from _bracketed("，".join(waiting), role, stated)
        elif waiting:
            own = "，".join([*waiting, own])
        waiting, seen = [], True
        yield from _bracketed(own, _role_of(match[2]), True)
    if waiting:
        yield from _bracketed("，".join(waiting), role, stated)


def _bracketed(text: str, role: Role, stated: bool) -> Iterator[Share]:
    """Give a name its own part where a bracket behind it says it: "甲局（牵头）、乙局"."""
    folded = fold(text)
    start = 0
    for mark in _IN_BRACKETS.finditer(folded):
        before = text[start : mark.start()]
        *others, own = list(split(before, frozenset(",;、\n\u2028"))) or [""]
        cut = before.rfind(own) if own else len(before)
        if others and before[:cut].strip():
            yield Share(role, before[:cut], stated)
        yield Share(_role_of(mark[1]), own, True)
        start = mark.end()
    yield from _joint(text[start:], role, stated)


def _joint(text: str, role: Role, stated: bool) -> Iterator[Share]:
    """Read "甲局会同乙局": the first one leads, the second one helps."""
    first, *others = _WITH.split(text)
    if not others or role is Role.COOPERATING:
        yield Share(role, "、".join([first, *others]), stated)
        return
    yield Share(Role.LEAD, first, True)
    for other in others:
        yield Share(Role.COOPERATING, other, True)


def _role_of(words: str) -> Role:
    return next((role for role, pattern in _ROLES if pattern.search(words)), Role.RESPONSIBLE)


def _list(names: str, with_persons: bool) -> str:
    """Write a list with "、" for soft divisions (space, line break, "/"), "，" kept for groups, persons left out."""
    groups = split(names.replace(BREAK, "\n"), frozenset(",;。"))
    written = ("、".join(_names(group, with_persons)) for group in groups)
    return "，".join(group for group in written if group)


def _names(group: str, with_persons: bool) -> list[str]:
    names: list[str] = []
    for entry in split(group, frozenset("、")):
        for name in _soft(entry):
            kept = _kept(name, with_persons)
            if kept and not is_nothing(kept) and not is_dated(kept):
                names.append(kept)
    return names


def _soft(entry: str) -> list[str]:
    """Divide at spaces, line breaks and slashes where whole units stand on both sides; otherwise a name was cut."""
    pieces = [piece for piece in re.split(r"[\s/／|]+|(?<=\))(?=[\u4e00-\u9fff]{2})", entry) if piece]
    names: list[str] = []
    for piece in pieces:
        if names and not (is_unit(names[-1]) and len(piece) > 1):
            names[-1] += piece
        else:
            names.append(piece)
    return names


def _kept(name: str, with_persons: bool) -> str:
    """Clear a name of its number, of "等部门", and of persons where the column has them."""
    name = re.sub(r"^[0-9]{1,2}[.、)）．]|^[①-⑳]|^由|[。.；;：:]+$", "", name.strip())
    name = _ETC.sub("", name) if len(name) > 3 else name
    if with_persons:
        name = _without_persons(name)
    return name if len(name) <= 2 * LONGEST_NAME else ""


def _without_persons(name: str) -> str:
    """Drop a person's name in brackets, or alone."""
    folded = fold(name)
    for match in reversed(list(_PERSON_BRACKET.finditer(folded))):
        if not is_unit(match[0][1:-1]):
            name = name[: match.start()] + name[match.end() :]
    return name if is_unit(name) or len(name) > 4 else ""


def _once(parties: list[PartyDraft]) -> tuple[PartyDraft, ...]:
    """Keep the first of a unit that a cell names twice in one part."""
    seen: set[tuple[str, Role]] = set()
    kept: list[PartyDraft] = []
    for party in parties:
        if (party.name, party.role) not in seen:
            seen.add((party.name, party.role))
            kept.append(replace(party, position=len(kept) + 1))
    return tuple(kept)
