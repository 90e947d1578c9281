"""A coarse shield against floods from one address; logins are counted exactly elsewhere, in the database.

Every process counts for itself in its own memory, so that with two of them twice as much may pass.
"""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import Flask, Response, request
from flask_limiter import Limiter

from tracker.web.auth.views import auth

SIGN_IN_SHARE = 20
"""Of so many requests one may be a form of the login pages, which cost a password's hash or a letter."""

FREE = ("static", "health")
PAUSE_SECONDS = 60


def init_app(app: Flask) -> None:
    """Count what every address asks for, unless TRACKER_RATE_LIMIT is 0."""
    most = app.config["TRACKER_RATE_LIMIT"]
    if not most:
        return
    limiter = Limiter(
        _address,
        app=app,
        application_limits=[f"{most}/minute"],
        application_limits_exempt_when=_is_free,
        storage_uri="memory://",
    )
    signing_in = f"{max(1, most // SIGN_IN_SHARE)}/minute"
    limiter.shared_limit(signing_in, scope="sign-in", methods=["POST"], exempt_when=_is_free)(auth)
    app.after_request(_say_when)


def _address() -> str:
    """Return who asks; whoever has one IPv6 address has the whole network of 64 bits."""
    try:
        found = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)


def _is_free() -> bool:
    """Let files of the pages, monitors, and the machine itself pass: behind a declared proxy nobody comes from it."""
    if request.endpoint == "static" or request.blueprint in FREE:
        return True
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _say_when(response: Response) -> Response:
    if response.status_code == 429:
        response.headers.setdefault("Retry-After", str(PAUSE_SECONDS))
    return response
