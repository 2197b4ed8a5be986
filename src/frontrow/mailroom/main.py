"""``frontrow mail dead …``: what didn't get out, and sending it again. Exit code 2: the database couldn't be asked."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from frontrow.core.errors import Refusal
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.mailroom.actions.dead import TOPICS, send_again
from frontrow.mailroom.queries import Undelivered, undelivered

T = TypeVar("T")


def dead_list(all_topics: bool = False) -> int:
    """Print what didn't get out. Returns the exit code: 0 nothing, 1 something."""

    async def ask(rt: Runtime) -> list[Undelivered]:
        return await rt.db.read(lambda tx: undelivered(tx, None if all_topics else TOPICS))

    def show(found: list[Undelivered]) -> int:
        if not found:
            Console().print("Nothing is dead: all mails went out, or are on their way.")
            return 0
        table = Table(title="What didn't get out")
        for name in ("Id", "What", "Order", "To", "Since (UTC)", "Tries", "Why"):
            # An id or an address is copied from here: it stays in one piece, however narrow the window.
            whole = {"Id": [one.id for one in found], "To": [one.email or "" for one in found]}.get(name, [])
            table.add_column(name, min_width=max(map(len, whole), default=0))
        for one in found:
            since = f"{one.at:%Y-%m-%d %H:%M}" if one.at else ""
            what = one.topic if one.state == "dead" else f"{one.topic} (refused)"
            why = one.said.splitlines()[0][:80] if one.said else ""
            cells = (one.id, what, one.order_code or "", one.email or "", since, str(one.attempts), why)
            table.add_row(*(escape(cell) for cell in cells))
        Console(soft_wrap=True).print(table)
        Console().print("frontrow mail dead show ID tells more of one; frontrow mail dead resend ID sends it again.")
        return 1

    return _run(ask, show)


def dead_show(undelivered_id: str) -> int:
    """Print all that is known of one. Returns the exit code: 0, or 1 when there's none of that id."""

    async def ask(rt: Runtime) -> Undelivered | None:
        found = await rt.db.read(lambda tx: undelivered(tx, None))
        return next((one for one in found if one.id == undelivered_id), None)

    def show(one: Undelivered | None) -> int:
        if one is None:
            Console(stderr=True).print("There is none of this id; it may have gone out meanwhile.")
            return 1
        table = Table(show_header=False, box=None)
        facts = {
            "Id": one.id,
            "State": "dead: failed too often" if one.state == "dead" else "refused for good by the mail server",
            "What": one.topic,
            "Order": one.order_code or "–",
            "To": one.email or "–",
            "Since": f"{one.at:%Y-%m-%d %H:%M:%S} UTC" if one.at else "–",
            "Tries": str(one.attempts),
            "Payload": json.dumps(one.payload) if one.payload is not None else "–",
            "In the logs": one.story or "–",
            "Why": one.said or "–",
        }
        for name, value in facts.items():
            table.add_row(name, escape(value))
        Console(soft_wrap=True).print(table)
        return 0

    return _run(ask, show)


def dead_resend(undelivered_id: str | None, every: bool = False) -> int:
    """Send one again, or ``every`` dead row of the mailroom's (those refused for good are sent again by id only).

    Returns the exit code: 0, or 1 when there was nothing to send.
    """

    async def ask(rt: Runtime) -> tuple[int, int]:
        if every:
            found = await rt.db.read(lambda tx: undelivered(tx, TOPICS))
            chosen = [one.id for one in found if one.state == "dead"]
        else:
            chosen = [undelivered_id or ""]
        sent = 0
        for one in chosen:
            sent += await rt.db.write(lambda tx, one=one: send_again(tx, one))  # type: ignore[misc]
        return sent, len(chosen)

    def show(counted: tuple[int, int]) -> int:
        sent, chosen = counted
        if sent:
            Console().print(f"{sent} of {chosen} on their way again; a running worker takes them now.")
        else:
            Console(stderr=True).print("Nothing to send again.")
        return 0 if sent or every else 1

    return _run(ask, show)


def _run(ask: Callable[[Runtime], Awaitable[T]], show: Callable[[T], int]) -> int:
    async def with_runtime() -> T:
        rt = Runtime.open(Settings())
        try:
            return await ask(rt)
        finally:
            await rt.close()

    try:
        return show(asyncio.run(with_runtime()))
    except (Refusal, OSError) as error:
        Console(stderr=True).print(f"The database couldn't be asked: {error}")
        return 2
