"""The mail inbox of the local stack: waits for a mail instead of sleeping."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

import httpx


@dataclass(frozen=True)
class Letter:
    """A mail that arrived: what a reader sees, and what was sent."""

    subject: str
    text: str
    links: list[str]
    attachments: list[dict[str, Any]]
    source: EmailMessage


class Inbox:
    def __init__(self, url: str) -> None:
        self._api = httpx.Client(base_url=url, timeout=40)

    def close(self) -> None:
        self._api.close()

    def wait_for(self, to: str, at_least: int = 1) -> Letter:
        """The newest of so many mails to that address, waited for at most 30 s. Raises LookupError."""
        asked: dict[str, str | int] = {"to": to, "wait": 30, "at_least": at_least}
        listing = self._api.get("/api/messages", params=asked).raise_for_status()
        items = listing.json()["items"]
        if len(items) < at_least:
            raise LookupError(f"no mail to {to} came")
        mail = self._api.get(f"/api/messages/{items[0]['id']}").raise_for_status().json()
        return Letter(mail["subject"], mail["text"], mail["links"], mail["attachments"], self._source(items[0]["id"]))

    def count(self, to: str) -> int:
        """How many mails to that address there are now."""
        return int(self._api.get("/api/messages", params={"to": to}).raise_for_status().json()["total"])

    def attachment(self, letter: Letter, content_type: str) -> bytes:
        """The first attachment of that type. Raises LookupError."""
        for part in letter.attachments:
            if part["content_type"] == content_type:
                return self._api.get(part["url"]).raise_for_status().content
        raise LookupError(f"the mail has no {content_type}")

    def _source(self, mail_id: str) -> EmailMessage:
        raw = self._api.get(f"/messages/{mail_id}.eml").raise_for_status().content
        return BytesParser(policy=default).parsebytes(raw)
