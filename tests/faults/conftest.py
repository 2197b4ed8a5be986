"""The stage of the deaths: servers that outlive them, and a process that forks one child for each."""

import asyncio
import json
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self

import httpx
import pytest

from frontrow.app import create_app
from frontrow.core.db import Tx
from frontrow.core.ids import new_id
from frontrow.core.settings import Settings
from frontrow.local.ports import free_ports
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
REPOSITORY = Path(__file__).parents[2]


@dataclass
class Executioner:
    """Hands errands to a forking process, one at a time."""

    process: asyncio.subprocess.Process
    outside: dict[str, int]

    @classmethod
    async def start(cls, folder: Path, settings: Settings, secrets: Path, outside: dict[str, int]) -> Self:
        """Its children speak to the outside through a wire of their own."""
        log, file = _furnish(folder, settings)
        with log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.faults.child", str(file), str(secrets)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                cwd=REPOSITORY,
            )
        return cls(process, outside)

    async def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        await self.process.wait()

    async def run(self, plan: Plan, kill_at: int | None = None, expected: str | None = None) -> tuple[int, list[str]]:
        """A purchase in a process of its own, killed at a boundary. Returns its exit code and what it passed."""
        errand = {"plan": plan.as_json(), "kill_at": kill_at, "expected": expected, "outside": self.outside}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(errand).encode() + b"\n")
        await self.process.stdin.drain()
        said = json.loads(await self.process.stdout.readline())
        return said["code"], said["passed"]


def _furnish(folder: Path, settings: Settings) -> tuple[BinaryIO, Path]:
    folder.mkdir()
    through = settings.model_copy(deep=True)
    stripe_port, through.mail.port = free_ports(2)
    through.stripe.api_base = f"http://127.0.0.1:{stripe_port}"
    file = folder / "settings.json"
    file.write_text(through.model_dump_json())
    return (folder / "children.log").open("wb"), file


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

    @asynccontextmanager
    async def executioner(self) -> AsyncIterator[Executioner]:
        """One that has time."""
        one = await self.executioners.get()
        try:
            yield one
        finally:
            self.executioners.put_nowait(one)

    async def rehearsal(self, *, by_news: bool) -> list[str]:
        """The boundaries of a purchase in which nobody dies; the same ones each time, or nothing could be said."""
        seen = []
        for _ in range(2):
            async with self.executioner() as executioner:
                code, passed = await executioner.run(await self.plan(by_news=by_news))
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
    home: Path,
    tmp_path: Path,
    local_secrets: dict[str, str],
) -> AsyncIterator[World]:
    mail = await MailServer().start()
    settings.stripe.publishable_key = local_secrets["stripe_publishable_key"]
    settings.stripe.timeout_s = 1.0
    outside = {"stripe": int(quiet_stripe.rsplit(":", 1)[1]), "mail": mail.port}
    settings.stripe.api_base, settings.mail.port = quiet_stripe, mail.port
    starting = [Executioner.start(tmp_path / str(n), settings, home / "secrets.json", outside) for n in range(2)]
    executioners: asyncio.Queue[Executioner] = asyncio.Queue()
    for one in await asyncio.gather(*starting):
        executioners.put_nowait(one)
    app, worker = create_app(settings), open_house(settings, "worker")
    rt = worker.runtime
    await (await rt.redis.client()).flushall()
    house = await build_house(rt.db, SEATS)
    till = Till(app, worker, quiet_stripe, local_secrets)
    survivors = Survivors(till, pg, database)
    door = await rt.db.write(lambda tx: _hire(tx, house))
    yield World(settings, pg, database, house, door, till, survivors, executioners, mail, Outside({}, []))
    while not executioners.empty():
        await executioners.get_nowait().stop()
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
