"""The forms that change a published plan's tasks; their fields' ids keep them apart on one page."""

from typing import Any

from wtforms import Field, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from tracker.plans.changes import LONGEST_REASON, LONGEST_TEXT, ChangeRefused, NewTask, number_read
from tracker.plans.imports import split_units
from tracker.rules.deadlines import DeadlineSpec
from tracker.rules.dues import DueRefused, read_due, read_due_or_none
from tracker.rules.words import say
from tracker.web.forms import Form

LONGEST_UNITS = 1000


class _Stated(InputRequired):
    """Refuses blanks as it refuses nothing."""

    def __call__(self, form: Any, field: Field) -> None:
        if not (field.data or "").strip():
            field.errors = []
            raise ValidationError(self.message or "")


def _text(id_: str) -> TextAreaField:
    too_long = Length(
        max=LONGEST_TEXT, message=say("任务内容最多 {longest_text} 字，请精简。", longest_text=LONGEST_TEXT)
    )
    return TextAreaField(say("任务内容"), [_Stated(say("请写明任务内容。")), too_long], id=id_)


def _reason(id_: str) -> TextAreaField:
    too_long = Length(
        max=LONGEST_REASON, message=say("理由最多 {longest_reason} 字，请精简。", longest_reason=LONGEST_REASON)
    )
    return TextAreaField(
        say("理由"), [_Stated(say("请写明理由：它与改动前后的内容一起留存，日后可查。")), too_long], id=id_
    )


class TextForm(Form):
    """A task's corrected text."""

    text = _text("edit-text")
    reason = _reason("edit-reason")


class DueForm(Form):
    """A task's new due day."""

    due = StringField(say("新的完成时限"), [InputRequired(say("请填写完成时限，例如 2021-06。"))], id="due-day")
    reason = _reason("due-reason")

    def validate_due(self, field: Field) -> None:
        """Refuse what names no day."""
        _readable(read_due, field.data)

    @property
    def spec(self) -> DeadlineSpec:
        """The due day that was read."""
        return read_due(self.due.data or "")


class UnitForm(Form):
    """One more unit for a task."""

    unit = StringField(say("单位"), [_Stated(say("请填写单位名称，全称、简称都可以。"))], id="assign-unit")
    reason = _reason("assign-reason")


class SplitForm(Form):
    """The parts that a task is to become."""

    parts = TextAreaField(say("各部分内容"), [_Stated(say("请写明各部分内容，用空行分开。"))], id="split-parts")
    reason = _reason("split-reason")


class MergeForm(Form):
    """The tasks that are to become one with this one, and what it will say."""

    others = StringField(say("与哪几项合并"), [_Stated(say("请写明与哪几项合并，例如：8、9。"))], id="merge-others")
    number = StringField(say("合并后的序号"), [_Stated(say("请写明合并后的序号，例如：7+8。"))], id="merge-number")
    text = _text("merge-text")
    reason = _reason("merge-reason")


class WithdrawForm(Form):
    """Why a task is taken off."""

    reason = _reason("archive-reason")


class TaskForm(Form):
    """A task to be added."""

    number = StringField(say("序号"), [InputRequired(say("请填写序号。"))])
    text = _text("text")
    due = StringField(say("完成时限"))
    units = TextAreaField(
        say("责任单位"),
        [
            _Stated(say("请填写责任单位，例如：各区局。")),
            Length(max=LONGEST_UNITS, message=say("责任单位写得太长，请精简。")),
        ],
    )
    reason = _reason("reason")

    def validate_number(self, field: Field) -> None:
        """Refuse what is no number of a task."""
        _readable(number_read, (field.data or "").strip())

    def validate_due(self, field: Field) -> None:
        """Refuse what names no day; nothing at all is no deadline."""
        _readable(read_due_or_none, (field.data or "").strip())

    @property
    def task(self) -> NewTask:
        """What the person asks for."""
        names = split_units("、".join(str(value) for value in self.units.raw_data or ()))
        due = read_due_or_none((self.due.data or "").strip())
        return NewTask((self.number.data or "").strip(), self.text.data or "", due, names)


def _readable(read: Any, text: str) -> None:
    try:
        read(text)
    except (DueRefused, ChangeRefused) as refused:
        raise ValidationError(str(refused)) from None


def fresh_forms(text: str) -> dict[str, Form]:
    """Return the forms of the page of a task with this text, as they are before anybody writes into them."""
    return {
        "edit": TextForm(formdata=None, text=text),
        "due": DueForm(formdata=None),
        "assign": UnitForm(formdata=None),
        "split": SplitForm(formdata=None, parts=text),
        "merge": MergeForm(formdata=None, text=text),
        "archive": WithdrawForm(formdata=None),
    }
