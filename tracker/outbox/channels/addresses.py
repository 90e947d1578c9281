"""Where letters may be posted to: the public internet, and of the internal networks only those that are set.

An address is judged by where it leads, and a connection goes to just what was judged: a name that means something
else a moment later leads nowhere.
"""

import re
import socket
from collections.abc import Iterable, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from tracker.rules.words import say

Address = IPv4Address | IPv6Address

HELP = say("如确需访问内网，请管理员在 TRACKER_WEBHOOK_NETWORKS 中列出网段")

_NAME = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])\.?")
"""A full name of a host; its last part begins with a letter, so that no spelling of a number passes for a name."""

_HERE = re.compile(r"(?:.*\.)?localhost\.?")
_EMBEDDING = ip_network("64:ff9b::/96")
"""IPv6 addresses that a gateway turns into the IPv4 address at their end."""

_networks: tuple[IPv4Network | IPv6Network, ...] = ()


class AddressRefused(ValueError):
    """An address that nothing is posted to; the message says what to do, and never holds the address."""


def configure(networks: Iterable[IPv4Network | IPv6Network]) -> None:
    """Say which internal networks may be reached."""
    global _networks
    _networks = tuple(networks)


def check(url: str) -> None:
    """Raise AddressRefused unless the address is plain: a scheme, a name or a number that may be reached, a port."""
    try:
        parts = urlsplit(url)
        host, known = parts.hostname or "", parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:
        host, known = "", False
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if not (known and host and plain) or "@" in parts.netloc:
        raise AddressRefused(say("地址应以 https:// 或 http:// 开头，照群机器人设置页给出的原样粘贴。"))
    if number := _number(host):
        require_allowed([number])
    elif _HERE.fullmatch(host) or not _NAME.fullmatch(host):
        raise AddressRefused(say("地址中的主机应是完整的域名，例如 hooks.example.cn，不能是本机或别的数字写法。"))


def check_now(url: str) -> None:
    """Raise AddressRefused also where the name leads to what may not be reached; a name nobody knows yet may pass."""
    check(url)
    parts = urlsplit(url)
    with suppress(OSError):
        numbers(parts.hostname or "", parts.port or 443)


def numbers(host: str, port: int) -> list[str]:
    """Return the numbers to connect to for a host; raise AddressRefused where one of them may not be reached."""
    found = [str(place[4][0]) for place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    require_allowed([ip_address(number.partition("%")[0]) for number in found])
    return found


def require_allowed(numbers: Sequence[Address]) -> None:
    """Raise AddressRefused unless all may be reached."""
    if not all(map(_is_allowed, numbers)):
        raise AddressRefused(say("这个地址在内网或本机，不能访问。{help}。", help=HELP))


def _number(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_allowed(number: Address) -> bool:
    meant = _meant(number)
    if any(meant in network or number in network for network in _networks):
        return True
    return meant.is_global and not meant.is_multicast and not meant.is_reserved


def _meant(number: Address) -> Address:
    """Return the IPv4 address that an IPv6 one stands for, or the address itself."""
    if isinstance(number, IPv4Address):
        return number
    if number in _EMBEDDING:
        return IPv4Address(int(number) & 0xFFFFFFFF)
    return number.ipv4_mapped or number.sixtofour or (number.teredo[1] if number.teredo else number)
