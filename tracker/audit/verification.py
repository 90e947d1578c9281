"""Walks a chain of entries and says what is wrong with it first, and how: pure, over rows from wherever they come."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from itertools import pairwise

from tracker.audit.chain import CHAIN_BEGINS, Head, Row, anchor_words, content, seal
from tracker.audit.heads import LATEST, Outside, Witness
from tracker.rules.words import say


class Wrong(StrEnum):
    """What can be wrong with a chain."""

    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CUT = "cut"
    HEAD = "head"
    OUTSIDE = "outside"


WRONG_TEXT: dict[Wrong, str] = {
    Wrong.ALTERED: say("被改动"),
    Wrong.REMOVED: say("被删除"),
    Wrong.INSERTED: say("是插入的"),
    Wrong.REORDERED: say("被调换次序"),
    Wrong.CUT: say("起的末尾被截去"),
    Wrong.HEAD: say("处的链头不符"),
    Wrong.OUTSIDE: say("与库外留存的链头不符"),
}


@dataclass(frozen=True)
class Finding:
    """The first thing that is wrong: at which number, and how."""

    wrong: Wrong
    number: int
    note: str = ""

    @property
    def words(self) -> str:
        """One sentence for whoever answers for the record."""
        return say(
            "第 {number} 条{wrong}{x}{note}",
            number=self.number,
            wrong=WRONG_TEXT[self.wrong],
            x=say("：") if self.note else "",
            note=self.note,
        )


@dataclass(frozen=True)
class Verdict:
    """What a walk came to; `early` entries are from before the chain, which vouches for them all together."""

    entries: int
    early: int
    head: Head
    finding: Finding | None
    notes: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The result in one sentence."""
        if self.finding:
            return self.finding.words
        before = say("，其中建链以前的 {early} 条由建链记录作证", early=self.early) if self.early else ""
        return say(
            "完整：共 {entries} 条{before}，最新一条的校验值 {hash}",
            entries=self.entries,
            before=before,
            hash=self.head.hash or say("（无）"),
        )


Rows = Callable[[], Generator[Row]]


def judge(rows: Rows, head: Head | None, outside: Outside) -> Verdict:
    """Walk the whole chain, stop at the first wrong entry, and hold the end against the heads that were kept."""
    walk = _Walk(rows, head, outside.witnesses)
    finding = None
    with closing(rows()) as stored:
        for row in stored:
            finding = walk.step(row)
            if finding:
                break
    return Verdict(
        walk.expected - 1,
        walk.early,
        Head(walk.expected - 1, walk.previous),
        finding or walk.end(),
        _notes(outside, finding),
    )


def _notes(outside: Outside, finding: Finding | None) -> tuple[str, ...]:
    notes = [say("库外链头文件里有一行读不出来（{line}）", line=line) for line in outside.unreadable]
    notes += [
        say(
            "写到第 {number} 条时库外的链头文件 {latest} 不见了或读不出来：更早的末尾若被截去，无从核对",
            number=head.number,
            latest=LATEST,
        )
        for head in outside.lost
    ]
    if outside.missing:
        notes.append(say("库外没有链头文件 {latest}：末尾若被截去，只凭数据库看不出来", latest=LATEST))
    if finding and finding.number == 1 and finding.wrong is Wrong.ALTERED:
        notes.append(
            say("从第一条起就不符，也可能是换了 TRACKER_AUDIT_KEY（或 TRACKER_SECRET_KEY）：请先用原来的密钥核验")
        )
    return tuple(notes)


class _Walk:
    """One walk: what has been found sound so far, and what must come next."""

    def __init__(self, rows: Rows, head: Head | None, witnesses: Iterable[Witness]) -> None:
        self.rows, self.head = rows, head
        self.witnesses = sorted(witnesses)
        self.kept: dict[int, list[Witness]] = {}
        for witness in self.witnesses:
            self.kept.setdefault(witness.number, []).append(witness)
        self.expected, self.previous = 1, ""
        self.early, self.digest = 0, sha256()
        self.begun = False
        self.shift = 0

    def step(self, row: Row) -> Finding | None:
        """Take the next row; tell what is wrong with it."""
        if row.number != self.expected:
            return self._misplaced(row)
        if not self.begun and not row.hash:
            self.digest.update(content(row, row.hash) + b"\n")
            self.early += 1
        else:
            finding = self._sealed(row)
            if finding:
                return finding
            self.begun, self.previous = True, row.hash
        self.expected += 1
        return self._witnessed(row)

    def _sealed(self, row: Row) -> Finding | None:
        if not self.begun:
            self.shift = row.id - row.number
            if self.early and row.act != CHAIN_BEGINS:
                return self._without_beginning(row)
        if seal(row, self.previous) != row.hash:
            return self._unsealed(row)
        if not self.begun and self.early and row.detail != anchor_words(self.early, self.digest.hexdigest()):
            return Finding(
                Wrong.ALTERED,
                1,
                say("建链以前的 {early} 条，与第 {number} 条为它们留下的摘要不符", early=self.early, number=row.number),
            )
        return None

    def _without_beginning(self, row: Row) -> Finding:
        """Tell of rows without a hash that no entry vouches for."""
        if _is(row, 1, row.id, "") or _is(row, 1, row.id - self.early, ""):
            return Finding(Wrong.INSERTED, 1)
        if row.detail.startswith(anchor_words(self.early, "")):
            return Finding(Wrong.ALTERED, row.number)
        return Finding(Wrong.ALTERED, 1, say("没有校验值，也没有建链的记录为它作证"))

    def _witnessed(self, row: Row) -> Finding | None:
        for kept in self.kept.get(row.number, []):
            if kept.hash != row.hash:
                return Finding(Wrong.OUTSIDE, row.number, say("{x} 中留存的是另一个校验值", x=kept.source))
        return None

    def _misplaced(self, row: Row) -> Finding:
        """Tell of a row whose number is not the next one."""
        if isinstance(row.number, int) and row.number > self.expected:
            if not self.begun:
                self.shift = row.id - row.number
            if self._expected_stands_at() is not None:
                return Finding(Wrong.ALTERED, self.expected, say("编号不符"))
            last = row.number - 1
            return Finding(
                Wrong.REMOVED, self.expected, say("直到第 {last} 条", last=last) if last > self.expected else ""
            )
        own = self._place_of(row)
        return Finding(Wrong.ALTERED, own, say("编号不符")) if own else Finding(Wrong.INSERTED, self.expected)

    def _unsealed(self, row: Row) -> Finding:
        """Tell why a row in its place does not bear the hash it must have."""
        stands_at = self._expected_stands_at()
        if stands_at == row.number:
            return Finding(Wrong.ALTERED, self.expected, say("主键不符"))
        if stands_at is not None:
            moved = self._place_of(row) is not None
            return Finding(Wrong.REORDERED if moved else Wrong.INSERTED, self.expected)
        following = self._following()
        if following and self._may_be(following, self.expected + 2, row.hash):
            return Finding(Wrong.REMOVED, self.expected, say("后面的编号被前移"))
        kept = [witness.number for witness in self.witnesses] or [self.head.number if self.head else 0]
        if following is None and max(kept) < self.expected:
            return Finding(Wrong.INSERTED, self.expected)
        return Finding(Wrong.ALTERED, self.expected)

    def _may_be(self, row: Row, number: int, previous: str) -> bool:
        """Tell whether a row, whatever number it bears, is the entry of that number."""
        return any(_is(row, number, key, previous) for key in {row.id, number + self.shift})

    def _expected_stands_at(self) -> int | None:
        """Return the number that the entry which must come next bears now, if it is there at all."""
        with closing(self.rows()) as stored:
            return next((row.number for row in stored if self._may_be(row, self.expected, self.previous)), None)

    def _place_of(self, row: Row) -> int | None:
        """Return where a row that bears a wrong number or stands in another's place belongs."""
        if self._may_be(row, 1, ""):
            return 1
        with closing(self.rows()) as stored:
            for before, here in pairwise(_and_end(stored)):
                for number in {before.number + 1, here.number} if isinstance(before.number, int) else ():
                    if any(self._may_be(row, number, known) for known in (before.hash, here.hash)):
                        return number
        return None

    def _following(self) -> Row | None:
        with closing(self.rows()) as stored:
            return next((row for row in stored if row.number == self.expected + 1), None)

    def end(self) -> Finding | None:
        """Hold the end of a chain without a wrong entry against the heads that were kept."""
        last = self.expected - 1
        if self.early and not self.begun:
            return Finding(Wrong.ALTERED, 1, say("没有校验值，也没有建链的记录为它作证"))
        for number, source in [*self.kept_beyond(last), (self.head.number if self.head else 0, say("数据库的链头"))]:
            if number > last:
                return Finding(
                    Wrong.CUT,
                    self.expected,
                    say("{x}记到第 {number} 条，库中只有 {last} 条", x=source, number=number, last=last),
                )
        if (self.head or Head(0, "")) != (last, self.previous):
            return Finding(
                Wrong.HEAD, last, say("audit_head 记的不是最后一条") if self.head else say("audit_head 不见了")
            )
        return None

    def kept_beyond(self, last: int) -> list[tuple[int, str]]:
        """Return the heads from outside that are newer than the last entry."""
        return [(witness.number, witness.source) for witness in self.witnesses if witness.number > last]


def _is(row: Row, number: int, key: int, previous: str) -> bool:
    return seal(row._replace(id=key, number=number), previous) == row.hash


def _and_end(rows: Iterator[Row]) -> Iterator[Row]:
    """Return the rows and the last one again, so that pairs reach beyond the end."""
    row = None
    for row in rows:
        yield row
    if row:
        yield row
