"""Walks through the real till: hypothesis chooses what happens next, PostgreSQL and the stand-in are asked for real.

After every step the auditor's questions about states must find nothing; at the end of every walk workers alone must
bring the house to rest, with Stripe's books equal to ours. ``FRONTROW_WALKS`` is how many walks are made, by default
few enough for `make test`; a failure shows the walk, made as short as hypothesis can.
"""

import asyncio
import os
import uuid
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ClassVar

import httpx
import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as walks
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from frontrow.core.jobs import Registry
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.gateways.hub import Gateways
from frontrow.payments import jobs as payments_jobs
from frontrow.payments.actions import news, stop
from frontrow.seats import actions as seats
from tests.factories.stack import answers
from tests.model.till import Bought, Till, open_till
from tests.waiting import eventually

WALKS = int(os.environ.get("FRONTROW_WALKS", "12"))
STEPS = 40

WHICH = st.integers(0, 11)
CRASH = st.one_of(st.just(0), st.just(0), st.integers(1, 9))
GOOD, DECLINED, CHALLENGE = "4242424242424242", "4000000000000002", "4000002760003184"


class Walk(RuleBasedStateMachine):
    """One walk. ``open`` gives a till with a fresh house, ``run`` runs a coroutine to its end."""

    open: ClassVar[Callable[[], Coroutine[Any, Any, Till]]]
    run_in_loop: ClassVar[Callable[..., Any]]

    def __init__(self) -> None:
        super().__init__()
        # What may be tried next hangs on what was tried, not on how it went: races would make a walk unrepeatable.
        self.faults = self.holds = self.orders = 0
        self.till: Till = type(self).run_in_loop(type(self).open())

    def go(self, what: str, work: Callable[[], Coroutine[Any, Any, object]], crash_at: int = 0) -> None:
        async def step() -> None:
            await self.till.attempt(what, work, crash_at)
            await self.till.observe()
            await self.till.check()

        type(self).run_in_loop(step())

    def one(self, which: int) -> Bought:
        """One of those who have a hold; nobody's, when every try was refused."""
        having = self.till.bought or [Bought(uuid.UUID(int=0), uuid.UUID(int=0), "")]
        return having[which % len(having)]

    def order(self, which: int) -> Any:
        having = [one for one in self.till.bought if one.order is not None]
        return having[which % len(having)] if having else replace(self.one(which), order=uuid.UUID(int=0))

    def has_holds(self) -> bool:
        return self.holds > 0

    def has_orders(self) -> bool:
        return self.orders > 0

    # -- buyers --------------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.holds < 5)
    @rule(wanted=st.sampled_from([[1], [1], [2], [1, 2], [2, 3], [1, 2, 3]]))
    def hold(self, wanted: list[int]) -> None:
        self.holds += 1
        self.go(f"hold {wanted}", lambda: self.till.hold(wanted))

    @precondition(lambda self: self.holds < 5)
    @rule(wanted=st.sampled_from([[1], [2], [1, 2, 3]]), coupon=st.booleans(), card=st.sampled_from([GOOD, DECLINED]))
    def come_as_far_as_the_card(self, wanted: list[int], coupon: bool, card: str) -> None:
        """Most of what may go wrong needs a payment that is under way."""
        self.holds += 1
        self.orders += 1

        async def come() -> None:
            await self.till.hold(wanted)
            one = self.till.bought[-1]
            await self.till.order(one, coupon)
            assert one.order is not None
            await self.till.start(one, one.order)
            await self.till.confirm(one.order, card)

        self.go(f"a buyer comes for {wanted} as far as the card {card}", come)

    @precondition(has_holds)
    @rule(which=WHICH, what=st.sampled_from(["extend", "release", "abandon"]))
    def keep_or_leave(self, which: int, what: str) -> None:
        till, one = self.till, self.one(which)
        verbs: dict[str, Callable[[Any], Coroutine[Any, Any, None]]] = {
            "extend": lambda tx: seats.extend_hold(tx, one.hold, one.buyer, till.rt.settings.till),
            "release": lambda tx: seats.release_hold(tx, one.hold, one.buyer),
            "abandon": lambda tx: seats.abandon_hold(tx, one.hold, one.buyer, till.rt.settings.till),
        }
        self.go(what, lambda: till.rt.db.write(verbs[what]))

    @precondition(has_holds)
    @rule(which=WHICH, coupon=st.booleans(), crash=CRASH)
    def place_order(self, which: int, coupon: bool, crash: int) -> None:
        self.orders += 1
        one = self.one(which)
        self.go(f"order{' with the coupon' if coupon else ''}", lambda: self.till.order(one, coupon), crash)

    @precondition(has_holds)
    @rule(which=WHICH, crash=CRASH)
    def check_out(self, which: int, crash: int) -> None:
        self.orders += 1
        one = self.one(which)
        self.go("order and start paying", lambda: self.till.check_out(one), crash)

    @precondition(has_orders)
    @rule(which=WHICH, crash=CRASH)
    def start(self, which: int, crash: int) -> None:
        one = self.order(which)
        self.go("start paying", lambda: self.till.start(one, one.order), crash)

    @precondition(has_orders)
    @rule(which=WHICH, card=st.sampled_from([GOOD, GOOD, GOOD, DECLINED, CHALLENGE]))
    def confirm(self, which: int, card: str) -> None:
        one = self.order(which)
        self.go(f"confirm with {card}", lambda: self.till.confirm(one.order, card))

    @precondition(has_orders)
    @rule(which=WHICH, crash=CRASH)
    def check(self, which: int, crash: int) -> None:
        one, till = self.order(which), self.till
        self.go("check", lambda: news.check_payment(till.rt, till.gw, one.order, one.viewer), crash)

    @precondition(has_orders)
    @rule(which=WHICH, crash=CRASH, leave=st.booleans())
    def stop(self, which: int, crash: int, leave: bool) -> None:
        one, till = self.order(which), self.till
        verb = stop.leave_checkout if leave else stop.cancel_order
        self.go(verb.__name__, lambda: verb(till.rt, till.gw, one.order, one.viewer), crash)

    @precondition(has_orders)
    @rule(which=WHICH)
    def scan(self, which: int) -> None:
        self.go("scan", lambda: self.till.scan(self.order(which).order))

    @precondition(has_orders)
    @rule(which=WHICH, told=WHICH)
    def all_at_once(self, which: int, told: int) -> None:
        """The buyer's check, their cancellation, a webhook and a worker, side by side."""
        one, till = self.order(which), self.till

        async def together() -> None:
            done = await asyncio.gather(
                news.check_payment(till.rt, till.gw, one.order, one.viewer),
                stop.cancel_order(till.rt, till.gw, one.order, one.viewer),
                till.tell(told),
                till.job(told),
                till.timers(),
                return_exceptions=True,
            )
            for error in done:
                if isinstance(error, Exception):
                    raise error

        self.go("all at once", together)

    # -- Stripe --------------------------------------------------------------------------------------------------------

    @rule(which=WHICH)
    def webhook(self, which: int) -> None:
        self.go("webhook", lambda: self.till.tell(which))

    @precondition(has_orders)
    @rule(which=WHICH, what=st.sampled_from(["capture", "cancel"]))
    def by_hand(self, which: int, what: str) -> None:
        self.go(f"{what} by hand", lambda: self.till.by_hand(self.order(which).order, what))

    @precondition(lambda self: self.faults < 3)
    @rule(
        kind=st.sampled_from(["error_rate", "error_after_rate", "reset_rate", "reset_after_accept_rate"]),
        verb=st.sampled_from(["create", "capture", "cancel", "refund", "retrieve"]),
    )
    def fault(self, kind: str, verb: str) -> None:
        self.faults += 1
        self.go(f"the next {verb} meets {kind}", lambda: self.till.faults(**{kind: 1.0, "only": [verb], "count": 1}))

    # -- workers and time ----------------------------------------------------------------------------------------------

    @rule(which=WHICH, crash=CRASH, copies=st.sampled_from([1, 1, 1, 2]))
    def job(self, which: int, crash: int, copies: int) -> None:
        self.go(f"{copies} x job {which}", lambda: self.till.job(which, copies), crash if copies == 1 else 0)

    @rule(crash=CRASH)
    def reconcile(self, crash: int) -> None:
        self.go("reconcile", self.till.reconcile, crash)

    @rule(crash=CRASH)
    def timers(self, crash: int) -> None:
        self.go("timers", self.till.timers, crash)

    @precondition(has_holds)
    @rule(which=WHICH)
    def lapse(self, which: int) -> None:
        self.go("the time runs out", lambda: self.till.lapse(self.one(which).hold))

    @precondition(has_orders)
    @rule(which=WHICH)
    def cap(self, which: int) -> None:
        self.go("the hard cap passes", lambda: self.till.cap(self.order(which).order))

    # -- the desk ------------------------------------------------------------------------------------------------------

    @precondition(has_orders)
    @rule(which=WHICH)
    def cash(self, which: int) -> None:
        self.go("cash", lambda: self.till.cash(self.order(which).order))

    @precondition(has_orders)
    @rule(which=WHICH, amount=st.sampled_from([None, 1, 1000, 1750]))
    def refund(self, which: int, amount: int | None) -> None:
        self.go(f"refund {amount}", lambda: self.till.refund(self.order(which).order, amount))

    @precondition(has_orders)
    @rule(which=WHICH, first_only=st.booleans())
    def cancel_lines(self, which: int, first_only: bool) -> None:
        self.go("cancel lines", lambda: self.till.cancel_lines(self.order(which).order, first_only))

    def teardown(self) -> None:
        type(self).run_in_loop(self.till.rest())


@contextmanager
def own_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop beside the session's, which stands still meanwhile: hypothesis calls synchronously."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


@pytest.mark.timeout(max(300, WALKS * 12))
def test_no_walk_through_the_till_breaks_a_rule(
    settings: Settings, stripe_url: str, local_secrets: dict[str, str]
) -> None:
    settings.stripe.api_base = stripe_url
    chosen = "FRONTROW_WALKS" in os.environ
    with own_loop() as loop:
        rt = _open(settings, loop)
        gateways = Gateways.open(rt)
        http = httpx.AsyncClient(base_url=stripe_url, timeout=30)
        registry = Registry.empty()
        registry.add(payments_jobs.handlers(rt, gateways), [])
        loop.run_until_complete(eventually(lambda: answers(f"{stripe_url}/health"), within=20))

        async def fresh() -> Till:
            till = await open_till(rt, gateways, registry, http, local_secrets)
            await till.faults()
            return till

        class Here(Walk):
            open = staticmethod(fresh)
            run_in_loop = staticmethod(loop.run_until_complete)

        try:
            run_state_machine_as_test(
                Here,
                settings=walks(
                    max_examples=WALKS,
                    stateful_step_count=STEPS,
                    deadline=None,
                    database=None,
                    derandomize=not chosen,
                    suppress_health_check=list(HealthCheck),
                    phases=(Phase.generate, Phase.shrink) if chosen else (Phase.generate,),
                ),
            )
        finally:
            loop.run_until_complete(http.aclose())
            loop.run_until_complete(gateways.close())
            loop.run_until_complete(rt.close())


def _open(settings: Settings, loop: asyncio.AbstractEventLoop) -> Runtime:
    async def opened() -> Runtime:
        runtime = Runtime.open(settings)
        await (await runtime.redis.client()).flushall()
        return runtime

    return loop.run_until_complete(opened())
