"""Waiting for facts instead of sleeping."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(fact: Callable[[], T | Awaitable[T]], within: float = 5.0, every: float = 0.01) -> T:
    """Ask again and again until the answer is true, and return it. Raises AssertionError after ``within`` seconds.

    A question that raises counts as answered with no; the last error is told.
    """
    end = time.monotonic() + within
    last: object = None
    while True:
        try:
            answered = fact()
            answer: T = await answered if inspect.isawaitable(answered) else answered
            if answer:
                return answer
            last = answer
        except Exception as error:
            last = error
        if time.monotonic() > end:
            name = getattr(fact, "__name__", fact)
            raise AssertionError(f"{name} wasn't so within {within} s; last seen: {last!r}")
        await asyncio.sleep(every)
