"""The inbox as a person sees it."""

import re
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from frontrow.local.inbox import views
from frontrow.local.inbox.folder import Folder, Mail, Wanted
from frontrow.local.inbox.letters import Letter, read_letter, read_part
from frontrow.local.inbox.news import News

_STATIC = Path(__file__).parent / "static"
_PAGE = 100
_OWN_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; img-src 'self';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# A mail is somebody else's HTML: its scripts and forms are dead, its links open in a new tab outside the sandbox.
_MAIL_PAGE = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline';"
    " img-src data: http: https:; font-src data:; frame-ancestors 'self'"
)
_ATTACHMENT = "sandbox; default-src 'none'"
_CID = re.compile(r"""cid:([^"'\s>)]+)""", re.IGNORECASE)


class Pages:
    """The HTML routes."""

    def __init__(self, folder: Folder, news: News) -> None:
        self._folder = folder
        self._news = news

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/", self.inbox),
            Route("/list", self.fragment),
            Route("/static/{name}", self.static),
            Route("/messages/{id}.eml", self.raw),
            Route("/messages/{id}", self.message),
            Route("/messages/{id}/html", self.html_part),
            Route("/messages/{id}/parts/{number:int}", self.part),
        ]

    async def inbox(self, request: Request) -> Response:
        """The list, newest first, or what will appear here."""
        return _page(views.inbox(self._listing(request), request.query_params.get("q", ""), self._news.version))

    async def fragment(self, request: Request) -> Response:
        """The list alone, for the page to refresh itself; 304 while nothing changed."""
        tag = f'"{self._news.version}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304)
        return HTMLResponse(self._listing(request), headers={"ETag": tag, "Cache-Control": "no-cache"})

    async def message(self, request: Request) -> Response:
        """One mail: its HTML in a sandbox, or its text."""
        mail, letter = self._open(request)
        if mail is None or letter is None:
            return _missing()
        view = request.query_params.get("view", "")
        if view not in ("html", "text") or (view == "html" and letter.html is None):
            view = "html" if letter.html is not None else "text"
        return _page(views.message(mail, letter, view))

    async def html_part(self, request: Request) -> Response:
        """The HTML part as a document of its own, which may do nothing but be looked at."""
        mail, letter = self._open(request)
        if mail is None or letter is None or letter.html is None:
            return _missing()
        numbers = {part.content_id: part.number for part in letter.attachments if part.content_id}
        base = f"{request.url.scheme}://{request.url.netloc}/messages/{mail.id}/parts"

        def address(match: re.Match[str]) -> str:
            return f"{base}/{numbers[match[1]]}" if match[1] in numbers else match[0]

        document = '<base target="_blank">' + _CID.sub(address, letter.html)
        # The base element belongs into the head, yet in front of a doctype it would switch browsers to quirks mode.
        doctype = re.match(r"\s*(<!doctype[^>]*>)", letter.html, re.IGNORECASE)
        if doctype is not None:
            document = doctype[1] + document.replace(doctype[1], "", 1)
        return HTMLResponse(document, headers={"Content-Security-Policy": _MAIL_PAGE, "Referrer-Policy": "no-referrer"})

    async def part(self, request: Request) -> Response:
        """An attachment, always as a download."""
        mail = self._folder.get(request.path_params["id"])
        if mail is None:
            return _missing()
        try:
            found = read_part(self._folder.file(mail), request.path_params["number"])
        except FileNotFoundError:
            found = None
        if found is None:
            return _missing()
        part, body = found
        return Response(body, headers=_download(part.filename, part.content_type))

    async def raw(self, request: Request) -> Response:
        """The message as it came."""
        mail = self._folder.get(request.path_params["id"])
        if mail is None or not self._folder.file(mail).exists():
            return _missing()
        return FileResponse(self._folder.file(mail), headers=_download(f"{mail.id}.eml", "message/rfc822"))

    async def static(self, request: Request) -> Response:
        """The style and the script."""
        name = request.path_params["name"]
        if name not in ("inbox.css", "inbox.js"):
            return _missing()
        return FileResponse(_STATIC / name, headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"})

    def _listing(self, request: Request) -> str:
        words = request.query_params.get("q", "")
        wanted = Wanted(words=words)
        mails = self._folder.page(wanted, limit=_PAGE + 1, before=request.query_params.get("before", ""))
        older = mails[_PAGE - 1].id if len(mails) > _PAGE else None
        return views.listing(mails[:_PAGE], self._folder.count(wanted), words, older)

    def _open(self, request: Request) -> tuple[Mail | None, Letter | None]:
        mail = self._folder.get(request.path_params["id"])
        if mail is None:
            return None, None
        try:
            return mail, read_letter(self._folder.file(mail))
        except FileNotFoundError:
            return mail, None


def _page(document: str, status: int = 200) -> Response:
    headers = {
        "Content-Security-Policy": _OWN_PAGE,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return HTMLResponse(document, status, headers)


def _missing() -> Response:
    return _page(views.missing(), 404)


def _download(filename: str, content_type: str) -> dict[str, str]:
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", filename)
    return {
        "Content-Type": content_type
        if re.fullmatch(r"[\w.+-]+/[\w.+-]+", content_type)
        else "application/octet-stream",
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}",
        "Content-Security-Policy": _ATTACHMENT,
        "X-Content-Type-Options": "nosniff",
    }
