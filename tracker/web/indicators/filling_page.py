"""One part of a unit's form as its page shows it: every blank inside the printed sentence, and what to know of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from tracker.indicators.answering import Outcome, Stale
from tracker.indicators.queries import NOTHING, Held, Sheet
from tracker.rules.indicators import checks, decisions
from tracker.rules.indicators.decisions import Decision
from tracker.rules.indicators.form import Blank, Content, Form, Indicator, SubTask
from tracker.rules.indicators.kinds import Control, kind_of
from tracker.rules.indicators.terms import Condition, Remark
from tracker.rules.indicators.values import EMPTY, MIXED_TEXT, YES, show_value
from tracker.rules.words import say
from tracker.web.indicators.filling_checks import Finding, answer_word, findings
from tracker.web.indicators.filling_form import Entry, seen
from tracker.web.indicators.filling_names import full_name, short_name

NOT_APPLICABLE = "不适用"
"""What is typed for it, in any language of the page."""

UNSAID: tuple[tuple[str, str], ...] = ((NOT_APPLICABLE, say("不适用")), ("", say("未填")))
CHOICES: dict[str, str] = {"是": say("是"), "否": say("否"), MIXED_TEXT: say("均有")}
"""The words of choices that no form prints as its own."""


@dataclass(frozen=True)
class Hanging:
    """What a blank hangs on: which one, the text that opens it, and how that is said."""

    on: str
    answer: str
    words: str


@dataclass(frozen=True)
class BlankView:
    """A blank with what stands in it or was typed, and what a person needs to know while filling it in."""

    key: str
    blank: Blank
    name: str
    label: str
    text: str
    seen: str
    held: Held
    previous: str
    control: Control
    options: tuple[tuple[str, str], ...] = ()
    hanging: Hanging | None = None
    error: str = ""
    stale: Stale | None = None
    is_later: bool = False
    """Whether it asks for a year after that of the round."""


YEAR = re.compile(r"(20[0-9]{2})年")


@dataclass(frozen=True)
class Proposal:
    """A correction or a placing that a person proposes; the printed text stays."""

    mark: str
    words: str
    reason: str


@dataclass(frozen=True)
class Ask:
    """An indicator with its sentence: printed words and blanks in their order, the unit where the form prints none."""

    indicator: Indicator
    pieces: tuple[str | BlankView, ...]
    is_bad: bool
    is_survey: bool
    proposals: tuple[Proposal, ...]
    findings: tuple[Finding, ...]

    @property
    def blanks(self) -> tuple[BlankView, ...]:
        """The blanks alone."""
        return tuple(piece for piece in self.pieces if isinstance(piece, BlankView))


@dataclass
class Group:
    """Indicators that stand under one sub-task; `content` where a new one begins, `inferred` where none is."""

    content: Content | None
    sub_task: SubTask | None
    inferred: str
    proposals: tuple[Proposal, ...]
    asks: list[Ask] = field(default_factory=list)


@dataclass(frozen=True)
class Sent:
    """What a part was sent with and what became of it."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    outcome: Outcome = field(default_factory=Outcome)


class PartPage:
    """A part of a unit's form, numbers from 1; raises IndexError where the form has no such part."""

    def __init__(
        self,
        found: Sheet,
        number: int,
        before: Sheet | None = None,
        sent: Sent | None = None,
        decided: Mapping[str, Decision] | None = None,
    ) -> None:
        """Lay what stands and what was sent into the sentences."""
        self.decided = decided or {}
        self.found, self.number, self.sent = found, number, sent or Sent()
        self.form, self.terms = found.known.form, found.known.terms
        if number > len(self.form.parts):
            raise IndexError(number)
        self.title = self.form.parts[number - 1].title
        self.indicators = of_part(self.form, number)
        self.before = before.answers if before else {}
        self.findings = findings(found)
        self.conditions = {each.blank: self._hanging(each) for each in self.terms.conditions}

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of its blanks."""
        return tuple(indicator.key(blank) for indicator in self.indicators for blank in indicator.blanks)

    @property
    def names(self) -> dict[str, str]:
        """What its blanks are called."""
        return {
            indicator.key(blank): short_name(indicator, blank)
            for indicator in self.indicators
            for blank in indicator.blanks
        }

    @property
    def answered(self) -> int:
        """How many of its indicators leave nothing open."""
        return answered_of(self.found, self.number)

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """What was refused or overtaken: name, blank, words."""
        said = {
            **self.sent.outcome.refused,
            **{key: stale_words(each) for key, each in self.sent.outcome.stale.items()},
        }
        return [(name, key, said[key]) for key, name in self.names.items() if key in said]

    def findings_by_indicator(self) -> dict[int, tuple[Finding, ...]]:
        """Return what does not fit, under every indicator of this part that is concerned."""
        return {indicator.number: self._findings(indicator) for indicator in self.indicators}

    def groups(self) -> Iterator[Group]:
        """Yield its indicators under their sub-tasks; one without a printed sub-task stands under the inferred one."""
        group: Group | None = None
        content = 0
        for indicator in self.indicators:
            inferred = "" if indicator.sub_task else self._mark(indicator)
            sub_task = indicator.sub_task or self._inferred(indicator)
            same = group and (group.sub_task.number if group.sub_task else None, group.inferred) == (sub_task, inferred)
            if group is None or not same or indicator.content != content:
                if group:
                    yield group
                begins = indicator.content != content
                group, content = self._group(indicator, sub_task, inferred, begins), indicator.content
            group.asks.append(self._ask(indicator))
        if group:
            yield group

    def _group(self, indicator: Indicator, number: int | None, inferred: str, begins: bool) -> Group:
        sub_task = next((each for each in self.form.sub_tasks if each.number == number), None)
        content = next(each for each in self.form.contents if each.number == indicator.content) if begins else None
        return Group(content, sub_task, inferred, self._proposals(sub_task.code) if sub_task else ())

    def _inferred(self, indicator: Indicator) -> int | None:
        found = self._placing(indicator)
        return int(found.proposed) if found else None

    def _mark(self, indicator: Indicator) -> str:
        found = self._placing(indicator)
        return decisions.mark_of(found, self.decided.get(decisions.key_of(found))) if found else say("推断")

    def _placing(self, indicator: Indicator) -> Remark | None:
        """Return what places an indicator that stands under no sub-task."""
        return next((each for each in self._remarks(indicator.code) if each.sort == "sub_task"), None)

    def _remarks(self, concerns: str) -> Iterator[Remark]:
        """Yield what is proposed of something; where it stays as printed nothing is."""
        for each in self.terms.remarks:
            if each.concerns == concerns and self.decided.get(decisions.key_of(each)) is not Decision.AS_PRINTED:
                yield each

    def _proposals(self, concerns: str) -> tuple[Proposal, ...]:
        return tuple(self._proposal(each) for each in self._remarks(concerns))

    def _proposal(self, remark: Remark) -> Proposal:
        mark = decisions.mark_of(remark, self.decided.get(decisions.key_of(remark)))
        return Proposal(mark, decisions.proposal_of(remark), remark.reason)

    def _findings(self, indicator: Indicator) -> tuple[Finding, ...]:
        keys = {indicator.key(blank) for blank in indicator.blanks}
        return tuple(each for each in self.findings if keys & set(each.blanks))

    def _ask(self, indicator: Indicator) -> Ask:
        return Ask(
            indicator,
            tuple(self._pieces(indicator)),
            indicator.number in self.terms.bad_if_yes,
            indicator.number in self.terms.survey_only,
            self._proposals(indicator.code),
            self._findings(indicator),
        )

    def _pieces(self, indicator: Indicator) -> Iterator[str | BlankView]:
        following = (*indicator.segments[1:], "")
        for segment, after in zip(indicator.segments, following, strict=True):
            if isinstance(segment, str):
                yield segment
                continue
            yield self._view(indicator, segment)
            printed = isinstance(after, str) and after.lstrip().startswith(segment.unit)
            if segment.unit and not printed:
                yield segment.unit

    def _view(self, indicator: Indicator, blank: Blank) -> BlankView:
        key = indicator.key(blank)
        held = self.found.held.get(key, NOTHING)
        stands, outcome = show_value(blank, held.value), self.sent.outcome
        stale, error = outcome.stale.get(key), outcome.refused.get(key, "")
        entry = self.sent.entries[key] if stale or error else None
        was = entry.was if entry and error and entry.was is not None else stands
        return BlankView(
            key,
            blank,
            short_name(indicator, blank),
            full_name(indicator, blank),
            entry.text if entry else stands,
            seen(entry.seen if entry and error else held.version, was),
            held,
            show_value(blank, self.before.get(key, EMPTY)),
            kind_of(blank).control,
            _options(blank),
            self.conditions.get(key),
            error,
            stale,
            any(int(year) > self.found.round.year for year in YEAR.findall(blank.label)),
        )

    def _hanging(self, condition: Condition) -> Hanging:
        indicator, blank = next((own, blank) for key, own, blank in self.form.fields() if key == condition.on)
        word = answer_word(condition.answer)
        words = say("仅当{on}为“{answer}”时填写", on=short_name(indicator, blank), answer=word)
        return Hanging(condition.on, "是" if condition.answer == YES else "否", words)


def _options(blank: Blank) -> tuple[tuple[str, str], ...]:
    choices = kind_of(blank).choices(blank)
    return (*((choice, CHOICES.get(choice, choice)) for choice in choices), *UNSAID) if choices else ()


def stale_words(stale: Stale) -> str:
    """Say who overtook whom in a blank."""
    return say(
        "{who}刚改为“{theirs}”，您填的是“{mine}”。核对后再保存一次，就用您填的。",
        who=stale.held.by or say("他人"),
        theirs=stale.theirs or say("空"),
        mine=stale.mine or say("空"),
    )


def of_part(form: Form, number: int) -> tuple[Indicator, ...]:
    """Return the indicators of a part."""
    title = form.parts[number - 1].title
    return tuple(indicator for indicator in form.indicators if indicator.part == title)


def answered_of(found: Sheet, number: int) -> int:
    """Return how many indicators of a part leave nothing open."""
    own = replace(found.known.form, indicators=of_part(found.known.form, number))
    return checks.answered_indicators(own, found.known.terms, found.answers)
