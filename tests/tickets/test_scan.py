"""The door: one answer a scan, in words that help, and a record of who asked, when and where."""

import uuid
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from frontrow.auditor.main import audit
from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.tickets import queries
from frontrow.tickets.actions import issue
from frontrow.tickets.actions.draw import codes
from frontrow.tickets.actions.scan import scan
from frontrow.tickets.rules import Code, sign
from tests.factories.house import House, build_house
from tests.factories.orders import PayFor


async def sql(rt: Runtime, statement: str, **values: object) -> list[Any]:
    async def work(tx: Tx) -> list[Any]:
        return list(await tx.sql(statement, **values))

    return await rt.db.write(work)


@pytest.fixture
async def usher(rt: Runtime, house: House) -> uuid.UUID:
    user_id = new_id()
    await sql(rt, "INSERT INTO user_account (id, email, name) VALUES (:id, 'd@example.com', 'Door')", id=user_id)
    await sql(
        rt,
        "INSERT INTO team_member (organiser_id, user_id, role) VALUES (:organiser, :user, 'door')",
        organiser=house.organiser_id,
        user=user_id,
    )
    return user_id


async def code_of(rt: Runtime, order_id: uuid.UUID) -> str:
    return (await codes(rt, await rt.db.read(lambda tx: queries.tickets_of(tx, order_id))))[0]


async def test_used_already_says_when_and_where(rt: Runtime, house: House, usher: uuid.UUID, pay_for: PayFor) -> None:
    code = await code_of(rt, await pay_for([1]))
    first = await scan(rt, code, house.performance_id, "North", usher)
    assert first.verdict == "admitted"
    await sql(rt, "UPDATE checkin SET at = '2026-12-04 18:12+00'")
    again = await scan(rt, code, house.performance_id, "South", usher)
    assert (again.verdict, again.message) == ("already_used", "This ticket was used already at 19:12, North.")
    record = await sql(rt, "SELECT ok, reason, gate, scanned_by FROM checkin ORDER BY id")
    assert [tuple(one) for one in record] == [(True, "", "North", usher), (False, "already_used", "South", usher)]
    assert [one for one in await audit(rt.db) if one.number == 17] == []


async def test_the_same_scan_gets_the_same_answer(rt: Runtime, house: House, usher: uuid.UUID, pay_for: PayFor) -> None:
    code = await code_of(rt, await pay_for([1]))
    one, other = new_id(), new_id()
    for _ in range(3):
        assert (await scan(rt, code, house.performance_id, "North", usher, one)).verdict == "admitted"
    for _ in range(3):
        assert (await scan(rt, code, house.performance_id, "North", usher, other)).verdict == "already_used"
    assert len(await sql(rt, "SELECT FROM checkin")) == 2


async def test_refusals_say_why(rt: Runtime, house: House, usher: uuid.UUID, pay_for: PayFor) -> None:
    order_id = await pay_for([1])
    code = await code_of(rt, order_id)
    [ticket] = await rt.db.read(lambda tx: queries.tickets_of(tx, order_id))
    elsewhere = await build_house(rt.db, slug="elsewhere")

    async def said(text: str, performance_id: uuid.UUID = house.performance_id) -> tuple[str, str]:
        answer = await scan(rt, text, performance_id, "", usher)
        return answer.verdict, answer.message

    forged = sign(Ed25519PrivateKey.generate(), Code(ticket.id, ticket.performance_id, ticket.secret))
    for text in (forged, "", "FR1.", "\x00", "https://frontrow.example", code[:-1], "FR1." + "A" * 140, "💥" * 100):
        verdict, message = await said(text)
        assert (verdict, message[:29]) == ("not_valid", "This code isn't one of ours. ")
    foreign = Code(ticket.id, elsewhere.performance_id, ticket.secret)
    key = Ed25519PrivateKey.generate()
    assert (await said(sign(key, foreign)))[0] == "not_valid"
    with pytest.raises(NotFound):
        await said(code, elsewhere.performance_id)
    with pytest.raises(NotFound):
        await scan(rt, code, house.performance_id, "", new_id())
    await sql(rt, "UPDATE ticket SET secret = 'AAAAAAAAAAAA'")
    assert "passed on" in (await said(code))[1]
    await sql(rt, "UPDATE ticket SET secret = :secret", secret=ticket.secret)
    await rt.db.write(lambda tx: issue.void(tx, order_id))
    assert await said(code) == ("void", "This ticket was cancelled.")
