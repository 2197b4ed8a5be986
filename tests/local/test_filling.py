"""What a home's database needs is added once, and a filler that failed is no reason to believe that it's there."""

import io
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from frontrow.core import schema
from frontrow.demo import first
from frontrow.local.filling import DEMO, SCHEMA, Filling
from frontrow.local.process import Process, ProcessFailedError

WAITS_FOR_WORD = "import sys; sys.exit(0 if sys.stdin.readline() == 'go\\n' else 9)"


class Programs:
    """Starts a small program in the place of ours, and notes which it was asked for."""

    def __init__(self, folder: Path, code: str = WAITS_FOR_WORD) -> None:
        self.asked: list[str] = []
        self.started: list[Process] = []
        self._folder = folder
        self._code = code

    def __call__(self, name: str, words: Sequence[str], *, listens: bool = False) -> Process:
        process = Process(name, [sys.executable, "-c", self._code], log=self._folder / f"{name}.log", listens=listens)
        process.spawn()
        self.asked.append(" ".join(words))
        self.started.append(process)
        return process


def test_in_a_new_home_one_process_waits_for_the_server_and_adds_all(tmp_path: Path) -> None:
    programs = Programs(tmp_path)
    filling = Filling(tmp_path, programs, seed=True)
    filling.prepare()
    assert programs.started[0].running
    missing = filling.missing("", seeded=False)
    assert missing == [SCHEMA, DEMO]
    filling.add(missing)
    assert programs.asked == ["-m frontrow.demo.first --ahead"]
    assert programs.started[0].exit_code == 0
    assert Filling(tmp_path, programs, seed=True).missing(schema.newest(), seeded=True) == []


def test_what_was_not_finished_is_missing_at_the_next_start(tmp_path: Path) -> None:
    filling = Filling(tmp_path, Programs(tmp_path, "print('no such hall'); raise SystemExit(3)"), seed=True)
    with pytest.raises(ProcessFailedError, match=r"failed with code 3(?s:.*)no such hall"):
        filling.add([DEMO])
    again = Programs(tmp_path)
    filling = Filling(tmp_path, again, seed=True)
    # There are events already: those that were added before it failed.
    assert filling.missing(schema.newest(), seeded=True) == [DEMO]
    filling.add([DEMO])
    assert again.asked == ["-m frontrow.demo.first"]


def test_without_the_demo_the_schema_alone_is_added(tmp_path: Path) -> None:
    programs = Programs(tmp_path, "")
    filling = Filling(tmp_path, programs, seed=False)
    filling.prepare()
    assert filling.missing(schema.newest(), seeded=False) == []
    assert filling.missing("0001", seeded=False) == [SCHEMA]
    filling.add([SCHEMA])
    assert programs.asked == ["-m frontrow.cli migrate"]


def test_a_filler_whose_starter_is_gone_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    # With the word it would look for a database, of which there is none here.
    assert first.main(ahead=False) == 1
