"""What a part of the indicator form sends: each blank's text, and what its writer saw there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from wtforms import StringField
from wtforms.validators import Length

from tracker.indicators.answering import LONGEST_REASON, Cover, Typed
from tracker.rules.words import say
from tracker.web.forms import Form
from tracker.web.paging import whole

SEEN = "seen-"
"""What stands before a blank's name where a form tells what was seen in it: the version, a bar, the text."""


@dataclass(frozen=True)
class Entry:
    """A blank as it was sent; `was` is the text that its writer found there, None where that was not said."""

    text: str
    seen: int
    was: str | None

    @property
    def is_touched(self) -> bool:
        """Tell whether its writer changed anything: what a colleague wrote meanwhile elsewhere is no conflict."""
        return self.text != self.was


def touched(sent: Mapping[str, str], keys: Collection[str]) -> dict[str, Entry]:
    """Return the blanks of a part that were changed."""
    found = {key: _entry(sent[key], sent.get(SEEN + key)) for key in keys if key in sent}
    return {key: entry for key, entry in found.items() if entry.is_touched}


def typed(entries: Mapping[str, Entry]) -> dict[str, Typed]:
    """Return them as the room takes them."""
    return {key: Typed(entry.text, entry.seen) for key, entry in entries.items()}


def _entry(text: str, seen: str | None) -> Entry:
    version, bar, was = (seen or "").partition("|")
    return Entry(text.strip(), whole(version) or 0, was if bar else None)


def seen(version: int, text: str) -> str:
    """Write what a form tells of what was seen in a blank."""
    return f"{version}|{text}"


class CoverForm(Form):
    """Who filled in the form, who checked it, whom to call (X0-14)."""

    prepared_by = StringField(say("填报人"), [Length(max=60, message=say("填报人不能超过 60 个字。"))])
    checked_by = StringField(say("审核人"), [Length(max=60, message=say("审核人不能超过 60 个字。"))])
    phone = StringField(say("联系电话"), [Length(max=40, message=say("联系电话不能超过 40 个字。"))])

    @property
    def cover(self) -> Cover:
        """The cover as the room takes it."""
        return Cover(*((field.data or "").strip() for field in (self.prepared_by, self.checked_by, self.phone)))


class CorrectionForm(Form):
    """A blank corrected after the round has ended, with the reason."""

    value = StringField(say("更正为"))
    reason = StringField(
        say("更正理由"), [Length(max=LONGEST_REASON, message=say("理由不能超过 {most} 个字。", most=LONGEST_REASON))]
    )

    def validate_on_submit(self, extra_validators: object = None) -> bool:
        """Ask for a reason besides what the fields themselves refuse."""
        fits: bool = super().validate_on_submit(extra_validators)
        if not (self.reason.data or "").strip():
            self.reason.errors = [say("请写明更正的理由，例如“区局来函更正”。")]
        return fits and not self.reason.errors
