"""What the three chat robots share: the words that fit, who is mentioned, and how their answers are read."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.letters import one_line
from tracker.outbox.channels import posting
from tracker.outbox.channels.contract import ChannelDown, EndpointAddress, Outgoing, PermanentError, TemporaryError

PER_MINUTE = 20
"""How many messages a robot may send in a minute (WeCom and DingTalk alike; whoever exceeds it is shut out longer)."""

LINK = re.compile(r"https?://\S+")
MOBILE = re.compile(r"(?:\+?86)?-?(1[3-9]\d{9})")

Request = Callable[[EndpointAddress, Outgoing], tuple[str, dict[str, Any]]]
"""From a letter to the address to post to and the message."""


@dataclass(frozen=True)
class Verdicts:
    """How a platform answers: where the code stands, and what the codes mean that are known.

    A code that is not listed is an error to try again: platforms add codes for limits and maintenance, a wrong guess
    costs some attempts over four days, and the other wrong guess would cost the letter.
    """

    fields: tuple[str, ...]
    words: tuple[str, ...]
    full: frozenset[int]
    """Too many messages: nothing goes out this way for a while."""
    never: Mapping[int, str]
    """Refused for good, and what to do about it."""


class RobotChannel:
    """Posts each letter to one robot."""

    def __init__(self, endpoint: EndpointAddress, request: Request, verdicts: Verdicts) -> None:
        """Remember which robot, how it wants to be asked, and what its answers mean."""
        self.endpoint, self.request, self.verdicts = endpoint, request, verdicts

    def send(self, letter: Outgoing) -> None:
        """Post the letter; only the platform's own word that it was taken counts, not the HTTP status."""
        url, message = self.request(self.endpoint, letter)
        body = json.dumps(message, ensure_ascii=False).encode()
        _judge(posting.post(url, body, {"Content-Type": "application/json; charset=utf-8"}), self.verdicts)

    def close(self) -> None:
        """Have nothing to close."""


def _judge(answer: posting.Answer, verdicts: Verdicts) -> None:
    """Return where the message was taken; else raise what its code means, or its status where there is no code."""
    content = _read(answer.body)
    code = next((content[name] for name in verdicts.fields if isinstance(content.get(name), int)), None)
    if code is None:
        if answer.status < 300 or answer.status >= 500:
            raise TemporaryError(f"应答看不懂（HTTP {answer.status}）：{answer.words}")
        raise posting.refused(answer)
    if code == 0 and answer.status < 300:
        return
    words = next((content[name] for name in verdicts.words if isinstance(content.get(name), str)), "")
    text = f"{code} {one_line(words, 120)}".rstrip()
    if code in verdicts.full:
        raise ChannelDown(f"机器人发送过于频繁：{text}")
    if code in verdicts.never:
        raise PermanentError(f"{verdicts.never[code]}：{text}")
    raise TemporaryError(f"机器人暂不接收：{text}")


def _read(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def words(letter: Outgoing, limit: int) -> str:
    """Return subject and text in at most `limit` bytes; what is cut leaves a note and the letter's last link."""
    whole = f"{letter.subject}\n\n{letter.text.strip()}"
    if len(whole.encode()) <= limit:
        return whole
    links = LINK.findall(letter.text)
    note = f"\n…（内容较长，其余请登录查看）{f'{chr(10)}{links[-1]}' if links else ''}"
    return _cut(whole, limit - len(note.encode())).rstrip() + note


def _cut(text: str, limit: int) -> str:
    """Return the beginning of a text in at most `limit` bytes, no character torn apart."""
    return text.encode()[: max(limit, 0)].decode("utf-8", "ignore")


def mobile(letter: Outgoing) -> str:
    """Return the mobile number to mention, or nothing: a robot cannot mention an office telephone."""
    match = MOBILE.fullmatch(letter.address.strip())
    return match.group(1) if match else ""
