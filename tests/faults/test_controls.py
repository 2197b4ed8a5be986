"""The controls of the deaths: with a guard taken out, a death at the right place does leave two of something.

They show that the tally sees two where there are two, and which guard it is that makes it one.
"""

import pytest

from frontrow.auditor.main import audit
from tests.faults.boundaries import KILLED
from tests.faults.conftest import World
from tests.faults.purchase import Plan
from tests.faults.tally import Tally, tally


async def died(world: World, where: str, *, before: str) -> Plan:
    """A purchase that died at the last boundary ``where`` that comes before the last one named ``before``."""
    boundaries = await world.rehearsal(by_news=False)
    end = max(number for number, name in enumerate(boundaries) if name.startswith(before))
    number = max(number for number, name in enumerate(boundaries[:end]) if name.startswith(where))
    plan = await world.plan()
    code, said = await world.live(plan, number, boundaries[number])
    assert code == KILLED, said
    return plan


async def restarted(world: World, plan: Plan) -> Tally:
    for _ in range(3):
        await world.survivors.go_on(61)
    await world.look_outside()
    return await tally(world.till.worker.runtime.db, plan, world.seen)


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "control"])
async def test_a_sent_mail_is_known_by_its_effect(world: World, guarded: bool) -> None:
    """Died after the mail was recorded as sent, before its job was recorded as done."""
    if not guarded:
        # An effect that nobody finds again is no effect.
        await world.sql(
            """CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN NEW.effect_key := NEW.effect_key || gen_random_uuid(); RETURN NEW; END $$"""
        )
        await world.sql("CREATE TRIGGER forget BEFORE INSERT ON effect FOR EACH ROW EXECUTE FUNCTION forget()")
    plan = await died(world, "orders.order_paid/committed", before="orders.order_paid/sql:UPDATE outbox")
    found = await restarted(world, plan)
    assert found.orders == ("paid",)
    assert found.letters == (1 if guarded else 2)


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "control"])
async def test_an_intent_is_made_once_by_its_stable_key(world: World, guarded: bool) -> None:
    """Died after Stripe had made the intent, before we knew its id."""
    plan = await died(world, "pay/stripe<", before="pay/committed")
    if not guarded:
        # The key is made of the payment's number: another number, another intent.
        await world.sql("UPDATE payment SET seq = seq + 1 WHERE state = 'creating'")
    found = await restarted(world, plan)
    assert found.intents == (1 if guarded else 2)


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "control"])
async def test_a_hold_is_found_again_by_its_key(world: World, guarded: bool) -> None:
    """Died after the hold was committed, before the buyer heard: without their key they are up against themselves."""
    plan = await died(world, "hold/committed", before="order/")
    if not guarded:
        await world.sql("DELETE FROM idempotency")
        with pytest.raises(Exception, match="seats_taken"):
            await world.till.purchase(plan)
        return
    await world.till.purchase(plan)
    assert (await restarted(world, plan)).orders == ("paid",)
    assert await audit(world.till.worker.runtime.db) == []
