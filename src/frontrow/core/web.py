"""The web's edge: correlation ids, CSRF, security headers, and every refusal as problem+json (RFC 9457)."""

import hmac
import re
import secrets
import time
import uuid
from datetime import datetime
from typing import Annotated, Any

import structlog
from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid4

from frontrow.core.errors import CsrfFailed, InvalidRequest, NotFound, Refusal
from frontrow.core.log import CORRELATION_HEADER, bind_correlation, log_request
from frontrow.core.runtime import Runtime

CSRF_COOKIE = "fr_csrf"
CSRF_HEADER = "x-csrf-token"
WROTE_COOKIE = "fr_wrote"
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
WROTE = (b"set-cookie", f"{WROTE_COOKIE}=1; Max-Age=10; Path=/; HttpOnly; SameSite=Lax".encode())
"""For a few seconds this browser reads from the primary, and so its own writes."""
SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)
MAX_BODY = 1_000_000  # bytes
MAX_UPLOAD = 16_000_000
"""Bytes of a seat map's file, whose door reads it part by part: a stadium of 50,000 seats as pretix writes it."""
_UPLOADS = re.compile(r"/api/organisers/[^/]+/venues/[^/]+/seat-maps")

_CORRELATION, _CSRF = CORRELATION_HEADER.lower().encode(), CSRF_HEADER.encode()
_UUID_SHAPE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PLAIN_COOKIE = re.compile(r"[A-Za-z0-9_.-]+")

log = structlog.get_logger("frontrow.web")


class Room(BaseModel):
    """Where seats are left: so many ``together`` at most."""

    section: str
    category: str
    together: int


class Problem(BaseModel):
    """RFC 9457 problem details with a stable ``code``."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    seats: list[int] | None = None
    largest: int | None = None
    left: int | None = None
    instead: list[Room] | None = None
    held: int | None = None
    max_seats: int | None = None
    expires_at: datetime | None = None
    errors: list[dict[str, str]] | None = None
    more_errors: int | None = None


def problem_response(refusal: Refusal) -> Response:
    headers = {"Retry-After": "1"} if refusal.status == 503 else None
    return JSONResponse(
        refusal.problem(), status_code=refusal.status, media_type="application/problem+json", headers=headers
    )


def refusals(*kinds: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """For ``responses=`` of an endpoint: the ways it says no, with their codes, in the OpenAPI document."""
    told: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        known = told.setdefault(kind.status, {"model": Problem, "description": ""})
        known["description"] = ", ".join(filter(None, [known["description"], f"`{kind.code}`"]))
    return told


async def runtime(connection: HTTPConnection) -> Runtime:
    """FastAPI dependency: the process's runtime. Async, because FastAPI sends plain functions to a thread."""
    held: Runtime = connection.app.state.runtime
    return held


RuntimeDep = Annotated[Runtime, Depends(runtime)]


def told(error: Exception) -> Response:
    """The answer to an error that has a name: one of ours, of FastAPI's or of Starlette's."""
    if isinstance(error, Refusal):
        return problem_response(error)
    if isinstance(error, RequestValidationError):
        errors = [
            {"field": ".".join(str(part) for part in found["loc"][1:]) or "body", "message": found["msg"]}
            for found in error.errors()[:20]
        ]
        first = f"{errors[0]['field']}: {errors[0]['message']}" if errors else None
        return problem_response(InvalidRequest(first, errors=errors))
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return problem_response(NotFound())
    named = type("HttpRefusal", (Refusal,), {"code": f"http_{error.status_code}", "status": error.status_code})
    return problem_response(named(str(error.detail)))


NAMED = (Refusal, RequestValidationError, HTTPException)


def install(app: FastAPI) -> None:
    """Answer every error as a problem document."""

    async def answer(request: Request, error: Exception) -> Response:
        return told(error)

    for kind in NAMED:
        app.add_exception_handler(kind, answer)


class Edge:
    """Pure ASGI, because every hot request passes here."""

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self._app = app
        self._origin = origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Looked into so often that one pass over them all is less work. Of two with one name the first counts.
        headers: dict[bytes, bytes] = dict(reversed(scope["headers"]))
        correlation = _clean_correlation(headers.get(_CORRELATION))
        bind_correlation(correlation)
        method, path = scope["method"], scope["path"]
        unsafe, api = method in UNSAFE, path.startswith("/api/")
        started = time.perf_counter()
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                outgoing: list[tuple[bytes, bytes]] = message.setdefault("headers", [])
                stored = api and b"cache-control" not in dict(outgoing)
                outgoing += SECURITY_HEADERS
                outgoing.append((b"x-correlation-id", correlation.encode()))
                if stored:
                    outgoing.append((b"cache-control", b"no-store"))
                if api and unsafe and status < 400:
                    outgoing.append(WROTE)
            await send(message)

        try:
            if unsafe and api and not path.startswith("/api/webhooks/"):
                self._check_csrf(headers)
            if (length := headers.get(b"content-length")) is None:
                if b"transfer-encoding" in headers and not _UPLOADS.fullmatch(path):
                    raise LengthRequired
            elif int(length) > MAX_BODY and not _UPLOADS.fullmatch(path):
                raise TooLarge
            await self._app(scope, receive, answer)
        except NAMED as error:
            await told(error)(scope, receive, answer)
        except Exception:
            log.exception("unhandled", method=method, path=path)
            if status:
                raise
            await problem_response(_Internal())(scope, receive, answer)
        finally:
            took = round((time.perf_counter() - started) * 1000, 1)
            if path not in {"/health", "/ready"}:
                log_request(method=method, path=path, status=status, ms=took, request_id=correlation)

    def _check_csrf(self, headers: dict[bytes, bytes]) -> None:
        """A cookie is sent by the browser whoever asks; so a changing request needs a proof that our page asked."""
        sent = headers.get(b"origin")
        if sent is not None:
            origin = sent.decode("latin-1")
            host = headers.get(b"host")
            if origin != self._origin and (host is None or origin.split("://")[-1] != host.decode("latin-1")):
                raise CsrfFailed("This request came from another site.")
        if headers.get(b"authorization", b"").startswith(b"Bearer "):
            return
        cookie = cookie_parser(headers.get(b"cookie", b"").decode("latin-1")).get(CSRF_COOKIE, "")
        proof = headers.get(_CSRF, b"").decode("latin-1")
        if not cookie or not hmac.compare_digest(cookie.encode(), proof.encode()):
            raise CsrfFailed


class _Internal(Refusal):
    code = "internal_error"
    status = 500
    title = "Something broke on our side. Nothing more was done; please try again."


class TooLarge(Refusal):
    code = "too_large"
    status = 413
    title = "This is more than we take in one request."


class LengthRequired(Refusal):
    """Of a body without one nobody knows how much is still to come (RFC 9110, 15.5.12)."""

    code = "length_required"
    status = 411
    title = "Please say with Content-Length how long the request is."


def _clean_correlation(sent: bytes | None) -> str:
    """The browser's id if it is one of ours in shape, else a new one: a log line must not be forged through it."""
    if sent is not None:
        shown = sent.decode("latin-1")
        if _UUID_SHAPE.fullmatch(shown):
            return shown
        try:
            return str(uuid.UUID(shown))
        except ValueError:
            pass
    return str(uuid4())


def wants_fresh(connection: HTTPConnection) -> bool:
    """Whether this browser has just changed something and so must read from the primary."""
    return WROTE_COOKIE in connection.cookies


def set_cookie(
    response: Response,
    name: str,
    value: str,
    *,
    max_age: int | None,
    secure: bool,
    path: str = "/",
    readable: bool = False,
) -> None:
    """A SameSite=Lax cookie, httpOnly unless the page must read it; Secure whenever the origin is https."""
    if not _PLAIN_COOKIE.fullmatch(value):
        response.set_cookie(name, value, max_age, path=path, httponly=not readable, secure=secure, samesite="lax")
        return
    # Written as Starlette writes it, without the standard library's work on values that need quotes.
    hidden, age = "" if readable else "; HttpOnly", "" if max_age is None else f"; Max-Age={max_age}"
    text = f"{name}={value}{hidden}{age}; Path={path}; SameSite=lax{'; Secure' if secure else ''}"
    response.raw_headers.append((b"set-cookie", text.encode("latin-1")))


def raw_json(body: bytes, response: Response, *, status: int = 200) -> Response:
    """An answer that is JSON text already, keeping the cookies that dependencies have set on ``response``."""
    answer = Response(body, status_code=status, media_type="application/json")
    answer.raw_headers.extend(pair for pair in response.raw_headers if pair[0] == b"set-cookie")
    return answer


def new_csrf_token() -> str:
    return secrets.token_urlsafe(18)
