"""What others read of a page without running it, and what it leads to."""

import io
import json
import re
from collections.abc import Awaitable, Callable
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from icalendar import Calendar

from frontrow.core.runtime import Runtime
from frontrow.events import actions as events
from frontrow.gateways.hub import Gateways
from tests.events.conftest import DRAWN, MakeEvent

Write = Callable[..., Awaitable[Any]]
NASTY = """</script><script>alert("1 & 2")</script> '"<b>"""


class Head(HTMLParser):
    """What a browser makes of a page: its title, metas by name, links, data, and every element it saw."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.title, self.meta, self.links, self.data = "", {}, {}, []  # type: ignore[var-annotated]
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self._in = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        told = dict(attrs)
        self.seen.append((tag, told))
        self._in = tag
        if tag == "meta" and "content" in told:
            name = told.get("name") or told.get("property")
            assert name not in self.meta, f"{name} twice"
            self.meta[name] = told["content"]
        elif tag == "link":
            self.links[told["rel"]] = told["href"]

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in == "title":
            self.title += data
        elif self._in == "script":
            self.data.append(json.loads(data))


async def head_of(client: httpx.AsyncClient, path: str) -> Head:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert '<div id="root">' in answer.text
    return Head(answer.text)


async def test_an_event_tells_searchers_all_of_its_evenings(
    rt: Runtime, client: httpx.AsyncClient, make_event: MakeEvent, write: Write
) -> None:
    made = await make_event("evening", 4, 5, -1, subtitle="A play", description="About\n\nan evening.")
    await write("UPDATE performance SET seats_free = 0 WHERE id = :id", id=made.performance_ids[1])
    head = await head_of(client, "/events/evening")
    assert head.title == "Evening · Turku · Frontrow"
    assert head.meta["description"] == head.meta["og:description"] == "A play About an evening."
    assert head.links["canonical"] == head.meta["og:url"] == "http://testserver/events/evening"
    assert head.meta["og:image"] == "http://testserver/api/events/evening/card.png"
    assert head.meta["twitter:card"] == "summary_large_image"
    first, second = head.data
    assert (first["@type"], first["name"]) == ("Event", "Evening")
    assert re.search(r"T\d\d:\d\d:\d\d(\.\d+)?\+0[23]:00$", first["startDate"])
    assert first["eventStatus"] == "https://schema.org/EventScheduled"
    assert first["location"]["name"] == "Hall"
    assert first["location"]["address"] == {
        "@type": "PostalAddress", "streetAddress": "Quay 1", "addressLocality": "Turku", "addressCountry": "FI",
    }  # fmt: skip
    assert first["organizer"] == {
        "@type": "Organization", "name": "The House", "url": "http://testserver/organisers/house",
    }  # fmt: skip
    offer = first["offers"]
    assert (offer["lowPrice"], offer["highPrice"], offer["priceCurrency"]) == ("15.00", "53.00", "EUR")
    assert offer["availability"] == "https://schema.org/InStock"
    assert second["offers"]["availability"] == "https://schema.org/SoldOut"


async def test_no_word_breaks_out_of_a_head(client: httpx.AsyncClient, make_event: MakeEvent) -> None:
    await make_event("nasty", 4, title=NASTY, subtitle=NASTY, description=NASTY)
    head = await head_of(client, "/events/nasty")
    assert head.title == f"{NASTY} · Turku · Frontrow"
    assert head.meta["og:title"] == head.title
    assert head.data[0]["name"] == NASTY
    assert [told.get("type") for tag, told in head.seen if tag == "script"] == ["application/ld+json"]
    assert not [tag for tag, _ in head.seen if tag == "b"]


async def test_moved_and_cancelled_evenings_say_so(
    rt: Runtime, client: httpx.AsyncClient, make_event: MakeEvent, write: Write
) -> None:
    made = await make_event("evening", 4)
    before = (await head_of(client, "/events/evening")).data[0]["startDate"]
    row = (await write("SELECT starts_at + interval '1 day' AS later FROM performance")).one()
    await rt.db.write(lambda tx: events.move_performance(tx, made.performance_ids[0], row.later, None))
    moved = (await head_of(client, "/events/evening")).data[0]
    assert moved["eventStatus"] == "https://schema.org/EventRescheduled"
    assert moved["previousStartDate"] == before
    await write("UPDATE event SET state = 'cancelled'")
    await rt.cache.outdate({"catalogue"})
    cancelled = (await head_of(client, "/events/evening")).data[0]
    assert cancelled["eventStatus"] == "https://schema.org/EventCancelled"
    assert "offers" not in cancelled


async def test_home_and_organisers_have_heads(client: httpx.AsyncClient, make_event: MakeEvent) -> None:
    await make_event("evening", 4)
    home = await head_of(client, "/")
    assert home.links["canonical"] == "http://testserver/"
    assert home.data[0]["@type"] == "WebSite"
    house = await head_of(client, "/organisers/house")
    assert house.title == "The House · Frontrow"
    assert (house.data[0]["@type"], house.data[0]["name"]) == ("Organization", "The House")


@pytest.mark.parametrize("path", ["/events/none", "/events/A%20B", "/events/%00", "/organisers/none"])
async def test_what_is_not_there_is_404_with_the_page(client: httpx.AsyncClient, rt: Any, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    head = Head(answer.text)
    assert (head.title, head.meta["robots"]) == ("Not here · Frontrow", "noindex")
    assert "canonical" not in head.links


async def test_a_draft_has_no_page(client: httpx.AsyncClient, make_event: MakeEvent) -> None:
    await make_event("evening", 4, publish=False)
    for path in ("/events/evening", "/api/events/evening/card.png", "/api/events/evening/calendar.ics"):
        assert (await client.get(path)).status_code == 404


async def test_a_card_is_a_picture_of_its_size(
    client: httpx.AsyncClient, gw: Gateways, make_event: MakeEvent, write: Write
) -> None:
    key = await gw.objects.put("events", "image/svg+xml", DRAWN)
    await make_event("drawn", 4, image_key=key)
    await make_event("plain", 4, title="Ünï – コンサート " * 20)
    await make_event("broken", 4, image_key=await gw.objects.put("events", "image/svg+xml", b"<svg"))
    pictures = []
    for slug in ("drawn", "plain", "broken"):
        answer = await client.get(f"/api/events/{slug}/card.png")
        assert answer.headers["content-type"] == "image/png"
        head = io.BytesIO(answer.content).read(24)
        assert head[:8] == b"\x89PNG\r\n\x1a\n"
        assert (int.from_bytes(head[16:20]), int.from_bytes(head[20:24])) == (1200, 630)
        pictures.append(answer.content)
        again = await client.get(f"/api/events/{slug}/card.png", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
    assert len(set(pictures)) == 3


async def test_calendar_files_have_every_evening_and_its_zone(
    client: httpx.AsyncClient, make_event: MakeEvent, write: Write
) -> None:
    made = await make_event("evening", 4, 5, title="An evening; with, commas", subtitle="A play")
    await write("UPDATE performance SET state = 'cancelled' WHERE id = :id", id=made.performance_ids[1])
    answer = await client.get("/api/events/evening/calendar.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    entries = Calendar.from_ical(answer.content).walk("VEVENT")
    assert {str(one["uid"]) for one in entries} == {f"performance-{key}@testserver" for key in made.performance_ids}
    assert {str(one["status"]) for one in entries} == {"CONFIRMED", "CANCELLED"}
    assert str(entries[0]["summary"]) == "An evening; with, commas"
    assert entries[0]["dtstart"].params["tzid"] == "Europe/Helsinki"
    assert str(entries[0]["location"]) == "Hall, Quay 1, Turku"
    one = await client.get(f"/api/performances/{made.performance_ids[0]}/calendar.ics")
    assert len(Calendar.from_ical(one.content).walk("VEVENT")) == 1
    assert b"BEGIN:VTIMEZONE" in one.content
