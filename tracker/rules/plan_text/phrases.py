"""Read what stands without a label: （甲局牵头，乙局、丙局配合，6月底前完成）, （甲局、乙局按职责分工负责）."""

import re
from dataclasses import dataclass

from tracker.rules.calendar import DeadlineKind, read_deadline
from tracker.rules.plan_text.drafts import Role
from tracker.rules.plan_text.labels import Label
from tracker.rules.plan_text.lines import fold
from tracker.rules.plan_text.units import is_person, looks_like_unit, split

LONGEST_PHRASE = 400
LONGEST_DUE = 40
ANY_YEAR = 2000

_BY_DUTY = (
    r"(?:(?:按照?|依据?|根据)(?:各自|部门|任务|工作|本)?(?:的)?(?:职责|职能|分工|权限|要求)(?:任务)?(?:分工|范围)?"
    r"|分别|共同|具体|各自|分工|联合|密切|积极|负责|协同|总|主要){0,4}"
)
_VERBS = (
    (Role.LEAD, re.compile(rf"{_BY_DUTY}(?:牵头(?:负责|组织实施|组织|推进|落实|实施|抓总|办理|会同)?|统筹负责|抓总)$")),
    (
        Role.COOPERATING,
        re.compile(rf"{_BY_DUTY}(?:配合(?:落实|实施|做好|推进|抓好落实)?|协同|协助|参与|参加|协办|协作|支持)$"),
    ),
    (
        Role.RESPONSIBLE,
        re.compile(
            rf"{_BY_DUTY}(?:负责(?:落实|组织实施|实施|推进|办理)?|抓好落实|组织实施|落实|承办|主办|实施|承担|执行|办理|组织|实施推进)$"
        ),
    ),
    (Role.RESPONSIBLE, re.compile(r"(?:按照?|依据?|根据)(?:各自)?(?:职责|职能|分工)(?:分工)?$|分工$")),
)
_BEFORE = (
    (
        Role.LEAD,
        re.compile(r"^(?:由|请)?(?:牵头(?:单位|部门|处室|科室)?|总牵头)(?:为|是|[:：])?(?=[\u4e00-\u9fff]{2})"),
    ),
    (
        Role.COOPERATING,
        re.compile(r"^(?:配合|协办|协同|参与)(?:单位|部门|处室|科室)(?:为|是|[:：])?(?=[\u4e00-\u9fff]{2})"),
    ),
    (
        Role.RESPONSIBLE,
        re.compile(r"^(?:责任|承办|主办|落实)(?:单位|部门|处室|科室|主体)(?:为|是|[:：])?(?=[\u4e00-\u9fff]{2})"),
    ),
    (Role.COOPERATING, re.compile(r"^(?:会同|协同|联合)(?=[\u4e00-\u9fff]{2})")),
)
_OTHER_VERBS = re.compile(rf"{_BY_DUTY}(?:指导|监督|督导|督促|督办|协调|审核|验收|把关|考核|指导监督|监督指导)$")
"""What a unit does without a role of its own in the task."""

_TERM = re.compile(r"20[0-9]{2}\s?年?\s?[-—–―~至]{1,2}\s?20[0-9]{2}\s?年度?")
"""The years a plan is for, as they stand under its title; a deadline says more: 2022—2024年完成."""

_EVERY = re.compile("(?:各|全体)[\u4e00-\u9fff]{2,8}")
"""Those who are named by what they are: 各班主任."""

_JOINTLY = re.compile("(?:牵头)?(?:并)?(?:会同|商)")
_DUE = re.compile(
    r"^(?:(?:须|应|要|请|均|并)?(?:于|在|力争|确保|原则上|至|截至|到|争取|计划)){0,3}"
    r"(?:[0-9〇零一二三四五六七八九十]{1,4}\s?[年.月季/—–―~至-]|今年|明年|本年|当年|次年|年底|年内|年末|上半年|下半年|第[一二三四1-4]季"
    r"|持续|长期|常态|全年|每[年月季周半]|立即|立行|即时|即行|适时|按时|随时"
    r"|(?:自|从)?(?:印发|发布|实施|收到|接到)|[“\"]?十[三四五六]五|[0-9]{1,3}个?(?:工作日|月|天|日)|[“\"]?(?:国庆|五一|七一|八一|六一|十一|元旦|春节|中秋|[\u4e00-\u9fff]{0,4}(?:学期|汛期?|开学|暑[期假]|寒假)))"
)


@dataclass(frozen=True)
class Part:
    """A stretch of a phrase: units with the role its verb gives them, or a deadline."""

    label: Label
    start: int
    end: int
    stated: bool = True
    """False where no verb says the role: a list of units alone."""


def read_phrase(text: str) -> list[Part] | None:
    """Read a phrase made of nothing but units, role verbs and deadlines; None for any other text."""
    folded = fold(text)
    if not folded.strip() or len(folded) > LONGEST_PHRASE:
        return None
    parts: list[Part] = []
    waiting: list[tuple[int, int]] = []
    for start, end in _clauses(folded):
        piece = folded[start:end]
        if is_due(piece):
            parts.append(Part(Label.DEADLINE, start, end))
        elif found := _with_verb(piece):
            named = piece[found[1] : found[2]]
            if not waiting and not _names_units(named) and not is_person(named):
                return None
            if waiting or not is_person(named):
                parts += _joined(folded, found, start, waiting, alone=not parts)
            waiting = []
        elif _names_units(piece):
            waiting.append((start, end))
        elif not waiting and (other := _OTHER_VERBS.search(piece)) and _names_units(piece[: other.start()]):
            continue
        else:
            return None
    if waiting:
        parts.append(Part(Label.RESPONSIBLE, waiting[0][0], waiting[-1][1], False))
    return parts


def _joined(
    folded: str, found: tuple[Role, int, int], start: int, waiting: list[tuple[int, int]], *, alone: bool
) -> list[Part]:
    """Give the verb of a clause to the names that wait for one, too: 甲局，乙局负责; not in 甲局，乙局配合."""
    role, first, last = found
    apart = bool(first) or (role is Role.COOPERATING and alone)
    begin = waiting[0][0] if waiting and not apart else start + first
    before = [Part(Label.RESPONSIBLE, waiting[0][0], waiting[-1][1], False)] if waiting and apart else []
    return before + _together(folded, role, begin, start + last)


def _together(folded: str, role: Role, begin: int, end: int) -> list[Part]:
    """Read 甲局会同乙局办理: the first leads, those it joins with cooperate."""
    joint = _JOINTLY.search(folded, begin, end)
    if role is Role.COOPERATING or joint is None or not _names_units(folded[begin : joint.start()]):
        return [Part(Label(role.value), begin, end)]
    return [Part(Label.LEAD, begin, joint.start()), Part(Label.COOPERATING, joint.end(), end)]


def is_due(text: str) -> bool:
    """Tell whether a clause is nothing but a deadline."""
    bare = text.strip()
    if not bare or len(bare) > LONGEST_DUE or not _DUE.match(bare) or _TERM.fullmatch(bare):
        return False
    return read_deadline(bare, ANY_YEAR).kind is not DeadlineKind.NONE


def _clauses(folded: str) -> list[tuple[int, int]]:
    """Cut a phrase at commas, semicolons and full stops outside brackets."""
    clauses, place = [], 0
    for piece in split_keeping(folded):
        start = place + len(piece) - len(piece.lstrip())
        end = place + len(piece.rstrip())
        if end > start:
            clauses.append((start, end))
        place += len(piece) + 1
    return clauses


def split_keeping(folded: str) -> list[str]:
    """Cut at signs outside brackets, spaces kept, so that lengths add up."""
    pieces, depth, start = [], 0, 0
    for place, sign in enumerate(folded):
        if sign in "([":
            depth += 1
        elif sign in ")]":
            depth = max(0, depth - 1)
        elif depth == 0 and sign in ",;。\n":
            pieces.append(folded[start:place])
            start = place + 1
    return [*pieces, folded[start:]]


def _with_verb(piece: str) -> tuple[Role, int, int] | None:
    """Find the role verb behind (or the role word before) the names, and where the names begin and end."""
    for role, pattern in _VERBS:
        match = pattern.search(piece, max(0, len(piece) - 30))
        if match:
            last = match.start()
            before = re.match("由|请", piece)
            return role, before.end() if before else 0, last
    for role, pattern in _BEFORE:
        if match := pattern.match(piece):
            return role, match.end(), len(piece)
    return None


def _names_units(piece: str) -> bool:
    """Tell whether every name of a list has the form of a unit's name, one at least."""
    names = [name for name in split(re.sub("^(?:由|请)", "", piece), frozenset("、")) if name]
    told = [looks_like_unit(name) for name in names]
    return any(told) and all(one or _EVERY.fullmatch(name) for one, name in zip(told, names, strict=True))
