"""What somebody looks at before a plan's scores are made final, and what of it changed until they do so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.plans.models import Plan
from tracker.rules.decimals import plain
from tracker.rules.score_terms import Rule
from tracker.rules.status import Outdated
from tracker.rules.words import Words, say
from tracker.scoring import queries, readiness
from tracker.scoring.queries import Standing
from tracker.scoring.readiness import Pending

NAMED = 3
"""Districts that a refusal names, where more changed."""


class PreviewChanged(Outdated):
    """The record changed after the person looked; `told` says of each change what it is."""

    def __init__(self, told: Sequence[Words]) -> None:
        """Name the changes."""
        super().__init__(say("您打开页面之后，将要封存的内容有了变化，这次没有封存。请看过最新内容再定稿。"))
        self.told = told


@dataclass(frozen=True)
class Preview:
    """Everything a page shows of the scores that would be sealed."""

    standings: list[Standing]
    pending: Pending
    rule: Rule

    @property
    def seen(self) -> str:
        """What a form carries along: each thing shown by its key and its value, in the order shown."""
        return ";".join(f"{key}={value}" for key, value in self._shown().items())

    def _shown(self) -> dict[str, str]:
        found = {str(each.district_id): _mark(each) for each in self.standings}
        open_ones = {"extensions": self.pending.extensions, "under_review": self.pending.under_review}
        return {**found, "rule": str(self.rule.number), **{key: str(n) for key, n in open_ones.items()}}

    def require_seen(self, seen: str) -> None:
        """Raise PreviewChanged unless this is what was seen."""
        if seen != self.seen:
            raise PreviewChanged(self._changes(dict(part.partition("=")[::2] for part in seen.split(";"))))

    def _changes(self, seen: dict[str, str]) -> list[Words]:
        differing = [each for each in self.standings if seen.get(str(each.district_id)) != _mark(each)]
        told = [_moved(each, seen.get(str(each.district_id), "")) for each in differing[:NAMED]]
        if len(differing) > NAMED:
            told.append(say("一共有 {n} 个区的得分情况有变化。", n=len(differing)))
        if seen.get("rule") != str(self.rule.number):
            told.append(say("评分规则现在是第 {number} 版。", number=self.rule.number))
        if seen.get("under_review") != str(self.pending.under_review):
            told.append(say("待审核的区局任务现在是 {n} 项。", n=self.pending.under_review))
        if seen.get("extensions") != str(self.pending.extensions):
            told.append(say("没有批复的延期申请现在是 {n} 条。", n=self.pending.extensions))
        return told


def _mark(standing: Standing) -> str:
    tally, points = standing.tally, standing.points
    counts = (tally.completed_due, tally.due, tally.total, tally.missed, tally.late, tally.excused)
    shown = (points.raw_deduction, points.deducted, points.score)
    return " ".join([*map(str, counts), *map(plain, shown)])


def _moved(standing: Standing, seen: str) -> Words:
    tally, points, before = standing.tally, standing.points, seen.split(" ")
    now = {"district": standing.district, "done": tally.completed_due, "due": tally.due, "score": plain(points.score)}
    if len(before) != len(_mark(standing).split(" ")):
        return say("{district}：现为办结 {done} / {due}，得 {score} 分。", **now)
    was = {"was_done": before[0], "was_due": before[1], "was_score": before[-1]}
    return say(
        "{district}：原为办结 {was_done} / {was_due}，得 {was_score} 分；现为办结 {done} / {due}，得 {score} 分。",
        **now,
        **was,
    )


def preview(plan: Plan, day: date) -> Preview:
    """Return what would be sealed on `day`, and what is still open."""
    return Preview(queries.scoreboard(plan, day), readiness.pending(plan, day), queries.rule_of(plan, day))
