"""The forms of the check page; their fields' ids keep them apart on one page."""

from datetime import date
from typing import Any

from wtforms import (  # type: ignore[attr-defined] # The stubs are older than SelectChoice.
    DateField,
    Field,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from tracker.plans.desk import TaskEdit
from tracker.plans.desk_heads import Head
from tracker.plans.desk_queries import Import, party_words, stamp, stamp_of_head
from tracker.plans.desk_record import LONGEST_REASON
from tracker.rules.plan_text.drafts import Role, TaskDraft, TaskKind
from tracker.rules.plan_text.editing import LONGEST_LIST, LONGEST_NUMBER, LONGEST_TEXT
from tracker.rules.words import say
from tracker.web.forms import Form
from tracker.web.plans.wizard.words import KIND_TEXT
from tracker.web.plans.words import FIELD_TEXT

LARGEST_LINE = 1_000_000
EARLIEST, LATEST = date(1980, 1, 1), date(2100, 12, 31)


def _most(most: int) -> Length:
    return Length(max=most, message=say("最多 {most} 字，请精简。", most=most))


def _units(role: Role) -> TextAreaField:
    return TextAreaField(FIELD_TEXT[role.value], [_most(LONGEST_LIST)], id=f"task-{role.value}")


def _reason(id_: str, label: str = say("理由")) -> TextAreaField:
    return TextAreaField(label, [InputRequired(say("请写明理由，日后可查。")), _most(LONGEST_REASON)], id=id_)


def _version(id_: str) -> HiddenField:
    return HiddenField(say("版本"), [InputRequired(), Length(max=40)], id=id_)


class TaskForm(Form):
    """Every field of one task."""

    number = StringField(
        FIELD_TEXT["number"], [InputRequired(say("请填写序号。")), _most(LONGEST_NUMBER)], id="task-number"
    )
    kind = SelectField(
        FIELD_TEXT["kind"],
        choices=[SelectChoice(kind.value, label) for kind, label in KIND_TEXT.items()],
        id="task-kind",
    )
    text = TextAreaField(
        FIELD_TEXT["text"], [InputRequired(say("请写明任务内容。")), _most(LONGEST_TEXT)], id="task-text"
    )
    lead = _units(Role.LEAD)
    responsible = _units(Role.RESPONSIBLE)
    cooperating = _units(Role.COOPERATING)
    deadline = StringField(FIELD_TEXT["deadline"], [_most(200)], id="task-deadline")
    version = _version("task-version")

    @property
    def wanted(self) -> TaskEdit:
        """What the person asks for."""
        given = {
            name: self[name].data or "" for name in ("number", "text", "lead", "responsible", "cooperating", "deadline")
        }
        return TaskEdit(kind=TaskKind(self.kind.data), **given)


class SplitForm(Form):
    """The parts of a task."""

    parts = TextAreaField(
        say("分段"), [InputRequired(say("请写明各段。")), _most(LONGEST_TEXT + 500)], id="split-parts"
    )
    version = _version("split-version")

    @property
    def texts(self) -> list[str]:
        """The parts: a blank line divides them."""
        lines = (self.parts.data or "").replace("\r\n", "\n").split("\n")
        texts, part = [], []
        for line in [*lines, ""]:
            if line.strip():
                part.append(line)
            elif part:
                texts.append("\n".join(part))
                part = []
        return texts


class MergeForm(Form):
    """The other tasks, by number."""

    others = StringField(
        say("与哪几项合并"),
        [InputRequired(say("请填写要合并进来的序号，例如 13、14。")), _most(200)],
        id="merge-others",
    )
    version = _version("merge-version")

    @property
    def numbers(self) -> list[str]:
        """The numbers, each once."""
        text = (self.others.data or "").translate(str.maketrans("，,；; 　", "、" * 6))
        return list(dict.fromkeys(number for number in text.split("、") if number))


class WithdrawForm(Form):
    """Why a task is not to bind anybody."""

    reason = _reason("withdraw-reason")
    version = _version("withdraw-version")


class PlainForm(Form):
    """A button: nothing but what was seen."""

    version = _version("plain-version")


class AddForm(Form):
    """A task that was not found."""

    number = StringField(
        FIELD_TEXT["number"], [InputRequired(say("请填写序号。")), _most(LONGEST_NUMBER)], id="add-number"
    )
    text = TextAreaField(
        FIELD_TEXT["text"], [InputRequired(say("请写明任务内容。")), _most(LONGEST_TEXT)], id="add-text"
    )
    line_from = IntegerField(
        say("起始行"), [Optional(), NumberRange(1, LARGEST_LINE, say("请填写原文的行号。"))], id="add-line-from"
    )
    line_to = IntegerField(
        say("结束行"), [Optional(), NumberRange(1, LARGEST_LINE, say("请填写原文的行号。"))], id="add-line-to"
    )

    @property
    def lines(self) -> tuple[int, int]:
        """Where it stands; zeros where nowhere."""
        first = self.line_from.data or self.line_to.data or 0
        return first, self.line_to.data or first


class PatchForm(Form):
    """A corrected line of the source."""

    line = IntegerField(
        say("行号"),
        [InputRequired(say("请填写原文的行号。")), NumberRange(1, LARGEST_LINE, say("请填写原文的行号。"))],
        id="patch-line",
    )
    new = TextAreaField(say("更正为"), id="patch-new")
    old = HiddenField(say("原文"), id="patch-old")
    reason = _reason("patch-reason", say("理由和依据"))
    sure = StringField(say("确认更正的后果"), [Length(max=2_000)], id="patch-sure")


class HeadForm(Form):
    """What the document says about itself."""

    doc_number = StringField(
        FIELD_TEXT["doc_number"], [InputRequired(say("请填写文号。")), _most(60)], id="head-doc_number"
    )
    title = StringField(FIELD_TEXT["title"], [InputRequired(say("请填写标题。")), _most(300)], id="head-title")
    issuer = StringField(FIELD_TEXT["issuer"], [InputRequired(say("请填写发文单位。")), _most(60)], id="head-issuer")
    issued_on = DateField(
        FIELD_TEXT["issued_on"], [InputRequired(say("请填写印发日期，例如 2021-02-18。"))], id="head-issued_on"
    )
    version = _version("head-version")

    def validate_issued_on(self, field: Field) -> None:
        """Refuse a day that no document bears."""
        if field.data and not EARLIEST <= field.data <= LATEST:
            raise ValidationError(say("印发日期应在 1980 年至 2100 年之间。"))

    @property
    def wanted(self) -> Head:
        """What the person asks for."""
        named = {name: (self[name].data or "").strip() for name in ("doc_number", "title", "issuer")}
        return Head(issued_on=self.issued_on.data or EARLIEST, **named)


def task_form(task: TaskDraft) -> TaskForm:
    """Return the form of a task as it stands."""
    units = {role.value: party_words(task, role) for role in Role}
    return TaskForm(
        formdata=None,
        number=task.number,
        kind=task.kind.value,
        text=task.text,
        deadline=task.deadline.raw,
        version=stamp(task),
        **units,
    )


def fresh_forms(found: Import, task: TaskDraft, line: int) -> dict[str, Any]:
    """Return every form of the check page as it is before anybody writes into it; `line` is to be corrected, or 0."""
    seen, head = stamp(task), found.draft.head
    old = found.lines[line - 1] if 0 < line <= len(found.lines) else ""
    where = {"line": line, "old": old, "new": old} if old else {}
    return {
        "task": task_form(task),
        "split": SplitForm(formdata=None, parts=task.text, version=seen),
        "merge": MergeForm(formdata=None, others=_behind(found, task), version=seen),
        "withdraw": WithdrawForm(formdata=None, version=seen),
        "plain": PlainForm(formdata=None, version=seen),
        "add": AddForm(formdata=None),
        "patch": PatchForm(formdata=None, **where),
        "head": HeadForm(
            formdata=None,
            doc_number=head.doc_number,
            title=head.title,
            issuer=head.issuer,
            issued_on=head.issued_on,
            version=stamp_of_head(head),
        ),
    }


def _behind(found: Import, task: TaskDraft) -> str:
    """Return the number of the next task, with which one is merged most often."""
    keys = [other.key for other in found.draft.tasks]
    return next((other.number for other in found.draft.tasks[keys.index(task.key) + 1 :] if not other.withdrawn), "")
