"""JSON logs. Every line of one buyer's action carries the same ``correlation_id``, from browser to job and mail."""

import json
import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import msgspec
import structlog

CORRELATION_HEADER = "X-Correlation-Id"


def set_up_logging(service: str, level: str = "INFO") -> None:
    """Send one JSON object a line to standard error, for this process. ``service`` names it in every line."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _line,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
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


def _line(logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
    """One JSON object. A line is written for every request, so by the fastest encoder there is; whatever that one
    doesn't take (half a character, say) is written all the same."""
    try:
        return _encode(event).decode()
    except (TypeError, ValueError, msgspec.MsgspecError):
        return json.dumps(event, default=repr)


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
