"""The door of ``/v1``: reads the form, checks the key, replays or runs the verb, answers in Stripe's manner.

It is plain ASGI rather than a framework's route because every purchase passes here five times.
"""

import base64
import binascii
import hashlib
import hmac
import logging
import secrets
from contextlib import nullcontext
from dataclasses import dataclass, field

from starlette.types import Receive, Scope, Send

from frontrow.local.stripe_standin import shapes
from frontrow.local.stripe_standin.calls import Call
from frontrow.local.stripe_standin.config import API_VERSION, Config
from frontrow.local.stripe_standin.deliveries import Deliverer
from frontrow.local.stripe_standin.errors import StripeError, injected, internal, invalid
from frontrow.local.stripe_standin.faults import FaultBoard, Mishap
from frontrow.local.stripe_standin.form import Params, decode, nest
from frontrow.local.stripe_standin.routes import Route, find
from frontrow.local.stripe_standin.store import Answer, Store, encode

log = logging.getLogger("frontrow.stripe_standin")

_MOST_BODY = 262_144
_Headers = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class _Request:
    method: str
    path: str
    headers: dict[bytes, bytes]
    pairs: list[tuple[str, str]]
    request_id: str = field(default_factory=lambda: f"req_{secrets.token_hex(7)}")
    extra: _Headers = field(default_factory=list)

    def header(self, name: bytes) -> str:
        return self.headers.get(name, b"").decode("latin-1")


class Api:
    """The ASGI application mounted at ``/v1``."""

    def __init__(self, config: Config, store: Store, board: FaultBoard, deliverer: Deliverer) -> None:
        self._config = config
        self._store = store
        self._board = board
        self._deliverer = deliverer
        self._keys_in_use: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "OPTIONS":
            await _respond(send, 204, b"", _PREFLIGHT)
            return
        request = _Request(scope["method"], scope["path"], dict(scope["headers"]), [])
        reset = False
        try:
            form = await _read_body(receive) if request.method == "POST" else scope["query_string"]
            request.pairs = decode(form)
            status, body, reset = await self._handle(request)
        except StripeError as error:
            status, body = error.status, encode(error.body)
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            status, body = 500, encode(internal().body)
        if reset:
            await _reset(receive, send)
            return
        await _respond(send, status, body, self._headers(request))

    async def _handle(self, request: _Request) -> tuple[int, bytes, bool]:
        params = Params(nest(request.pairs))
        key_given = self._authenticate(request, params)
        found = find(request.method, request.path)
        if found is None:
            raise StripeError(
                404,
                "invalid_request_error",
                f"Unrecognized request URL ({request.method}: {request.path}).",
                keep=False,
            )
        route, object_id = found
        if key_given != self._config.secret_key and not route.browser:
            raise StripeError(
                403,
                "invalid_request_error",
                "This API call cannot be made with a publishable API key. Please use a secret API key.",
                code="secret_key_required",
                keep=False,
            )
        browser = key_given == self._config.publishable_key
        key = request.header(b"idempotency-key") if request.method == "POST" else ""
        call = Call(
            self._store,
            params,
            object_id,
            browser,
            request.request_id,
            key or None,
            f"http://{request.header(b'host') or self._config.host}",
            self._board.due_at,
        )
        if not key:
            await self._board.delay(route.operation)
            return self._run(route, call, self._board.draw(route.operation), None)
        return await self._with_key(request, route, call, key)

    async def _with_key(self, request: _Request, route: Route, call: Call, key: str) -> tuple[int, bytes, bool]:
        if len(key) > 255:
            raise invalid("Idempotency keys can be at most 255 characters long.")
        if key in self._keys_in_use:
            raise StripeError(
                409,
                "idempotency_error",
                "There is currently another in-progress request using this Idempotent Key (that probably means you"
                f" submitted twice, and the other request is still going through): {key}. Please try again later.",
                code="idempotency_key_in_use",
                keep=False,
            )
        self._keys_in_use.add(key)
        request.extra.append((b"idempotency-key", key.encode("latin-1")))
        try:
            await self._board.delay(route.operation)
            print_ = hashlib.blake2b(encode(sorted(request.pairs)), digest_size=16).digest()
            stored = self._store.answer(key)
            if stored is not None:
                _check_same(stored, request.path, print_, key)
                request.extra.append((b"idempotent-replayed", b"true"))
                request.extra.append((b"original-request", stored.request_id.encode()))
                return stored.status, stored.body, False
            return self._run(route, call, self._board.draw(route.operation), (request.path, print_))
        finally:
            self._keys_in_use.discard(key)

    def _run(
        self, route: Route, call: Call, mishap: Mishap | None, origin: tuple[str, bytes] | None
    ) -> tuple[int, bytes, bool]:
        """Runs the verb and stores its answer in one transaction; ``origin``: a keyed call's path and fingerprint."""
        if mishap == "reset":
            return 0, b"", True
        keep = True
        with self._store.transaction() if route.writes else nullcontext():
            try:
                if mishap == "error":
                    raise injected(self._board.faults.status)
                status, body = 200, encode(route.verb(call))
            except StripeError as error:
                status, body, keep = error.status, encode(error.body), error.keep
            if mishap == "error_after":
                status, body, keep = 500, encode(internal().body), True
            if origin is not None and keep and call.idempotency_key is not None:
                answer = Answer(origin[0], origin[1], call.request_id, status, body)
                self._store.keep_answer(call.idempotency_key, answer, shapes.now())
        if call.announced:
            self._deliverer.wake()
        return status, body, mishap == "reset_after"

    def _authenticate(self, request: _Request, params: Params) -> str:
        """The API key of the request, from Bearer, Basic or (browsers) the form's ``key``; raises 401."""
        scheme, _, value = request.header(b"authorization").partition(" ")
        given = ""
        if scheme.lower() == "bearer":
            given = value.strip()
        elif scheme.lower() == "basic":
            try:
                given = base64.b64decode(value.strip(), validate=True).decode().partition(":")[0]
            except (binascii.Error, UnicodeDecodeError):
                given = ""
        else:
            form_key = params.values.get("key")
            given = form_key if isinstance(form_key, str) else ""
        # `key` and `client_secret` belong to the door; verbs see the client secret only where they ask for it.
        params.values.pop("key", None)
        if not given:
            raise StripeError(
                401,
                "invalid_request_error",
                "You did not provide an API key. You need to provide your API key in the Authorization header, using"
                " Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
                keep=False,
            )
        for known in (self._config.secret_key, self._config.publishable_key):
            if hmac.compare_digest(given.encode(), known.encode()):
                return known
        hidden = f"{given[:8]}{'*' * 8}{given[-4:]}" if len(given) > 16 else "*" * len(given)
        raise StripeError(401, "invalid_request_error", f"Invalid API Key provided: {hidden}", keep=False)

    def _headers(self, request: _Request) -> _Headers:
        return [
            (b"content-type", b"application/json"),
            (b"request-id", request.request_id.encode()),
            (b"stripe-version", request.headers.get(b"stripe-version", API_VERSION.encode())),
            (b"cache-control", b"no-cache, no-store"),
            (b"access-control-allow-origin", b"*"),
            (b"access-control-expose-headers", b"Request-Id, Idempotent-Replayed"),
            *request.extra,
        ]


_PREFLIGHT: _Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, Idempotency-Key, Stripe-Version"),
    (b"access-control-max-age", b"600"),
]


def _check_same(stored: Answer, path: str, fingerprint: bytes, key: str) -> None:
    if stored.endpoint != path:
        raise StripeError(
            400,
            "idempotency_error",
            "Keys for idempotent requests can only be used for the same endpoint they were first used for"
            f" ('{path}' vs '{stored.endpoint}'). Try using a key other than '{key}' if you meant to execute a"
            " different request.",
            keep=False,
        )
    if stored.fingerprint != fingerprint:
        raise StripeError(
            400,
            "idempotency_error",
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try"
            f" using a key other than '{key}' if you meant to execute a different request.",
            keep=False,
        )


async def _read_body(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            # Half a form must never be executed: the missing half may hold the amount.
            raise invalid("The request ended early.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > _MOST_BODY:
            raise StripeError(413, "invalid_request_error", "The request is too large.", keep=False)
        chunks.append(chunk)
        if not message.get("more_body", False):
            break
    return b"".join(chunks)


async def _respond(send: Send, status: int, body: bytes, headers: _Headers) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


async def _reset(receive: Receive, send: Send) -> None:
    """Drops the connection without a byte of answer, as when a network fails in the middle of a request.

    ASGI has no word for this, so it reaches through uvicorn's own `send`; under another server the client gets a 500.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        await _respond(send, 500, encode(internal().body), [(b"content-type", b"application/json")])
        return
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
