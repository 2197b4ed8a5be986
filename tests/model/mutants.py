"""The protocol with one guard missing, a mutant a guard. The search must find what each of them breaks.

A guard whose mutant survives is either not needed or not modelled; both would be worth knowing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.model.configs import AFTER, CHECKOUT, COUPON, MONEY, PLAIN, SEATS
from tests.model.search import Config, Found, Search


@dataclass(frozen=True)
class Mutant:
    """``config``: the smallest world that needs the guard. ``also``: guards that would save the day in its place, and
    are missing, too. ``ignoring``: rules that break before the guard comes into it, by their first words."""

    name: str
    without: str
    config: Config
    also: tuple[str, ...] = ()
    ignoring: tuple[str, ...] = ()


MUTANTS = (
    Mutant("t3_no_expiry", "T3 doesn't check that the hold is unexpired and every seat still ours", MONEY),
    Mutant(
        "t4_no_fence",
        "T4 sells the seats by number, whoever holds them",
        MONEY,
        also=("sweeper_ignores_in_payment",),
        ignoring=("T2", "T3, T7"),
    ),
    Mutant("t4_no_outbox", "T4 doesn't queue the capture: whoever sold the seats calls, or crashes", MONEY),
    Mutant("t7_no_outbox", "T7 doesn't queue the cancellation of the intent", MONEY),
    Mutant("t4_no_lock", "T4 reads the order without locking it", MONEY),
    Mutant("t7_frees_early", "T7 frees the seats before Stripe has confirmed", MONEY),
    Mutant(
        "t8_leaves_expired", "T8 queues the refund but leaves the order *expired* (the protocol's first draft)", MONEY
    ),
    Mutant("rescue_takes_sold", "T8 takes seats again without looking whether they are free", MONEY),
    Mutant("rescue_no_coupon", "T8 takes seats again, but not the coupon", COUPON),
    Mutant("late_auth_captured", "a late authorisation is captured instead of voided", MONEY),
    Mutant(
        "capture_key_unstable", "every try of a capture has a key of its own, and its refusal is believed unread", PLAIN
    ),
    Mutant("refused_keeps_seats", "T5 refused: the order fails, but its seats stay sold", MONEY),
    Mutant("webhook_moves_back", "news out of order takes the order back", MONEY),
    Mutant("sweeper_ignores_in_payment", "seats in payment may be taken once their time ran out", MONEY),
    Mutant("late_create_stays", "an intent that was created after the order ended isn't cancelled", MONEY),
    Mutant("never_made_unlocked", "*no such intent* is acted on without looking again under the lock", MONEY),
    Mutant("opened_by_order_state", "an old answer to *create* cancels whatever isn't *paying*", MONEY),
    Mutant("void_deactivates", "a card authorised while its order expires makes its payment one of the past", MONEY),
    Mutant("news_keeps_creating", "news brings the intent's id, but the payment stays *creating*", MONEY),
    Mutant("double_active", "a second tab starts a second payment of the same order", CHECKOUT),
    Mutant("any_payment_ends", "late news of a payment that was left ends the order that another one pays", CHECKOUT),
    Mutant("second_money_kept", "an order that is paid ignores money of its other payment", CHECKOUT),
    Mutant("coupon_no_max", "the coupon is used without its guard `used < max_uses`", COUPON),
    Mutant("expiry_keeps_coupon", "T6 doesn't give the coupon back", COUPON),
    Mutant("refund_ignores_pending", "T9 counts only the refunds that succeeded", AFTER),
    Mutant("refund_key_unstable", "every try of a refund has a key of its own", AFTER),
    Mutant(
        "booked_by_order_state", "whether a capture is news is told by the order's state, not by the payment's", AFTER
    ),
    Mutant("t13_used", "a ticket that let somebody in can be given back", AFTER),
    Mutant("no_effect_key", "the mail has no effect key: each run is a message of its own", AFTER),
    Mutant("t1_takes_held", "T1 takes seats that another holds in time", SEATS),
    Mutant("t1_partial", "T1 gives fewer seats than were asked for", SEATS),
)

SECOND_GUARDS = (
    Mutant("t2_no_expiry", "T2 takes a hold whose time ran out: T3 looks again, with the seats", MONEY),
    Mutant("t4_no_fence", "T4 sells the seats by number: seats in payment can't be anybody else's", MONEY),
    Mutant(
        "no_reconciler",
        "nobody reads intents but jobs: each of T4, T7 and T8 has left one; only later, or expired",
        MONEY,
    ),
)
"""Guards that nothing hangs on while the others stand: these survive, and the test says so."""

BY_NAME = {mutant.name: mutant for mutant in MUTANTS}


def hunt(mutant: Mutant) -> Found:
    """Search with this guard missing, up to the first broken rule."""
    return Search(mutant.config, frozenset({mutant.name, *mutant.also}), mutant.ignoring).run()


def hunt_all() -> Iterator[tuple[Mutant, Found]]:
    for mutant in MUTANTS:
        yield mutant, hunt(mutant)
