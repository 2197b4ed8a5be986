"""The built files: text travels compressed, names with a hash stay for a year, nothing outside is given out."""

import gzip
import os
from pathlib import Path

import pytest

from frontrow.core.files import A_YEAR, BuiltFiles

TEXT = b"export const seat = 1;\n" * 200


@pytest.fixture
def built(tmp_path: Path) -> BuiltFiles:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "assets" / "index-abc.js").write_bytes(TEXT)
    (dist / "sw.js").write_bytes(b"short")
    (tmp_path / "secret.js").write_bytes(TEXT)
    return BuiltFiles(dist)


async def test_text_travels_compressed(built: BuiltFiles) -> None:
    file = built.find("assets/index-abc.js")
    assert file is not None
    answer = await built.answer(file, "gzip, deflate, br")
    assert gzip.decompress(bytes(answer.body)) == TEXT
    assert len(answer.body) < len(TEXT) / 10
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["cache-control"] == A_YEAR
    plain = await built.answer(file, "identity")
    assert "content-encoding" not in plain.headers


async def test_what_was_built_anew_is_read_anew(built: BuiltFiles) -> None:
    file = built.find("assets/index-abc.js")
    assert file is not None
    await built.answer(file, "gzip")
    file.write_bytes(TEXT * 2)
    os.utime(file, ns=(1, 1))
    assert gzip.decompress(bytes((await built.answer(file, "gzip")).body)) == TEXT * 2


async def test_what_is_asked_for_anew_each_time(built: BuiltFiles) -> None:
    file = built.find("sw.js")
    assert file is not None
    answer = await built.answer(file, "gzip")
    assert answer.headers["cache-control"] == "no-cache"
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("path", ["", "../secret.js", "assets", "assets/../../secret.js", "nothing.js"])
def test_nothing_else_is_given_out(built: BuiltFiles, path: str) -> None:
    assert built.find(path) is None
