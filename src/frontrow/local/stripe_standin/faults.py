"""The knobs that make the stand-in misbehave the way a real payment service can. They last until they are reset."""

import random
import time
from typing import Literal

import msgspec

Webhooks = Literal["normal", "off", "held"]
Mishap = Literal["error", "error_after", "reset", "reset_after"]
Rate = float | bool
_MISHAPS = ("error_rate", "error_after_rate", "reset_rate", "reset_after_accept_rate")
_RATES = (*_MISHAPS, "duplicate", "lost")
_DELAYS = ("latency_ms", "latency_after_ms", "shuffle", "webhook_delay_ms", "search_lag_ms", "settle_ms")


class Mishaps(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What can go wrong with a request. Rates run from 0 to 1, delays are in milliseconds.

    ``latency_ms`` delays the effect itself, so a client that gives up early may still be charged; ``latency_after_ms``
    delays only the answer: by then it is done. ``error_rate`` answers ``status`` without doing anything;
    ``error_after_rate`` does the work and then says ``status``; a 500 is stored under the idempotency key and other
    statuses aren't, as at Stripe, unless ``stored`` says otherwise. ``reset_rate`` drops the connection before the
    work, ``reset_after_accept_rate`` after it. ``count`` limits all of these to that many mishaps.
    """

    latency_ms: float = 0
    latency_after_ms: float = 0
    error_rate: Rate = 0
    status: int = 500
    stored: bool | None = None
    error_after_rate: Rate = 0
    reset_rate: Rate = 0
    reset_after_accept_rate: Rate = 0
    count: int | None = None

    def __post_init__(self) -> None:
        for name in _RATES:
            if not 0 <= float(getattr(self, name, 0)) <= 1:
                raise ValueError(f"{name} runs from 0 to 1")
        for name in _DELAYS:
            if not 0 <= float(getattr(self, name, 0)) <= 600_000:
                raise ValueError(f"{name} runs from 0 to 600000")
        if not 400 <= self.status <= 599:
            raise ValueError("status runs from 400 to 599")

    @property
    def waits(self) -> bool:
        return bool(self.latency_ms or self.latency_after_ms)


class Faults(Mishaps, forbid_unknown_fields=True, kw_only=True):
    """The knobs as they stand, which is also the body of ``POST /_standin/faults`` (absent knobs stay as they are).

    ``only`` limits the mishaps to operations (create, confirm, capture, cancel, refund, retrieve, list, search, …);
    ``each`` gives an operation mishaps of its own. ``webhooks``: ``off`` loses events for good, ``held`` keeps them
    back until it is ``normal`` again; ``lost`` is the rate of events that never come, ``duplicate`` of those that come
    again, up to ``copies`` times; ``webhook_delay_ms`` delays every event and ``shuffle`` is the longest random delay
    of one (true: 2,000). ``search_lag_ms``: how long a new or changed intent can't be found by search. ``settle_ms``:
    how long what takes days elsewhere takes here (a pending refund, a bank's debit, a dispute).
    """

    only: list[str] = []
    each: dict[str, Mishaps] = {}
    webhooks: Webhooks = "normal"
    duplicate: Rate = 0
    copies: int = 1
    lost: Rate = 0
    shuffle: float | bool = 0
    webhook_delay_ms: float = 0
    search_lag_ms: float = 0
    settle_ms: float = 1500


class FaultBoard:
    """Holds the current knobs and rolls the dice."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.waits = False
        """Whether any request may take time."""
        self._fails = False
        self._changed: dict[str, float] = {}

    def change(self, body: bytes) -> Faults:
        """Applies a JSON document of knobs over the current ones. Raises ``msgspec.ValidationError``."""
        given = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        merged = {**msgspec.json.decode(msgspec.json.encode(self.faults), type=dict[str, msgspec.Raw]), **given}
        return self._set(msgspec.json.decode(msgspec.json.encode(merged), type=Faults))

    def reset(self) -> Faults:
        """Back to good behaviour."""
        return self._set(Faults())

    def _set(self, faults: Faults) -> Faults:
        self.faults = faults
        every = (faults, *faults.each.values())
        self.waits = any(mishaps.waits for mishaps in every)
        self._fails = any(getattr(mishaps, name) for mishaps in every for name in _MISHAPS)
        return faults

    def before_s(self, operation: str) -> float:
        """How long to wait before this operation's effect."""
        mishaps = self.mishaps(operation)
        return 0.0 if mishaps is None else mishaps.latency_ms / 1000

    def after_s(self, operation: str) -> float:
        """How long to keep this operation's answer back."""
        mishaps = self.mishaps(operation)
        return 0.0 if mishaps is None else mishaps.latency_after_ms / 1000

    def draw(self, operation: str) -> Mishap | None:
        """What goes wrong with this request, if anything."""
        mishaps = self.mishaps(operation) if self._fails else None
        if mishaps is None or mishaps.count == 0:
            return None
        mishap = _roll(mishaps)
        if mishap is not None and mishaps.count is not None:
            mishaps.count -= 1
        return mishap

    def mishaps(self, operation: str) -> Mishaps | None:
        """What can go wrong with this operation."""
        faults = self.faults
        if faults.each and operation in faults.each:
            return faults.each[operation]
        return faults if not faults.only or operation in faults.only else None

    def due_at(self) -> float | None:
        """When an event that happens now should be sent (seconds since 1970); None: never."""
        faults = self.faults
        if faults.webhooks == "off" or _happens(faults.lost):
            return None
        longest = 2000.0 if faults.shuffle is True else float(faults.shuffle)
        # Not for secrets: only the order of deliveries hangs on these dice.
        return time.time() + (faults.webhook_delay_ms + random.random() * longest) / 1000  # noqa: S311

    def settled_at(self) -> float:
        """When that which begins now and takes its time comes to its end (seconds since 1970)."""
        return time.time() + self.faults.settle_ms / 1000

    def changed(self, intent_id: str) -> None:
        """An intent is new or has new metadata; while search lags behind, it can't be found yet."""
        if self.faults.search_lag_ms:
            self._changed[intent_id] = time.time()

    def searchable(self, intent_id: str) -> bool:
        """Whether search knows of an intent's last change."""
        at = self._changed.get(intent_id)
        if at is None:
            return True
        if time.time() < at + self.faults.search_lag_ms / 1000:
            return False
        del self._changed[intent_id]
        return True

    def copies(self) -> int:
        """How often this event is sent again though it was taken."""
        return random.randint(1, max(1, self.faults.copies)) if _happens(self.faults.duplicate) else 0  # noqa: S311


def _roll(mishaps: Mishaps) -> Mishap | None:
    if _happens(mishaps.error_rate):
        return "error"
    if _happens(mishaps.reset_rate):
        return "reset"
    if _happens(mishaps.error_after_rate):
        return "error_after"
    return "reset_after" if _happens(mishaps.reset_after_accept_rate) else None


def _happens(rate: Rate) -> bool:
    return bool(rate) and random.random() < float(rate)  # noqa: S311
