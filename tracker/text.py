"""Markdown to safe HTML; the only caller of the Markdown library."""

import re

import markdown
import nh3

from tracker.rules.words import say

MAX_LENGTH = 4000
MAX_BRACKETS = 200
"""Beyond these the Markdown library needs seconds for hostile input (20,000 brackets: 35 s)."""

TAGS = {
    "p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "hr", "a",
    "h1", "h2", "h3", "h4", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip

LIST_BELOW = re.compile(r"^((?! {0,3}(?:[-*+]|\d+\.) )[^\n]*\S[^\n]*)\n(?= {0,3}(?:[-*+]|1\.) )", re.MULTILINE)
"""A line with a list right below it: Markdown wants an empty line between, which nobody types."""


class TextRefused(ValueError):
    """Text that cannot be rendered; the message is for the person who wrote it."""


def check(source: str) -> None:
    """Raise TextRefused where a text is too long or too deeply nested to be rendered."""
    if len(source) > MAX_LENGTH:
        raise TextRefused(
            say(
                "文字过长：最多 {max_length} 字，现有 {n} 字。请精简，或把详细材料作为附件上传。",
                max_length=MAX_LENGTH,
                n=len(source),
            )
        )
    if source.count("[") > MAX_BRACKETS:
        raise TextRefused(say("方括号过多（最多 {max_brackets} 个），请改用普通文字。", max_brackets=MAX_BRACKETS))


def to_html(source: str) -> str:
    """Render Markdown as HTML in which nothing can run, load or submit; raise TextRefused."""
    if not source:
        return ""
    check(source)
    try:
        readable = LIST_BELOW.sub(r"\1\n\n", source)
        html = markdown.markdown(readable, extensions=["tables", "sane_lists", "nl2br"], output_format="html")
    except RecursionError:
        raise TextRefused(say("列表或引用嵌套过深，请减少层级。")) from None
    return nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"})
