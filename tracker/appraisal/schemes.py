"""Finds the appraisal schemes that the installation has: those that came with it, and those that were added to it.

An added scheme lies in the data folder as schemes/NAME, with its text, its companion file and the sums of both. It is
written whole, never replaced, and never counted by once a file of it differs from its sum.
"""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from tracker.audit import operations as audit
from tracker.resources import resource
from tracker.rules.appraisal.document import message
from tracker.rules.appraisal.problems import SchemeProblem, find_problems, other_figures, strange_owners
from tracker.rules.appraisal.reading import SchemeUnreadable, read_scheme
from tracker.rules.appraisal.scheme import Scheme
from tracker.rules.appraisal.terms import SchemeTerms, named_compiler, read_terms, strays
from tracker.rules.permissions import Actor
from tracker.rules.words import say

FOLDER = "schemes"
TEXT, COMPANION, SUMS = "scheme.txt", "companion.json", "SHA256SUMS"
NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
MOST_BYTES = 1 << 20
LONGEST_TITLE, LONGEST_UNIT = 120, 60
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")

_data_dir: Path | None = None


class UnknownScheme(LookupError):
    """No scheme has this name; the message lists those there are."""


class SchemeAltered(UnknownScheme):
    """The files of an added scheme are not those that were added, or cannot be read; the message, without its full
    stop, says which."""


class SchemeRefused(ValueError):
    """A text that is no scheme to count by, or a name that cannot be given; the message says what to do."""


@dataclass(frozen=True)
class KnownScheme:
    """A scheme with its text, what its companion file says beside it, and what is odd about the text."""

    name: str
    text: str
    scheme: Scheme
    terms: SchemeTerms
    problems: tuple[SchemeProblem, ...]

    @property
    def sha256(self) -> str:
        """Return the sum of the text: two schemes of one name are told apart by it."""
        return sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class NewScheme:
    """A scheme that was read and can be kept, with the bytes of its two files."""

    known: KnownScheme
    text: bytes
    companion: bytes


def configure(data_dir: Path) -> None:
    """Set the folder in which added schemes are kept."""
    global _data_dir
    _data_dir = data_dir


# ---- those there are


def scheme_names() -> list[str]:
    """Return the names of all schemes."""
    return sorted({*_shipped_names(), *_added_names()})


def known_scheme(name: str) -> KnownScheme:
    """Return a scheme by its name; raise UnknownScheme, SchemeAltered where an added one is not as it was added.

    What came with the code is read once. Added files are read each time, and parsed once for the same bytes: what
    another process adds is there at once.
    """
    if name in _shipped_names():
        return _shipped_scheme(name)
    if name not in _added_names():
        raise UnknownScheme(say("没有名为 {name} 的考评方案。可用的有：{names}。", name=name, names=scheme_names()))
    folder = f"{FOLDER}/{name}"
    try:
        files = list(_intact(_place(name)))
    except (OSError, ValueError) as error:
        altered = say(
            "考评方案 {name} 的文件（数据目录里的 {folder}）缺失，或与存入时不同，不能用它计分",
            name=name,
            folder=folder,
        )
        raise SchemeAltered(altered) from error
    try:
        return _parsed(name, *files)
    except ValueError as error:
        unread = say(
            "考评方案 {name} 的文件（数据目录里的 {folder}）现在的程序读不出来，不能用它计分", name=name, folder=folder
        )
        raise SchemeAltered(unread) from error


def sound_schemes() -> list[KnownScheme]:
    """Return every scheme whose files are as they should be."""
    found = []
    for name in scheme_names():
        try:
            found.append(known_scheme(name))
        except SchemeAltered:
            continue
    return found


def altered_schemes() -> list[str]:
    """Say of every added scheme that cannot be counted by, why; without a full stop."""
    found = []
    for name in scheme_names():
        try:
            known_scheme(name)
        except SchemeAltered as altered:
            found.append(str(altered))
    return found


def _shipped() -> Path:
    return resource("seeds") / "appraisal"


@cache
def _shipped_names() -> frozenset[str]:
    return frozenset(path.stem for path in _shipped().glob("*.json"))


@cache
def _shipped_scheme(name: str) -> KnownScheme:
    return _parsed(name, *((_shipped() / f"{name}{kind}").read_bytes() for kind in (".txt", ".json")))


def _added_names() -> set[str]:
    if _data_dir is None:
        return set()
    return {path.name for path in (_data_dir / FOLDER).glob("*") if NAME.fullmatch(path.name)}


def _place(name: str) -> Path:
    if _data_dir is None:
        raise SchemeRefused("没有数据目录，不能存入考评方案。")
    return _data_dir / FOLDER / name


def _intact(place: Path) -> Iterator[bytes]:
    """Yield the text and the companion file of an added scheme; raise ValueError where one is not as it was added."""
    sums = (place / SUMS).read_text(encoding="ascii")
    for name in (TEXT, COMPANION):
        content = (place / name).read_bytes()
        if f"{sha256(content).hexdigest()}  {name}\n" not in sums:
            raise ValueError(name)
        yield content


@lru_cache(maxsize=16)
def _parsed(name: str, text: bytes, companion: bytes) -> KnownScheme:
    words = text.decode("utf-8")
    scheme = read_scheme(words)
    terms = read_terms(json.loads(companion), named_compiler(scheme))
    if unknown := list(strays(scheme, terms, words)):
        raise SchemeRefused(f"附属文件提到考评方案里没有的内容：{'、'.join(dict.fromkeys(unknown))}。")
    problems = (*find_problems(words, scheme), *strange_owners(scheme, terms))
    return KnownScheme(name, words, scheme, terms, tuple(sorted(problems, key=lambda each: each.line)))


# ---- adding one


def read_new(name: str, text: bytes, companion: bytes | None) -> NewScheme:
    """Read a scheme that somebody wants to add; raise SchemeRefused, TermsUnreadable with what is to be corrected."""
    if not NAME.fullmatch(name):
        raise SchemeRefused("名称只用小写字母、数字和连字符，最多 40 个，不以连字符开头或结尾，例如 songjiang-2022。")
    if name in _shipped_names():
        raise SchemeRefused(f"{name} 是系统自带的考评方案，不能再存入。请换一个名称。")
    words = _decoded(text, "方案文本").encode()
    beside = _decoded(companion if companion is not None else b"{}\n", "附属文件").encode()
    try:
        json.loads(beside)
    except json.JSONDecodeError as error:
        raise SchemeRefused(f"附属文件第 {error.lineno} 行不是合法的 JSON，请检查引号、逗号和括号。") from None
    except (ValueError, RecursionError):
        raise SchemeRefused("附属文件不是合法的 JSON。") from None
    try:
        known = _parsed(name, words, beside)
    except SchemeUnreadable as error:
        where = "" if f"第 {error.line} 行" in str(error) else f"第 {error.line} 行起："
        raise SchemeRefused(f"方案文本读不下去。{where}{error}") from None
    _require_countable(known)
    return NewScheme(known, words, beside)


def _decoded(content: bytes, what: str) -> str:
    """Return a file's words with plain ends of lines; raise SchemeRefused where it is not UTF-8."""
    if len(content) > MOST_BYTES:
        raise SchemeRefused(f"{what}太大，最多 {MOST_BYTES >> 20} MB。")
    try:
        words = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SchemeRefused(f"{what}第 {line} 行不是 UTF-8 文字。请另存为 UTF-8 编码的纯文本。") from None
    if strange := _CONTROL.search(words):
        line = words.count("\n", 0, strange.start()) + 1
        raise SchemeRefused(f"{what}第 {line} 行有不可见的控制字符，请删去。")
    return words


def _require_countable(known: KnownScheme) -> None:
    """Raise SchemeRefused where a scheme lacks what a year needs, or counts otherwise than the service does."""
    scheme = known.scheme
    wrong = [f"第 {each.line} 行：{message(each)}" for each in other_figures(scheme)]
    if not known.terms.compiler:
        wrong.append(
            "方案文本里没有读出由哪个科室汇总（例如“政治处汇总考评情况”）。"
            '请在附属文件里写明，例如 {"compiler": "政治处"}。'
        )
    if len(scheme.title) > LONGEST_TITLE:
        wrong.append(f"方案标题超过 {LONGEST_TITLE} 字，请检查文号下面一行。")
    wrong += [
        f"第 {sheet.line} 行：科室名称超过 {LONGEST_UNIT} 字。"
        for sheet in scheme.sheets
        if any(len(unit) > LONGEST_UNIT for unit in sheet.units)
    ]
    if wrong:
        raise SchemeRefused("".join(wrong))


def add_scheme(actor: Actor, at: datetime, new: NewScheme) -> bool:
    """Keep a scheme and put it on record; tell whether it was new. Raise SchemeRefused where its name is taken."""
    name, sums = new.known.name, _sums(new)
    if name in _added_names():
        _require_same(new)
        return False
    folder = _place(name).parent
    folder.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=folder, prefix=".part-"))
    try:
        for file, content in ((TEXT, new.text), (COMPANION, new.companion), (SUMS, sums)):
            _write(part / file, content)
        os.rename(part, folder / name)
    except OSError as error:
        if (folder / name).exists():  # Somebody else was faster.
            raise SchemeRefused(f"已有名为 {name} 的考评方案。请换一个名称。") from error
        raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
    _sync(folder)
    told = "；".join(sums.decode("ascii").splitlines())
    audit.record(actor, at, "add_scheme", "appraisal_scheme", None, f"{name}；{new.known.scheme.doc_number}；{told}")
    return True


def _require_same(new: NewScheme) -> None:
    name = new.known.name
    try:
        same = (_place(name) / SUMS).read_bytes() == _sums(new) and known_scheme(name) is not None
    except OSError:
        same = False
    if not same:
        raise SchemeRefused(f"已有名为 {name} 的考评方案，内容不同。存入的方案不能改，请换一个名称。")


def _sums(new: NewScheme) -> bytes:
    files = ((TEXT, new.text), (COMPANION, new.companion))
    return "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in files).encode("ascii")


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
