"""What is odd about a form's text and what is proposed, beside the printed lines, with what was decided of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from tracker.audit import operations as audit
from tracker.db import db
from tracker.indicators.forms import KnownForm
from tracker.indicators.models import FormDecision, Round
from tracker.indicators.queries import UnknownRound
from tracker.indicators.questions import Overtaken, TextRefused
from tracker.rules.indicators import decisions
from tracker.rules.indicators.decisions import DECISION_TEXT, Decision
from tracker.rules.indicators.problems import PROBLEM_TEXT, FormProblem
from tracker.rules.indicators.terms import Remark
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.words import say

LONGEST_REASON = 500
SHOWN_LINES = 3
"""Of a place with more lines the first and the last are shown."""


@dataclass(frozen=True)
class Matter:
    """An odd place or a proposal: its name, its words, the printed lines, what was decided of it, the latest first."""

    key: str
    mark: str
    words: str
    reason: str
    codes: tuple[str, ...]
    lines: tuple[tuple[int, str], ...]
    between: int
    choices: tuple[Decision, ...]
    decisions: tuple[FormDecision, ...]

    @property
    def latest(self) -> FormDecision | None:
        """The decision that holds."""
        return next(iter(self.decisions), None)

    @property
    def seen(self) -> int:
        """The number of the decision that holds, or 0."""
        return self.latest.id if self.latest else 0

    @property
    def is_open(self) -> bool:
        """Tell whether nobody has decided, or somebody has still to ask."""
        return self.latest is None or self.latest.decision == Decision.ASKED


def matters(actor: Actor, known: KnownForm) -> list[Matter]:
    """Return all there is to decide of a form: proposals in their order, then odd places as printed. One query."""
    require(actor, Action.VIEW_INDICATORS)
    found: dict[str, list[FormDecision]] = {}
    for row in _rows(known):
        found.setdefault(row.concerns, []).insert(0, row)
    return list(_matters(known, found))


def decided(known: KnownForm) -> dict[str, Decision]:
    """Return what holds of each odd place or proposal that was decided, by its name. One query."""
    return {row.concerns: Decision(row.decision) for row in _rows(known)}


def decide(
    actor: Actor, at: datetime, known: KnownForm, key: str, decision: str, reason: str, seen: int
) -> FormDecision:
    """Decide of one odd place or proposal; earlier decisions stay. `seen` is the number of the one seen, or 0.

    Raise TextRefused, and Overtaken where somebody else decided meanwhile; UnknownRound where there is no such place.
    """
    require(actor, Action.RUN_ROUNDS)
    # Two who decide at once come one after the other.
    db.session.execute(select(Round.id).where(Round.form == known.name).order_by(Round.id).with_for_update())
    matter = next((each for each in matters(actor, known) if each.key == key), None)
    if matter is None:
        raise UnknownRound(say("指标表上没有这处疑点。"))
    reason = reason.strip()
    _require_fit(matter, decision, reason)
    if matter.latest and matter.latest.id != seen:
        raise Overtaken(matter.latest.actor_name, matter.latest.at, matter.latest.reason)
    own = {"form": known.name, "form_sha256": known.sha256, "concerns": key}
    row = FormDecision(**own, decision=decision, reason=reason, at=at, actor_name=actor.name)
    db.session.add(row)
    db.session.flush()  # its number is what the next person has seen
    words = f"{known.name} {key}：{DECISION_TEXT[Decision(decision)]}；{reason}"
    audit.record(actor, at, "decide_indicator_form", "indicator_form", row.id, words)
    return row


def _require_fit(matter: Matter, decision: str, reason: str) -> None:
    if decision not in matter.choices:
        raise TextRefused("decision", say("请选择怎样处理。"))
    if not reason:
        raise TextRefused("reason", say("请写明理由，以后有人问起时看得到。"))
    if len(reason) > LONGEST_REASON:
        words = say("最多 {most} 字，现有 {found} 字，请精简。", most=LONGEST_REASON, found=len(reason))
        raise TextRefused("reason", words)


def _rows(known: KnownForm) -> Iterator[FormDecision]:
    """Yield the decisions of this very text: those of another one are about other lines."""
    wanted = select(FormDecision).filter_by(form=known.name, form_sha256=known.sha256)
    yield from db.session.scalars(wanted.order_by(FormDecision.id))


def _matters(known: KnownForm, found: dict[str, list[FormDecision]]) -> Iterator[Matter]:
    printed = known.text.splitlines()
    for remark in known.terms.remarks:
        key, line = decisions.key_of(remark), _line_of(known, remark)
        yield Matter(
            key=key,
            mark=decisions.mark_of(remark),
            words=decisions.proposal_of(remark),
            reason=remark.reason,
            codes=(remark.concerns,),
            lines=((line, printed[line - 1]),),
            between=0,
            choices=tuple(Decision) if remark.proposed else (Decision.AS_PRINTED, Decision.ASKED),
            decisions=tuple(found.get(key, ())),
        )
    for key, problem in zip(decisions.keys_of(known.problems), known.problems, strict=True):
        lines = _lines(problem)
        yield Matter(
            key=key,
            mark="",
            words=say(PROBLEM_TEXT[problem.code].source, what=problem.what),
            reason="",
            codes=problem.concerns,
            lines=tuple((line, printed[line - 1]) for line in lines),
            between=problem.line_to - problem.line_from + 1 - len(lines),
            choices=(Decision.AS_PRINTED, Decision.ASKED),
            decisions=tuple(found.get(key, ())),
        )


def _lines(problem: FormProblem) -> tuple[int, ...]:
    every = range(problem.line_from, problem.line_to + 1)
    return tuple(every) if len(every) <= SHOWN_LINES else (every[0], every[-1])


def _line_of(known: KnownForm, remark: Remark) -> int:
    form, code = known.form, remark.concerns
    lines = {each.code: each.line for each in form.indicators} | {each.code: each.line for each in form.sub_tasks}
    return (lines | {each.code: each.lines[0] for each in form.contents})[code]
