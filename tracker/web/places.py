"""What a request asked for, as records and logs may show it."""

from flask import request


def shown_path() -> str:
    """Return the path without the token that stands in some: whoever reads a log must not be able to use it."""
    return str(request.url_rule) if "token" in (request.view_args or {}) else request.path
