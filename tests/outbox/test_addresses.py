"""Letters are posted to public places alone, and to the internal ones that are set; a name cannot change its mind."""

import socket
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from tests.outbox.conftest import Clock, settings
from tests.outbox.hooks import HookServer, hook_server
from tests.outbox.test_channels import LETTER
from tracker.outbox.channels import CHANNELS, ChannelDown, EndpointAddress, addresses
from tracker.outbox.channels.addresses import AddressRefused

PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2002:a00:1::1",
]


@pytest.fixture(autouse=True)
def _nothing_internal(_loopback_may_be_reached: None) -> None:
    """Let nothing internal be reached unless a test says so."""
    addresses.configure(())


def literal(number: str) -> str:
    """Return an address with a number for a host."""
    return f"https://[{number}]/hook" if ":" in number else f"https://{number}/hook"


@pytest.mark.parametrize("number", PRIVATE)
def test_a_number_that_is_not_public_is_refused_with_what_to_do(number: str) -> None:
    with pytest.raises(AddressRefused, match=r"在内网或本机.*TRACKER_WEBHOOK_NETWORKS"):
        addresses.check(literal(number))


@pytest.mark.parametrize("number", ["1.1.1.1", "2400:3200::1", "::ffff:1.1.1.1", "2002:101:101::"])
def test_a_public_number_is_taken(number: str) -> None:
    addresses.check(literal(number))


@pytest.mark.parametrize(
    "host",
    [
        "hooks.sfj.example.cn",
        "robot.invalid",
        "xn--fiqs8s.example",
        "a_b.example",
        "oapi.dingtalk.example:8443",
        "hooks.example.cn.",
        "HOOKS.example.cn",
    ],
)
def test_a_full_name_is_taken(host: str) -> None:
    addresses.check(f"https://{host}/send?key=1")
    addresses.check_now(f"https://{host}/send?key=1")


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost.",
        "LOCALHOST",
        "a.localhost",
        "intranet",
        "0x7f000001",
        "0x7f.0.0.1",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "1.2.3",
        "①②⑦.0.0.1",
        "127。0。0。1",
        "a..b",
        "-",
        "a.b.1",
        "%31%32%37.0.0.1",
        "hooks.example.cn%00",
        "a.0x1",
        "[::1%25lo]",
        "[v1.x]",
        "",
    ],
)
def test_another_way_to_write_a_number_or_this_machine_is_refused(host: str) -> None:
    with pytest.raises(AddressRefused):
        addresses.check(f"https://{host}/")


@pytest.mark.parametrize(
    "url",
    [
        "gopher://hooks.example.cn:25/_",
        "file:/etc/passwd",
        "ftp://hooks.example.cn/",
        "//hooks.example.cn/",
        "hooks.example.cn",
        "javascript:alert(1)",
        "https://hooks.sfj.example.cn@evil.example/",
        "https://a:b@hooks.example.cn/",
        "https://hooks.sfj.example.cn\t.evil.example/",
        "https://hooks.example.cn/\r\nHost: x",
        "https://hooks.example.cn /",
        "https://hooks.example.cn\\@evil.example/",
        "https://hooks.example.cn:0/",
        "https://hooks.example.cn:99999/",
        "https://hooks.example.cn:x/",
        "https://[::1/",
        "https:///x",
        "http://",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        addresses.check(url)


@pytest.mark.parametrize(
    ("network", "number", "taken"),
    [
        ("10.1.0.0/16", "10.1.2.3", True),
        ("10.1.0.0/16", "10.2.0.1", False),
        ("10.1.0.0/16", "::ffff:10.1.2.3", True),
        ("fc00:1::/32", "fc00:1::5", True),
        ("fc00:1::/32", "fc00:2::5", False),
        ("127.0.0.1/32", "127.0.0.2", False),
    ],
)
def test_an_internal_network_that_is_set_may_be_reached(network: str, number: str, taken: bool) -> None:
    addresses.configure((ip_network(network),))
    if taken:
        addresses.require_allowed([ip_address(number)])
    else:
        with pytest.raises(AddressRefused):
            addresses.require_allowed([ip_address(number)])


# ---- when a letter is sent


class Names:
    """Answers for a name server: each time the next answer, and at the end the last one for good."""

    def __init__(self, *answers: list[str]) -> None:
        """Take the answers, each of some numbers."""
        self.answers, self.asked = list(answers), 0

    def __call__(self, host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        """Answer; a number is its own answer."""
        if host.replace(".", "").isdigit():
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        numbers = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in numbers]


@pytest.fixture
def hooks(later: Clock) -> Iterator[HookServer]:
    """A web server on loopback."""
    with hook_server() as hooks:
        yield hooks


def send(url: str) -> None:
    """Send a letter."""
    CHANNELS["webhook"].open(settings(), EndpointAddress(url, "")).send(LETTER)


def test_nothing_is_sent_to_this_machine(hooks: HookServer) -> None:
    with pytest.raises(ChannelDown, match="在内网或本机"):
        send(hooks.url)
    assert hooks.received == []


def test_nothing_is_sent_where_a_public_name_leads_inside(hooks: HookServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names(["127.0.0.1"]))
    with pytest.raises(ChannelDown, match="在内网或本机") as refused:
        send(hooks.url.replace("127.0.0.1", "hooks.example.cn") + "?key=test-key")
    assert hooks.received == []
    assert "test-key" not in str(refused.value)


def test_one_inner_number_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names(["1.1.1.1", "10.0.0.1"]))
    with pytest.raises(AddressRefused):
        addresses.numbers("hooks.example.cn", 443)
    with pytest.raises(AddressRefused):
        addresses.check_now("https://hooks.example.cn/")


def test_a_name_that_changes_its_mind_is_asked_once(hooks: HookServer, monkeypatch: pytest.MonkeyPatch) -> None:
    addresses.configure((ip_network("127.0.0.1/32"),))
    names = Names(["127.0.0.1"], ["127.0.0.9"])
    monkeypatch.setattr(socket, "getaddrinfo", names)
    send(hooks.url.replace("127.0.0.1", "hooks.example.cn"))
    assert names.asked == 1
    (request,) = hooks.received
    assert request.headers["Host"].startswith("hooks.example.cn:")


def test_the_next_number_of_a_name_is_tried_where_one_does_not_answer(
    hooks: HookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses.configure((ip_network("127.0.0.0/8"),))
    monkeypatch.setattr(socket, "getaddrinfo", Names(["127.0.0.250", "127.0.0.1"]))
    send(hooks.url.replace("127.0.0.1", "hooks.example.cn"))
    assert len(hooks.received) == 1


def test_a_redirect_to_the_inside_is_not_followed(hooks: HookServer) -> None:
    addresses.configure((ip_network("127.0.0.1/32"),))
    hooks.usual, hooks.location = (302, ""), "http://169.254.169.254/latest/meta-data/"
    with pytest.raises(Exception, match="302"):
        send(hooks.url)
    assert len(hooks.received) == 1
