"""Rotation of the database's password: each step, what may fail in it, and an app that goes on meanwhile.

PostgreSQL is real and asks for passwords; Secrets Manager is a stand-in.
"""

import asyncio
import itertools
import json
import uuid
from collections.abc import Iterator
from typing import Any

import asyncpg
import boto3
import pytest
from infra.functions.rotation import handler
from infra.functions.rotation.handler import RotationError, handle
from moto.server import ThreadedMotoServer

from frontrow.core.db import Database, Tx
from frontrow.core.errors import Busy
from frontrow.core.secrets import AwsSecrets
from frontrow.core.settings import DatabaseSettings, SecretsSettings
from frontrow.local.ports import free_ports
from frontrow.local.postgres import EmbeddedPostgres
from tests.waiting import eventually

FIRST = "the-first-password"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
_numbers = itertools.count(1)


class Rotation:
    """A secret whose rotation has begun, and the user whose password it is."""

    def __init__(self, client: Any, user: str) -> None:
        self.client, self.user, self.token = client, user, str(uuid.uuid4())
        self.secret = client.create_secret(
            Name=f"rotation/{user}",
            SecretString=json.dumps({"username": user, "password": FIRST, "host": "kept"}),
        )["ARN"]
        self.described: dict[str, Any] = {"RotationEnabled": True}

    def step(self, name: str) -> None:
        handle({"SecretId": self.secret, "ClientRequestToken": self.token, "Step": name}, None)

    def value(self, stage: str) -> dict[str, str]:
        return dict(json.loads(self.client.get_secret_value(SecretId=self.secret, VersionStage=stage)["SecretString"]))


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    port = free_ports(1)[0]
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def rotation(endpoint: str, pg: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rotation]:
    user = f"rotated_{next(_numbers)}"
    pg.sql(f"CREATE ROLE {user} LOGIN PASSWORD '{FIRST}'")
    for key, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "DATABASE_HOST": "127.0.0.1",
        "DATABASE_PORT": str(pg.port),
        "DATABASE_NAME": "postgres",
        "DATABASE_SSL": "disable",
    }.items():
        monkeypatch.setenv(key, value)
    client = boto3.client("secretsmanager")
    made = Rotation(client, user)
    # What Secrets Manager does when it begins: it announces the version that isn't there yet.
    real = client.describe_secret

    def described(**wanted: Any) -> dict[str, Any]:
        said = real(**wanted)
        stages = said["VersionIdsToStages"]
        stages.setdefault(made.token, ["AWSPENDING"])
        return {**said, **made.described}

    client.describe_secret = described
    monkeypatch.setattr(handler.boto3, "client", lambda _name: client)
    yield made
    pg.sql(f"DROP ROLE {user}")


async def logs_in(pg: EmbeddedPostgres, user: str, password: str) -> bool:
    try:
        connection = await asyncpg.connect(
            host="127.0.0.1", port=pg.port, user=user, password=password, database="postgres"
        )
    except asyncpg.InvalidPasswordError:
        return False
    await connection.close()
    return True


async def test_four_steps_change_the_password_here_and_there(rotation: Rotation, pg: EmbeddedPostgres) -> None:
    for step in STEPS:
        rotation.step(step)
    now, before = rotation.value("AWSCURRENT"), rotation.value("AWSPREVIOUS")
    assert before["password"] == FIRST
    assert now == {"username": rotation.user, "password": now["password"], "host": "kept"}
    assert len(now["password"]) == 40
    assert await logs_in(pg, rotation.user, now["password"])
    assert not await logs_in(pg, rotation.user, FIRST)


async def test_the_server_is_sent_no_password(
    rotation: Rotation, pg: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads its log, or sees what it is doing, learns what it keeps of a password, and not the password."""
    sent: list[str] = []
    real = handler.pg8000.native.Connection.run
    monkeypatch.setattr(
        handler.pg8000.native.Connection, "run", lambda self, sql, **more: sent.append(sql) or real(self, sql, **more)
    )
    for step in STEPS:
        rotation.step(step)
    password = rotation.value("AWSCURRENT")["password"]
    (changed,) = [sql for sql in sent if sql.startswith("ALTER ROLE")]
    assert password not in changed
    (kept,) = pg.sql(f"SELECT rolpassword FROM pg_authid WHERE rolname = '{rotation.user}'")
    assert kept.startswith("SCRAM-SHA-256$4096:")
    assert kept in changed
    assert await logs_in(pg, rotation.user, password)


async def test_each_step_may_be_called_twice(rotation: Rotation, pg: EmbeddedPostgres) -> None:
    rotation.step("createSecret")
    made = rotation.value("AWSPENDING")
    rotation.step("createSecret")
    assert rotation.value("AWSPENDING") == made
    for step in ("setSecret", "setSecret", "testSecret", "testSecret", "finishSecret", "finishSecret"):
        rotation.step(step)
    assert rotation.value("AWSCURRENT") == made
    assert await logs_in(pg, rotation.user, made["password"])


async def test_the_first_step_leaves_the_database_alone(rotation: Rotation, pg: EmbeddedPostgres) -> None:
    rotation.step("createSecret")
    assert rotation.value("AWSCURRENT")["password"] == FIRST
    assert await logs_in(pg, rotation.user, FIRST)


def test_a_password_that_the_database_does_not_know_is_not_finished_with(rotation: Rotation) -> None:
    rotation.step("createSecret")
    with pytest.raises(RotationError, match="refuses the new password"):
        rotation.step("testSecret")
    assert rotation.value("AWSCURRENT")["password"] == FIRST


def test_nothing_is_set_when_the_present_password_is_refused(rotation: Rotation, pg: EmbeddedPostgres) -> None:
    rotation.step("createSecret")
    pg.sql(f"ALTER ROLE {rotation.user} PASSWORD 'by-hand'")
    with pytest.raises(Exception, match="28P01"):
        rotation.step("setSecret")


def test_a_database_that_is_away_is_told_and_is_no_refusal(rotation: Rotation, monkeypatch: pytest.MonkeyPatch) -> None:
    rotation.step("createSecret")
    monkeypatch.setenv("DATABASE_PORT", str(free_ports(1)[0]))
    for step in ("setSecret", "testSecret"):
        with pytest.raises(Exception, match="create a connection"):
            rotation.step(step)


def test_another_user_is_not_touched(rotation: Rotation) -> None:
    rotation.client.put_secret_value(
        SecretId=rotation.secret,
        ClientRequestToken=rotation.token,
        SecretString=json.dumps({"username": "postgres", "password": "x" * 40}),
        VersionStages=["AWSPENDING"],
    )
    with pytest.raises(RotationError, match="another user"):
        rotation.step("setSecret")


@pytest.mark.parametrize(
    ("described", "message"),
    [
        ({"RotationEnabled": False}, "is off"),
        ({"VersionIdsToStages": {}}, "no such version"),
        ({"VersionIdsToStages": "AWSPREVIOUS"}, "not the one to come"),
    ],
)
def test_what_secrets_manager_did_not_begin_is_refused(
    rotation: Rotation, described: dict[str, Any], message: str
) -> None:
    if isinstance(described.get("VersionIdsToStages"), str):
        described = {"VersionIdsToStages": {rotation.token: [described["VersionIdsToStages"]]}}
    rotation.described |= described
    with pytest.raises(RotationError, match=message):
        rotation.step("createSecret")


def test_an_unknown_step_is_refused(rotation: Rotation) -> None:
    with pytest.raises(RotationError, match="no step"):
        rotation.step("danceSecret")


# -- the app meanwhile -------------------------------------------------------------------------------------------------


class Deaf(AwsSecrets):
    """The control: what was read once is believed for ever."""

    async def reread(self, name: str) -> str:
        return self._known[name] if name in self._known else await super().reread(name)

    async def coming(self, name: str) -> str | None:
        return None


async def _failed_while_rotating(
    rotation: Rotation, pg: EmbeddedPostgres, endpoint: str, kind: type[AwsSecrets]
) -> int:
    """Readings that failed, of those that four callers made without a pause while every step was taken."""
    secrets = kind(SecretsSettings(kind="aws", endpoint=endpoint, arns={"database_password": rotation.secret}))
    url = f"postgresql://{rotation.user}@127.0.0.1:{pg.port}/postgres"
    db = Database(DatabaseSettings(primary_url=url, pool_size=4, connect_timeout_s=10), secrets)
    asked, failed, over = 0, 0, asyncio.Event()

    async def one(tx: Tx) -> int:
        return int((await tx.sql("SELECT 1 AS n")).first()["n"])

    async def ask() -> None:
        nonlocal asked, failed
        while not over.is_set():
            try:
                assert await db.read(one) == 1
            except (asyncpg.PostgresError, Busy):
                failed += 1
            asked += 1
            # Each logs in anew: a connection that is open doesn't notice a rotation.
            await db.reading.expire()

    async def asked_more() -> None:
        seen = asked
        await eventually(lambda: asked >= seen + 8, within=60)

    callers = [asyncio.create_task(ask()) for _ in range(4)]
    await asked_more()
    for step in STEPS:
        await asyncio.to_thread(rotation.step, step)
        await asked_more()
    over.set()
    await asyncio.gather(*callers)
    await db.close()
    return failed


async def test_no_request_fails_while_the_password_is_rotated(
    rotation: Rotation, pg: EmbeddedPostgres, endpoint: str
) -> None:
    assert await _failed_while_rotating(rotation, pg, endpoint, AwsSecrets) == 0


async def test_without_reading_again_they_would(rotation: Rotation, pg: EmbeddedPostgres, endpoint: str) -> None:
    assert await _failed_while_rotating(rotation, pg, endpoint, Deaf) > 0
