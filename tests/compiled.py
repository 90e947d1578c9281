"""Keeps what every application compiles anew: each test makes one, and half its time went into that."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import jinja2.bccache
import pytest
from sqlalchemy.engine.default import DefaultDialect
from werkzeug.routing import Rule


class CompiledTemplates(jinja2.bccache.BytecodeCache):
    """The templates' code, kept for every application of this process: each test makes one of its own."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.kept: dict[str, Any] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Give what was compiled from the same source."""
        bucket.code = self.kept.get(bucket.key + bucket.checksum)

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Keep what was compiled."""
        self.kept[bucket.key + bucket.checksum] = bucket.code


COMPILED = CompiledTemplates()
STATEMENTS: dict[Any, Any] = {}
"""The statements' SQL, for the engines of every application of this process."""


@contextmanager
def addresses_compiled_once() -> Iterator[None]:
    """Let the rules of addresses share what they are read into, and the functions that build them.

    Both depend on nothing but what stands in their keys; werkzeug, whose version is pinned, has no place of its own to
    keep them.
    """
    parsed: dict[str, tuple[list[Any], list[Any], dict[str, Any]]] = {}
    compiled: dict[Any, Callable[..., Any]] = {}
    parse, build = Rule._parse_rule, Rule._compile_builder

    def parsed_once(rule: Rule, text: str) -> list[Any]:
        traced, known = len(rule._trace), set(rule._converters)
        if text not in parsed:
            parts = list(parse(rule, text))
            found = {name: rule._converters[name] for name in rule._converters if name not in known}
            parsed[text] = parts, rule._trace[traced:], found
        parts, trace, found = parsed[text]
        rule._trace[traced:] = trace
        rule._converters.update(found)
        rule.arguments.update(found)
        return parts

    def shared(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        key = (rule.rule, rule.host, rule.subdomain, repr(rule.defaults), tuple(rule._trace), append_unknown)
        if key not in compiled:
            compiled[key] = build(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_parse_rule", parsed_once)
        patch.setattr(Rule, "_compile_builder", shared)
        yield


@contextmanager
def statements_compiled_once() -> Iterator[None]:
    """Let the engines of one kind of database share the statements that they compile.

    A compiled statement is kept under its dialect; two dialects of one class, made with the same options, write the
    same SQL.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DefaultDialect, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(DefaultDialect, "__hash__", lambda one: hash(type(one)))
        yield
