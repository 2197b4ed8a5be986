"""What a guest bought is the account's that has proved the address, and nobody else's."""

import uuid

from frontrow.core.ids import new_id
from frontrow.orders import queries
from frontrow.people.actions import proofs
from frontrow.people.rules import proof_token
from tests.factories.till import Till
from tests.orders.test_person import ANN, account

PEPPER = b"for tests"


async def listed(till: Till, user: uuid.UUID, before: uuid.UUID | None = None, limit: int = 20) -> list[uuid.UUID]:
    found = await till.rt.db.read(lambda tx: queries.orders_of_user(tx, user, before, limit))
    return [order.id for order in found]


async def prove(till: Till, user: uuid.UUID) -> None:
    await till.rt.db.write(lambda tx: proofs.ask(tx, PEPPER, user))
    [[proof_id]] = await till.sql("SELECT id FROM email_proof WHERE user_id = :user", user=user)
    await till.rt.db.write(lambda tx: proofs.prove(tx, user, proof_token(PEPPER, proof_id)))


async def test_orders_of_a_proved_address_are_there_whenever_they_were_placed(till: Till) -> None:
    ann = await account(till, proved=False)
    stranger = await account(till, "bob@example.com")
    guest = (await till.order(await till.hold(1), email="Ann@Example.com")).order.id
    own = (await till.order(await till.hold(2), user=ann, email="work@example.com")).order.id
    assert await listed(till, ann) == [own], "an address that was only typed in is nobody's"
    await prove(till, ann)
    assert await listed(till, ann) == [own, guest]
    later = (await till.order(await till.hold(3), email=ANN)).order.id
    others = (await till.order(await till.hold(4), user=stranger, email=ANN)).order.id
    assert await listed(till, ann) == [later, own, guest]
    assert await listed(till, ann, before=own, limit=1) == [guest]
    assert await listed(till, stranger) == [others]
    assert await listed(till, new_id()) == []


async def test_with_the_proof_guest_and_account_are_one_person_for_the_cap(till: Till) -> None:
    await till.sql("UPDATE performance SET max_per_account = 3")
    ann = await account(till, proved=False)
    await till.order(await till.hold(1, 2), email=ANN)
    fourth = await till.hold(3, 4)
    assert (await till.quote(fourth, user=ann)).problems == []
    await prove(till, ann)
    assert [problem.code for problem in (await till.quote(fourth, user=ann)).problems] == ["account_limit"]
