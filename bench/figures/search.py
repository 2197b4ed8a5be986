"""Search over 200,000 events, and what a page costs the database with the caches and without them."""

import asyncio
import json
import time
from dataclasses import dataclass

import httpx

from bench import catalogue
from bench.machine import Run, calmest
from bench.rows import Row, median, percentile, row
from bench.stage import Stage, say
from frontrow.app import create_app
from frontrow.core import clock, migrate
from frontrow.core.log import set_up_logging
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.core.web import WROTE_COOKIE
from frontrow.events import queries
from frontrow.events.queries import Wish
from frontrow.events.schemas.wishes import minute_of, search_words

DATABASE = "catalogue"
SEARCHES = 300
TARGET = 0.1
"""Of the time that the same words take without an index."""
ASKED = 20
SCAN_EACH = 20
"""After so many searches one question is put to every title."""
TRIES = 5
MOST_STOLEN = 0.02

CALLS = f"""SELECT json_build_object('n', coalesce(sum(calls), 0)) FROM pg_stat_statements s
              JOIN pg_database d ON d.oid = s.dbid JOIN pg_roles r ON r.oid = s.userid
             WHERE d.datname = '{DATABASE}' AND r.rolname = 'frontrow' AND s.toplevel
               AND query ~ 'performance|event_text|search_word'"""

# What forgives typing by itself and reads all there is: a function's answer finds no index.
SCAN = """SELECT id FROM event WHERE state = 'published' AND word_similarity(:q, title) > 0.5
           ORDER BY word_similarity(:q, title) DESC, id LIMIT 20"""


def measure(stage: Stage) -> list[Row]:
    postgres = stage.stack.postgres
    assert postgres is not None
    postgres.create_database(DATABASE)
    try:
        url = postgres.url(DATABASE, with_password=True)
        migrate.upgrade(url)
        began = time.monotonic()
        titles = asyncio.run(catalogue.fill(url))
        say(f"search: {catalogue.EVENTS:,} events after {time.monotonic() - began:.0f} s")
        settings = Settings.model_validate(
            {
                "database": {"primary_url": postgres.url(DATABASE), "statement_timeout_ms": 20_000},
                "redis": {"url": stage.stack.environment["FRONTROW_REDIS__URL"], "auth": True},
                "secrets": {"file": stage.stack.home / "secrets.json"},
            }
        )
        rows = [*_times(settings, titles), *asyncio.run(_statements(stage, settings, titles))]
    finally:
        postgres.drop_database(DATABASE)
    return rows


def _times(settings: Settings, titles: list[str]) -> list[Row]:
    """Of a page of twenty as the door reads it, all its statements together, nothing kept."""
    typed = list(catalogue.typed(titles, SEARCHES + ASKED))
    [run] = calmest(lambda: asyncio.run(_search(settings, typed)), _tell, runs=1, tries=TRIES, most_stolen=MOST_STOLEN)
    p95, scan = percentile(run.found.searches, 0.95), median(run.found.scans)
    against = "every title asked for the same words, misspelt or not, without an index (median)"
    return [
        row("search.p95", p95, "ms", against=against, reference=scan, target=TARGET),
        row("search.median", median(run.found.searches), "ms", against=against, reference=scan),
    ]


@dataclass(frozen=True)
class _Took:
    """Milliseconds of each."""

    searches: list[float]
    scans: list[float]


def _tell(number: int, run: Run[_Took]) -> None:
    took = run.found
    told = f"median {median(took.searches):.1f} ms, p95 {percentile(took.searches, 0.95):.1f} ms"
    say(f"search: run {number}: {told}; a scan {median(took.scans):.0f} ms; {run.stolen:.1%} lost to the host")


async def _search(settings: Settings, typed: list[str]) -> _Took:
    """The first ``ASKED`` warm up."""
    rt = Runtime.open(settings)
    now, took, nothing = minute_of(clock.now()), _Took([], []), 0
    try:
        for at, q in enumerate(typed):
            wish = Wish(words=search_words(q))
            began = time.perf_counter()
            found = await rt.db.browse(lambda tx, wish=wish: queries.upcoming(tx, wish, now, None, 20))  # type: ignore[misc]
            if at >= ASKED:
                took.searches.append((time.perf_counter() - began) * 1000)
                nothing += not found.rows
            if at % SCAN_EACH == 0:
                began = time.perf_counter()
                await rt.db.browse(lambda tx, q=q: tx.sql(SCAN, q=q))  # type: ignore[misc]
                took.scans.append((time.perf_counter() - began) * 1000)
    finally:
        await rt.close()
    say(f"search: {nothing} of {SEARCHES} found nothing")
    return took


async def _statements(stage: Stage, settings: Settings, titles: list[str]) -> list[Row]:
    """How many statements a request for a page costs: when each is read anew, and when pages are kept."""
    paths = [
        "/api/events",
        "/api/events?category=opera",
        f"/api/events?q={titles[0].split()[0]}",
        "/api/events/event-1",
    ]
    set_up_logging("bench", "WARNING")
    app = create_app(settings)
    rows = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bench") as client:
        for name, cookie in (("search.statements_uncached", f"{WROTE_COOKIE}=1"), ("search.statements_cached", "")):
            stage.sql("SELECT pg_stat_statements_reset()")
            for _ in range(ASKED):
                for path in paths:
                    answer = await client.get(path, headers={"cookie": cookie} if cookie else {})
                    answer.raise_for_status()
            [told] = stage.sql(CALLS)
            each = json.loads(told)["n"] / ASKED / len(paths)
            say(f"{name}: {each:.2f} a request")
            rows.append(row(name, each, "statements", against=f"{len(paths)} pages, {ASKED} times each"))
    await app.state.runtime.close()
    await app.state.gateways.close()
    return rows
