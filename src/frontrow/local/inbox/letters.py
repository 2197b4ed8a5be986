"""Reading messages: the few header fields a list needs, and one whole message taken apart for its page."""

import email
import email.policy
import re
from dataclasses import dataclass, field
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import getaddresses
from html.parser import HTMLParser
from pathlib import Path

_MOST_HEAD = 262_144
_URL = re.compile(r"https?://[^\s<>\"')\]]+")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Head:
    """What the list shows of a message."""

    sender: str
    to: list[str]
    subject: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of the message that is neither its text nor its HTML: an attachment or an inline picture."""

    number: int
    filename: str
    content_type: str
    size: int
    content_id: str


@dataclass(slots=True)
class Letter:
    """A message taken apart. ``text`` and ``html`` are None when there is no such part."""

    text: str | None = None
    html: str | None = None
    attachments: list[Part] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def read_head(raw: bytes) -> Head:
    """The header fields of a message; anything unreadable becomes what can be read of it, never an error."""
    # The old policy parses headers ten times faster than the new one, and thousands of mails a minute pass here.
    ends = [place for place in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if place >= 0]
    head = raw[: min([*ends, _MOST_HEAD])]
    message: Message = email.message_from_bytes(head + b"\n\n", policy=email.policy.compat32)
    addresses = getaddresses([str(value) for name in ("to", "cc") for value in message.get_all(name, [])])
    return Head(
        sender=_decoded(message.get("from")),
        to=[address for _, address in addresses if address],
        subject=_decoded(message.get("subject")),
        message_id=_decoded(message.get("message-id")),
    )


def read_letter(path: Path) -> Letter:
    """Takes one message file apart. Raises FileNotFoundError when it is gone."""
    message = _parse(path)
    letter = Letter()
    text_part, html_part = message.get_body(("plain",)), message.get_body(("html",))
    letter.text = None if text_part is None else _text_of(text_part)
    letter.html = None if html_part is None else _text_of(html_part)
    for number, part in enumerate(message.walk()):
        if part.is_multipart() or part is text_part or part is html_part:
            continue
        payload = part.get_payload(decode=True)
        letter.attachments.append(
            Part(
                number,
                _BLANKS.sub(" ", part.get_filename() or f"part-{number}"),
                part.get_content_type(),
                len(payload) if isinstance(payload, bytes) else 0,
                str(part.get("content-id", "")).strip().strip("<>"),
            )
        )
    letter.links = _links(letter)
    return letter


def read_part(path: Path, number: int) -> tuple[Part, bytes] | None:
    """One attachment with its bytes, or None when the message has no such part."""
    for index, part in enumerate(_parse(path).walk()):
        if index == number and not part.is_multipart():
            payload = part.get_payload(decode=True)
            body = payload if isinstance(payload, bytes) else b""
            name = _BLANKS.sub(" ", part.get_filename() or f"part-{number}")
            return Part(number, name, part.get_content_type(), len(body), ""), body
    return None


def _parse(path: Path) -> EmailMessage:
    with path.open("rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.default)
    if not isinstance(message, EmailMessage):
        raise TypeError("the default policy makes EmailMessages")
    return message


def _text_of(part: Message) -> str:
    payload = part.get_payload(decode=True)
    body = payload if isinstance(payload, bytes) else b""
    try:
        return body.decode(part.get_content_charset() or "utf-8", errors="replace")
    except LookupError:
        return body.decode("utf-8", errors="replace")


def _decoded(value: object) -> str:
    if value is None:
        return ""
    try:
        text = str(make_header(decode_header(str(value))))
    except (ValueError, LookupError, UnicodeError):
        text = str(value)
    # Raw eight-bit headers come as surrogates, which neither JSON nor a page can carry.
    clean = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return _BLANKS.sub(" ", clean).strip()


class _LinkReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("a", "area"):
            self.found += [value.strip() for name, value in attrs if name == "href" and value]


def _links(letter: Letter) -> list[str]:
    reader = _LinkReader()
    if letter.html is not None:
        reader.feed(letter.html)
    found = reader.found + [url.rstrip(".,;:!?") for url in _URL.findall(letter.text or "")]
    return list(dict.fromkeys(found))
