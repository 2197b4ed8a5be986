"""The daily dump: what was sold goes to S3 and comes back whole into an empty database. TLS is asked for, as by RDS."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer

from frontrow.auditor.main import audit
from frontrow.core import dump as dumps
from frontrow.core.db import Database
from frontrow.core.dump import DumpFailedError, dump, restore
from frontrow.core.secrets import FileSecrets
from frontrow.core.settings import Settings
from frontrow.local.ports import free_ports
from frontrow.local.postgres import EmbeddedPostgres
from tests.factories.house import House
from tests.factories.stack import Stage
from tests.factories.tls import Authority, Front
from tests.waiting import eventually

BUCKET = "dumps"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """boto3's client for the stand-in, in which the bucket is."""
    port = free_ports(1)[0]
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    httpx.post(f"http://127.0.0.1:{port}/moto-api/reset").raise_for_status()  # all of a process share one memory
    for name, value in {
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    yield client
    server.stop()


@pytest.fixture
async def behind_tls(settings: Settings, pg: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Settings]:
    """The test's settings, but the database is reached by TLS alone."""
    (port,) = free_ports(1)
    front = await Front(Authority(tmp_path), pg.port, port, postgres=True).start()
    url = settings.database.primary_url.replace(f"127.0.0.1:{pg.port}", f"localhost:{port}")
    assert url != settings.database.primary_url
    yield settings.model_copy(
        update={"database": settings.database.model_copy(update={"primary_url": url, "ssl": "require"})}
    )
    assert front.served
    await front.stop()


@pytest.fixture
def empty(pg: EmbeddedPostgres) -> Iterator[str]:
    yield pg.create_database("restored").rsplit("/", 1)[1]
    pg.drop_database("restored")


def _into(settings: Settings, database: str) -> Settings:
    url = settings.database.primary_url.rsplit("/", 1)[0] + "/" + database
    return settings.model_copy(update={"database": settings.database.model_copy(update={"primary_url": url})})


def _counted(pg: EmbeddedPostgres, database: str) -> dict[str, int]:
    tables = pg.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1", database=database)
    return {one: int(pg.sql(f'SELECT count(*) FROM "{one}"', database=database)[0]) for one in tables}


def _left(bucket: Any) -> tuple[list[str], list[str]]:
    """What lies in the bucket, and what was begun and never ended."""
    objects = [one["Key"] for one in bucket.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
    return objects, [one["Key"] for one in bucket.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])]


async def test_what_was_sold_is_restored(
    stage: Stage,
    house: House,
    bucket: Any,
    behind_tls: Settings,
    pg: EmbeddedPostgres,
    database: str,
    empty: str,
    home: Path,
) -> None:
    async with stage.buyer() as guest:
        order = await guest.buy(house.performance_id, [3, 4])
    # Stripe's second piece of news comes when the buyer has gone on already.
    await eventually(lambda: _counted(pg, database)["inbox"] == 2, within=30)
    before = _counted(pg, database)
    assert before["orders"] == 1
    key, size = await dump(behind_tls, f"s3://{BUCKET}/daily")
    assert _left(bucket) == ([key], [])
    assert bucket.head_object(Bucket=BUCKET, Key=key)["ContentLength"] == size > 10_000

    into = _into(behind_tls, empty)
    assert await restore(into, f"s3://{BUCKET}/{key}") == (key, size)
    assert _counted(pg, empty) == before
    assert pg.sql("SELECT id, state FROM orders", database=empty) == [f"{order['id']}|paid"]
    books = Database(into.database, FileSecrets(home / "secrets.json"))
    assert await audit(books) == []
    # The auditor does look: a seat that is sold to nobody is found in the restored books, too.
    pg.sql("UPDATE seat SET state = 'free', order_id = NULL, fence = fence + 1 WHERE state = 'sold'", database=empty)
    assert await audit(books) != []
    await books.close()
    with pytest.raises(DumpFailedError, match="restore into an empty one"):
        await restore(into, f"s3://{BUCKET}/{key}")


async def test_a_dump_of_several_parts_is_whole(
    bucket: Any, behind_tls: Settings, pg: EmbeddedPostgres, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dumps, "PART", 5 * 1024 * 1024)  # S3 takes none that are smaller
    ballast = "CREATE TABLE ballast AS SELECT md5(random()::text) FROM generate_series(1, 400000)"
    pg.sql(ballast, database=database, as_app=True)
    key, size = await dump(behind_tls, f"s3://{BUCKET}/daily")
    body = bucket.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    assert (len(body), body[:5]) == (size, b"PGDMP")
    assert size > dumps.PART


async def test_a_dump_that_fails_leaves_nothing(bucket: Any, behind_tls: Settings) -> None:
    with pytest.raises(DumpFailedError, match='database "nowhere" does not exist'):
        await dump(_into(behind_tls, "nowhere"), f"s3://{BUCKET}/daily")
    assert _left(bucket) == ([], [])


async def test_half_a_dump_restores_nothing(
    bucket: Any, behind_tls: Settings, rt: object, house: House, pg: EmbeddedPostgres, empty: str
) -> None:
    key, size = await dump(behind_tls, f"s3://{BUCKET}/daily")
    body = bucket.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    bucket.put_object(Bucket=BUCKET, Key="half", Body=body[: size // 2])
    with pytest.raises(DumpFailedError):
        await restore(_into(behind_tls, empty), f"s3://{BUCKET}/half")
    assert _counted(pg, empty) == {}


async def test_without_tls_nothing_is_dumped(bucket: Any, settings: Settings) -> None:
    plain = settings.model_copy(update={"database": settings.database.model_copy(update={"ssl": "require"})})
    with pytest.raises(DumpFailedError):
        await dump(plain, f"s3://{BUCKET}/daily")
    assert _left(bucket) == ([], [])


def test_a_place_that_is_none_is_told(settings: Settings) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "frontrow.cli", "dump", "--to", "/tmp/dump"],
        env={**os.environ, "FRONTROW_SECRETS__FILE": str(settings.secrets.file)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    said = json.loads((ran.stdout + ran.stderr).splitlines()[-1])
    assert (said["event"], said["level"]) == ("dump_failed", "error")
    assert "s3://bucket/name" in said["error"]
