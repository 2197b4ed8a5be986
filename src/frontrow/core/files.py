"""The built files as a browser likes them: text compressed once, hashed names kept for a year."""

import asyncio
import gzip
from pathlib import Path

from starlette.responses import FileResponse, Response

A_YEAR = "public, max-age=31536000, immutable"
_ZIPPED = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}
_ZIP_FROM = 600  # bytes; less than this fits into the first packet anyhow


class BuiltFiles:
    """The files below ``dist``. What was compressed is kept until the file changes; a build has few megabytes."""

    def __init__(self, dist: Path) -> None:
        self._dist = dist.resolve()
        self._kept: dict[Path, tuple[int, bytes]] = {}

    def find(self, path: str) -> Path | None:
        """The file at that address; None for anything else, and for whatever lies outside."""
        wanted = (self._dist / path).resolve()
        return wanted if path and wanted.is_relative_to(self._dist) and wanted.is_file() else None

    async def answer(self, file: Path, accepted: str) -> Response:
        """The file, as gzip for whoever takes it (`accepted`: the request's Accept-Encoding)."""
        hashed = file.is_relative_to(self._dist / "assets")
        headers = {"Cache-Control": A_YEAR if hashed else "no-cache"}
        media_type = _ZIPPED.get(file.suffix)
        if media_type is None:
            return FileResponse(file, headers=headers)
        headers["Vary"] = "Accept-Encoding"
        zipped = await asyncio.to_thread(self._zipped, file) if "gzip" in accepted else b""
        if not zipped:
            return FileResponse(file, media_type=media_type, headers=headers)
        return Response(zipped, media_type=media_type, headers={**headers, "Content-Encoding": "gzip"})

    def _zipped(self, file: Path) -> bytes:
        """Nothing when it isn't worth it."""
        about = file.stat()
        if about.st_size < _ZIP_FROM:
            return b""
        kept = self._kept.get(file)
        if kept is None or kept[0] != about.st_mtime_ns:
            kept = about.st_mtime_ns, gzip.compress(file.read_bytes(), 9, mtime=0)
            self._kept[file] = kept
        return kept[1]
