"""Split the units named in one label line, keeping their grouping, order and spelling."""

import re
from collections.abc import Iterator

from tracker.rules.plan_text.drafts import PartyDraft, Role
from tracker.rules.plan_text.lines import fold, squash

BUREAU = re.compile(r"(?:[省市州区县]|地区|自治区)?(?:厅|局)(?:机关)?(?=[\u4e00-\u9fff])")
"""What a list writes once for the offices after it: 市局, 省厅, 局机关."""

OFFICE_ENDINGS = ("处", "科", "室", "股", "部", "办", "委", "队", "中心", "处室", "科室")
OUTSIDE = tuple("各省市州区县乡镇")
"""A name that begins like this stands on its own and borrows no prefix."""

GROUP_SIGNS = frozenset(",;")
INNER_SIGNS = frozenset("、/\u2028\n")

SHORTEST_NAME = 2
LONGEST_NAME = 40
"""Characters; what is longer is a sentence."""

UNIT_SIGNS = frozenset(
    "局委办厅部处科室股所站院校会府心队团社联行司署庭馆区市县镇乡道村园地位门关构业组班协台厂集所州旗盟属"
)
"""The characters in which names of units end."""

NOBODY = frozenset({"无", "/", "-", "--", "—", "——", "－", "\\", "暂无", "无配合单位", "空", "同上级", "N/A"})
"""What a document writes where there is no unit."""

_RANKED = "按照?|依据?|根据"
_DIVIDED = (
    rf"(?:(?:{_RANKED})(?:各自|部门|任务|工作|本)?(?:的)?(?:职责|职能|分工|权限|要求)(?:任务)?(?:分工|范围)?"
    r"|分工|分别|共同|具体|各自|联合)"
)
_TAIL = re.compile(
    rf"(?:(?:{_DIVIDED}){{0,3}}(?:负责(?:落实|组织实施|实施)?|抓好落实|组织实施|落实)|(?:{_DIVIDED}){{1,3}})$"
)
_AND_OTHERS = re.compile(
    r"等(?:(?:市|县|区|省|州)?(?:级|直)?(?:有关|相关|各)?(?:职能|成员|责任)?(?:部门|单位|科室|处室|股室|方面|机构)"
    r"(?:和单位|和部门|及单位)?)?$"
)
_JOINED = re.compile("(?<=[局委办厅处股所会府心队团社司署庭])(?:以及|和|及|与|并会同|会同)(?=[\u4e00-\u9fff]{2})")
_APART = re.compile("(?<=[局委办厅部处科室股所站院校会府心队团社司署庭馆区县镇乡)）])[ \u3000]+(?=[\u4e00-\u9fff]{2})")
_NO_NAME = re.compile(
    "(?<![银分支商人])行$|"
    "[,。;:!?《》“”]|[0-9](?:[年月日个次场%]|$)|^(?:委托|聘请|邀请|以上|以下|上述|下列|前述|所有|各项|未|除|凡)|均由|一律|任务|工作由"
)
_PERSON = re.compile(
    f"[（(](?:[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹章苏潘葛范彭鲁马方任袁柳史唐薛雷贺汤罗郝于傅康余卜顾孟黄萧尹姚"
    f"邵汪毛戴宋庞熊纪董梁杜阮蓝贾江郭梅林钟徐邱高夏蔡田胡凌霍万卢莫房丁邓洪崔龚程陆翁段侯全秋宁武符刘龙叶黎白赖乔谭劳申冉桑尚温阎曾沙关游]"
    f"[\u4e00-\u9fff]{{1,2}})(?<![{UNIT_SIGNS}])[)）]$"
)
"""A person's name in brackets behind a unit's: a surname and one or two characters more."""

_WHO_LEADS = (
    "[^()、]{0,16}(?:第一|首位|首个|首家|最前|前列)[^()、]{0,12}牵头[^()、]{0,8}"
    "|牵头[^()、]{0,12}(?:第一|首位|最前|前列)[^()、]{0,6}"
)
_REMARK = re.compile(
    r"[(](?:[^()]{0,20}(?:电话|手机|联系人|联系方式|传真|邮箱|[0-9]{7})[^()]{0,60}"
    r"|(?![^()]{0,40}(?:牵头|主办|配合|协办))(?:按照?|依据?|根据)[^()]{0,16}(?:分工|职责|职能|权限|行业|领域|区域|属地|管辖)[^()]{0,8}"
    rf"|{_WHO_LEADS})[)]"
)
"""A bracket behind a name that says how to reach it, how the work is divided or who leads."""

_CUT_OFF = re.compile(r"[(]([^(),]{0,4}),?\s*$")
"""A bracket that a label inside it cut short: （李四，电话：…）."""

_ITS_ROLE = re.compile(r"[(](牵头|牵头单位|牵头部门|主办|配合|配合单位|协办|责任单位)[)]$")
_ROLE_OF = {
    "牵": Role.LEAD,
    "主": Role.RESPONSIBLE,
    "责": Role.RESPONSIBLE,
    "配": Role.COOPERATING,
    "协": Role.COOPERATING,
}


def read_parties(text: str, role: Role) -> tuple[PartyDraft, ...]:
    """Read the units of one label: "，" divides groups, "、" divides the names of a group."""
    parties: list[PartyDraft] = []
    groups = (group for group in split(_without_tail(_without_remarks(text)), GROUP_SIGNS) if group)
    for index, group in enumerate(groups, 1):
        names = [name for name in _names(group) if name]
        for printed, name in zip(names, distribute(names), strict=True):
            parties.append(_party(name, printed, role, index, len(parties) + 1, group))
    return tuple(parties)


def _party(name: str, printed: str, role: Role, group: int, position: int, raw: str) -> PartyDraft:
    """Put a party together; a bracket behind its name may give it a role of its own (甲局（牵头）)."""
    own = _ITS_ROLE.search(fold(printed))
    if own:
        cut = len(own[0])
        return PartyDraft(name[:-cut], printed[:-cut], _ROLE_OF[own[1][0]], group, position, raw)
    return PartyDraft(name, printed, role, group, position, raw)


def _without_tail(text: str) -> str:
    """Leave out the sign that ends a list, and 按职责分工负责 behind it."""
    bare = text.strip().rstrip("。.;；,，、 ")
    return bare[: len(bare) - len(match[0])] if (match := _TAIL.search(fold(bare[-LONGEST_NAME:]))) else bare


def _without_remarks(text: str) -> str:
    """Leave out the brackets that are no part of a name, and one with a person's name that was cut short."""
    folded = fold(text)
    if "(" not in folded:
        return text
    kept, place = [], 0
    for match in _REMARK.finditer(folded):
        kept.append(text[place : match.start()])
        place = match.end()
    bare = "".join([*kept, text[place:]])
    cut = _CUT_OFF.search(fold(bare))
    return bare[: cut.start()] if cut and (not cut[1] or is_person(cut[1])) else bare


def _names(group: str) -> Iterator[str]:
    """Split a group into names: at 、 and /, at gaps between two whole names, at 和 behind a whole name."""
    if squash(group) in NOBODY:
        return
    for listed in split(group, INNER_SIGNS):
        for apart in _APART.split(listed):
            for name in _joined(apart):
                yield _clean(name)


def _joined(text: str) -> Iterator[str]:
    """Split two whole names that 和 joins, outside brackets."""
    folded, start = fold(text), 0
    for match in _JOINED.finditer(folded):
        if folded.count("(", 0, match.start()) == folded.count(")", 0, match.start()):
            yield text[start : match.start()]
            start = match.end()
    yield text[start:]


def _clean(name: str) -> str:
    """Leave out what is no part of a name: 由 before it, 等部门 behind it, gaps that a line break left."""
    bare = re.sub(r"(?<![0-9A-Za-z])\s+(?![0-9A-Za-z])", "", name).strip("。.;；:：,，“”\"' ")
    bare = re.sub("^(?:由|会同|请|并由|并)(?=[\u4e00-\u9fff]{2})", "", bare)
    bare = _AND_OTHERS.sub("", bare) or bare
    bare = _PERSON.sub("", bare) or bare
    if "牵头" in bare and re.fullmatch(_WHO_LEADS, fold(bare)):
        return ""
    return "" if squash(bare) in NOBODY or len(bare) > LONGEST_NAME * 2 else bare


def looks_like_unit(name: str) -> bool:
    """Tell whether a wording has the form of a unit's name: short, no sentence, ending as names of units do."""
    folded = re.sub(r"\([^()]*\)$", "", fold(name.strip()))
    bare = _AND_OTHERS.sub("", folded) or folded
    if not SHORTEST_NAME <= len(bare) <= LONGEST_NAME or _NO_NAME.search(bare):
        return False
    return bare[-1] in UNIT_SIGNS or bare.startswith(("各有关", "各相关"))


_OFFICE = re.compile(
    "[\u4e00-\u9fff]{1,14}(?:局|科|处|室|股|办|委|部|队|所|站|中心|公司|院|校|厅|镇|乡|街道|政府|支部|工会|妇联)(?:[(][^()]{1,20}[)])?"
)
_DOING = re.compile(
    "^(?:加强|强化|推进|推动|建设|建立|健全|完善|开展|打造|创建|提升|优化|深化|落实|实施|组织|抓好|做好|做强|支持|规范|全面|加快|整治|服务|关于|争创|各)"
)


def is_office(text: str) -> bool:
    """Tell whether a heading is the name of an office and nothing else."""
    bare = fold(text.strip())
    if len(bare) > LONGEST_NAME or not _OFFICE.fullmatch(bare):
        return False
    return not _DOING.search(bare) and looks_like_unit(text)


def is_person(text: str) -> bool:
    """Tell whether a wording is a person's name: a surname and one or two characters, 同志 perhaps behind it."""
    bare = fold(text.strip()).removesuffix("同志")
    return 1 < len(bare) < SHORTEST_NAME + 2 and _PERSON.search(f"({bare})") is not None


def looks_like_units(text: str) -> bool:
    """Tell whether a line is nothing but the rest of a list of units."""
    listed = [name for name in re.split("[、,;]", fold(text).rstrip("。;, ")) if name]
    if not listed or re.search("。.", text):
        return False
    if len(text) < SHORTEST_NAME:
        return text[-1] in UNIT_SIGNS
    return looks_like_unit(listed[-1]) and all(len(name) <= LONGEST_NAME for name in listed)


def distribute(names: list[str]) -> list[str]:
    """Give every office of a group the prefix that only the first one carries."""
    match = BUREAU.match(names[0]) if names else None
    if not match or not _is_office(names[0]):
        return names
    return [names[0], *(match[0] + name if _borrows(name) else name for name in names[1:])]


def split(text: str, signs: frozenset[str]) -> Iterator[str]:
    """Split at signs that stand outside brackets, so that 各县（市、区）局 stays one name."""
    depth = start = 0
    for place, sign in enumerate(fold(text)):
        if sign in "([":
            depth += 1
        elif sign in ")]":
            depth = max(0, depth - 1)
        elif depth == 0 and sign in signs:
            yield text[start:place].strip()
            start = place + 1
    yield text[start:].strip()


def prefix_of(name: str) -> str:
    """Give the bureau prefix of a name, empty where it has none."""
    match = BUREAU.match(name)
    return match[0] if match else ""


def _borrows(name: str) -> bool:
    return not name.startswith(OUTSIDE) and not BUREAU.match(name) and _is_office(name)


def _is_office(name: str) -> bool:
    return re.sub(r"\([^()]*\)$", "", fold(name)).endswith(OFFICE_ENDINGS)
