"""Pictures and exports: a folder on one machine, S3 in the cloud. Names are made here, never taken from outside."""

import asyncio
import os
import re
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Protocol

from botocore.exceptions import ClientError

from frontrow.core import aws
from frontrow.core.ids import new_id
from frontrow.core.settings import ObjectsSettings
from frontrow.gateways.breaker import Breaker

ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/svg+xml": "svg",  # only drawings of our own; the uploads' door takes none
    "application/pdf": "pdf",
    "text/csv": "csv",
}
"""The media types that are stored at all, with their file endings."""

_KEY = re.compile(r"[a-z]{1,20}/[0-9a-f-]{36}\.[a-z]{3,4}")


class NoSuchObjectError(LookupError):
    """There is no object of this name, or it can't be a name of ours."""


def new_key(kind: str, media_type: str) -> str:
    """A new name such as ``events/<uuid>.jpg``. Raises KeyError for a media type that isn't stored."""
    return f"{kind}/{new_id()}.{ENDINGS[media_type]}"


def checked(key: str) -> str:
    """The key, if it has the shape of ours. Raises NoSuchObjectError for anything else (``../``, NUL, long names)."""
    if not _KEY.fullmatch(key):
        raise NoSuchObjectError(key[:80])
    return key


class ObjectStore(Protocol):
    """Where objects lie. They never change: new content gets a new key, so they may be cached for ever."""

    async def put(self, kind: str, media_type: str, body: bytes) -> str:
        """Store and return the new key."""
        ...

    async def get(self, key: str) -> bytes:
        """The content. Raises NoSuchObjectError."""
        ...

    def url(self, key: str) -> str:
        """Where a browser finds it: a path of our own origin, which the app or the CDN answers."""
        ...

    async def close(self) -> None: ...


class FolderStore:
    """Objects as files; a file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, kind: str, media_type: str, body: bytes) -> str:
        key = checked(new_key(kind, media_type))
        await asyncio.to_thread(self._write, self._folder / key, body)
        return key

    def _write(self, path: Path, body: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".half-", delete=False) as half:
            half.write(body)
        os.replace(half.name, path)

    async def get(self, key: str) -> bytes:
        path = self._folder / checked(key)
        try:
            return await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError:
            raise NoSuchObjectError(key) from None

    def url(self, key: str) -> str:
        return f"/media/{checked(key)}"

    async def close(self) -> None:
        """Nothing is held open."""


class S3Store:
    """Objects in a private bucket; CloudFront serves them under ``/media/``."""

    def __init__(self, settings: ObjectsSettings, breaker: Breaker) -> None:
        if not settings.bucket:
            raise ValueError("FRONTROW_OBJECTS__BUCKET is needed for objects of the kind 's3'.")
        self._settings = settings
        self._bucket = settings.bucket
        self.breaker = breaker
        self._open = AsyncExitStack()
        self._client: Any = None
        self._opening = asyncio.Lock()

    async def _s3(self) -> Any:
        async with self._opening:
            if self._client is None:
                self._client = await self._open.enter_async_context(
                    aws.client("s3", self._settings.region, self._settings.s3_endpoint)
                )
            return self._client

    async def put(self, kind: str, media_type: str, body: bytes) -> str:
        key = checked(new_key(kind, media_type))
        client = await self._s3()
        await self.breaker.call(
            lambda: client.put_object(
                Bucket=self._bucket,
                Key=f"media/{key}",
                Body=body,
                ContentType=media_type,
                CacheControl="public, max-age=31536000, immutable",
            )
        )
        return key

    async def get(self, key: str) -> bytes:
        client = await self._s3()

        async def fetch() -> bytes:
            found = await client.get_object(Bucket=self._bucket, Key=f"media/{checked(key)}")
            async with found["Body"] as body:
                return bytes(await body.read())

        try:
            return await self.breaker.call(fetch)
        except ClientError as error:
            if is_answer(error):
                raise NoSuchObjectError(key) from None
            raise

    def url(self, key: str) -> str:
        return f"/media/{checked(key)}"

    async def close(self) -> None:
        await self._open.aclose()
        self._client = None


def is_answer(error: Exception) -> bool:
    """For the breaker: "no such key" comes from a store in good health, and a bad name never reached it."""
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code") in {"NoSuchKey", "404"}
    return isinstance(error, NoSuchObjectError)


def open_objects(settings: ObjectsSettings, breaker: Breaker) -> ObjectStore:
    """The store that the settings name."""
    return S3Store(settings, breaker) if settings.kind == "s3" else FolderStore(settings.folder)
