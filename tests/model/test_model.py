"""The protocol holds in every state of two buyers, and each of its guards is needed."""

import functools

import pytest

from frontrow.orders.models import STATES
from frontrow.orders.rules import STEPS
from frontrow.payments.models import STATES as PAYMENT_STATES
from tests.model.configs import TWO
from tests.model.mutants import MUTANTS, SECOND_GUARDS, Mutant, hunt
from tests.model.search import Config, Found, Search
from tests.model.state import CAPTURING, EXPIRED, EXPIRING, HELD, NONE, ORDER, PAID, PAYING, PAYMENT, PENDING

UNUSED = {
    ("paying", "pending"),  # leaving the checkout goes by *expiring*: Stripe confirms first
    ("expiring", "refund_due"),  # seats lost while they were kept: the search finds that this can't be
}
"""Legal for the code, and never taken in the model."""


@functools.cache
def searched(config: Config) -> tuple[Search, Found]:
    search = Search(config)
    return search, search.run()


@pytest.mark.parametrize("config", TWO, ids=lambda config: config.name)
def test_no_state_breaks_a_rule(config: Config) -> None:
    found = searched(config)[1]
    assert found.broken is None, "\n".join(found.trace)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_guard_is_needed(mutant: Mutant) -> None:
    found = hunt(mutant)
    assert found.broken is not None, f"nothing breaks without it: {mutant.without}"
    assert found.trace


@pytest.mark.parametrize("mutant", SECOND_GUARDS, ids=lambda mutant: mutant.name)
def test_second_guards_are_only_that(mutant: Mutant) -> None:
    """When one of these is caught alone, it has become a guard of its own: move it."""
    assert hunt(mutant).broken is None


def test_the_first_draft_breaks_in_fourteen_steps() -> None:
    """Refund queued, order left *expired*; the seat is freed, old news comes again, and the refunded buyer has it."""
    found = hunt(next(mutant for mutant in MUTANTS if mutant.name == "t8_leaves_expired"))
    assert found.depth == 14
    assert "seats taken again" in found.trace[-4]


def test_the_code_knows_the_same_steps() -> None:
    """An order of the code may take exactly the steps that one of the model takes, but for a few that are named."""
    taken = set()
    for config in TWO:
        search, _ = searched(config)
        for key, moves in search.moves.items():
            before = search.buyers[key >> 5].order
            for move in moves:
                taken |= _steps(before, search.buyers[move[0]].order)
    allowed = {(before, after) for before, afters in STEPS.items() for after in afters}
    # Between sale and payment in one transaction the code may pass *capturing* or not.
    allowed -= {("expiring", "paid"), ("expired", "paid"), ("expired", "capturing")}
    taken -= {("expired", "capturing")}
    assert taken <= allowed
    assert allowed - taken <= UNUSED


def _steps(before: int, after: int) -> set[tuple[str | None, str]]:
    if before in (NONE, HELD):
        return {(None, "pending")} if after == PENDING else set()
    if before == after:
        return set()
    if after == PAID and before in (PAYING, EXPIRING, EXPIRED):
        return {(ORDER[before], ORDER[CAPTURING]), (ORDER[CAPTURING], ORDER[PAID])}
    return {(ORDER[before], ORDER[after])}


def test_the_code_knows_the_same_states() -> None:
    assert set(STATES) == set(ORDER) - {"nothing", "held", "let go"}
    assert set(PAYMENT_STATES) == set(PAYMENT)
