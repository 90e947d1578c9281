"""Static files come compressed to whoever can read that, and the first page is light."""

import gzip
import re

import pytest
from flask import Flask

FIRST_PAGE = 150_000


def test_a_style_sheet_is_compressed_and_the_same(seeded: Flask) -> None:
    client = seeded.test_client()
    with (
        client.get("/static/app.css") as plain,
        client.get("/static/app.css", headers={"Accept-Encoding": "gzip"}) as small,
    ):
        assert "Content-Encoding" not in plain.headers
        assert small.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in small.headers["Vary"]
        assert gzip.decompress(small.data) == plain.data
        assert len(small.data) < len(plain.data) / 3
        assert small.headers["ETag"] == f"W/{plain.headers['ETag']}"


def test_what_the_browser_has_is_not_sent_again(seeded: Flask) -> None:
    client, accepts = seeded.test_client(), {"Accept-Encoding": "gzip"}
    with client.get("/static/app.css", headers=accepts) as first:
        tag = first.headers["ETag"]
    with client.get("/static/app.css", headers={**accepts, "If-None-Match": tag}) as again:
        assert again.status_code == 304


@pytest.mark.parametrize("address", ["/login", "/static/vendor/../../config.py", "/static/missing.css"])
def test_pages_and_what_is_not_there_are_left_alone(seeded: Flask, address: str) -> None:
    with seeded.test_client().get(address, headers={"Accept-Encoding": "gzip"}) as answer:
        assert "Content-Encoding" not in answer.headers


def test_the_first_page_weighs_little(seeded: Flask) -> None:
    client = seeded.test_client()
    page = client.get("/login").data
    weight = len(page)
    for address in set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page.decode())):
        with client.get(address, headers={"Accept-Encoding": "gzip"}) as part:
            assert part.status_code == 200, address
            weight += len(part.data)
    assert weight < FIRST_PAGE
