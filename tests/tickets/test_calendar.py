"""A calendar file is right by RFC 5545, whatever an event is called."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from frontrow.core.runtime import Runtime
from frontrow.orders.queries import Viewer, order
from frontrow.tickets.actions import issue
from frontrow.tickets.actions.show import show_calendar
from tests.factories.orders import PayFor

WHEN = datetime(2027, 3, 27, 19, 30, tzinfo=UTC)  # the night in which Berlin's clocks go forward


async def file_of(rt: Runtime, order_id: Any) -> bytes:
    token = (await rt.db.read(lambda tx: order(tx, order_id))).token
    return (await show_calendar(rt, order_id, Viewer(None, None, token)))[1]


async def test_an_entry_with_its_zone_and_alarm(rt: Runtime, pay_for: PayFor) -> None:
    order_id = await pay_for([13], locale="de")
    await rt.db.write(
        lambda tx: tx.sql(
            "UPDATE performance SET starts_at = :at, ends_at = :ends", at=WHEN, ends=WHEN + timedelta(hours=6)
        )
    )
    file = await file_of(rt, order_id)
    calendar = Calendar.from_ical(file)
    [entry] = calendar.walk("VEVENT")
    [zone] = calendar.walk("VTIMEZONE")
    [alarm] = calendar.walk("VALARM")
    assert calendar["METHOD"] == "PUBLISH"
    assert entry["UID"] == f"order-{order_id}@testserver"
    assert (entry["SEQUENCE"], entry["STATUS"]) == (0, "CONFIRMED")
    assert b"DTSTART;TZID=Europe/Berlin:20270327T203000" in file
    assert b"DTEND;TZID=Europe/Berlin:20270328T033000" in file
    assert zone["TZID"] == "Europe/Berlin"
    assert alarm["TRIGGER"].dt == timedelta(hours=-2)
    assert entry["LOCATION"] == "Small Hall, Hall Street 1, Berlin"
    assert "Stalls, Reihe B, Platz 3" in entry["DESCRIPTION"]
    assert b"token" not in file
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))


async def test_a_cancelled_one_goes_and_rises(rt: Runtime, pay_for: PayFor) -> None:
    order_id = await pay_for([1])
    await rt.db.write(lambda tx: issue.void(tx, order_id))
    calendar = Calendar.from_ical(await file_of(rt, order_id))
    [entry] = calendar.walk("VEVENT")
    assert (calendar["METHOD"], entry["STATUS"], entry["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert not calendar.walk("VALARM")


@pytest.mark.parametrize(
    "title", ["A\r\nATTENDEE:mailto:x@y.example", 'a;b,c\\n:"', "é" * 300, "BEGIN:VEVENT\nEND:VCALENDAR", "\u2028x"]
)
async def test_hostile_titles_stay_titles(rt: Runtime, pay_for: PayFor, title: str) -> None:
    order_id = await pay_for([1])
    await rt.db.write(lambda tx: tx.sql("UPDATE event SET title = :title", title=title))
    file = await file_of(rt, order_id)
    [entry] = Calendar.from_ical(file).walk("VEVENT")
    assert "ATTENDEE" not in entry
    assert file.count(b"BEGIN:VEVENT\r\n") == 1
    assert str(entry["SUMMARY"]).replace("\r\n", "\n") == title.replace("\r\n", "\n")
