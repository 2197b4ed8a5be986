"""What Stripe's SDK does at each call though nobody asked for it, put off or left out.

The calls, their signing and encoding, the answers and the errors stay the SDK's own. Two habits of it cost a third of a
call: it formats five log lines before it asks whether anybody reads them, and it looks through a dozen environment
variables to tell Stripe which assistant may have written this program. For neither is there an option; what is changed
here is gone again with another version of the SDK at worst, and tests/gateways/test_stripe_lean.py notices.
"""

from collections.abc import Callable, Mapping
from typing import Any

from stripe import _util
from stripe._api_requestor import _APIRequestor

_format: Callable[[Mapping[str, Any]], str] = _util.logfmt


class Line:
    """A log line of the SDK's that is put into words when it is written somewhere: the logging module asks then."""

    __slots__ = ("_told",)

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._told = told

    def __str__(self) -> str:
        return _format(self._told)


def lean() -> None:
    """For all clients of this process; a second time changes nothing."""
    _util.logfmt = Line
    _APIRequestor.AI_AGENTS = []
