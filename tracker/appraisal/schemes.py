"""Finds the appraisal schemes that the installation has, each read from its own text."""

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from tracker.resources import resource
from tracker.rules.appraisal.problems import SchemeProblem, find_problems
from tracker.rules.appraisal.reading import read_scheme
from tracker.rules.appraisal.scheme import Scheme
from tracker.rules.appraisal.terms import SchemeTerms, read_terms, strays


class UnknownScheme(LookupError):
    """No scheme has this name; the message lists those there are."""


@dataclass(frozen=True)
class KnownScheme:
    """A scheme with its text, what its companion file says beside it, and what is odd about the text."""

    name: str
    text: str
    scheme: Scheme
    terms: SchemeTerms
    problems: tuple[SchemeProblem, ...]

    @property
    def sha256(self) -> str:
        """Return the sum of the text: two schemes of one name are told apart by it."""
        return sha256(self.text.encode()).hexdigest()


def scheme_names() -> list[str]:
    """Return the names of all schemes."""
    return sorted(path.stem for path in _folder().glob("*.json"))


@cache
def known_scheme(name: str) -> KnownScheme:
    """Return a scheme by its name; raise UnknownScheme, and ValueError where the companion file speaks of what is not
    there. It is read once per process: its files travel with the code.
    """
    if name not in scheme_names():
        raise UnknownScheme(f"没有名为 {name} 的考评方案。可用的有：{'、'.join(scheme_names())}。")
    text = (_folder() / f"{name}.txt").read_text(encoding="utf-8")
    scheme = read_scheme(text)
    terms = read_terms(json.loads((_folder() / f"{name}.json").read_text(encoding="utf-8")))
    if unknown := list(strays(scheme, terms, text)):
        raise ValueError(f"{name}.json 提到考评方案里没有的内容：{'、'.join(unknown)}。")
    return KnownScheme(name, text, scheme, terms, find_problems(text, scheme))


def _folder() -> Path:
    return resource("seeds") / "appraisal"
