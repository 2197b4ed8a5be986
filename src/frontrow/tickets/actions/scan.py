"""T12, at the door: one code lets one person in, once a list, however many gates read it at the same moment."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from frontrow.core import ids
from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.core.runtime import Runtime
from frontrow.events import queries as event_queries
from frontrow.people.access import staff_of
from frontrow.tickets.errors import BadCode
from frontrow.tickets.rules import Code, Verdict, read, signing_key


@dataclass(frozen=True)
class Scan:
    """The door's answer in a word and in a sentence. ``ticket`` is told only for a ticket of this very performance."""

    verdict: Verdict
    message: str
    ticket: Any = None
    used_at: datetime | None = None


async def scan(
    rt: Runtime,
    text: str,
    performance_id: uuid.UUID,
    gate: str,
    user_id: uuid.UUID,
    scan_id: uuid.UUID | None = None,
) -> Scan:
    """Read a code and let its holder in, or say why not. The same ``scan_id`` of the same ticket gets the same answer.

    Raises NotFound unless the user is staff here.
    """
    key = signing_key(await rt.secrets.get("ticket_signing_key")).public_key()
    try:
        code = read(key, text)
    except BadCode:
        code = None
    return await rt.db.write(lambda tx: _admit(tx, code, performance_id, gate, user_id, scan_id))


async def _admit(
    tx: Tx, code: Code | None, performance_id: uuid.UUID, gate: str, user_id: uuid.UUID, scan_id: uuid.UUID | None
) -> Scan:
    door = (
        await tx.sql(
            """SELECT p.organiser_id, v.timezone FROM performance p JOIN venue v ON v.id = p.venue_id
                WHERE p.id = :performance""",
            performance=performance_id,
        )
    ).one_or_none()
    if door is None:
        raise NotFound
    await staff_of(tx, user_id, door.organiser_id, ("owner", "manager", "door"))
    await tx.act_for(door.organiser_id)
    if code is None:
        return Scan("not_valid", "This code isn't one of ours. It was made up, or read badly: try once more.")
    if code.performance_id != performance_id:
        # A ticket of another evening: no name and no seat of it is shown here.
        return Scan("wrong_performance", "This ticket is for another performance.")
    ticket = (
        await tx.sql(
            """SELECT t.id, t.state, t.secret, t.section, t.row, t.label, t.holder_name, o.code AS order_code
                 FROM ticket t JOIN orders o ON o.id = t.order_id
                WHERE t.id = :ticket AND t.performance_id = :performance FOR SHARE OF t""",
            ticket=code.ticket_id,
            performance=performance_id,
        )
    ).one_or_none()
    if ticket is None or ticket.state == "inactive":
        return Scan("not_valid", "This isn't a valid ticket: it was never paid.")
    if ticket.secret != code.secret:
        return Scan("not_valid", "This ticket was passed on: only the code that its new holder has admits.")
    list_id = await _list_of(tx, door.organiser_id, performance_id)
    at_door = {
        "organiser": door.organiser_id,
        "ticket": ticket.id,
        "list": list_id,
        "gate": gate,
        "user": user_id,
        "scan": scan_id,
    }
    if ticket.state == "void":
        await _write_down(tx, at_door, "void")
        off = await event_queries.is_cancelled(tx, performance_id)
        return Scan("void", "This evening was cancelled." if off else "This ticket was cancelled.", ticket)
    if await _write_down(tx, at_door, ""):
        return Scan("admitted", "Welcome. Let them in.", ticket)
    first = (
        await tx.sql(
            """SELECT at, gate, scan_id FROM checkin
                WHERE ticket_id = :ticket AND list_id = :list AND kind = 'entry' AND ok""",
            ticket=ticket.id,
            list=list_id,
        )
    ).one()
    if scan_id is not None and first.scan_id == scan_id:
        # Our answer to this very scan got lost on its way.
        return Scan("admitted", "Welcome. Let them in.", ticket)
    await _write_down(tx, at_door, "already_used")
    when = f"{first.at.astimezone(ZoneInfo(door.timezone)):%H:%M}"
    where = f", {first.gate}" if first.gate else ""
    return Scan("already_used", f"This ticket was used already at {when}{where}.", ticket, first.at)


async def _write_down(tx: Tx, at_door: dict[str, Any], refused: str) -> bool:
    """Record an entry, or why there was none. False: this scan is known already, or somebody is in with the ticket."""
    done = await tx.sql(
        """INSERT INTO checkin (organiser_id, ticket_id, list_id, kind, ok, reason, gate, scanned_by, scan_id)
           VALUES (:organiser, :ticket, :list, 'entry', :ok, :reason, :gate, :user, :scan) ON CONFLICT DO NOTHING""",
        **at_door,
        ok=not refused,
        reason=refused,
    )
    return done.rowcount == 1


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
