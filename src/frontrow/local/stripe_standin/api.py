"""The door of ``/v1``: reads the form, checks the key, replays or runs the verb, answers in Stripe's manner."""

import asyncio
import base64
import binascii
import hashlib
import hmac
import logging
import os
from contextlib import nullcontext
from dataclasses import dataclass, field

from starlette.types import Receive

from frontrow.local.stripe_standin import shapes
from frontrow.local.stripe_standin.calls import Call
from frontrow.local.stripe_standin.config import API_VERSION, Config
from frontrow.local.stripe_standin.deliveries import Deliverer
from frontrow.local.stripe_standin.errors import StripeError, injected, internal, invalid, key_in_use, other_request
from frontrow.local.stripe_standin.faults import FaultBoard, Mishap
from frontrow.local.stripe_standin.form import Params, decode, nest
from frontrow.local.stripe_standin.records import Answer, encode
from frontrow.local.stripe_standin.routes import Route, find
from frontrow.local.stripe_standin.store import Store

log = logging.getLogger("frontrow.stripe_standin")

_MOST_BODY = 262_144
_Headers = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Request:
    """One request; ``headers`` have lower-case names."""

    method: str
    path: str
    headers: dict[bytes, bytes]
    body: bytes
    query: bytes
    pairs: list[tuple[str, str]] = field(default_factory=list)
    request_id: str = field(default_factory=lambda: f"req_{os.urandom(7).hex()}")
    extra: _Headers = field(default_factory=list)

    def header(self, name: bytes) -> str:
        return self.headers.get(name, b"").decode("latin-1")


@dataclass(slots=True)
class Reply:
    """One answer. ``reset``: none at all, the connection breaks. ``after_s``: it comes so much later."""

    status: int
    body: bytes
    headers: _Headers
    reset: bool = False
    after_s: float = 0.0


class Api:
    """What answers under ``/v1``."""

    def __init__(self, config: Config, store: Store, board: FaultBoard, deliverer: Deliverer) -> None:
        self._config = config
        self._store = store
        self._board = board
        self._deliverer = deliverer
        self._keys_in_use: set[str] = set()
        self._keys = [(key.encode(), key) for key in (config.secret_key, config.publishable_key)]

    def at_once(self, request: Request) -> Reply | None:
        """The answer, unless a knob says that it takes time; then ask :meth:`respond`."""
        if self._board.waits or len(request.body) > _MOST_BODY:
            return None
        try:
            route, call = self._admit(request)
            return self._finish(request, route, call)
        except Exception as error:
            return self._failed(request, error)

    async def respond(self, request: Request, receive: Receive) -> Reply:
        """The answer, in its time."""
        if request.method == "OPTIONS":
            return Reply(204, b"", _PREFLIGHT)
        try:
            if request.method == "POST":
                request.body = await _read_body(receive)
            route, call = self._admit(request)
            before_s = self._board.before_s(route.operation)
            if before_s:
                await self._wait(call.idempotency_key, before_s)
            reply = self._finish(request, route, call)
        except Exception as error:
            return self._failed(request, error)
        if reply.after_s:
            await asyncio.sleep(reply.after_s)
        return reply

    async def _wait(self, key: str | None, seconds: float) -> None:
        if key is None:
            await asyncio.sleep(seconds)
            return
        self._keys_in_use.add(key)
        try:
            await asyncio.sleep(seconds)
        finally:
            self._keys_in_use.discard(key)

    def _failed(self, request: Request, error: Exception) -> Reply:
        if isinstance(error, StripeError):
            return Reply(error.status, encode(error.body_for(request.request_id)), self._headers(request))
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        return Reply(500, encode(internal().body_for(request.request_id)), self._headers(request))

    def _admit(self, request: Request) -> tuple[Route, Call]:
        """Checks everything that comes before the endpoint: form, key, address, idempotency key. Raises StripeError."""
        request.pairs = decode(request.body if request.method == "POST" else request.query)
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
        key = request.header(b"idempotency-key") if request.method == "POST" else ""
        if len(key) > 255:
            raise invalid("Idempotency keys can be at most 255 characters long.")
        account = request.header(b"stripe-account")
        if key:
            request.extra.append((b"idempotency-key", key.encode("latin-1")))
        # A key belongs to an account; two connected accounts may use the same one.
        scoped = f"{account}|{key}" if key and account else key
        if scoped in self._keys_in_use:
            raise key_in_use(key)
        call = Call(
            self._store,
            params,
            object_id,
            key_given == self._config.publishable_key,
            request.request_id,
            scoped or None,
            f"http://{request.header(b'host') or self._config.host}",
            self._board,
        )
        return route, call

    def _finish(self, request: Request, route: Route, call: Call) -> Reply:
        if call.idempotency_key is None:
            return self._run(request, route, call, None)
        print_ = hashlib.blake2b(encode(sorted(request.pairs)), digest_size=16).digest()
        stored = self._store.answer(call.idempotency_key)
        if stored is None:
            return self._run(request, route, call, print_)
        _check_same(stored, request.path, print_, call.idempotency_key)
        request.extra.append((b"idempotent-replayed", b"true"))
        request.extra.append((b"original-request", stored.request_id.encode()))
        return Reply(stored.status, stored.body, self._headers(request))

    def _run(self, request: Request, route: Route, call: Call, print_: bytes | None) -> Reply:
        """Runs the verb and stores its answer in one transaction; ``print_``: a keyed call's fingerprint."""
        mishap: Mishap | None = self._board.draw(route.operation)
        if mishap == "reset":
            return Reply(500, b"", [], reset=True)
        keep = True
        with self._store.transaction() if route.writes else nullcontext() as transaction:
            try:
                if mishap == "error":
                    raise self._ordered(route, call)
                status, body = 200, encode(route.verb(call))
            except StripeError as error:
                status, body, keep = error.status, encode(error.body_for(request.request_id)), error.keep
                if not keep and transaction is not None:
                    # What didn't pass validation did nothing, however far it got.
                    transaction.undo()
            if mishap == "error_after":
                failure = self._ordered(route, call)
                status, body, keep = failure.status, encode(failure.body_for(request.request_id)), failure.keep
            if print_ is not None and keep and call.idempotency_key is not None:
                answer = Answer(request.path, print_, call.request_id, status, body)
                self._store.keep_answer(call.idempotency_key, answer, shapes.now())
        if call.announced:
            self._deliverer.wake()
        after_s = self._board.after_s(route.operation)
        return Reply(status, body, self._headers(request), reset=mishap == "reset_after", after_s=after_s)

    def _ordered(self, route: Route, call: Call) -> StripeError:
        mishaps = self._board.mishaps(route.operation) or self._board.faults
        return injected(mishaps.status, call.idempotency_key, stored=mishaps.stored)

    def _authenticate(self, request: Request, params: Params) -> str:
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
        sent = given.encode()
        for known, key in self._keys:
            if hmac.compare_digest(sent, known):
                return key
        hidden = f"{given[:8]}{'*' * 8}{given[-4:]}" if len(given) > 16 else "*" * len(given)
        raise StripeError(401, "invalid_request_error", f"Invalid API Key provided: {hidden}", keep=False)

    def _headers(self, request: Request) -> _Headers:
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
    another = f"Try using a key other than '{key}' if you meant to execute a different request."
    if stored.endpoint != path:
        raise other_request(
            "Keys for idempotent requests can only be used for the same endpoint they were first used for"
            f" ('{path}' vs '{stored.endpoint}'). {another}"
        )
    if stored.fingerprint != fingerprint:
        raise other_request(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. "
            + another
        )


async def _read_body(receive: Receive) -> bytes:
    """All of it. Raises StripeError when it is too large or ends early."""
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
