"""Each statement, commit and word outside of a purchase is once the last thing that a process does.

Everything else goes on: the buyer comes back with the same keys, or never; workers, timers and doors of other processes
take over. Whatever was the last thing, in the end there is one of everything or nothing at all, and the auditor, Stripe
and the buyer's letter box agree.
"""

import asyncio
import os
from dataclasses import dataclass

import pytest

from frontrow.auditor.main import audit
from tests.faults.boundaries import KILLED
from tests.faults.conftest import World
from tests.faults.purchase import Plan, Refusal
from tests.faults.tally import bought, not_bought, tally

AT_ONCE = 8
ALWAYS_BOTH = ("commit",)
"""Boundaries that are always died at twice, with and without a returning buyer: what lasts differs before and after. At
the others it's one of the two in turn, unless ``FRONTROW_FAULTS=all``."""


@dataclass(frozen=True)
class Death:
    """Where a process died, and whether its buyer came back."""

    number: int
    boundary: str
    returns: bool
    plan: Plan

    def __str__(self) -> str:
        return f"{self.number} {self.boundary} ({'the buyer comes back' if self.returns else 'the buyer is gone'})"


def chosen(boundaries: list[str], stages: tuple[str, ...]) -> list[tuple[int, str, bool]]:
    """Which boundaries to die at, with or without a returning buyer."""
    both = os.environ.get("FRONTROW_FAULTS") == "all"
    return [
        (number, name, returns)
        for number, name in enumerate(boundaries)
        if name.startswith(stages)
        for returns in (False, True)
        if both or name.split("/")[1].startswith(ALWAYS_BOTH) or number % 2 == returns
    ]


async def die(world: World, death: Death) -> str | None:
    """Returns what went wrong with dying."""
    code, said = await world.live(death.plan, death.number, death.boundary)
    return None if code == KILLED else f"{death}: exit code {code}, {said}"


async def come_back(world: World, deaths: list[Death], *, patient: bool) -> list[str]:
    """The buyers begin again, with the same keys. Returns their complaints; to be asked for patience is none."""
    places = asyncio.Semaphore(AT_ONCE)

    async def again(death: Death) -> str | None:
        async with places:
            try:
                await world.till.purchase(death.plan)
            except Refusal as refusal:
                return None if patient and refusal.busy else f"{death}: {refusal}"
        return None

    return [said for said in await asyncio.gather(*(again(death) for death in deaths)) if said is not None]


async def judged(world: World, death: Death, authorised_from: int, letter_window: range) -> list[str]:
    """What is wrong with the outcome of a death."""
    found = await tally(world.till.worker.runtime.db, death.plan, world.seen)
    paid = death.returns or death.number >= authorised_from
    wanted = bought(death.plan, found, entered=death.returns) if paid else not_bought(found)
    wrong = [] if found == wanted else [f"{death}:\n  found  {found}\n  wanted {wanted}"]
    if paid and found.total == 0:
        wrong.append(f"{death}: nothing was to pay")
    if paid and found.letters > 1 and death.number not in letter_window:
        wrong.append(f"{death}: {found.letters} letters")
    if found.holds > 1 or found.intents > 1:
        wrong.append(f"{death}: {found.holds} holds, {found.intents} intents")
    return wrong


@pytest.mark.parametrize(
    ("by_news", "stages"),
    [(False, ("hold", "order", "pay", "settle", "orders.order_paid", "door")), (True, ("order/", "news", "payments."))],
    ids=["the buyer waits", "webhooks tell"],
)
async def test_a_death_at_any_boundary_leaves_one_of_everything(
    world: World, by_news: bool, stages: tuple[str, ...]
) -> None:
    boundaries = await world.rehearsal(by_news=by_news)
    print(  # noqa: T201 -- pytest shows it when it's asked to, or when something is wrong
        *(f"{number:3} {name}" for number, name in enumerate(boundaries) if name.startswith(stages)),
        sep="\n",
    )
    deaths = [
        Death(number, name, returns, await world.plan(by_news=by_news))
        for number, name, returns in chosen(boundaries, stages)
    ]
    assert [wrong for wrong in await asyncio.gather(*(die(world, death) for death in deaths)) if wrong] == []

    returning = [death for death in deaths if death.returns]
    assert await come_back(world, returning, patient=True) == []
    for _ in range(2):
        await world.survivors.go_on(45)  # leases lapse, and the reconciler looks
    assert await come_back(world, returning, patient=False) == []
    for seconds in (10, 1800, 60, 60, 600):  # holds end, intents are cancelled, nothing may rest
        await world.survivors.go_on(seconds)

    await world.look_outside()
    authorised_from = next(n for n, name in enumerate(boundaries) if name.startswith(("settle", "news")))
    letter = [n for n, name in enumerate(boundaries) if "smtp>" in name or "smtp<" in name]
    window = range(letter[0], letter[-1] + 4)
    wrong = [line for death in deaths for line in await judged(world, death, authorised_from, window)]
    assert wrong == [], "\n".join(wrong)
    assert await audit(world.till.worker.runtime.db) == []
