"""Cookies as Starlette writes them, ids that can't forge a log line, and lines that are always written."""

import itertools
import json
import logging
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import structlog
from fastapi import FastAPI
from starlette.responses import Response

from frontrow.core.log import bind_correlation, log_request, set_up_logging
from frontrow.core.web import Edge, set_cookie
from tests.core.asking import CORRELATION, Ask, ask


@pytest.mark.parametrize("value", ["plain-1_2.3", "", "with space", 'a"b', "ü", "a=b", "a;b"])
def test_a_cookie_is_what_starlette_would_write(value: str) -> None:
    for max_age, secure, readable, path in itertools.product((None, 0, 60), (True, False), (True, False), ("/", "/a")):
        ours, theirs = Response(), Response()
        set_cookie(ours, "name", value, max_age=max_age, secure=secure, path=path, readable=readable)
        theirs.set_cookie(
            "name", value, max_age=max_age, path=path, httponly=not readable, secure=secure, samesite="lax"
        )
        assert ours.raw_headers == theirs.raw_headers


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (CORRELATION, True),
        (CORRELATION.upper(), True),
        (CORRELATION.replace("-", ""), True),
        ("7", False),
        (CORRELATION + "\n", False),
        ('{"forged": true}', False),
    ],
)
async def test_a_correlation_id_is_kept_if_it_is_one(sent: str, kept: bool) -> None:
    app = FastAPI()
    app.add_middleware(Edge, origin="http://testserver")
    with structlog.testing.capture_logs() as lines:
        told = await ask(app, Ask("GET", "/nothing", correlation=sent))
    shown = told.all(b"x-correlation-id")[0].decode()
    assert (shown == CORRELATION) is kept
    assert str(uuid.UUID(shown)) == shown
    assert lines[0]["request_id"] == shown


@pytest.fixture
def written(
    capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], list[dict[str, object]]]]:
    """What has been logged by a process that has set its logging up."""
    monkeypatch.setattr("frontrow.core.log._write_info", None)  # and as it was at the end
    known, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    bind_correlation(CORRELATION)
    yield lambda: [json.loads(line) for line in capsysbinary.readouterr().err.splitlines()]
    structlog.contextvars.clear_contextvars()
    structlog.configure(**known)
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_says_who_when_and_how_bad(written: Callable[[], list[dict[str, object]]]) -> None:
    set_up_logging("tests", "INFO")
    log = structlog.get_logger()
    log.debug("unheard")
    log.warning("heard", seat=7, order=uuid.UUID(CORRELATION))
    [line] = written()
    assert datetime.fromisoformat(str(line.pop("timestamp"))).utcoffset() is not None
    assert line == {
        "event": "heard",
        "level": "warning",
        "service": "tests",
        "correlation_id": CORRELATION,
        "seat": 7,
        "order": CORRELATION,
    }


def test_a_requests_line_is_what_a_logger_would_write(written: Callable[[], list[dict[str, object]]]) -> None:
    set_up_logging("tests", "INFO")
    log_request(method="GET", path="/", status=200)
    structlog.get_logger().info("request", method="GET", path="/", status=200)
    short, long = written()
    assert short.keys() == long.keys()
    assert {**short, "timestamp": 0} == {**long, "timestamp": 0}
    set_up_logging("tests", "WARNING")
    log_request(method="GET", path="/", status=200)
    assert written() == []


def test_an_error_comes_with_its_traceback(written: Callable[[], list[dict[str, object]]]) -> None:
    set_up_logging("tests", "INFO")
    try:
        raise ValueError("a fault")
    except ValueError:
        structlog.get_logger().exception("unhandled")
    [line] = written()
    assert line["level"] == "error"
    assert str(line["exception"]).endswith("ValueError: a fault")


def test_what_no_encoder_takes_is_written_all_the_same(written: Callable[[], list[dict[str, object]]]) -> None:
    set_up_logging("tests", "INFO")
    log = structlog.get_logger()
    log.info("half a character", name="\ud83c", kind=object)
    log.info("an object", kind=object)
    half, whole = written()
    assert (half["name"], half["kind"]) == ("\ud83c", whole["kind"])
    assert type(half["timestamp"]) is str
