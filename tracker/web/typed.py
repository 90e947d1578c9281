"""What somebody typed into a form that could not be taken, shown once more to be copied."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from flask import g, request

from tracker.rules.words import say

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)
SECRET = frozenset({"password", "old", "new", "again", "code", "secret", "key", "csrf_token"})
"""Fields that are never shown, whoever asks."""

UNTYPED = frozenset({"next", "step", "version", "token", "intent", "id", "page", "q", "sort"})
"""Fields that pages fill in themselves."""

LEAST = 4
"""A shorter text is a choice or a number, and typed again faster than copied."""

LABELS = {
    "done": say("完成情况"),
    "problems": say("存在问题"),
    "plan": say("下一步打算"),
    "reason": say("理由"),
    "comment": say("意见"),
    "answer": say("裁定理由"),
    "summary": say("自评小结"),
    "text": say("文字"),
    "acceptance": say("办结标准"),
    "note": say("备注"),
    "name": say("名称"),
    "display": say("姓名"),
}
"""What pages call the fields in which people write."""


class Typed(NamedTuple):
    """One field: what the page calls it, and its text without what nobody sees."""

    label: str
    text: str


def _is_text(value: str) -> bool:
    """Tell text from days, numbers and codes, which hold nothing but ASCII and no blank."""
    return len(value) >= LEAST and (not value.isascii() or " " in value)


def name_fields(labels: Mapping[str, str]) -> None:
    """Note what the form of this request calls its fields, should it have to be shown once more."""
    g.field_labels = labels


def keep_typed(fields: Iterable[tuple[str, str]]) -> None:
    """Note what was typed in the form of this request, label and text, where only the page knows what was."""
    g.typed_fields = [Typed(label, text) for label, text in fields]


def typed() -> list[Typed]:
    """Return the texts of this request's form, in its order; no secrets, no numbers, no files.

    Where the page noted itself what was typed, that is it.
    """
    if request.blueprint in ("auth", "resets"):
        return []
    if "typed_fields" in g:
        noted: list[Typed] = g.typed_fields
        return noted
    found: list[Typed] = []
    labels = {**LABELS, **g.get("field_labels", {})}
    for name, values in request.form.lists():
        if name in SECRET or name in UNTYPED:
            continue
        texts = [_INVISIBLE.sub("", value).strip() for value in values]
        found += [
            Typed(labels.get(name) or say("第 {n} 栏", n=len(found) + 1), text) for text in texts if _is_text(text)
        ]
    return found
