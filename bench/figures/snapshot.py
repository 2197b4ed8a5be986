"""The snapshot of 50,000 seats: how large it is on the wire, of a house nobody has touched and of one in the rush."""

import asyncio
import gzip
import json

import msgspec

from bench.rows import Row, row
from bench.stage import HALL_SEATS, Stage, say
from bench.wire import Connection

ASKED = 20
MOST_PER_SEAT = 1.0
WORDS = {"f": "free", "h": "held", "s": "sold", "b": "blocked"}
RUSH = """UPDATE seat SET fence = fence + 1 + floor(random() * 8)::int,
                          state = CASE WHEN random() < 0.5 THEN 'free' ELSE 'blocked' END
           WHERE performance_id = '{performance}'"""
CALM = "UPDATE seat SET fence = fence + 1, state = 'free' WHERE performance_id = '{performance}' AND state = 'blocked'"


def measure(stage: Stage) -> list[Row]:
    """Against plain JSON of (seat_no, state, fence), zipped alike for the zipped one."""
    stage.free_held_seats()
    rows = []
    for name, prepare in (("calm", None), ("rush", RUSH)):
        if prepare:
            stage.sql(prepare.format(performance=stage.performance))
            stage.sql("VACUUM ANALYZE seat")
        before = stage.cpu_seconds()
        zipped = asyncio.run(_asked(stage))
        used = {part: spent - before[part] for part, spent in stage.cpu_seconds().items()}
        raw = gzip.decompress(zipped)
        seen = msgspec.json.decode(raw)
        assert len(seen["fences"]) == HALL_SEATS
        plain = json.dumps(
            [
                {"seat_no": at + 1, "state": WORDS[state], "fence": fence}
                for at, (state, fence) in enumerate(zip(seen["states"], seen["fences"], strict=True))
            ]
        ).encode()
        plain_zipped = gzip.compress(plain, 3)
        cpu = {part: 1000 * used[part] / ASKED for part in ("app", "postgres")}
        say(
            f"snapshot: {name}: {len(raw):,} bytes, zipped {len(zipped):,} ({len(zipped) / HALL_SEATS:.2f} a seat); "
            f"plain JSON {len(plain):,} and {len(plain_zipped):,}; CPU {cpu['app']:.0f} ms in the app, "
            f"{cpu['postgres']:.0f} ms in the database"
        )
        against = "plain JSON of (seat_no, state, fence)"
        most = MOST_PER_SEAT * HALL_SEATS
        rows += [
            row(f"snapshot.{name}", len(raw), "bytes", against=against, reference=len(plain)),
            row(
                f"snapshot.{name}_zipped",
                len(zipped),
                "bytes",
                against=f"{against}, zipped",
                reference=len(plain_zipped),
                target=most,
            ),
            row(f"snapshot.{name}_cpu", cpu["app"] + cpu["postgres"], "ms"),
        ]
    stage.sql(CALM.format(performance=stage.performance))
    stage.free_held_seats()
    return rows


async def _asked(stage: Stage) -> bytes:
    connection = await Connection.open(stage.stack.origin)
    try:
        for _ in range(ASKED):
            answer = await connection.ask(
                "GET", f"/api/performances/{stage.performance}/seats", b"Accept-Encoding: gzip\r\n"
            )
            assert answer.status == 200
    finally:
        connection.close()
    return bytes(answer.body)
