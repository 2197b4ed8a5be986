"""JSON logs. Every line of one buyer's action carries the same ``correlation_id``, from browser to job and mail."""

import json
import logging
import sys
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog

CORRELATION_HEADER = "X-Correlation-Id"


_write_info: Callable[[bytes], None] | None = None
"""Writes an encoded line, where lines of this level are written at all."""


def set_up_logging(service: str, level: str = "INFO") -> None:
    """Send one JSON object a line to standard error, for this process. ``service`` names it in every line."""
    global _write_info  # noqa: PLW0603
    least = logging.getLevelNamesMapping()[level]
    _write_info = structlog.BytesLogger(sys.stderr.buffer).info if least <= logging.INFO else None
    structlog.configure(
        processors=[_line],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.BytesLoggerFactory(file=sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    # Libraries that log through the standard library come out as JSON, too.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def log_request(**event: Any) -> None:
    """The line of a request, which is written more often than all others together: the very line that a logger would
    write, without its steps to find out which one that is."""
    if _write_info is None:
        structlog.get_logger("frontrow.web").info("request", **event)
    else:
        event["event"] = "request"
        _write_info(_line(None, "info", event))


def _line(logger: Any, method: str, event: MutableMapping[str, Any]) -> bytes:
    """One JSON object with all that structlog's own processors would add, in one go and by the fastest encoder there
    is: a line is written for every request. What that one doesn't take (half a character, say) is written all the same.
    """
    event = structlog.contextvars.merge_contextvars(logger, method, event)
    event["level"] = "error" if method == "exception" else method
    event["timestamp"] = now = datetime.now(UTC)  # written as ISO 8601 with a Z
    if "exc_info" in event:
        event = structlog.processors.format_exc_info(logger, method, event)
    try:
        return _encode(event)
    except (TypeError, ValueError, msgspec.MsgspecError):
        return json.dumps({**event, "timestamp": now.isoformat()}, default=repr).encode()


_encode = msgspec.json.Encoder(enc_hook=repr).encode


def correlation_id() -> str | None:
    """The correlation id of the present action, if any."""
    return structlog.contextvars.get_contextvars().get("correlation_id")


def bind_correlation(value: str | None) -> None:
    """Make ``value`` the correlation id of everything that this task logs and sends from now on."""
    if value is not None:
        structlog.contextvars.bind_contextvars(correlation_id=value)
    else:
        structlog.contextvars.unbind_contextvars("correlation_id")
