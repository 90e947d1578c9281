"""How a letter looks on its way out, by SMTP, over TLS and as a file."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.outbox.conftest import NOW, settings
from tests.outbox.server import MailServer, mail_server, server_context
from tracker.outbox.channels import CHANNELS, ChannelDown, Outgoing, PermanentError, email, mail

LETTER = Outgoing(
    key="digest:2021-03-01:huangpu-clerk",
    address="huangpu-clerk@example.invalid",
    subject="【督办提醒】3月1日：已逾期2项",
    text="您好。\n",
    html="<p>您好。</p>\n",
    day=date(2021, 3, 1),
    recipient="huangpu-clerk",
    queued_at=NOW,
)


def read(content: bytes) -> EmailMessage:
    parsed = message_from_bytes(content, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_the_same_letter_is_the_same_bytes() -> None:
    first, second = (mail.build(LETTER, "tracker@example.invalid") for _ in range(2))
    assert first == second
    assert first.isascii()


def test_the_message_id_comes_from_the_key_alone() -> None:
    other_words = replace(LETTER, subject="别的", text="别的", address="other@example.invalid")
    other_key = replace(LETTER, key="digest:2021-03-02:huangpu-clerk")
    ids = [read(mail.build(letter, "t@example.invalid"))["Message-ID"] for letter in (LETTER, other_words, other_key)]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\u2028", "\u2029", "\x85", "\x0b", "\x00"])
def test_a_subject_cannot_add_a_header(break_: str) -> None:
    written = read(mail.build(replace(LETTER, subject=f"提醒{break_}Bcc: x@example.invalid"), "t@example.invalid"))
    assert written["Subject"] == "提醒 Bcc: x@example.invalid"
    assert written["Bcc"] is None


@pytest.mark.parametrize(
    "address", ["", "no-at", "a b@example.invalid", "a@b\n", "张三@example.invalid", "a@b,c@d", "@b"]
)
def test_a_wrong_address_is_wrong_for_good(address: str) -> None:
    with pytest.raises(PermanentError, match="请在用户资料中"):
        mail.build(replace(LETTER, address=address), "t@example.invalid")


def test_without_a_server_letters_become_files(tmp_path: Path) -> None:
    channel = CHANNELS["email"].open(settings(folder=tmp_path), None)
    for _ in range(2):
        channel.send(LETTER)
    channel.close()
    (file,) = (tmp_path / "outbox").iterdir()
    assert file.name.startswith("2021-03-01_huangpu-clerk_")
    assert file.suffix == ".eml"
    assert read(file.read_bytes())["Subject"] == LETTER.subject


def test_a_file_name_never_leaves_its_folder(tmp_path: Path) -> None:
    CHANNELS["email"].open(settings(folder=tmp_path), None).send(replace(LETTER, recipient="../../张三\n"))
    (file,) = (tmp_path / "outbox").iterdir()
    assert file.name.startswith("2021-03-01_______")


def test_a_folder_that_takes_no_file_is_a_way_that_is_down(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way", encoding="ascii")
    with pytest.raises(ChannelDown, match="写不进"):
        CHANNELS["email"].open(settings(folder=tmp_path), None).send(LETTER)


def test_a_server_without_starttls_gets_nothing(server: MailServer) -> None:
    channel = CHANNELS["email"].open(settings(server.url.replace("smtp://", "smtp+starttls://")), None)
    with pytest.raises(ChannelDown, match="STARTTLS"):
        channel.send(LETTER)
    assert not server.received


def test_starttls_protects_the_letter(certificate: Callable[[bool], tuple[str, str]]) -> None:
    with mail_server(tls_context=server_context(*certificate(True)), require_starttls=True) as server:
        channel = CHANNELS["email"].open(
            settings(server.url.replace("smtp://127.0.0.1", "smtp+starttls://localhost")), None
        )
        channel.send(LETTER)
        channel.close()
        assert len(server.received) == 1


def test_an_unknown_certificate_gets_no_letter(certificate: Callable[[bool], tuple[str, str]]) -> None:
    with mail_server(tls_context=server_context(*certificate(False)), require_starttls=True) as server:
        channel = CHANNELS["email"].open(
            settings(server.url.replace("smtp://127.0.0.1", "smtp+starttls://localhost")), None
        )
        with pytest.raises(ChannelDown, match="CERTIFICATE_VERIFY_FAILED"):
            channel.send(LETTER)
        assert not server.received


def test_smtps_speaks_tls_from_the_first_byte(certificate: Callable[[bool], tuple[str, str]]) -> None:
    with mail_server(ssl_context=server_context(*certificate(True))) as server:
        channel = CHANNELS["email"].open(settings(server.url.replace("smtp://127.0.0.1", "smtps://localhost")), None)
        channel.send(LETTER)
        channel.close()
        assert len(server.received) == 1


def test_a_probe_sends_nothing(server: MailServer) -> None:
    email.probe(settings(server.url))
    assert len(server.connections) == 1
    assert not server.received


def test_a_probe_of_a_dead_server_fails(server: MailServer) -> None:
    with pytest.raises(OSError, match="refused"):
        email.probe(settings("smtp://127.0.0.1:9"))
