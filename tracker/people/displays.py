"""How a person wants pages: language, colours, text size, keys of the keyboard, and whether the tour was seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from tracker.db import db
from tracker.i18n import LANGUAGES
from tracker.people.models import User
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.words import SOURCE, say

THEMES = {"auto": say("跟随系统"), "light": say("浅色"), "dark": say("深色")}
SIZES = {"normal": say("标准"), "large": say("大"), "larger": say("特大")}
KEYS = {"on": say("开"), "off": say("关")}

CHOICES: dict[str, Mapping[str, str]] = {"language": LANGUAGES, "theme": THEMES, "text_size": SIZES, "keys": KEYS}
"""What can be chosen, by the name of the field."""


@dataclass(frozen=True)
class Display:
    """How pages are shown; `tour_due` on the first visit."""

    language: str = SOURCE
    theme: str = "auto"
    text_size: str = "normal"
    keys: bool = True
    tour_due: bool = False

    @property
    def chosen(self) -> dict[str, str]:
        """What is chosen, by the name of the field."""
        return {
            "language": self.language,
            "theme": self.theme,
            "text_size": self.text_size,
            "keys": "on" if self.keys else "off",
        }


class UnknownChoice(ValueError):
    """A choice that does not exist."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(say("没有这种显示方式，请在列表中选择。"))


def choose(actor: Actor, wanted: Mapping[str, str]) -> None:
    """Keep how the person wants pages; what is not named stays. Raise UnknownChoice, with nothing stored."""
    require(actor, Action.OWN_ACCOUNT)
    if any(value not in CHOICES.get(name, {}) for name, value in wanted.items()):
        raise UnknownChoice
    columns = {name: value == "on" if name == "keys" else value for name, value in wanted.items()}
    if columns:
        # How somebody looks at pages is nobody else's matter: no version of the account, no entry on record.
        db.session.execute(update(User).where(User.id == actor.id).values(columns))


def end_tour(actor: Actor, at: datetime | None) -> None:
    """Note that the tour was seen or left; with no moment it begins anew at the next page."""
    require(actor, Action.OWN_ACCOUNT)
    db.session.execute(update(User).where(User.id == actor.id).values(toured_at=at))
