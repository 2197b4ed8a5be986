"""The web's edge: correlation ids, CSRF, security headers, and every refusal as problem+json (RFC 9457)."""

import hmac
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
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from frontrow.core.errors import CsrfFailed, InvalidRequest, NotFound, Refusal
from frontrow.core.log import CORRELATION_HEADER, bind_correlation
from frontrow.core.runtime import Runtime

CSRF_COOKIE = "fr_csrf"
CSRF_HEADER = "x-csrf-token"
WROTE_COOKIE = "fr_wrote"
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
MAX_BODY = 1_000_000  # bytes; uploads get their own limit where they are taken

log = structlog.get_logger("frontrow.web")


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
    held: int | None = None
    max_seats: int | None = None
    expires_at: datetime | None = None
    errors: list[dict[str, str]] | None = None


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


def install(app: FastAPI) -> None:
    """Answer every error as a problem document."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, error: Refusal) -> Response:
        return problem_response(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        errors = [
            {"field": ".".join(str(part) for part in found["loc"][1:]) or "body", "message": found["msg"]}
            for found in error.errors()[:20]
        ]
        first = f"{errors[0]['field']}: {errors[0]['message']}" if errors else None
        return problem_response(InvalidRequest(first, errors=errors))

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            return problem_response(NotFound())
        named = type("HttpRefusal", (Refusal,), {"code": f"http_{error.status_code}", "status": error.status_code})
        return problem_response(named(str(error.detail)))


class Edge:
    """Pure ASGI, because every hot request passes here."""

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self._app = app
        self._origin = origin
        self._security_headers = [
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"x-frame-options", b"DENY"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        correlation = _clean_correlation(headers.get(CORRELATION_HEADER))
        bind_correlation(correlation)
        method, path = scope["method"], scope["path"]
        unsafe = method in UNSAFE
        started = time.perf_counter()
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                outgoing: list[tuple[bytes, bytes]] = message.setdefault("headers", [])
                outgoing.extend(self._security_headers)
                outgoing.append((b"x-correlation-id", correlation.encode()))
                if path.startswith("/api/"):
                    mutable = MutableHeaders(raw=outgoing)
                    mutable.setdefault("cache-control", "no-store")
                    if unsafe and status < 400:
                        # For a few seconds this browser reads from the primary, and so its own writes.
                        mutable.append("set-cookie", f"{WROTE_COOKIE}=1; Max-Age=10; Path=/; HttpOnly; SameSite=Lax")
            await send(message)

        try:
            if unsafe and path.startswith("/api/") and not path.startswith("/api/webhooks/"):
                self._check_csrf(headers)
            if int(headers.get("content-length") or 0) > MAX_BODY:
                raise _TooLarge
            await self._app(scope, receive, answer)
        except Refusal as refusal:
            await problem_response(refusal)(scope, receive, answer)
        except Exception:
            log.exception("unhandled", method=method, path=path)
            if status:
                raise
            await problem_response(_Internal())(scope, receive, answer)
        finally:
            took = round((time.perf_counter() - started) * 1000, 1)
            if path not in {"/health", "/ready"}:
                log.info("request", method=method, path=path, status=status, ms=took, request_id=correlation)

    def _check_csrf(self, headers: Headers) -> None:
        """A cookie is sent by the browser whoever asks; so a changing request needs a proof that our page asked."""
        origin = headers.get("origin")
        if origin is not None and origin != self._origin and origin.split("://")[-1] != headers.get("host"):
            raise CsrfFailed("This request came from another site.")
        if headers.get("authorization", "").startswith("Bearer "):
            return
        cookie = cookie_parser(headers.get("cookie", "")).get(CSRF_COOKIE, "")
        proof = headers.get(CSRF_HEADER, "")
        if not cookie or not hmac.compare_digest(cookie.encode(), proof.encode()):
            raise CsrfFailed


class _Internal(Refusal):
    code = "internal_error"
    status = 500
    title = "Something broke on our side. Nothing more was done; please try again."


class _TooLarge(Refusal):
    code = "too_large"
    status = 413
    title = "This is more than we take in one request."


def _clean_correlation(sent: str | None) -> str:
    """The browser's id if it is one of ours in shape, else a new one: a log line must not be forged through it."""
    if sent is not None:
        try:
            return str(uuid.UUID(sent))
        except ValueError:
            pass
    return str(uuid.uuid4())


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
    response.set_cookie(name, value, max_age=max_age, path=path, httponly=not readable, secure=secure, samesite="lax")


def raw_json(body: bytes, response: Response, *, status: int = 200) -> Response:
    """An answer that is JSON text already, keeping the cookies that dependencies have set on ``response``."""
    answer = Response(body, status_code=status, media_type="application/json")
    answer.raw_headers.extend(pair for pair in response.raw_headers if pair[0] == b"set-cookie")
    return answer


def new_csrf_token() -> str:
    return secrets.token_urlsafe(18)
