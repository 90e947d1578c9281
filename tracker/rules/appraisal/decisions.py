"""What the leading group decides where a scheme is silent: each matter by its subject, and what the values mean."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from tracker.rules.appraisal.problems import SchemeProblem
from tracker.rules.appraisal.scheme import Clause, Scheme, Section
from tracker.rules.appraisal.terms import SchemeTerms, Split
from tracker.rules.appraisal.wording import quoted
from tracker.rules.appraisal.year import Settings
from tracker.rules.words import say

CAP, ENABLE, SPLIT, FLOOR, GRADE, CONFIRM, NOTE = "cap", "enable", "split", "floor", "grade", "confirm", "note"
"""The kinds of subjects; all but the floor are followed by what they are about: cap:W6-4.1."""

LINE = "line"
"""A task that the city took points for, by its assignment: the value is the section that answers for it (R2-08)."""

YES, NO, NOTED, ASKED = "yes", "no", "noted", "asked"

SETTING = (CAP, ENABLE, SPLIT, FLOOR)
"""The kinds that change points."""


@dataclass(frozen=True)
class Option:
    """A value that may be decided on; `holds` tells that it holds while nobody has decided."""

    value: str
    words: str
    holds: bool = False


@dataclass(frozen=True)
class Matter:
    """Something the text leaves open: what is asked, the words it rests on with their line, why, and the options.

    Of settings, points follow; what is to be confirmed or only noted changes none. `concerns` is a clause, an item or
    a sheet; `warning` what has to be known before one decides.
    """

    subject: str
    question: str
    line: int
    quote: str
    reason: str
    options: tuple[Option, ...]
    concerns: str = ""
    warning: str = ""

    @property
    def kind(self) -> str:
        """What sort of subject it is."""
        return self.subject.partition(":")[0]

    @property
    def anchor(self) -> str:
        """Its place on a page."""
        return re.sub(r"\W", "-", self.subject)

    @property
    def held(self) -> str:
        """The value that holds while nobody has decided; empty for what is only noted."""
        return next((each.value for each in self.options if each.holds), "")

    def words_of(self, value: str) -> str:
        """Return what a value means."""
        return next((each.words for each in self.options if each.value == value), value)


def subject(kind: str, about: str) -> str:
    """Name a matter."""
    return f"{kind}:{about}"


def settings_of(decided: Mapping[str, str], terms: SchemeTerms) -> Settings:
    """Return what decisions, the latest of each subject, make of the settings of a year.

    Raise ValueError with the subject of a decision whose value is none.
    """
    caps = {each.clause: subject(CAP, each.clause) for each in terms.caps}
    return Settings(
        caps={clause: _most(about, decided[about]) for clause, about in caps.items() if about in decided},
        enabled=[each.clause for each in terms.disabled if decided.get(subject(ENABLE, each.clause)) == YES],
        split=[each.sheet for each in terms.splits if decided.get(subject(SPLIT, each.sheet)) == YES],
        ends_at_zero=decided.get(FLOOR) == YES,
    )


def _most(about: str, value: str) -> Decimal:
    try:
        points = Decimal(value)
    except InvalidOperation:
        raise ValueError(about) from None
    if not points.is_finite():
        raise ValueError(about)
    return points


def matters(text: str, scheme: Scheme, terms: SchemeTerms, problems: Iterable[SchemeProblem]) -> tuple[Matter, ...]:
    """Return everything that a scheme leaves open: what changes points, what is to be confirmed, what is noted."""
    printed = text.splitlines()
    clauses = {clause.code: clause for _, _, clause in scheme.clauses()}
    return (
        *_settings(printed, scheme, terms, clauses),
        *_confirmations(printed, terms, problems, clauses),
        *_named_apart(_notes(scheme, terms, clauses)),
    )


def _settings(
    printed: list[str], scheme: Scheme, terms: SchemeTerms, clauses: Mapping[str, Clause]
) -> Iterator[Matter]:
    for cap in terms.caps:
        options = tuple(
            Option(f"{value:f}", say("这一条最多扣 {points} 分", points=f"{value:f}"), holds=value == cap.values[0])
            for value in cap.values
        )
        asked = say("{code} 单独最多扣到几分？", code=cap.clause)
        yield _of_clause(CAP, clauses[cap.clause], asked, cap.reason, options)
    for disabled in terms.disabled:
        options = (Option(NO, say("停用，不扣分"), holds=True), Option(YES, say("启用，照原文扣分")))
        asked = say("{code} 已停用，是否启用？", code=disabled.clause)
        yield _of_clause(ENABLE, clauses[disabled.clause], asked, disabled.reason, options)
    for split in terms.splits:
        yield _split(printed, scheme, split)
    first = scheme.of_section(Section.BOTTOM_LINE)[0].items[0]
    yield Matter(
        FLOOR,
        say("扣了突破底线的分以后，一年的总分可不可以低于 0？"),
        first.line,
        first.text,
        say("突破底线扣分没有写明扣到几分为止。"),
        (Option(NO, say("不设底，总分可以低于 0"), holds=True), Option(YES, say("扣到总分 0 为止"))),
    )


def _split(printed: list[str], scheme: Scheme, split: Split) -> Matter:
    sheet = next(each for each in scheme.sheets if each.code == split.sheet)
    points = {item.code: item.points or Decimal(0) for item in sheet.items}
    parts = [
        say("{unit} {points} 分", unit=unit, points=f"{sum(points[code] for code in codes):f}")
        for unit, codes in split.items.items()
    ]
    return Matter(
        subject(SPLIT, split.sheet),
        say("{units}共用一张表，是否按各自的项目分开考评？", units=list(split.items)),
        sheet.line,
        printed[sheet.line - 1].strip(),
        split.reason,
        (Option(NO, say("都用整张表"), holds=True), Option(YES, say("分开，各按所列项目考评"))),
        split.sheet,
        say(
            "分开以后满分不同：{parts}，其他科室是 {whole} 分，得分不能直接比较。系统不折算，照决定计分、排名。",
            parts=parts,
            whole=f"{sheet.sum:f}",
        ),
    )


def _confirmations(
    printed: list[str], terms: SchemeTerms, problems: Iterable[SchemeProblem], clauses: Mapping[str, Clause]
) -> Iterator[Matter]:
    for problem in problems:
        if problem.code == "sign":
            asked = say("{code} 的判断标准印作“{what}”，是否按“<0”读？", code=problem.concerns, what=problem.what)
            reason = say("照印的读，高于平均值反而要扣分，疑为笔误；等于平均值不算低于。")
            words = say("按“<0”读，等于平均值不扣")
            yield _of_clause(CONFIRM, clauses[problem.concerns], asked, reason, _asks(words))
        elif problem.code == "late":
            yield Matter(
                subject(CONFIRM, "late"),
                say("办法成文之前的事项，是否也按它考评？"),
                problem.line,
                printed[problem.line - 1],
                say("考评周期和成文日期：{what}。考评周期已经开始才成文。", what=problem.what),
                _asks(say("整个考评周期都按它考评")),
            )
    for mirror in terms.mirrors:
        asked = say("{code} 的扣分，是否由本区在 {doc} 的得分带出？", code=mirror.clause, doc=mirror.doc_number)
        yield _of_clause(CONFIRM, clauses[mirror.clause], asked, mirror.reason, _asks(say("由该得分带出")))


def _asks(words: str) -> tuple[Option, ...]:
    return (Option(YES, words, holds=True), Option(ASKED, say("还要再问，先照此办")))


def _notes(scheme: Scheme, terms: SchemeTerms, clauses: Mapping[str, Clause]) -> Iterator[Matter]:
    for remark in terms.undecided:
        yield _note(str(remark.line), remark.line, remark.quote, remark.reason)
    items = {item.code: item for _, item in scheme.items()}
    for code, reason in terms.totals_entered.items():
        yield _note(code, items[code].line, items[code].text, reason, code)
    read = [(each.clauses[0], each.reason) for each in terms.alternatives]
    read += [(each.clause, each.reason) for each in terms.exclusions]
    for code, reason in read:
        yield _note(code, clauses[code].line, clauses[code].quote, reason, code)
    disabled = {each.clause for each in terms.disabled}
    for remark in terms.remarks:
        if remark.concerns not in disabled:
            about = remark.concerns or str(remark.line)
            yield _note(about, remark.line, remark.quote, remark.reason, remark.concerns, remark.proposed)


def _note(about: str, line: int, quote: str, reason: str, concerns: str = "", proposed: str = "") -> Matter:
    options = (Option(NOTED, say("已商定，照理由里写的办")), Option(ASKED, say("还要再问")))
    asked = say("{code}：{reason}", code=concerns, reason=reason) if concerns else reason
    if proposed:
        asked = say("{code}：{quote}疑为{proposed}", code=concerns, quote=quoted(quote), proposed=quoted(proposed))
    return Matter(subject(NOTE, about), asked, line, quote, reason if proposed else "", options, concerns)


def _of_clause(kind: str, clause: Clause, question: str, reason: str, options: tuple[Option, ...]) -> Matter:
    return Matter(subject(kind, clause.code), question, clause.line, clause.quote, reason, options, clause.code)


def _named_apart(found: Iterable[Matter]) -> Iterator[Matter]:
    """Give a number to the second and later matters of one name: three are about line 47."""
    seen: dict[str, int] = {}
    for matter in found:
        seen[matter.subject] = seen.get(matter.subject, 0) + 1
        count = seen[matter.subject]
        yield matter if count == 1 else replace(matter, subject=f"{matter.subject}/{count}")
