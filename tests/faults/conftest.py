"""The stage of the deaths: servers that outlive them, and a process that forks one child for each."""

import asyncio
import json
import sys
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from frontrow.app import create_app
from frontrow.core.db import Tx
from frontrow.core.ids import new_id
from frontrow.core.settings import Settings
from frontrow.coupons import actions as coupons
from frontrow.local.postgres import EmbeddedPostgres
from frontrow.wiring import open_house
from tests.factories.house import House, build_house
from tests.factories.smtp import MailServer
from tests.factories.stack import answers, stripe_standin
from tests.faults.purchase import Plan, Till
from tests.faults.restart import Survivors
from tests.faults.tally import Outside
from tests.waiting import eventually

SEATS = 1200
COUPON = "TENTH"
REPOSITORY = Path(__file__).parents[2]


@dataclass
class Executioner:
    """Hands errands to a forking process, one at a time."""

    process: asyncio.subprocess.Process

    async def run(self, errand: dict[str, Any]) -> tuple[int, list[str]]:
        """A purchase in a process of its own. Returns its exit code and what it passed (or what went wrong)."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(errand).encode() + b"\n")
        await self.process.stdin.drain()
        said = json.loads(await self.process.stdout.readline())
        return said["code"], said["passed"]


@pytest.fixture(scope="session")
async def executioners(
    home: Path, tmp_path_factory: pytest.TempPathFactory, local_secrets: dict[str, str]
) -> AsyncIterator["asyncio.Queue[Executioner]"]:
    """Two, because there are two cores; whoever needs one takes it and puts it back."""
    log = (tmp_path_factory.mktemp("faults") / "children.log").open("wb")
    free: asyncio.Queue[Executioner] = asyncio.Queue()
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.child", str(home / "secrets.json")),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            cwd=REPOSITORY,
        )
        for _ in range(2)
    ]
    for process in processes:
        free.put_nowait(Executioner(process))
    yield free
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
    log.close()


@dataclass
class World:
    """Everything that outlives a death, and the survivors."""

    settings: Settings
    pg: EmbeddedPostgres
    database: str
    house: House
    door: uuid.UUID
    till: Till
    survivors: Survivors
    executioners: "asyncio.Queue[Executioner]"
    mail: MailServer
    seen: Outside
    next_seat: int = 1

    async def live(self, plan: Plan, kill_at: int | None = None, expected: str | None = None) -> tuple[int, list[str]]:
        """A purchase in a process of its own, perhaps killed at a boundary. Returns exit code and what it passed."""
        return await self.run({"plan": plan.as_json()}, kill_at, expected)

    async def run(
        self, what: dict[str, Any], kill_at: int | None = None, expected: str | None = None
    ) -> tuple[int, list[str]]:
        """An errand (see child.py) in a process of its own. Returns as :meth:`live`."""
        errand = {
            "settings": self.settings.model_dump(mode="json"),
            "outside": {"stripe": int(self.till.stripe.rsplit(":", 1)[1]), "mail": self.mail.port},
            "kill_at": kill_at,
            "expected": expected,
            **what,
        }
        one = await self.executioners.get()
        try:
            return await one.run(errand)
        finally:
            self.executioners.put_nowait(one)

    async def rehearsal(self, *, by_news: bool) -> list[str]:
        """The boundaries of a purchase in which nobody dies; the same ones each time, or nothing could be said."""
        seen = []
        for _ in range(2):
            code, passed = await self.live(await self.plan(by_news=by_news))
            assert code == 0, passed
            seen.append(passed)
        assert seen[0] == seen[1]
        return seen[0]

    async def plan(self, places: int = 2, *, by_news: bool = False) -> Plan:
        """A purchase of seats that nobody else wants, by a browser that has been here before."""
        seats = list(range(self.next_seat, self.next_seat + places))
        self.next_seat += places
        transport = httpx.ASGITransport(self.till.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as browser:
            me = (await browser.get("/api/me")).json()
            cookies = dict(browser.cookies)
        return Plan(
            story=str(uuid.uuid4()),
            performance_id=str(self.house.performance_id),
            seats=seats,
            door_user_id=str(self.door),
            cookies=cookies,
            csrf=me["csrf_token"],
            coupon=None if by_news else COUPON,
            by_news=by_news,
        )

    async def look_outside(self) -> None:
        """See what Stripe and the letter boxes hold now."""
        async with httpx.AsyncClient() as client:
            ledger = (await client.get(f"{self.till.stripe}/_standin/ledger")).json()
        self.seen = Outside(ledger, list(self.mail.letters))

    async def sql(self, statement: str, **values: Any) -> None:
        await self.till.worker.runtime.db.write(lambda tx: tx.sql(statement, **values))


@pytest.fixture(scope="session")
async def quiet_stripe(home: Path, local_secrets: dict[str, str]) -> AsyncIterator[str]:
    """A Stripe that tells nobody by itself."""
    with stripe_standin(home, local_secrets, "") as url:
        await eventually(lambda: answers(f"{url}/health"), within=20)
        yield url


@pytest.fixture
async def world(
    settings: Settings,
    pg: EmbeddedPostgres,
    database: str,
    quiet_stripe: str,
    executioners: "asyncio.Queue[Executioner]",
    local_secrets: dict[str, str],
) -> AsyncIterator[World]:
    mail = await MailServer().start()
    settings.stripe.publishable_key = local_secrets["stripe_publishable_key"]
    settings.stripe.timeout_s = 20.0  # nobody here is slow but the machine
    settings.stripe.api_base, settings.mail.port = quiet_stripe, mail.port
    app, worker = create_app(settings), open_house(settings, "worker")
    rt = worker.runtime
    await (await rt.redis.client()).flushall()
    house = await build_house(rt.db, SEATS)
    till = Till(app, worker, quiet_stripe, local_secrets)
    survivors = Survivors(till, pg, database)
    door = await rt.db.write(lambda tx: _hire(tx, house))
    tenth = coupons.CouponWish(COUPON, house.event_id, percent_bp=1000, max_uses=SEATS, per_account=1)
    await rt.db.write(lambda tx: coupons.create_coupon(tx, house.organiser_id, tenth))
    yield World(settings, pg, database, house, door, till, survivors, executioners, mail, Outside({}, []))
    await app.state.gateways.close()
    await app.state.runtime.close()
    await worker.close()
    await mail.stop()


async def _hire(tx: Tx, house: House) -> uuid.UUID:
    user_id = new_id()
    await tx.sql("INSERT INTO user_account (id, email, name) VALUES (:id, 'd@example.com', 'Door')", id=user_id)
    await tx.sql(
        "INSERT INTO team_member (organiser_id, user_id, role) VALUES (:organiser, :user, 'door')",
        organiser=house.organiser_id,
        user=user_id,
    )
    return user_id
