"""The SQS broker against a real SQS endpoint on this machine: visibility, heartbeat, redrive after three receives."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiobotocore.session import get_session

from frontrow.core.broker import QueueReceiver, StreamBroker
from frontrow.core.runtime import Runtime
from frontrow.core.settings import QueueSettings, Settings
from frontrow.gateways.queue import SqsBroker, open_queue, redrive_policy
from frontrow.local.ports import free_ports
from frontrow.local.process import Process
from tests.waiting import eventually

Work = Callable[[int], Coroutine[Any, Any, None]]
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@pytest.fixture(scope="module")
def sqs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that speaks SQS, on loopback only."""
    port = free_ports(1)[0]
    folder = tmp_path_factory.mktemp("sqs")
    server = Process(
        "ministack",
        [str(Path(sys.executable).with_name("ministack"))],
        log=folder / "log",
        cwd=folder,
        env={**os.environ, "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "SERVICES": "sqs"},
    )
    server.spawn()

    def answers() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/_ministack/health", timeout=1).status_code < 500
        except httpx.HTTPError:
            return False

    server.wait_until(answers, 60)
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
async def client(sqs: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    async with get_session().create_client("sqs", region_name="us-east-1", endpoint_url=sqs) as made:
        yield made


@pytest.fixture
async def queue(client: Any, sqs: str, request: pytest.FixtureRequest) -> QueueSettings:
    """A queue with its dead-letter queue, as the cloud's."""
    name = request.node.name.replace("[", "-").rstrip("]")[:60]
    dead = (await client.create_queue(QueueName=f"{name}-dead"))["QueueUrl"]
    arn = (await client.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"]))["Attributes"]["QueueArn"]
    jobs = await client.create_queue(QueueName=name, Attributes={"RedrivePolicy": redrive_policy(arn, 3)})
    return QueueSettings(kind="sqs", sqs_url=jobs["QueueUrl"], sqs_endpoint=sqs, visibility_s=1)


@asynccontextmanager
async def working(settings: QueueSettings, work: Work) -> AsyncIterator[SqsBroker]:
    broker = SqsBroker(settings, long_poll_s=1)
    task = broker.register_task(work, task_name="work")
    finish = asyncio.Event()
    listening = asyncio.create_task(QueueReceiver(broker, concurrency=4, drain_s=2).listen(finish))
    try:
        await task.kiq(1)
        yield broker
    finally:
        finish.set()
        await listening
        await broker.shutdown()


async def count(client: Any, url: str | None) -> int:
    """Messages in a queue, in flight ones included."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    told = (await client.get_queue_attributes(QueueUrl=url, AttributeNames=names))["Attributes"]
    return sum(int(told[name]) for name in names)


async def test_a_job_is_deleted_once_it_succeeded(queue: QueueSettings, client: Any) -> None:
    ran: list[int] = []

    async def work(number: int) -> None:
        assert await count(client, queue.sqs_url) == 1
        ran.append(number)

    async with working(queue, work):
        await eventually(lambda: ran == [1])

        async def deleted() -> bool:
            return await count(client, queue.sqs_url) == 0

        await eventually(deleted)


async def test_poison_ends_among_the_dead_after_its_third_receive(queue: QueueSettings, client: Any) -> None:
    ran: list[int] = []

    async def work(number: int) -> None:
        ran.append(number)
        raise ValueError("never works")

    async with working(queue, work):

        async def dead() -> bool:
            return await count(client, f"{queue.sqs_url}-dead") == 1

        await eventually(dead, within=20)
    assert ran == [1, 1, 1]
    assert await count(client, queue.sqs_url) == 0


async def test_what_nobody_can_read_ends_among_the_dead(queue: QueueSettings, client: Any) -> None:
    async def work(number: int) -> None:
        pass

    async with working(queue, work):
        await client.send_message(QueueUrl=queue.sqs_url, MessageBody="not json")

        async def dead() -> bool:
            return await count(client, f"{queue.sqs_url}-dead") == 1

        await eventually(dead, within=20)


async def test_a_long_job_stays_with_its_worker(queue: QueueSettings, client: Any) -> None:
    begun: list[int] = []
    may_end = asyncio.Event()
    loop = asyncio.get_running_loop()
    # Long enough for a machine whose processes stand still for seconds: a heartbeat comes each third of it.
    patient = queue.model_copy(update={"visibility_s": 4})

    async def work(number: int) -> None:
        begun.append(number)
        await may_end.wait()

    async with working(patient, work):
        await eventually(lambda: begun)
        since = loop.time()
        await eventually(lambda: loop.time() - since > 1.5 * patient.visibility_s, within=20)
        may_end.set()

        async def deleted() -> bool:
            return await count(client, queue.sqs_url) == 0

        await eventually(deleted)
    assert begun == [1]


async def test_settings_choose_the_queue(settings: Settings, rt: Runtime) -> None:
    assert isinstance(open_queue(settings, rt.redis), StreamBroker)
    named = QueueSettings(kind="sqs", sqs_url="http://127.0.0.1:1/queue")
    assert isinstance(open_queue(settings.model_copy(update={"queue": named}), rt.redis), SqsBroker)
    with pytest.raises(ValueError, match="SQS_URL"):
        open_queue(settings.model_copy(update={"queue": QueueSettings(kind="sqs")}), rt.redis)
