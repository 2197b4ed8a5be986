"""Waiting for facts instead of sleeping."""

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any

from bench.machine import seconds_taken


async def eventually(fact: Callable[[], Any], within: float = 5.0, every: float = 0.01) -> Any:
    """Ask (a function or a coroutine function) until the answer is true, and return it.

    One that raises counts as answered with no. Raises AssertionError, with what was seen last, after ``within`` s,
    in which those that this machine's host gave to other machines aren't counted.
    """
    end = time.monotonic() - seconds_taken() + within
    last: object = None
    while True:
        try:
            answered = fact()
            answer = await answered if inspect.isawaitable(answered) else answered
            if answer:
                return answer
            last = answer
        except Exception as error:
            last = error
        if time.monotonic() - seconds_taken() > end:
            name = getattr(fact, "__name__", fact)
            raise AssertionError(f"{name} wasn't so within {within} s; last seen: {last!r}")
        await asyncio.sleep(every)
