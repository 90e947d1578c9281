"""The form of a district's tasks at an evaluation: a row per task, and the district's summary above its own."""

from collections.abc import Iterator, Sequence
from typing import Any

from wtforms import Form as PlainForm
from wtforms import HiddenField, Label, StringField, TextAreaField
from wtforms.validators import Length

from tracker.rules.evaluation import VERDICT_TEXT, Stage, Verdict
from tracker.rules.words import say
from tracker.scoring.evaluation_queries import District, Item, mark
from tracker.scoring.self_evaluations import Written
from tracker.scoring.verdicts import UNCHOSEN, RowsChanged, RowsRefused, Said
from tracker.text import MAX_LENGTH
from tracker.web.forms import Form


class Row(PlainForm):
    """What is said of one task; the token tells what the row was opened with. The template draws the choice itself."""

    verdict = StringField(say("认定"))
    comment = StringField(say("说明"))
    seen = HiddenField()

    class Meta(Form.Meta):
        """The language of every form; the token is that of the form around the row."""

        csrf = False

    @property
    def is_readable(self) -> bool:
        """Tell whether the choice is one of the three, or none."""
        return (self.verdict.data or "") in {"", *Verdict}

    @property
    def said(self) -> Said:
        """The row as an operation takes it, if it can be read."""
        verdict = Verdict(self.verdict.data) if self.verdict.data else None
        return Said(verdict, " ".join((self.comment.data or "").split()), self.seen.data or "")


class Sheet:
    """A district's tasks with a row of controls each, and the errors of all of them."""

    def __init__(self, district: District, stage: Stage, sent: Any = None) -> None:
        """Show what stands, or what was sent."""
        self.stage, self.items = stage, district.items
        self.rows = {item.assignment_id: _row(item, stage, sent) for item in district.items}
        self.form_errors: Sequence[str] = ()
        self.others: tuple[Any, ...] = ()

    def __iter__(self) -> Iterator[Any]:
        """Yield the controls, for the summary of errors."""
        yield from self.others
        for row in self.rows.values():
            yield row.verdict
            yield row.comment

    @property
    def errors(self) -> dict[str, Sequence[str]]:
        """What is wrong, by control."""
        return {field.id: field.errors for field in self if field.errors}

    @property
    def said(self) -> dict[int, Said]:
        """The rows that were sent; one that is missing says nothing. Raise RowsRefused for a word that is no choice."""
        sent = {id_: row for id_, row in self.rows.items() if row.verdict.raw_data}
        unreadable = [id_ for id_, row in sent.items() if not row.is_readable]
        if unreadable:
            raise RowsRefused(dict.fromkeys(unreadable, ("verdict", UNCHOSEN)))
        return {id_: row.said for id_, row in sent.items()}

    @property
    def labels(self) -> dict[str, str]:
        """What the page calls each text, by the name under which it is sent."""
        return {row.comment.name: row.comment.label.text for row in self.rows.values()}

    def refuse(self, refused: RowsRefused) -> None:
        """Let the controls say what is wrong with them."""
        for id_, (name, message) in refused.problems.items():
            self.rows[id_][name].errors = [message]

    def accept_seen(self, stale: RowsChanged) -> None:
        """Note that the person has now seen what somebody else stored: sent once more, the form wins."""
        for change in stale.rows:
            self.rows[change.item.assignment_id].seen.data = change.theirs.seen


def _row(item: Item, stage: Stage, sent: Any) -> Row:
    word, prefix = item.word(stage), f"t{item.assignment_id}"
    stands = {"verdict": word.verdict or "", "comment": word.comment, "seen": word.seen}
    row = Row(sent, prefix=prefix, data=stands) if sent else Row(None, prefix=prefix, data=stands)
    for field, label in ((row.verdict, say("认定")), (row.comment, say("说明"))):
        field.label = Label(field.id, say("第{number}项{what}", number=item.number, what=label))
    return row


class SummaryForm(Form):
    """A district's summary of its own evaluation."""

    summary = TextAreaField(
        say("自评小结"), [Length(max=MAX_LENGTH, message=say("最多 {most} 字，请精简。", most=MAX_LENGTH))]
    )
    seen = HiddenField()


class OwnSheet(Sheet):
    """A district's own evaluation: its tasks, and its summary."""

    def __init__(self, district: District, sent: Any = None) -> None:
        """Show what stands, or what was sent."""
        super().__init__(district, Stage.SELF, sent)
        stands = {"summary": district.own.summary, "seen": district.own.seen}
        self.head = SummaryForm(sent, data=stands) if sent else SummaryForm(None, data=stands)
        self.others = (self.head.summary,)

    @property
    def written(self) -> Written:
        """The form as an operation takes it."""
        summary = (self.head.summary.data or "").replace("\r\n", "\n").strip()
        return Written(summary, self.head.seen.data or "", self.said)

    def refuse(self, refused: RowsRefused) -> None:
        """Let the controls say what is wrong with them."""
        super().refuse(refused)
        if refused.summary:
            self.head.summary.errors = [refused.summary]

    def accept_seen(self, stale: RowsChanged) -> None:
        """Note that the person has now seen what somebody else stored."""
        super().accept_seen(stale)
        if stale.summary is not None:
            self.head.seen.data = mark(stale.summary)


def sides(stale: RowsChanged, summary: str = "") -> dict[str, Any]:
    """Return both sides of a conflict as the macro compares them, and who stored the other one."""
    theirs, mine = [], []
    if stale.summary is not None:
        theirs.append((say("自评小结"), stale.summary))
        mine.append((say("自评小结"), summary))
    for change in stale.rows:
        label = say("第{number}项", number=change.item.number)
        theirs.append((label, _told(change.theirs.verdict, change.theirs.comment)))
        mine.append((label, _told(change.mine.verdict, change.mine.comment)))
    who = [change.theirs.by for change in stale.rows if change.theirs.by]
    return {"mine": mine, "theirs": theirs, "who": say("{each}", each=list(dict.fromkeys(who))) if who else say("他人")}


def _told(verdict: Verdict | None, comment: str) -> str:
    said = VERDICT_TEXT[verdict] if verdict else say("未认定")
    return say("{said}：{comment}", said=said, comment=comment) if comment else said
