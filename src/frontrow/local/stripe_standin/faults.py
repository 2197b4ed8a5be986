"""The knobs that make the stand-in misbehave the way a real payment service can. They last until they are reset."""

import asyncio
import random
import time
from typing import Literal

import msgspec

Webhooks = Literal["normal", "off", "held"]
Mishap = Literal["error", "error_after", "reset", "reset_after"]
Rate = float | bool


class Faults(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The knobs as they stand, which is also the body of ``POST /_standin/faults`` (absent knobs stay as they are).

    Rates run from 0 to 1. ``latency_ms`` delays the effect itself, so a client that gives up early may still be
    charged. ``error_rate`` answers ``status`` without doing anything; ``error_after_rate`` does the work and then says
    500, which Stripe stores under the idempotency key; ``reset_rate`` drops the connection before the work,
    ``reset_after_accept_rate`` after it. ``only`` limits all of these to operations (create, confirm, capture, cancel,
    refund, retrieve, list, search, …) and ``count`` to that many mishaps. ``webhooks``: ``off`` loses events for good,
    ``held`` keeps them back until it is ``normal`` again; ``duplicate`` is the rate of events sent twice, ``shuffle``
    the longest random delay of an event in milliseconds (true: 2,000).
    """

    latency_ms: float = 0
    error_rate: Rate = 0
    status: int = 500
    error_after_rate: Rate = 0
    reset_rate: Rate = 0
    reset_after_accept_rate: Rate = 0
    only: list[str] = []
    count: int | None = None
    webhooks: Webhooks = "normal"
    duplicate: Rate = 0
    shuffle: float | bool = 0

    def __post_init__(self) -> None:
        for name in ("error_rate", "error_after_rate", "reset_rate", "reset_after_accept_rate", "duplicate"):
            if not 0 <= float(getattr(self, name)) <= 1:
                raise ValueError(f"{name} runs from 0 to 1")
        if not 0 <= self.latency_ms <= 600_000 or not 0 <= float(self.shuffle) <= 600_000:
            raise ValueError("delays run from 0 to 600000 ms")
        if not 400 <= self.status <= 599:
            raise ValueError("status runs from 400 to 599")


class FaultBoard:
    """Holds the current knobs and rolls the dice."""

    def __init__(self) -> None:
        self.faults = Faults()

    def change(self, body: bytes) -> Faults:
        """Applies a JSON document of knobs over the current ones. Raises ``msgspec.ValidationError``."""
        given = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        merged = {**msgspec.json.decode(msgspec.json.encode(self.faults), type=dict[str, msgspec.Raw]), **given}
        self.faults = msgspec.json.decode(msgspec.json.encode(merged), type=Faults)
        return self.faults

    def reset(self) -> Faults:
        """Back to good behaviour."""
        self.faults = Faults()
        return self.faults

    async def delay(self, operation: str) -> None:
        """Waits as long as ``latency_ms`` says for this operation."""
        if self.faults.latency_ms and self._concerns(operation):
            await asyncio.sleep(self.faults.latency_ms / 1000)

    def draw(self, operation: str) -> Mishap | None:
        """What goes wrong with this request, if anything."""
        faults = self.faults
        if not self._concerns(operation) or faults.count == 0:
            return None
        mishap = self._roll()
        if mishap is not None and faults.count is not None:
            faults.count -= 1
        return mishap

    def due_at(self) -> float | None:
        """When an event that happens now should be sent (seconds since 1970); None: never."""
        if self.faults.webhooks == "off":
            return None
        longest = 2000.0 if self.faults.shuffle is True else float(self.faults.shuffle)
        # Not for secrets: only the order of deliveries hangs on these dice.
        return time.time() + random.random() * longest / 1000  # noqa: S311

    def sends_twice(self) -> bool:
        """Whether this delivery is made twice."""
        return _happens(self.faults.duplicate)

    def _roll(self) -> Mishap | None:
        faults = self.faults
        if _happens(faults.error_rate):
            return "error"
        if _happens(faults.reset_rate):
            return "reset"
        if _happens(faults.error_after_rate):
            return "error_after"
        return "reset_after" if _happens(faults.reset_after_accept_rate) else None

    def _concerns(self, operation: str) -> bool:
        return not self.faults.only or operation in self.faults.only


def _happens(rate: Rate) -> bool:
    return bool(rate) and random.random() < float(rate)  # noqa: S311
