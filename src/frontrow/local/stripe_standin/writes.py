"""What requests wrote and the database does not have yet.

A request's writes are one record in the journal, which a killed process leaves behind; the database gets them twice a
second, many purchases in one transaction, and each object only in the state that it has by then. SQLite would otherwise
write a handful of pages for each request, for rows that are changed again a moment later.
"""

import os
import sqlite3
import struct
import zlib
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path
from typing import Any

import msgspec

_HEAD = struct.Struct("<II")


class Op(IntEnum):
    """A kind of write; ``SQL`` has its statement."""

    ADD = 0
    SAVE = 1
    NAME = 2
    UNNAME = 3
    ANSWER = 4
    EVENT = 5
    SETTLE = 6
    DROP = 7
    SCHEDULE = 8
    TAKEN = 9


SQL = (
    "INSERT INTO object (id, kind, parent, created, body) VALUES (?, ?, ?, ?, ?)",
    "UPDATE object SET body = ?2 WHERE id = ?1",
    "INSERT OR IGNORE INTO metadata (key, value, id) VALUES (?, ?, ?)",
    "DELETE FROM metadata WHERE key = ? AND value = ? AND id = ?",
    "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?, ?, ?)",
    "INSERT INTO event (seq, id, type, created, body, due_at, attempts) VALUES (?, ?, ?, ?, ?, ?, ?)",
    "UPDATE event SET due_at = ?2, attempts = attempts + 1 WHERE seq = ?1",
    "UPDATE event SET due_at = NULL WHERE due_at IS NOT NULL",
    "INSERT OR REPLACE INTO later VALUES (?, ?, ?)",
    "DELETE FROM later WHERE id = ?",
)

Write = tuple[int, list[Any]]
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(tuple[int, list[Write]]).decode


class Journal:
    """An append-only file of records, each with its length and checksum. One system call makes a request durable.

    A killed process leaves whole records, or at worst half of the last one, whose request was never answered.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._size = os.fstat(self._file).st_size

    def records(self) -> Iterator[bytes]:
        """Every whole record, oldest first; whatever follows the last of them is cut off."""
        found = os.pread(self._file, self._size, 0)
        at = 0
        while at + _HEAD.size <= len(found):
            length, checksum = _HEAD.unpack_from(found, at)
            record = found[at + _HEAD.size : at + _HEAD.size + length]
            if len(record) < length or zlib.crc32(record) != checksum:
                break
            yield record
            at += _HEAD.size + length
        self._cut(at)

    def append(self, record: bytes) -> None:
        """Writes one record. Raises OSError, after which the file is as it was before."""
        whole = _HEAD.pack(len(record), zlib.crc32(record)) + record
        written = os.write(self._file, whole)
        if written != len(whole):
            self._cut(self._size)
            raise OSError("the disk is full")
        self._size += written

    def clear(self) -> None:
        """Forgets all records."""
        if self._size:
            self._cut(0)

    def close(self) -> None:
        os.close(self._file)

    def _cut(self, at: int) -> None:
        os.ftruncate(self._file, at)
        self._size = at


class Writes:
    """The writes that wait for the database, and the journal that keeps them. Not thread-safe."""

    def __init__(self, db: sqlite3.Connection, journal: Path) -> None:
        """Whatever a killed process left in the journal goes to the database at once."""
        self._db = db
        self._journal = Journal(journal)
        self._waiting: list[Write] = []
        self._untold: list[Write] = []
        # Counts flushes. Changed in the transaction of each, so that a record is never applied a second time.
        self._flushes: int = db.execute("PRAGMA user_version").fetchone()[0]
        for record in self._journal.records():
            flushes, writes = _unpack(record)
            if flushes == self._flushes:
                self._waiting += writes
        self.flush()

    def keep(self, writes: list[Write]) -> None:
        """Makes the writes of a request durable, and those that were put off with them. Raises OSError: none is."""
        if not writes:
            return
        together = self._untold + writes if self._untold else writes
        self._journal.append(_pack((self._flushes, together)))
        self._waiting += together
        self._untold = []

    def put_off(self, write: Write) -> None:
        """A write that may be lost with the process: it becomes durable with the next request, or within a second."""
        self._untold.append(write)

    def flush(self) -> None:
        """Everything into the database, in one transaction."""
        writes = self._waiting + self._untold
        if not writes:
            self._journal.clear()
            return
        execute = self._db.execute
        execute("BEGIN IMMEDIATE")
        try:
            for kind, values in merged(writes):
                execute(SQL[kind], values)
            execute(f"PRAGMA user_version = {self._flushes + 1:d}")
            execute("COMMIT")
        except BaseException:
            execute("ROLLBACK")
            raise
        self._flushes += 1
        self._waiting, self._untold = [], []
        self._journal.clear()

    def close(self) -> None:
        """Flushes, and leaves an empty journal."""
        self.flush()
        self._journal.close()


def merged(writes: list[Write]) -> list[Write]:
    """The same effect with fewer writes: an object or event that is new here is written once, as it is at the end."""
    kept: list[Write] = []
    objects: dict[str, list[Any]] = {}
    events: dict[int, list[Any]] = {}
    for write in writes:
        kind, values = write
        if kind == Op.ADD:
            values = objects[values[0]] = list(values)
        elif kind == Op.SAVE:
            earlier = objects.get(values[0])
            if earlier is not None:
                earlier[-1] = values[1]
                continue
            values = objects[values[0]] = list(values)
        elif kind == Op.EVENT:
            values = events[values[0]] = list(values)
        elif kind == Op.SETTLE:
            event = events.get(values[0])
            if event is not None:
                event[-2], event[-1] = values[1], event[-1] + 1
                continue
        elif kind == Op.DROP:
            # What comes after it must not be undone by it.
            events = {}
        kept.append((kind, values))
    return kept
