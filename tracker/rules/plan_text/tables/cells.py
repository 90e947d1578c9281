"""Tell what a cell holds by its contents: a number, a day, units, a tick, nothing."""

import re
from functools import lru_cache

from tracker.rules.calendar import DeadlineKind, DeadlineSpec, read_deadline
from tracker.rules.plan_text.lines import fold, squash
from tracker.rules.plan_text.several import names_several
from tracker.rules.plan_text.units import split

ANY_YEAR = 2000
LONGEST_DEADLINE = 40
LONGEST_UNITS = 300
LONGEST_NAME = 30
LONGEST_PERSON = 3
"""Characters; beside units a shorter word may be a person's name."""

BREAK = "\u2028"
"""What stands for a line break inside a cell."""

NOTHING = frozenset({"", "/", "\\", "-", "--", "---", "—", "——", "———", "–", "―", "无", "暂无", "空", "*", "·", "、"})
DITTO = frozenset({"〃", "″", '"', "”", "“", "同上", "同前", "同左"})
TICKS = frozenset("√✓✔☑●○◎■□★☆▲△◆◇")

NUMERAL = "一二三四五六七八九十百"
_NUMBER = re.compile(
    rf"第?[(\[]?(?:[0-9]{{1,3}}|[{NUMERAL}]{{1,4}})[)\]]?[.、项号条)]?|[①-⑳]|[0-9]{{1,2}}(?:[.\-][0-9]{{1,2}}){{1,2}}\.?"
    r"|(?![Qq][1-4]$)[A-Za-z]{1,6}[-_]?[0-9]{1,8}(?:[-_.][0-9]{1,6}){0,2}"
)
_LEADING = re.compile(
    rf"(?:第[{NUMERAL}0-9]{{1,4}}[项条]|[(\[](?:[0-9]{{1,3}}|[{NUMERAL}]{{1,4}})[)\]][.、]?|[{NUMERAL}]{{1,4}}、|"
    r"[0-9]{1,2}(?:\.[0-9]{1,2}){1,2}(?![0-9.])\s|[0-9]{1,3}(?:[.、)](?![0-9])|\s+(?=[\u4e00-\u9fff]))|[①-⑳][.、]?)\s{0,4}"
)
_DATED = re.compile(
    r"[0-9]+|[年月日号份季度旬周天]|[-—–―~～〜至到/.、,;:()\[\]]|第?[一二三四上中下半Qq]+|[初底末前内起止后]|"
    r"完成|之前|以前|以内|结束|启动|开始|持续|长期|常态化?|推进|坚持|实施|开展|全年|每|工作|个|左右|按|计划|要求|贯穿|全程|"
    r"适时|立行立改|立即|即时|随时|根据|进度|安排|时限|动态|不断|深化|整改|到位|达标|建成|基本|力争|并|明|今|本|当|次"
)
_OPEN = re.compile(r"持续|长期|常态|全年|每年|每月|每季|每周|贯穿|全程|适时|立行立改|立即|即时|随时|动态|按进度")
_MARK = re.compile("[牵主责配协参](?:头|办|责|任|合|与|同|助)?(?:单位|部门)?")
_KEPT_UP = re.compile(r"^[^0-9]*(?:持续|长期|常态|全年|贯穿|全程|每)[^0-9]*$")
_UNIT = re.compile(
    r"(?:局|厅|部|委|办|处|科|室|股|所|队|中心|站|院|会|社|团|公司|集团|政府|街道|乡|镇|县|区|市|府|厂|校|园|馆|行|单位|部门"
    r"|机构|组|专班|工会|联|大学|学校|企业|机关|组织|党校|总队|支队|大队|法院|检察院|银行|班子|村|居"
    r"|成员|铁塔|电信|移动|联通|电力|供电|烟草|邮政|税务|海关|消防|气象|公安|司法|民政|财政|工信|住建|发改|教育|人社|卫健|文旅"
    r"|应急|商务|统计|审计|网信办|编办|各地|等)$"
)
_NO_UNIT = re.compile(
    r"[。！？：:!?%]|干部$|全部$|内部$|外部$|[之好到此]处$|[场厕]所$|社会$|机会$|大会$|[召开]会$|议会$|城乡$|举办$|承办$|协办$|网站$|"
    r"[0-9](?:个|家|所|处|场|次)|工作$|完成|开展|推进|建立|健全|提升|不少于|以上|情况"
)
_ROLE_WORD = re.compile(
    r"牵头|主办|主责|负责|承办|落实|组织实施|配合|协办|协助|协同|参与|参加|会同|共同|分别|按职责分工|按照职责分工|具体"
)
_PHONE = re.compile(r"1[3-9][0-9]{9}|(?:0[0-9]{2,3}-?)?[0-9]{7,8}")


def is_nothing(text: str) -> bool:
    """Tell whether a cell says that there is nothing: empty, "/", "—", "无"."""
    return len(text) < 5 and squash(text) in NOTHING


def is_number(text: str) -> bool:
    """Tell whether a cell is nothing but the number of its row."""
    return len(text) < 20 and bool(_NUMBER.fullmatch(squash(text)))


def leading_number(text: str) -> tuple[str, int]:
    """Give the number a text begins with, and where the text behind it begins: "3.推行…" is "3" and 2."""
    match = _LEADING.match(fold(text[:40]))
    if not match or match.end() >= len(text):
        return "", 0
    return bare_number(match[0]), match.end()


def bare_number(text: str) -> str:
    """Write the number of a row without its signs: "（3）" is "3", "第二项" is "二"."""
    return re.sub(r"^第|[\s()\[\]、.项条号]+$|[()\[\]]", "", squash(text))


def count_of(number: str) -> int:
    """Give the value of a number as a row prints it, 0 for one that has none: 12, 十二 and ⑫ are 12."""
    if len(number) == 1 and "①" <= number <= "⑳":
        return ord(number) - ord("①") + 1
    if number.isdecimal():
        return int(number)
    tens, ten, ones = number.rpartition("十")
    digits = [NUMERAL.find(sign) + 1 for sign in tens + ones]
    if len(tens) > 1 or len(ones) > 1 or (not ten and len(number) != 1):
        return 0
    return (digits[0] if tens else 1) * 10 + (digits[-1] if ones else 0) if ten else digits[-1]


def is_tick(text: str) -> bool:
    """Tell whether a cell is only marked."""
    return 0 < len(text) < 4 and all(sign in TICKS for sign in text)


@lru_cache(maxsize=4096)
def is_dated(text: str) -> bool:
    """Tell whether a cell is a deadline and little else."""
    if not text or len(text) > LONGEST_DEADLINE:
        return False
    squashed = squash(text)
    if _DAY_ONLY.fullmatch(squashed):
        return True
    known = read_deadline(text, ANY_YEAR).kind is not DeadlineKind.NONE or bool(_OPEN.search(squashed))
    return known and len(_DATED.sub("", squashed)) <= 2 + len(squashed) // 6


_DAY_ONLY = re.compile(r"20[0-9]{2}|20[0-9]{6}|20[0-9]{2}[./-][0-9]{1,2}(?:[./-][0-9]{1,2})?|[0-9]{1,2}[./][0-9]{1,2}")


def is_unit(name: str) -> bool:
    """Tell whether a name may be that of a unit, by its ending."""
    bare = re.sub(r"\([^()]*\)", "", fold(name)).strip()
    return 1 < len(bare) <= LONGEST_NAME and bool(_UNIT.search(bare)) and not _NO_UNIT.search(bare)


@lru_cache(maxsize=4096)
def unit_share(text: str) -> float:
    """Give the share of a cell's words that are units; 0 for running text."""
    if not text or len(text) > LONGEST_UNITS:
        return 0.0
    names = names_in(text)
    units = sum(map(is_unit, names))
    persons = sum(len(name) <= LONGEST_PERSON and not is_unit(name) for name in names)
    return units / max(1, len(names) - persons) if units else 0.0


def names_in(text: str) -> list[str]:
    """Cut a cell of units into its words, without those that give them their part."""
    spaced = re.sub(r"[:\s/]+", "、", fold(text))
    pieces = split(spaced, frozenset("、,;。"))
    return [
        name
        for piece in pieces
        if (name := _ROLE_WORD.sub("", piece).strip("由和与及、 ")) and not _LABEL.fullmatch(name)
    ]


_LABEL = re.compile(r"(?:责任|承办|主办|实施)?(?:单位|部门|处室|科室)?")


def is_mark(text: str) -> bool:
    """Tell whether a cell says no more than that, or how, someone takes part."""
    return is_tick(text) or bool(_MARK.fullmatch(squash(text[:10])))


def is_phone(text: str) -> bool:
    """Recognise a telephone number."""
    return len(text) < 30 and bool(_PHONE.fullmatch(squash(text)))


def is_amount(text: str) -> bool:
    """Recognise a quantity, as in a table of statistics."""
    return len(text) < 20 and bool(
        re.fullmatch(r"[-+]?[0-9][0-9,.]*(?:%|‰|万元?|亿元?|[个件人次元户吨分]?)", squash(text))
    )


@lru_cache(maxsize=4096)
def read_due(text: str, year: int | None, head: str = "") -> tuple[DeadlineSpec, bool]:
    """Read a deadline cell, and tell whether it names several days, of which the last counts.

    head is the column's head, which may say that bare numbers are months.
    """
    pieces = [piece for piece in re.split(rf"[,;。、{BREAK}]", fold(text[: 10 * LONGEST_DEADLINE])) if piece.strip()]
    whole = _read_due(text, year, "月" in head)
    if len(pieces) < 2 or whole.kind in (DeadlineKind.RANGE, DeadlineKind.ONGOING):
        return whole, names_several(text)
    dated = []
    for piece in pieces:
        spec = _read_due(piece, year, False)
        if spec.due_on:
            year = spec.due_on.year
            dated.append((spec.due_on, spec))
    if len({day for day, _ in dated}) < 2:
        return whole, names_several(text)
    _, last = max(dated, key=lambda entry: entry[0])
    return DeadlineSpec(last.kind, last.value, text.strip()), True


def _read_due(text: str, year: int | None, months: bool) -> DeadlineSpec:
    written = squash(text[: 4 * LONGEST_DEADLINE])
    if year:
        written = re.sub(r"^(?:明|次|翌|下一?)年度?", f"{year + 1}年", written)
        written = re.sub(r"^(?:今|本|当)年度?(?=[0-9一二三四上下底末])", f"{year}年", written)
    written = re.sub(r"^([0-9]{4})([01][0-9])([0-3][0-9])$", r"\1年\2月\3日", written)
    written = re.sub(r"^(20[0-9]{2})(?:年度?)?$", r"\1年底", written)
    if not months:
        written = re.sub(r"^([01]?[0-9])[./]([0-3]?[0-9])(?:日?前)?$", r"\1月\2日", written)
    elif re.fullmatch(r"[0-9]{1,2}(?:[-—–~～至][0-9]{1,2})?", written):
        written += "月"
    spec = read_deadline(written, year)
    if spec.kind in (DeadlineKind.NONE, DeadlineKind.RELATIVE) and _KEPT_UP.search(written):
        return DeadlineSpec(DeadlineKind.ONGOING, None, text.strip())
    return DeadlineSpec(spec.kind, spec.value, text.strip())
