"""What is put off or left out of each call of Stripe's SDK, with the SDK that is installed."""

import logging

import pytest
import stripe
from stripe import _util
from stripe._api_requestor import _APIRequestor

from frontrow.gateways.stripe_lean import Line, lean


def test_the_sdks_log_lines_are_put_into_words_only_for_who_reads_them(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    lean()
    written: list[Line] = []
    plainly = Line.__str__
    monkeypatch.setattr(Line, "__str__", lambda line: written.append(line) or plainly(line))
    with caplog.at_level(logging.WARNING, logger="stripe"):
        _util.log_info("Request to Stripe api", method="post", url="/v1/x")
        _util.log_debug("Post details", post_data=b"a=1")
    assert not written
    with caplog.at_level(logging.DEBUG, logger="stripe"):
        _util.log_info("Request to Stripe api", method="post", url="/v1/x")
        _util.log_debug("Post details", post_data=b"a=1")
    assert "message='Request to Stripe api' method=post url=/v1/x" in caplog.text
    assert "message='Post details' post_data=a=1" in caplog.text
    assert written


def test_the_sdks_own_console_log_still_works(capsys: pytest.CaptureFixture[str]) -> None:
    lean()
    stripe.log = "info"
    try:
        _util.log_info("Stripe API response", path="/v1/x", response_code=200)
    finally:
        stripe.log = None
    assert capsys.readouterr().err == "message='Stripe API response' path=/v1/x response_code=200\n"


class Everything(dict[str, str]):
    def get(self, name: str, default: object = None) -> str:
        return "1"


def test_stripe_is_not_told_what_else_runs_here() -> None:
    lean()
    assert _APIRequestor._detect_ai_agent(Everything()) == ""
