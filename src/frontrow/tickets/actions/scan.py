"""T12, at the door: one code lets one person in, once a list, however many gates read it at the same moment."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from frontrow.core import ids
from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.core.runtime import Runtime
from frontrow.people.access import staff_of
from frontrow.tickets.errors import BadCode
from frontrow.tickets.rules import Code, Verdict, read, signing_key


@dataclass(frozen=True)
class Scan:
    """The door's answer. ``ticket`` is told only for a ticket of this very performance."""

    verdict: Verdict
    ticket: Any = None
    used_at: datetime | None = None


async def scan(rt: Runtime, text: str, performance_id: uuid.UUID, gate: str, user_id: uuid.UUID) -> Scan:
    """Read a code and let its holder in, or say why not. Raises NotFound unless the user is staff here."""
    key = signing_key(await rt.secrets.get("ticket_signing_key")).public_key()
    try:
        code = read(key, text)
    except BadCode:
        code = None
    return await rt.db.write(lambda tx: _admit(tx, code, performance_id, gate, user_id))


async def _admit(tx: Tx, code: Code | None, performance_id: uuid.UUID, gate: str, user_id: uuid.UUID) -> Scan:
    door = (
        await tx.sql("SELECT organiser_id FROM performance WHERE id = :performance", performance=performance_id)
    ).one_or_none()
    if door is None:
        raise NotFound
    await staff_of(tx, user_id, door.organiser_id, ("owner", "manager", "door"))
    await tx.act_for(door.organiser_id)
    if code is None:
        return Scan("not_valid")
    if code.performance_id != performance_id:
        # A ticket of another evening: no name and no seat of it is shown here.
        return Scan("wrong_performance")
    ticket = (
        await tx.sql(
            """SELECT t.id, t.state, t.secret, t.section, t.row, t.label, t.holder_name, o.code AS order_code
                 FROM ticket t JOIN orders o ON o.id = t.order_id
                WHERE t.id = :ticket AND t.performance_id = :performance FOR SHARE OF t""",
            ticket=code.ticket_id,
            performance=performance_id,
        )
    ).one_or_none()
    if ticket is None or ticket.secret != code.secret or ticket.state == "inactive":
        return Scan("not_valid")
    if ticket.state == "void":
        return Scan("void", ticket)
    list_id = await _list_of(tx, door.organiser_id, performance_id)
    entered = await tx.sql(
        """INSERT INTO checkin (organiser_id, ticket_id, list_id, kind, ok, gate, scanned_by)
           VALUES (:organiser, :ticket, :list, 'entry', true, :gate, :user)
           ON CONFLICT (ticket_id, list_id) WHERE kind = 'entry' AND ok DO NOTHING""",
        organiser=door.organiser_id,
        ticket=ticket.id,
        list=list_id,
        gate=gate,
        user=user_id,
    )
    if entered.rowcount == 1:
        return Scan("admitted", ticket)
    first = await tx.sql(
        "SELECT at FROM checkin WHERE ticket_id = :ticket AND list_id = :list AND kind = 'entry' AND ok",
        ticket=ticket.id,
        list=list_id,
    )
    return Scan("already_used", ticket, first.scalar_one())


async def _list_of(tx: Tx, organiser_id: uuid.UUID, performance_id: uuid.UUID) -> uuid.UUID:
    """The performance's check-in list; its first scan makes the first one."""
    find = "SELECT id FROM checkin_list WHERE performance_id = :performance ORDER BY id LIMIT 1"
    known: uuid.UUID | None = (await tx.sql(find, performance=performance_id)).scalar_one_or_none()
    if known is not None:
        return known
    await tx.sql(
        """INSERT INTO checkin_list (id, organiser_id, performance_id) VALUES (:id, :organiser, :performance)
           ON CONFLICT DO NOTHING""",
        id=ids.new_id(),
        organiser=organiser_id,
        performance=performance_id,
    )
    made: uuid.UUID = (await tx.sql(find, performance=performance_id)).scalar_one()
    return made
