"""What people write becomes HTML in which nothing runs, loads or submits."""

import re
from contextlib import suppress
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import at_most
from tracker.text import MAX_BRACKETS, MAX_LENGTH, TAGS, TextRefused, to_html

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<iframe src=//evil.example></iframe>",
    "<form action=//evil.example><input name=a></form>",
    "<base href=//evil.example>",
    '<meta http-equiv="refresh" content="0;url=//evil.example">',
    '<style>@import "//evil.example"</style>',
    "</textarea><script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[a]\n\n[a]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "![x](http://evil.example/track.png)",
    "![x](x 'onerror=alert(1)')",
    '[x](http://a.cn/" onmouseover="alert(1))',
    '<a href="http://a.cn" onclick="alert(1)" style="position:fixed">x</a>',
    '<p style="background:url(//evil.example)" class="x" id="main">x</p>',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "<!--<img src=x onerror=alert(1)>-->",
    "{{7*7}} {% raw %}",
]


class Reader(HTMLParser):
    """Collects elements and attributes as a browser would read them."""

    def __init__(self, html: str) -> None:
        """Read all of it."""
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def require_harmless(source: str) -> None:
    """Fail unless the rendered text holds nothing but plain formatting and links."""
    found = Reader(to_html(source))
    assert found.tags <= TAGS
    assert {name for name, _ in found.attributes} <= {"href", "rel", "title", "lang"}
    for name, value in found.attributes:
        if name == "href" and ":" in value.split("/")[0]:
            assert re.match(r"(https?|mailto):", value, re.IGNORECASE)


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_text_is_made_harmless(source: str) -> None:
    require_harmless(source)


@given(st.lists(st.sampled_from([*HOSTILE, "\n", " ", "*", "`", "<", ">", "|", "- ", "> "]), max_size=8).map("".join))
def test_hostile_text_stays_harmless_in_any_mixture(source: str) -> None:
    require_harmless(source[:MAX_LENGTH])


@given(st.text(max_size=300))
def test_any_text_can_be_rendered(source: str) -> None:
    require_harmless(source)


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("**加粗**", "<p><strong>加粗</strong></p>"),
        ("- 一\n- 二", "<ul>\n<li>一</li>\n<li>二</li>\n</ul>"),
        ("第一行\n第二行", "<p>第一行<br>\n第二行</p>"),
        ("2021年3月<4月", "<p>2021年3月&lt;4月</p>"),
        ("", ""),
    ],
)
def test_plain_formatting_is_kept(source: str, html: str) -> None:
    assert to_html(source) == html


def test_a_link_leads_where_it_says_and_tells_nobody() -> None:
    html = to_html("[上海](https://www.sh.gov.cn/a?b=c)")
    assert 'href="https://www.sh.gov.cn/a?b=c"' in html
    assert "noopener" in html


def test_a_table_is_kept() -> None:
    assert {"table", "thead", "tbody", "tr", "th", "td"} <= Reader(to_html("| 所 | 人 |\n|---|---|\n| 岳阳 | 4 |")).tags


def test_a_text_of_the_greatest_length_is_taken_and_one_more_is_refused() -> None:
    assert to_html("字" * MAX_LENGTH)
    with pytest.raises(TextRefused, match=f"最多 {MAX_LENGTH} 字，现有 {MAX_LENGTH + 1} 字"):
        to_html("字" * (MAX_LENGTH + 1))


def test_too_many_brackets_are_refused_with_what_to_do() -> None:
    with pytest.raises(TextRefused, match=r"方括号过多.*请改用普通文字"):
        to_html("[" * (MAX_BRACKETS + 1))


@pytest.mark.parametrize(
    "unit", ["> ", "- ", "[", "![", "*", "_a", "`", "<b>", "&#", "**a", "| a ", "[a](", "<!--", "\n> - "]
)
def test_no_text_of_allowed_length_takes_long(unit: str) -> None:
    source = (unit * MAX_LENGTH)[:MAX_LENGTH]
    if source.count("[") > MAX_BRACKETS:
        source = unit * (MAX_BRACKETS // unit.count("["))
    # Too deep a nesting is refused, as another test says.
    with at_most(2), suppress(TextRefused):
        require_harmless(source)


def test_too_deep_a_nesting_is_refused_with_what_to_do() -> None:
    with pytest.raises(TextRefused, match="嵌套过深，请减少层级"):
        to_html("1. " * (MAX_LENGTH // 3) + "a")


def test_a_list_right_below_a_line_is_a_list() -> None:
    assert to_html("正文\n- 一\n- 二") == "<p>正文</p>\n<ul>\n<li>一</li>\n<li>二</li>\n</ul>"
    assert "<ol>" in to_html("分三步：\n1. 一\n2. 二")


def test_chinese_in_angle_brackets_is_text() -> None:
    assert to_html("甲<乙方>丙") == "<p>甲&lt;乙方&gt;丙</p>"
