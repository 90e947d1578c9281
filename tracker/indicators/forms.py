"""Finds the statistical forms that the installation has, each read from its own text."""

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from tracker.resources import resource
from tracker.rules.indicators.form import Form
from tracker.rules.indicators.problems import FormProblem, find_problems
from tracker.rules.indicators.reading import read_form
from tracker.rules.indicators.terms import FormTerms, read_terms


class UnknownForm(LookupError):
    """No form has this name; the message lists those there are."""


@dataclass(frozen=True)
class KnownForm:
    """A form with its text, what its companion file says beside it, and what is odd about the text."""

    name: str
    text: str
    form: Form
    terms: FormTerms
    problems: tuple[FormProblem, ...]

    @property
    def sha256(self) -> str:
        """Return the sum of the text: two forms of one name are told apart by it."""
        return sha256(self.text.encode()).hexdigest()


def form_names() -> list[str]:
    """Return the names of all forms."""
    return sorted(path.stem for path in _folder().glob("*.json"))


@cache
def known_form(name: str) -> KnownForm:
    """Return a form by its name; raises UnknownForm. It is read once per process: its files travel with the code."""
    if name not in form_names():
        raise UnknownForm(f"没有名为 {name} 的指标表。可用的有：{'、'.join(form_names())}。")
    text = (_folder() / f"{name}.txt").read_text(encoding="utf-8")
    form = read_form(text)
    terms = read_terms(json.loads((_folder() / f"{name}.json").read_text(encoding="utf-8")))
    return KnownForm(name, text, form, terms, find_problems(text, form))


def _folder() -> Path:
    return resource("seeds") / "indicators"
