"""Keep a draft as JSON and give it back whole, so that work on it can be left and taken up again."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from tracker.rules.plan_text.drafts import PlanDraft


class DraftDamaged(ValueError):
    """A kept draft that does not fit the types of today."""


def keep(draft: PlanDraft) -> str:
    """Write a draft as JSON; `restore` gives back its equal."""
    return json.dumps(_plain(draft), ensure_ascii=False, separators=(",", ":"))


def restore(text: str) -> PlanDraft:
    """Read a draft that `keep` wrote, or an older release; raise DraftDamaged."""
    try:
        return _typed(PlanDraft, json.loads(text))  # type: ignore[no-any-return]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DraftDamaged(str(error)) from error


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(entry) for entry in value]
    return value


def _typed(kind: Any, value: Any) -> Any:
    """Build a value of an annotated type; a field that an older release did not write gets its default."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return None if value is None else _typed(next(arm for arm in get_args(kind) if arm is not type(None)), value)
    if origin is tuple:
        return tuple(_typed(get_args(kind)[0], entry) for entry in value)
    if origin in (dict, Mapping):
        return {key: _typed(get_args(kind)[1], entry) for key, entry in value.items()}
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _typed(hints[name], entry) for name, entry in value.items() if name in hints})
    return _scalar(kind, value)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _scalar(kind: Any, value: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if kind is date:
        return date.fromisoformat(value)
    if kind is Decimal:
        return Decimal(value)
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value
