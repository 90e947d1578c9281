"""Propose who acts from the sentences of a task that no label gives to anybody."""

import re

from tracker.rules.plan_text.drafts import PartyDraft, Role
from tracker.rules.plan_text.lines import fold
from tracker.rules.plan_text.units import looks_like_unit, split

MOST = 8
LONGEST_TEXT = 4000
LONGEST_ACTOR = 20

_NO_ACTOR = re.compile(
    "^(?:由|请|与|对|在|向|从|将|使|让|新|如|以|为|按|经|推动|加强|完善|依托|发挥|贯彻|强化|建立|支持|鼓励|组织|协助|履行|确保|充分|全面|深入|进一步|严格|积极|认真|持续|大力|不断|切实)|[的把被]"
)
"""What begins a clause that is not about who acts."""

_VERBS = (
    "要|应当|应|须|必须|负责|牵头|组织|制定|制订|指导|协调|统筹|积极|科学|定期|每年|每季度|每月|会同|配合|及时|结合|坚持|加强|建立|健全"
    "|开展|推进|推动|落实|完善|做好|对|按照?|根据|主动|依法|切实|进一步|着力|全面|认真|严格|主要领导|分管|各|可|承担|抓好|强化|深入|明确|成立"
)
_STATED = re.compile(
    r"由([^,。;由]{2,40}?)(牵头|负责|承办|组织|统筹|会同|制定|实施|落实|具体|主办)"
    r"|(?:^|[,。;])([^,。;]{2,40}?)(牵头|负责)(?!人|同志|领导)"
)
_SUBJECT = re.compile(rf"(?:^|[,。;\n])([^,。;\n]{{2,40}}?)(?:相关业务处室|主要负责同志)?(?={_VERBS})")


def propose_parties(text: str) -> tuple[PartyDraft, ...]:
    """Give the units that sentences name as acting: 由甲局牵头, 甲局负责…, 甲局要…."""
    folded = fold(text[:LONGEST_TEXT])
    names: dict[str, Role] = {}
    for match in _STATED.finditer(folded):
        role = Role.LEAD if (match[2] or match[4]) == "牵头" else Role.RESPONSIBLE
        group = 1 if match[1] else 3
        _take(names, text[match.start(group) : match.end(group)], role)
    for match in _SUBJECT.finditer(folded):
        _take(names, text[match.start(1) : match.end(1)], Role.RESPONSIBLE)
    return tuple(
        PartyDraft(name, name, role, 1, place, name) for place, (name, role) in enumerate(list(names.items())[:MOST], 1)
    )


def _take(names: dict[str, Role], listed: str, role: Role) -> None:
    """Keep a list of units when every name of it has the form of one."""
    parts = [part.strip() for part in split(listed, frozenset("、")) if part.strip()]
    if parts and all(_is_actor(part) for part in parts):
        for part in parts:
            names.setdefault(part, role)


def _is_actor(name: str) -> bool:
    """Tell whether a subject is a unit: it ends as one, and no verb stands inside."""
    if len(name) > LONGEST_ACTOR or _NO_ACTOR.search(fold(name)):
        return False
    return name.endswith(("单位", "企业")) or (looks_like_unit(name) and name[-1] not in "业属位地")
