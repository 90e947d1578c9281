"""Keeps what every application makes anew, and spares what only costs time: half of a test's went into that."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import argon2
import jinja2.bccache
import pytest
from flask import Blueprint, Flask
from sqlalchemy.engine.default import DefaultDialect
from werkzeug.routing import Map, Rule

from tracker.people import passwords


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


_OF_AN_AREA = (
    *("error_handler_spec", "before_request_funcs", "after_request_funcs", "teardown_request_funcs"),
    *("url_value_preprocessors", "url_default_functions", "template_context_processors"),
)
"""What an application keeps for each area, by its name."""


@contextmanager
def areas_registered_once(model: Flask) -> Iterator[None]:
    """Let applications take their areas from one that has them all: to register each page anew takes half their time.

    They share its map of addresses; one that is given an address of its own gets a map of its own first.
    """
    add_rule = Flask.add_url_rule

    def taken_over(app: Flask, area: Blueprint, **options: Any) -> None:
        name = area.name
        app.blueprints[name] = area
        app.url_map = model.url_map
        for endpoint in _endpoints(model)[name]:
            app.view_functions.setdefault(endpoint, model.view_functions[endpoint])
        for kind in _OF_AN_AREA:
            if name in (kept := getattr(model, kind)):
                getattr(app, kind)[name] = kept[name]

    def added(app: Flask, *rule: Any, **options: Any) -> None:
        if app is not model and app.url_map is model.url_map:
            own = Map(host_matching=model.url_map.host_matching)
            own.converters = dict(model.url_map.converters)
            for each in model.url_map.iter_rules():
                own.add(each.empty())
            app.url_map = own
        add_rule(app, *rule, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "register_blueprint", taken_over)
        patch.setattr(Flask, "add_url_rule", added)
        yield


@cache
def _endpoints(app: Flask) -> dict[str, list[str]]:
    """Return the pages of each area."""
    found: dict[str, list[str]] = {name: [] for name in app.blueprints}
    for endpoint in app.view_functions:
        found.setdefault(endpoint.partition(".")[0], []).append(endpoint)
    return found


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


@contextmanager
def hashing_quickly() -> Iterator[None]:
    """Hash passwords with the least work: the real cost is 130 ms each, for every account and every login."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@contextmanager
def garbage_looked_for_seldom() -> Iterator[None]:
    """Look for garbage seldom, and never among what every test needs: it took a tenth of the time."""
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    yield
    gc.set_threshold(*usual)
    gc.unfreeze()
