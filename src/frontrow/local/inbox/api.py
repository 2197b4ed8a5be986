"""The JSON side of the inbox, for tests, benches and scripts."""

import time
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from frontrow.local.inbox.folder import Folder, Mail, Wanted
from frontrow.local.inbox.letters import read_letter
from frontrow.local.inbox.news import News

_LONGEST_WAIT = 30.0
_MOST = 1000


class Api:
    """Routes under ``/api`` and ``/health``."""

    def __init__(self, folder: Folder, news: News) -> None:
        self._folder = folder
        self._news = news

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/health", self.health),
            Route("/api/messages", self.listing, methods=["GET"]),
            Route("/api/messages", self.clear, methods=["DELETE"]),
            Route("/api/messages/{id}", self.message, methods=["GET"]),
            Route("/api/messages/{id}", self.remove, methods=["DELETE"]),
        ]

    async def health(self, _: Request) -> Response:
        """Alive, and how many mails there are."""
        return JSONResponse({"status": "ok", "messages": self._folder.count(Wanted())})

    async def listing(self, request: Request) -> Response:
        """``?to=&q=&message_id=&limit=&cursor=`` newest first.

        ``wait`` (seconds, at most 30) with ``at_least`` (default 1) answers as soon as that many mails match, so that a
        test can wait for a mail instead of sleeping.
        """
        query = request.query_params
        wanted = Wanted(query.get("to", ""), query.get("q", ""), query.get("message_id", ""))
        try:
            limit = min(max(int(query.get("limit", "50")), 1), _MOST)
            at_least = int(query.get("at_least", "1"))
            until = time.monotonic() + min(max(float(query.get("wait", "0")), 0), _LONGEST_WAIT)
        except ValueError:
            return JSONResponse({"error": "limit, at_least and wait are numbers"}, status_code=422)
        total = self._folder.count(wanted)
        while total < at_least and (left := until - time.monotonic()) > 0:
            await self._news.wait(left)
            total = self._folder.count(wanted)
        mails = self._folder.page(wanted, limit=limit + 1, before=query.get("cursor", ""))
        shown = mails[:limit]
        cursor = shown[-1].id if len(mails) > limit else None
        return JSONResponse({"items": [summary(mail) for mail in shown], "total": total, "next_cursor": cursor})

    async def message(self, request: Request) -> Response:
        """One mail with its text, HTML, links and attachments."""
        mail = self._folder.get(request.path_params["id"])
        if mail is None:
            return _gone()
        try:
            letter = read_letter(self._folder.file(mail))
        except FileNotFoundError:
            return _gone()
        attachments = [
            {
                "filename": part.filename,
                "content_type": part.content_type,
                "size": part.size,
                "url": f"/messages/{mail.id}/parts/{part.number}",
            }
            for part in letter.attachments
        ]
        details = {"text": letter.text, "html": letter.html, "links": letter.links, "attachments": attachments}
        return JSONResponse({**summary(mail), **details})

    async def clear(self, _: Request) -> Response:
        """Deletes every mail."""
        self._folder.clear()
        self._news.tell()
        return Response(status_code=204)

    async def remove(self, request: Request) -> Response:
        """Deletes one mail."""
        mail = self._folder.get(request.path_params["id"])
        if mail is None:
            return _gone()
        self._folder.remove(mail)
        self._news.tell()
        return Response(status_code=204)


def summary(mail: Mail) -> dict[str, Any]:
    """A mail's line as JSON."""
    return {
        "id": mail.id,
        "received_at": datetime.fromtimestamp(mail.received, UTC).isoformat(),
        "from": mail.sender,
        "to": mail.recipients,
        "subject": mail.subject,
        "message_id": mail.message_id,
        "size": mail.size,
    }


def _gone() -> Response:
    return JSONResponse({"error": "no such mail"}, status_code=404)
