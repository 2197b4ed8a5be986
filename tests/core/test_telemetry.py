"""Traces, to a real OTLP receiver over HTTP."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI
from opentelemetry.propagate import get_global_textmap, set_global_textmap
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from frontrow.core.settings import TelemetrySettings
from frontrow.core.telemetry import Telemetry, Traced
from frontrow.core.web import Edge


class Collector:
    """What an OpenTelemetry collector does with traces, without the rest."""

    def __init__(self) -> None:
        self.requests: list[ExportTraceServiceRequest] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                if self.path == "/v1/traces":
                    collector.requests.append(ExportTraceServiceRequest.FromString(body))
                self.send_response(200 if self.path == "/v1/traces" else 404)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def spans(self) -> list[Any]:
        return [
            span
            for request in self.requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.server.shutdown()


@pytest.fixture
def propagator() -> Iterator[None]:
    """Puts the process-wide propagator back."""
    before = get_global_textmap()
    yield
    set_global_textmap(before)


def attributes(span: Any) -> dict[str, Any]:
    return {pair.key: pair.value.string_value or pair.value.int_value for pair in span.attributes}


def make(telemetry: Telemetry, told: list[Any]) -> FastAPI:
    app = FastAPI()

    @app.get("/api/orders/{order_id}")
    async def get_order(order_id: str) -> None:
        told.append(structlog.contextvars.get_contextvars().get("trace_id"))

    @app.get("/health")
    async def health() -> None:
        pass

    app.add_middleware(Edge, origin="http://testserver")
    if telemetry.on:
        app.add_middleware(Traced, telemetry=telemetry)
    return app


async def ask(app: FastAPI, **headers: str) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
        assert (await client.get("/api/orders/7?token=a-secret", headers=headers)).status_code == 200
        assert (await client.get("/health")).status_code == 200


async def test_a_request_becomes_a_span_without_its_secrets(collector: Collector) -> None:
    telemetry = Telemetry(TelemetrySettings(otlp_endpoint=collector.url, sample_ratio=1), "web")
    told: list[Any] = []
    correlation = "0b2f6bb4-7e0b-4d8f-9d1e-3f6f4f6f0001"
    await ask(make(telemetry, told), **{"X-Correlation-Id": correlation})
    telemetry.close()
    [span] = collector.spans  # and none of /health
    assert span.name == "GET /api/orders/{order_id}"
    known = attributes(span)
    assert known["http.route"] == "/api/orders/{order_id}"
    assert known["frontrow.correlation_id"] == correlation
    assert "a-secret" not in str(span)
    assert told == [span.trace_id.hex()]
    service = attributes(collector.requests[0].resource_spans[0].resource)["service.name"]
    assert service == "frontrow-web"


async def test_xray_ids_and_header(collector: Collector, propagator: None) -> None:
    telemetry = Telemetry(TelemetrySettings(otlp_endpoint=collector.url, sample_ratio=1, xray=True), "web")
    told: list[Any] = []
    app = make(telemetry, told)
    await ask(app)
    await ask(app, **{"X-Amzn-Trace-Id": "Root=1-6921a3c0-0123456789abcdef01234567;Parent=53995c3f42cd8ad8;Sampled=1"})
    telemetry.close()
    assert told[1] == "1-6921a3c0-0123456789abcdef01234567"
    for shown, span in zip(told, collector.spans, strict=True):
        assert shown == f"1-{span.trace_id.hex()[:8]}-{span.trace_id.hex()[8:]}"


async def test_a_strangers_header_does_not_decide_what_is_kept(collector: Collector) -> None:
    telemetry = Telemetry(TelemetrySettings(otlp_endpoint=collector.url, sample_ratio=0), "web")
    await ask(make(telemetry, []), traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    telemetry.close()
    assert collector.spans == []


async def test_a_job_is_a_span_and_its_error_is_in_it(collector: Collector) -> None:
    telemetry = Telemetry(TelemetrySettings(otlp_endpoint=collector.url, sample_ratio=1), "worker")
    with pytest.raises(ZeroDivisionError), telemetry.span("job", topic="payments.capture"):
        1 / 0  # noqa: B018
    telemetry.close()
    [span] = collector.spans
    assert attributes(span)["topic"] == "payments.capture"
    assert span.status.code == 2
    assert span.events[0].name == "exception"


async def test_without_an_endpoint_there_is_nothing() -> None:
    telemetry = Telemetry(TelemetrySettings(), "web")
    app = FastAPI()
    assert telemetry.around(app) is app
    with telemetry.span("job"):
        assert "trace_id" not in structlog.contextvars.get_contextvars()
    telemetry.close()


async def test_an_absent_collector_costs_no_request() -> None:
    telemetry = Telemetry(TelemetrySettings(otlp_endpoint="http://127.0.0.1:9", sample_ratio=1), "web")
    await ask(make(telemetry, []))
    telemetry.close()
