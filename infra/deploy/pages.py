"""The pages in their bucket: files with a hash in their name first, the page that names them last."""

import mimetypes
import time
from pathlib import Path
from typing import Any

FIRST, LAST = "assets/", "index.html"
A_YEAR = "public, max-age=31536000, immutable"
NEVER = "no-cache"
FORGOTTEN_WITHIN_S = 15 * 60.0
TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript", ".wasm": "application/wasm"}


class Pages:
    """One bucket behind one distribution. What ``upload`` replaced, ``back`` restores.

    Files with a hash stay when a new version comes: pages that are open somewhere still ask for them.
    """

    def __init__(self, s3: Any, cloudfront: Any, bucket: str, distribution: str, pause_s: float = 5.0) -> None:
        self._s3, self._cloudfront, self._pause_s = s3, cloudfront, pause_s
        self._bucket, self._distribution = bucket, distribution
        self._before: dict[str, dict[str, Any] | None] = {}

    def upload(self, dist: Path) -> list[str]:
        """All files of ``dist``; their keys, in the order in which they were written."""
        files = {file.relative_to(dist).as_posix(): file for file in dist.rglob("*") if file.is_file()}
        # What a build writes for itself begins with a dot.
        keys = sorted(
            (key for key in files if not key.startswith(".")),
            key=lambda key: (not key.startswith(FIRST), key == LAST, key),
        )
        for key in keys:
            hashed = key.startswith(FIRST)
            if not hashed:
                self._before.setdefault(key, self._read(key))
            kind = TYPES.get(files[key].suffix) or mimetypes.guess_type(key)[0] or "application/octet-stream"
            self._s3.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=files[key].read_bytes(),
                ContentType=kind,
                CacheControl=A_YEAR if hashed else NEVER,
            )
        return keys

    def back(self) -> None:
        """What stood under names without a hash before ``upload`` stands there again."""
        for key, before in sorted(self._before.items(), key=lambda one: one[0] != LAST):
            if before is None:
                self._s3.delete_object(Bucket=self._bucket, Key=key)
            else:
                self._s3.put_object(Bucket=self._bucket, Key=key, **before)
        if self._before:
            self.forget()

    def forget(self, within_s: float = FORGOTTEN_WITHIN_S) -> None:
        """The edge forgets all it keeps. Slowness here isn't a failure: pages are never kept, and names have hashes."""
        made = self._cloudfront.create_invalidation(
            DistributionId=self._distribution,
            InvalidationBatch={"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": str(time.time_ns())},
        )["Invalidation"]
        until = time.monotonic() + within_s
        while made["Status"].lower() != "completed" and time.monotonic() < until:
            time.sleep(self._pause_s)
            made = self._cloudfront.get_invalidation(DistributionId=self._distribution, Id=made["Id"])["Invalidation"]

    def _read(self, key: str) -> dict[str, Any] | None:
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=key)
        except self._s3.exceptions.NoSuchKey:
            return None
        kept = {"Body": found["Body"].read(), "ContentType": found["ContentType"]}
        return {**kept, "CacheControl": found.get("CacheControl", NEVER)}
