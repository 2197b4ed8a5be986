"""One ticket at eight gates at once lets one person in; the control shows that the constraint is what does it."""

import asyncio
from typing import Any

from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.tickets.actions.draw import codes
from frontrow.tickets.actions.scan import Scan, scan
from frontrow.tickets.queries import ticket
from tests.factories.house import House
from tests.factories.stack import Stage


async def staff(rt: Runtime, house: House) -> Any:
    """A member of the organiser's team."""
    user_id = new_id()

    async def hire(tx: Any) -> None:
        await tx.sql("INSERT INTO user_account (id, email, name) VALUES (:id, 'd@example.com', 'Door')", id=user_id)
        await tx.sql(
            "INSERT INTO team_member (organiser_id, user_id, role) VALUES (:organiser, :user, 'door')",
            organiser=house.organiser_id,
            user=user_id,
        )

    await rt.db.write(hire)
    return user_id


async def at_eight_gates(stage: Stage) -> list[Scan]:
    user_id = await staff(stage.rt, stage.house)
    async with stage.buyer() as guest:
        order = await guest.buy(stage.house.performance_id, [1])
    code = order["tickets"][0]["code"]
    return await asyncio.gather(
        *(scan(stage.rt, code, stage.house.performance_id, f"gate {gate}", user_id) for gate in range(8))
    )


async def test_one_ticket_at_eight_gates(stage: Stage) -> None:
    told = await at_eight_gates(stage)
    verdicts = sorted(answer.verdict for answer in told)
    assert verdicts == ["admitted"] + ["already_used"] * 7
    assert {answer.ticket.label for answer in told} == {"1"}
    assert all(answer.used_at is not None for answer in told if answer.verdict == "already_used")


async def test_control_with_a_list_a_gate_everybody_gets_in(stage: Stage) -> None:
    """The guard is one entry a list. Give each gate a list of its own, and nothing else stands in the way."""
    await stage.sql(
        """CREATE FUNCTION own_list() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN
             INSERT INTO checkin_list (id, organiser_id, performance_id, name)
             SELECT gen_random_uuid(), t.organiser_id, t.performance_id, NEW.gate
               FROM ticket t WHERE t.id = NEW.ticket_id
             RETURNING id INTO NEW.list_id;
             RETURN NEW;
           END $$"""
    )
    await stage.sql("CREATE TRIGGER own_list BEFORE INSERT ON checkin FOR EACH ROW EXECUTE FUNCTION own_list()")
    told = await at_eight_gates(stage)
    assert sum(answer.verdict == "admitted" for answer in told) > 1


async def test_the_door_refuses_what_is_not_for_it(stage: Stage) -> None:
    # A performance without a check-in list gets one by its first scan.
    await stage.sql("DELETE FROM checkin_list")
    user_id = await staff(stage.rt, stage.house)
    async with stage.buyer() as guest:
        order = await guest.buy(stage.house.performance_id, [2])
    performance = stage.house.performance_id
    good = order["tickets"][0]["code"]
    assert (await scan(stage.rt, good[:-4] + "AAAA", performance, "", user_id)).verdict == "not_valid"
    assert (await scan(stage.rt, "hello", performance, "", user_id)).verdict == "not_valid"
    # The ticket was given a new secret (a transfer): the copy made before is no good.
    [(ticket_id,)] = await stage.sql("UPDATE ticket SET secret = 'AAAAAAAAAAAA' RETURNING id")
    assert (await scan(stage.rt, good, performance, "", user_id)).verdict == "not_valid"
    found = await stage.rt.db.read(lambda tx: ticket(tx, ticket_id))
    assert found is not None
    [fresh] = await codes(stage.rt, [found])
    assert (await scan(stage.rt, fresh, performance, "", user_id)).verdict == "admitted"
    await stage.sql("UPDATE ticket SET state = 'void'")
    assert (await scan(stage.rt, fresh, performance, "", user_id)).verdict == "void"
    await stage.sql("UPDATE ticket SET state = 'valid'")
