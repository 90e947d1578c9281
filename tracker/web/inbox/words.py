"""Shows a letter's text in a page: nothing of it can act, and only this service's own addresses become links."""

import re
from urllib.parse import SplitResult, urlsplit

from markupsafe import Markup, escape

_ADDRESS = re.compile(r"https?://[!#-;=?-~]+", re.ASCII)
"""An address ends where a letter's own words go on: at a blank, a quote, an angle bracket, a Chinese sign."""

_ENDING = ".,;:!?)]}'"


def linked(text: str, base_url: str) -> Markup:
    """Return a letter's text as HTML in which the addresses below `base_url` can be followed, and nothing else."""
    base, shown, after = urlsplit(base_url), Markup(), 0
    for found in _ADDRESS.finditer(text):
        address = found[0].rstrip(_ENDING)
        if _is_below(base, address):
            shown += escape(text[after : found.start()]) + Markup('<a href="{0}">{0}</a>').format(address)
            after = found.start() + len(address)
    return shown + escape(text[after:])


def _is_below(base: SplitResult, address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    same = (parts.scheme, parts.netloc) == (base.scheme, base.netloc)
    return same and (parts.path == base.path or parts.path.startswith(f"{base.path}/"))
