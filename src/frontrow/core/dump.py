"""``frontrow dump`` and ``frontrow restore``: the whole database as one object in S3, and back from there.

The dump is PostgreSQL's custom format, streamed: neither side holds more than a part of it. No password is on a command
line or in a file. Exit codes: 0 done, 1 it wasn't, and the log says why.
"""

import asyncio
import contextlib
import datetime
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg
import structlog
from botocore.exceptions import BotoCoreError, ClientError

from frontrow.core import aws
from frontrow.core.bridge import bridge
from frontrow.core.log import set_up_logging
from frontrow.core.secrets import open_secrets
from frontrow.core.settings import Settings
from frontrow.core.wheels import postgres_programs

PART = 16 * 1024 * 1024
"""Bytes. S3 takes ten thousand parts of an object: 160 GB, compressed."""

log = structlog.get_logger(__name__)


class DumpFailedError(RuntimeError):
    """What a tool of PostgreSQL said, or what is wrong with the place."""


def main_dump(to: str) -> int:
    """Dump to ``s3://bucket/prefix``: the object's name is the moment, ``prefix/2026-02-01T02-30-00Z.dump``."""
    return _main("dump", to)


def main_restore(source: str) -> int:
    """Restore ``s3://bucket/key`` into the database that the settings name, which must be empty."""
    return _main("restore", source)


def _main(what: str, place: str) -> int:
    settings = Settings()
    set_up_logging(what, settings.telemetry.log_level)
    try:
        key, size = asyncio.run(dump(settings, place) if what == "dump" else restore(settings, place))
    except (DumpFailedError, BotoCoreError, ClientError, asyncpg.PostgresError, OSError) as error:
        log.error(f"{what}_failed", error=f"{type(error).__name__}: {error}")
        return 1
    log.info(f"{what}_done", key=key, bytes=size)
    return 0


async def dump(settings: Settings, to: str) -> tuple[str, int]:
    """The object's key and its size in bytes. Raises DumpFailedError, or what S3 raises; then nothing is left there."""
    bucket, prefix = _place(to)
    moment = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    key = f"{prefix}/{moment}.dump".lstrip("/")
    # Who may do what is the place's, and comments on extensions are their owner's: neither comes along.
    words = ("--format=custom", "--no-owner", "--no-privileges", "--no-comments", "--lock-wait-timeout=60s")
    async with _s3(settings) as s3, _tool(settings, "pg_dump", *words) as tool:
        upload = (await s3.create_multipart_upload(Bucket=bucket, Key=key))["UploadId"]
        one = {"Bucket": bucket, "Key": key, "UploadId": upload}
        try:
            parts: list[dict[str, Any]] = []
            size = 0
            async for body in _parts(tool.stdout):
                number = len(parts) + 1
                answer = await s3.upload_part(**one, PartNumber=number, Body=body)
                parts.append({"PartNumber": number, "ETag": answer["ETag"]})
                size += len(body)
            # Only now is it known that this was all.
            await _ended_well(tool)
            await s3.complete_multipart_upload(**one, MultipartUpload={"Parts": parts})
        except BaseException:
            await s3.abort_multipart_upload(**one)
            raise
    return key, size


async def restore(settings: Settings, source: str) -> tuple[str, int]:
    """The object's key and its size in bytes. All of it is restored or nothing. Raises DumpFailedError, or what S3 or
    the database raises."""
    bucket, key = _place(source)
    await _must_be_empty(settings)
    words = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
    async with _s3(settings) as s3:
        found = await s3.get_object(Bucket=bucket, Key=key)
        async with _tool(settings, "pg_restore", *words, stdin=asyncio.subprocess.PIPE) as tool, found["Body"] as body:
            size = 0
            # A tool that ended closes its side; what it said then tells more than that.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                while piece := await body.read(1 << 20):
                    tool.stdin.write(piece)
                    await tool.stdin.drain()
                    size += len(piece)
            tool.stdin.close()
            await _ended_well(tool)
    return key, size


def _place(address: str) -> tuple[str, str]:
    said = urlsplit(address)
    if said.scheme != "s3" or not said.netloc:
        raise DumpFailedError(f"a place is s3://bucket/name, not {address}")
    return said.netloc, said.path.strip("/")


def _s3(settings: Settings) -> Any:
    return aws.client("s3", settings.objects.region, settings.objects.s3_endpoint, read_timeout_s=60, max_attempts=4)


def find_tool(name: str) -> Path:
    """The program from the wheel, whose version is the database's, else one on the PATH. Raises DumpFailedError."""
    if (inside := postgres_programs()) is not None and (inside / name).exists():
        return inside / name
    if (on_path := shutil.which(name)) is not None:
        return Path(on_path)
    raise DumpFailedError(f"{name} isn't installed")


@asynccontextmanager
async def _tool(
    settings: Settings, name: str, *words: str, stdin: int = asyncio.subprocess.DEVNULL
) -> AsyncIterator[Any]:
    """A program of PostgreSQL on our database; it is ended with the block."""
    at = urlsplit(settings.database.primary_url)
    database, port = unquote(at.path.strip("/")), at.port or 5432
    command = [str(find_tool(name)), *words, "--no-password", f"--dbname={database}"]
    async with bridge(at.hostname or "localhost", port, settings.database.ssl) as folder:
        environment = {
            **os.environ,
            "PGHOST": str(folder),
            "PGPORT": str(port),
            "PGUSER": unquote(at.username or ""),
            "PGPASSWORD": await open_secrets(settings.secrets).get("database_password"),
            "PGCONNECT_TIMEOUT": "10",
        }
        pipe = asyncio.subprocess.PIPE
        made = await asyncio.create_subprocess_exec(*command, stdin=stdin, stdout=pipe, stderr=pipe, env=environment)
        assert made.stderr is not None
        made.said = asyncio.create_task(made.stderr.read())  # type: ignore[attr-defined]
        try:
            yield made
        finally:
            if made.returncode is None:
                made.kill()
            await made.wait()


async def _ended_well(tool: Any) -> None:
    code, said = await tool.wait(), (await tool.said).decode(errors="replace").strip()
    if code != 0:
        raise DumpFailedError(said or f"it ended with {code}")


async def _parts(source: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """All of a stream in pieces of PART bytes, the last one shorter."""
    while True:
        try:
            yield await source.readexactly(PART)
        except asyncio.IncompleteReadError as rest:
            if rest.partial:
                yield rest.partial
            return


async def _must_be_empty(settings: Settings) -> None:
    password = await open_secrets(settings.secrets).get("database_password")
    connection = await asyncpg.connect(
        settings.database.primary_url, password=password, ssl=settings.database.ssl, timeout=10
    )
    try:
        tables = await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    finally:
        await connection.close()
    if tables:
        raise DumpFailedError(f"the database has {tables} tables already; restore into an empty one")
