"""Objects in a folder and in S3: the same promises."""

import asyncio
import os
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError

from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.core.settings import ObjectsSettings
from frontrow.gateways import objects
from frontrow.gateways.breaker import Breaker
from frontrow.gateways.objects import FolderStore, NoSuchObjectError, ObjectStore, S3Store, checked, open_objects
from frontrow.local.ports import free_ports
from tests.factories.ministack import CREDENTIALS, Ministack

PNG = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ministack]:
    server = Ministack(tmp_path_factory.mktemp("s3"), "s3").start()
    yield server
    server.stop()


def breaker(rt: Runtime) -> Breaker:
    """Of a name that no other test's failures are counted under."""
    return Breaker(f"objects-{new_id()}", rt.redis, is_answer=objects.is_answer)


@pytest.fixture(params=["folder", "s3"])
async def store(
    request: pytest.FixtureRequest, rt: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[ObjectStore]:
    settings = ObjectsSettings(folder=tmp_path / "objects")
    if request.param == "s3":
        server: Ministack = request.getfixturevalue("aws")
        for name, value in CREDENTIALS.items():
            monkeypatch.setenv(name, value)
        settings = ObjectsSettings(kind="s3", bucket="frontrow-media", s3_endpoint=server.url)
        async with get_session().create_client("s3", region_name="us-east-1", endpoint_url=server.url) as client:
            await client.create_bucket(Bucket="frontrow-media")
    made = open_objects(settings, breaker(rt))
    yield made
    await made.close()


async def test_what_is_put_can_be_got(store: ObjectStore) -> None:
    key = await store.put("events", "image/png", PNG)
    assert key.startswith("events/")
    assert key.endswith(".png")
    assert await store.get(key) == PNG
    assert store.url(key) == f"/media/{key}"


async def test_every_object_gets_a_name_of_its_own(store: ObjectStore) -> None:
    keys = await asyncio.gather(*(store.put("events", "image/webp", bytes([n])) for n in range(20)))
    assert len(set(keys)) == 20
    assert [await store.get(key) for key in keys] == [bytes([n]) for n in range(20)]


async def test_an_absent_object_is_absent_and_the_store_well(store: ObjectStore) -> None:
    for _ in range(6):
        with pytest.raises(NoSuchObjectError):
            await store.get("events/00000000-0000-0000-0000-000000000000.png")
    if isinstance(store, S3Store):
        assert await store.breaker.status() == "closed"


@pytest.mark.parametrize(
    "key",
    [
        "../secrets.json",
        "events/../../secrets.json",
        "/etc/passwd",
        "events/a\0b.png",
        "events/" + "a" * 300 + ".png",
        "events/.half-00000000-0000-0000-0000-000000000000.png",
        "EVENTS/00000000-0000-0000-0000-000000000000.png",
        "events/00000000-0000-0000-0000-000000000000.png\n",
        "",
    ],
)
async def test_only_our_own_names_are_looked_for(store: ObjectStore, key: str) -> None:
    with pytest.raises(NoSuchObjectError):
        await store.get(key)
    with pytest.raises(NoSuchObjectError):
        store.url(key)


@pytest.mark.parametrize("media_type", ["text/html", "application/x-msdownload", ""])
async def test_other_kinds_of_files_are_not_stored(store: ObjectStore, media_type: str) -> None:
    with pytest.raises(KeyError):
        await store.put("events", media_type, b"<script>")


async def test_s3_gets_the_headers_that_the_cdn_needs(rt: Runtime, aws: Ministack, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        async with get_session().create_client("s3", region_name="us-east-1", endpoint_url=aws.url) as client:
            await client.create_bucket(Bucket="frontrow-headers")
        store = S3Store(ObjectsSettings(kind="s3", bucket="frontrow-headers", s3_endpoint=aws.url), breaker(rt))
        key = await store.put("events", "image/png", PNG)
        await store.close()
    answer = await asyncio.to_thread(urllib.request.urlopen, f"{aws.url}/frontrow-headers/media/{key}")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


async def test_a_dead_store_opens_the_breaker(rt: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    dead = f"http://127.0.0.1:{free_ports(1)[0]}"
    store = S3Store(ObjectsSettings(kind="s3", bucket="frontrow-media", s3_endpoint=dead), breaker(rt))
    for _ in range(5):
        with pytest.raises((BotoCoreError, ClientError, TimeoutError)):
            await store.put("events", "image/png", PNG)
    assert await store.breaker.status() == "open"
    await store.close()


async def test_a_file_appears_whole_and_readable(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    key = await store.put("exports", "text/csv", b"a,b\r\n")
    assert [path.name for path in (tmp_path / "exports").iterdir()] == [key.partition("/")[2]]
    assert os.access(tmp_path / checked(key), os.R_OK)


def test_a_bucket_must_be_named(rt: Runtime) -> None:
    with pytest.raises(ValueError, match="BUCKET"):
        open_objects(ObjectsSettings(kind="s3"), breaker(rt))
