"""Keeps what every application compiles anew: each test makes one, and half its time went into that."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import jinja2.bccache
import pytest
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


@contextmanager
def addresses_compiled_once() -> Iterator[None]:
    """Let the rules of addresses share the functions that build them.

    Such a function depends on nothing but what stands in its key; werkzeug, whose version is pinned, has no place of
    its own to keep it.
    """
    compiled: dict[Any, Callable[..., Any]] = {}
    build = Rule._compile_builder

    def shared(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        key = (rule.rule, rule.host, rule.subdomain, repr(rule.defaults), tuple(rule._trace), append_unknown)
        if key not in compiled:
            compiled[key] = build(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", shared)
        yield
