"""What the real Stripe has no address for: the ledger, the fault knobs, the 3-D Secure page, health and the script."""

import html
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from frontrow.local.stripe_standin import intents, payment, shapes
from frontrow.local.stripe_standin.calls import Call
from frontrow.local.stripe_standin.config import Config
from frontrow.local.stripe_standin.deliveries import Deliverer
from frontrow.local.stripe_standin.errors import Json, StripeError
from frontrow.local.stripe_standin.faults import FaultBoard
from frontrow.local.stripe_standin.form import Params, decode
from frontrow.local.stripe_standin.later import Clockwork
from frontrow.local.stripe_standin.records import encode
from frontrow.local.stripe_standin.store import Store

_BROWSER = Path(__file__).parent / "browser"
_SCRIPT_PARTS = ("style.js", "form.js", "bank.js", "challenge.js", "stripe.js")
_INTENT_FIELDS = (
    "id",
    "status",
    "amount",
    "amount_capturable",
    "amount_received",
    "currency",
    "capture_method",
    "latest_charge",
    "metadata",
    "receipt_email",
    "created",
    "canceled_at",
)
_REFUND_FIELDS = ("id", "payment_intent", "charge", "amount", "currency", "status", "reason", "metadata", "created")


class Pages:
    """The Starlette routes beside ``/v1``."""

    def __init__(
        self, config: Config, store: Store, board: FaultBoard, deliverer: Deliverer, clockwork: Clockwork
    ) -> None:
        self._clockwork = clockwork
        self._config = config
        self._store = store
        self._board = board
        self._deliverer = deliverer
        parts = "\n".join((_BROWSER / name).read_text(encoding="utf-8") for name in _SCRIPT_PARTS)
        self._script = f'(() => {{\n"use strict";\n{parts}\n}})();\n'

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/health", self.health),
            Route("/v3/stripe.js", self.script),
            Route("/v3/", self.script),
            Route("/_standin/ledger", self.ledger),
            Route("/_standin/faults", self.faults, methods=["GET"]),
            Route("/_standin/faults", self.change_faults, methods=["POST"]),
            Route("/_standin/faults", self.reset_faults, methods=["DELETE"]),
            Route("/_standin/lapse", self.lapse, methods=["POST"]),
            Route("/_standin/settle", self.settle, methods=["POST"]),
            Route("/_standin/challenge/{intent}", self.challenge, methods=["GET"]),
            Route("/_standin/challenge/{intent}", self.answer_challenge, methods=["POST"]),
        ]

    async def health(self, _: Request) -> Response:
        """Alive, and how many webhooks are still owed."""
        return JSONResponse({"status": "ok", "pending_webhooks": self._store.pending_count()})

    async def script(self, _: Request) -> Response:
        """The Stripe.js-compatible script."""
        return Response(
            self._script,
            media_type="text/javascript",
            headers={
                "Cache-Control": "no-cache",
                "Access-Control-Allow-Origin": "*",
                "Cross-Origin-Resource-Policy": "cross-origin",
            },
        )

    async def ledger(self, _: Request) -> Response:
        """Every intent and refund with its amounts (minor units), oldest first, and the totals at the end."""
        return StreamingResponse(self._ledger(), media_type="application/json")

    async def faults(self, _: Request) -> Response:
        """The knobs as they stand."""
        return _json(self._board.faults)

    async def change_faults(self, request: Request) -> Response:
        """Turns the knobs that are named; 422 for a knob or value that does not exist."""
        # A page on another origin can post forms here but not JSON, so it cannot turn the knobs.
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return JSONResponse({"error": "send application/json"}, status_code=415)
        try:
            faults = self._board.change(await request.body())
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            return JSONResponse({"error": str(error)}, status_code=422)
        self._deliverer.wake()
        return _json(faults)

    async def reset_faults(self, _: Request) -> Response:
        """Good behaviour again."""
        faults = self._board.reset()
        self._deliverer.wake()
        return _json(faults)

    async def lapse(self, request: Request) -> Response:
        """Lets the authorisation of ``{"payment_intent": "pi_…"}`` run out, as a bank does after seven days."""
        try:
            wanted = msgspec.json.decode(await request.body(), type=dict[str, str])
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            return JSONResponse({"error": str(error)}, status_code=422)
        call = self._call({}, wanted.get("payment_intent", ""), browser=False)
        try:
            with self._store.transaction():
                document = call.load("payment_intent")
                if document["status"] != "requires_capture":
                    return JSONResponse({"error": f"the intent is {document['status']}"}, status_code=409)
                intents.void(call, document, "automatic")
        except StripeError as error:
            return _json(error.body_for(call.request_id), error.status)
        self._deliverer.wake()
        return _json(document)

    async def settle(self, _: Request) -> Response:
        """Lets everything that takes its time come to its end now; tells how many steps that were."""
        return _json({"steps": self._clockwork.step(float("inf"))})

    async def challenge(self, request: Request) -> Response:
        """The bank's page for a confirm that asked to be redirected."""
        intent = self._asked(request)
        if intent is None:
            return HTMLResponse("No such payment, or it asks for nothing.", status_code=404)
        page = (_BROWSER / "challenge.html").read_text(encoding="utf-8")
        amount = f"{intent['amount']} minor units of {intent['currency'].upper()}"
        page = page.replace("{amount}", html.escape(amount))
        page = page.replace("{secret}", html.escape(intent["client_secret"], quote=True))
        headers = {
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
            "Cache-Control": "no-store",
        }
        return HTMLResponse(page, headers=headers)

    async def answer_challenge(self, request: Request) -> Response:
        """Takes the buyer's answer and goes back to the shop."""
        form = decode(await request.body())
        intent = self._store.get("payment_intent", request.path_params["intent"])
        if intent is None:
            return HTMLResponse("No such payment.", status_code=404)
        step: Json = intent["next_action"] or {}
        back: str | None = (step.get("redirect_to_url") or {}).get("return_url")
        fields = {"payment_intent": intent["id"], **dict(form)}
        try:
            answer = self._authenticate(fields)
        except StripeError as error:
            return HTMLResponse(html.escape(str(error)), status_code=error.status)
        outcome = "failed" if answer is None or answer["status"] == "requires_payment_method" else "succeeded"
        self._deliverer.wake()
        if back is None or urlsplit(back).scheme not in ("http", "https"):
            return HTMLResponse("Done. You can close this page.")
        query = {
            "payment_intent": intent["id"],
            "payment_intent_client_secret": intent["client_secret"],
            "redirect_status": outcome,
        }
        return RedirectResponse(f"{back}{'&' if '?' in back else '?'}{urlencode(query)}", status_code=303)

    def _authenticate(self, fields: dict[str, Any]) -> Json | None:
        """The intent after the buyer's answer; None when the bank declined, which is kept like any other outcome."""
        with self._store.transaction():
            try:
                return payment.authenticate(self._call(fields, "", browser=True))
            except StripeError as error:
                if error.status != 402:
                    raise
                return None

    def _asked(self, request: Request) -> Json | None:
        intent = self._store.get("payment_intent", request.path_params["intent"])
        if intent is None or intent["status"] != "requires_action":
            return None
        return intent if request.query_params.get("client_secret") == intent["client_secret"] else None

    def _call(self, fields: dict[str, Any], object_id: str, *, browser: bool) -> Call:
        base = f"http://{self._config.host}:{self._config.port}"
        return Call(self._store, Params(fields), object_id, browser, shapes.new_id("req"), None, base, self._board)

    async def _ledger(self) -> AsyncIterator[bytes]:
        totals: dict[str, dict[str, int]] = {}
        yield b'{"intents":['
        separator = b""
        for batch in self._store.batches("payment_intent"):
            for item in batch:
                sums = totals.setdefault(item["currency"], {"captured": 0, "capturable": 0, "refunded": 0})
                sums["captured"] += item["amount_received"]
                sums["capturable"] += item["amount_capturable"]
            yield separator + b",".join(encode({name: item[name] for name in _INTENT_FIELDS}) for item in batch)
            separator = b","
        yield b'],"refunds":['
        separator = b""
        for batch in self._store.batches("refund"):
            for item in batch:
                sums = totals.setdefault(item["currency"], {"captured": 0, "capturable": 0, "refunded": 0})
                sums["refunded"] += item["amount"] if item["status"] in ("succeeded", "pending") else 0
            yield separator + b",".join(encode({name: item[name] for name in _REFUND_FIELDS}) for item in batch)
            separator = b","
        yield b'],"totals":' + encode(totals) + b"}"


def _json(document: Any, status: int = 200) -> Response:
    return Response(encode(document), status_code=status, media_type="application/json")
