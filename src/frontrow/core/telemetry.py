"""Traces by OpenTelemetry. Without an endpoint in the settings nothing is set up and nothing is paid.

Every log line of a traced request carries its ``trace_id``, in the form that X-Ray shows when X-Ray is on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
from opentelemetry.propagate import set_global_textmap
from opentelemetry.propagators.aws import AwsXRayPropagator
from opentelemetry.sdk.extension.aws.trace import AwsXRayIdGenerator
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Span, get_current_span
from opentelemetry.util.http import parse_excluded_urls
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from frontrow.core.log import correlation_id
from frontrow.core.settings import TelemetrySettings

EXPORT_TIMEOUT_S = 3
NOT_TRACED = "/health$,/ready$"


class Telemetry:
    """The tracing of one process; ``on`` tells whether there is any."""

    def __init__(self, settings: TelemetrySettings, role: str) -> None:
        """``role`` (``web``, ``worker``) is added to the service's name."""
        self._xray = settings.xray
        self._provider: TracerProvider | None = None
        if settings.otlp_endpoint is None:
            return
        if settings.xray:
            set_global_textmap(AwsXRayPropagator())
        ratio = TraceIdRatioBased(settings.sample_ratio)
        self._provider = TracerProvider(
            # Whether a trace is kept is decided here, also when a stranger's header says that it should be.
            sampler=ParentBased(root=ratio, remote_parent_sampled=ratio, remote_parent_not_sampled=ratio),
            id_generator=AwsXRayIdGenerator() if settings.xray else RandomIdGenerator(),
            resource=Resource.create({"service.name": f"{settings.service_name}-{role}"}),
            shutdown_on_exit=False,
        )
        exporter = OTLPSpanExporter(_traces_url(settings.otlp_endpoint), timeout=EXPORT_TIMEOUT_S)
        self._provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=2000))

    @property
    def on(self) -> bool:
        return self._provider is not None

    def around(self, app: ASGIApp) -> ASGIApp:
        """The app with a span for every request; the app itself when tracing is off."""
        if self._provider is None:
            return app
        traced: ASGIApp = OpenTelemetryMiddleware(
            _Told(app, self._xray),
            tracer_provider=self._provider,
            server_request_hook=_hide_secrets,
            excluded_urls=parse_excluded_urls(NOT_TRACED),
            exclude_spans=["receive", "send"],
        )
        return traced

    @contextmanager
    def span(self, name: str, **attributes: str | int) -> Iterator[None]:
        """A span around some work, such as a job; an error inside is recorded and goes on."""
        if self._provider is None:
            yield
            return
        with self._provider.get_tracer("frontrow").start_as_current_span(name, attributes=attributes) as span:
            _note_correlation(span)
            with structlog.contextvars.bound_contextvars(trace_id=shown_trace_id(span, self._xray)):
                yield

    def close(self) -> None:
        """Send what is left and stop. Blocks for some seconds at most."""
        if self._provider is not None:
            self._provider.shutdown()


class Traced:
    """:meth:`Telemetry.around` in the shape of ``add_middleware``."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app = telemetry.around(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


class _Told:
    """Inside the span: binds its id to the logs, and names the span by the route once it is known."""

    def __init__(self, app: ASGIApp, xray: bool) -> None:
        self._app = app
        self._xray = xray

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        span = get_current_span()
        if scope["type"] not in {"http", "websocket"} or not span.get_span_context().is_valid:
            await self._app(scope, receive, send)
            return

        async def name_it(message: Message) -> None:
            # The span ends with the last byte of the answer, so it's named with the first.
            if message["type"] in {"http.response.start", "websocket.accept"}:
                route = getattr(scope.get("route"), "path", None)
                if route:
                    # By the pattern, not the path: a name for each order would be no name at all.
                    span.update_name(f"{scope.get('method', 'WS')} {route}")
                    span.set_attribute("http.route", route)
                _note_correlation(span)
            await send(message)

        with structlog.contextvars.bound_contextvars(trace_id=shown_trace_id(span, self._xray)):
            await self._app(scope, receive, name_it)


def shown_trace_id(span: Span, xray: bool) -> str:
    """The trace's id as the tool shows it: 32 hexadecimal digits, or ``1-<8>-<24>`` in X-Ray."""
    plain = f"{span.get_span_context().trace_id:032x}"
    return f"1-{plain[:8]}-{plain[8:]}" if xray else plain


def _note_correlation(span: Span) -> None:
    known = correlation_id()
    if known:
        span.set_attribute("frontrow.correlation_id", known)


def _hide_secrets(span: Span, scope: dict[str, Any]) -> None:
    """An order's link carries a secret in its query; a trace must not."""
    if scope.get("query_string"):
        path = scope.get("path", "")
        for name in ("http.url", "url.full", "http.target"):
            span.set_attribute(name, path)
        span.set_attribute("url.query", "")


def _traces_url(endpoint: str) -> str:
    base = endpoint.rstrip("/")
    return base if base.endswith("/v1/traces") else f"{base}/v1/traces"
