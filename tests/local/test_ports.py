"""Taken ports are told and stepped over; chosen ones are remembered."""

import socket
from pathlib import Path

import pytest

from frontrow.local import ports


def test_a_taken_port_is_told_and_the_next_free_one_used() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        said: list[str] = []
        chosen = ports.choose({"app": taken, "inbox": taken, "postgres": taken}, said.append)
    assert chosen["app"] > taken
    assert len(set(chosen.values())) == 3, "two servers never get one port"
    assert said == [
        f"port {taken} is taken; using {chosen['app']}",
        f"port {taken} is taken; using {chosen['inbox']} for inbox",
    ]


def test_free_ports_differ_and_are_free() -> None:
    found = ports.free_ports(20)
    assert len(set(found)) == 20
    assert all(ports.is_free(port) for port in found)


@pytest.mark.parametrize("stored", ['{"app": 8001, "inbox": "x", "gone": 1}', "{", "[]", None])
def test_remembered_ports_come_first_and_a_broken_file_counts_as_none(tmp_path: Path, stored: str | None) -> None:
    file = tmp_path / "ports.json"
    if stored is not None:
        file.write_text(stored)
    expected = 8001 if stored and "8001" in stored else 8000
    assert ports.remembered(file) == {**ports.PREFERRED, "app": expected}


def test_what_is_remembered_is_read_back(tmp_path: Path) -> None:
    ports.remember(tmp_path / "ports.json", {**ports.PREFERRED, "app": 8123})
    assert ports.remembered(tmp_path / "ports.json")["app"] == 8123
