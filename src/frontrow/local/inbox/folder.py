"""The mails on disk: one ``.eml`` file each, and an SQLite index beside them so that memory holds none of them.

The files are the truth. The index is made good at every start, so files may be added or removed by hand in between.
"""

import re
import secrets
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from frontrow.local.inbox.letters import read_head

_SCHEMA = """
CREATE TABLE IF NOT EXISTS mail (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, received REAL NOT NULL, sender TEXT NOT NULL,
    recipients TEXT NOT NULL, subject TEXT NOT NULL, message_id TEXT NOT NULL, size INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS mail_message_id ON mail (message_id);
CREATE TABLE IF NOT EXISTS recipient (
    address TEXT NOT NULL, seq INTEGER NOT NULL REFERENCES mail ON DELETE CASCADE, PRIMARY KEY (address, seq))
    WITHOUT ROWID;
"""
_ID = re.compile(r"\d{20}-[0-9a-f]{8}")
_COLUMNS = "seq, id, received, sender, recipients, subject, message_id, size"
_HEAD_BYTES = 262_144


@dataclass(frozen=True, slots=True)
class Mail:
    """One line of the list. ``received`` in seconds since 1970, ``size`` in bytes."""

    seq: int
    id: str
    received: float
    sender: str
    recipients: list[str]
    subject: str
    message_id: str
    size: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which mails: to an address (any case), with words in subject, sender or recipients, with a Message-ID."""

    to: str = ""
    words: str = ""
    message_id: str = ""


class Folder:
    """All access to the mails. It belongs to the one event loop of the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir(parents=True, exist_ok=True)
        self._db = _open(path / ".index.sqlite")
        self._make_good()

    def close(self) -> None:
        """Closes the index."""
        self._db.close()

    def add(self, raw: bytes, sender: str, recipients: list[str]) -> str:
        """Keeps a message as it came, below a few lines that tell how it came; returns its id."""
        moment = time.time()
        mail_id = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        head = "".join(f"{line}\r\n" for line in _envelope(sender, recipients, moment)).encode("utf-8", "replace")
        content = head + raw
        # A half-written file must never look like a mail: it gets its name when it is whole.
        unfinished = self._path / f"{mail_id}.part"
        unfinished.write_bytes(content)
        unfinished.rename(self._path / f"{mail_id}.eml")
        self._db.execute("BEGIN")
        self._index(mail_id, content[:_HEAD_BYTES], len(content), moment, recipients)
        self._db.execute("COMMIT")
        return mail_id

    def page(self, wanted: Wanted, *, limit: int, before: str = "") -> list[Mail]:
        """Mails newest first; ``before`` is the id that the page before ended with."""
        where, values = _conditions(wanted)
        if before:
            where += " AND seq < (SELECT seq FROM mail WHERE id = ?)"
            values.append(before)
        # The condition is made of this module's literals only; values are bound.
        sql = f"SELECT {_COLUMNS} FROM mail WHERE {where} ORDER BY seq DESC LIMIT ?"  # noqa: S608
        return [_mail(row) for row in self._db.execute(sql, (*values, limit))]

    def count(self, wanted: Wanted) -> int:
        """How many mails there are of that kind."""
        where, values = _conditions(wanted)
        number: int = self._db.execute(f"SELECT count(*) FROM mail WHERE {where}", values).fetchone()[0]  # noqa: S608
        return number

    def get(self, mail_id: str) -> Mail | None:
        """One mail's line, or None."""
        row = self._db.execute(f"SELECT {_COLUMNS} FROM mail WHERE id = ?", (mail_id,)).fetchone()  # noqa: S608
        return None if row is None else _mail(row)

    def file(self, mail: Mail) -> Path:
        """Where the mail lies."""
        return self._path / f"{mail.id}.eml"

    def remove(self, mail: Mail) -> None:
        """Deletes one mail."""
        self.file(mail).unlink(missing_ok=True)
        self._db.execute("DELETE FROM mail WHERE id = ?", (mail.id,))

    def clear(self) -> None:
        """Deletes every mail."""
        for file in self._path.glob("*.eml"):
            if _ID.fullmatch(file.stem):
                file.unlink(missing_ok=True)
        self._db.execute("DELETE FROM mail")

    def _make_good(self) -> None:
        """Brings the index in line with the files."""
        there = {file.stem for file in self._path.glob("*.eml")}
        known = {row[0] for row in self._db.execute("SELECT id FROM mail")}
        self._db.execute("BEGIN")
        self._db.executemany("DELETE FROM mail WHERE id = ?", [(gone,) for gone in known - there])
        for mail_id in sorted(there - known):
            file = self._path / f"{mail_id}.eml"
            status = file.stat()
            with file.open("rb") as content:
                head = content.read(_HEAD_BYTES)
            self._index(mail_id, head, status.st_size, status.st_mtime, _delivered_to(head))
        self._db.execute("COMMIT")

    def _index(self, mail_id: str, head: bytes, size: int, moment: float, envelope: Iterable[str]) -> None:
        read = read_head(head)
        recipients = list(dict.fromkeys([*envelope, *read.to]))
        seq = self._db.execute(
            "INSERT INTO mail (id, received, sender, recipients, subject, message_id, size)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (mail_id, moment, read.sender, "\n".join(recipients), read.subject, read.message_id, size),
        ).lastrowid
        self._db.executemany(
            "INSERT OR IGNORE INTO recipient (address, seq) VALUES (?, ?)",
            [(address.lower(), seq) for address in recipients],
        )


def _open(path: Path) -> sqlite3.Connection:
    """Opens the index; one that cannot be read is thrown away, since the files can make it again."""
    try:
        return _connect(path)
    except sqlite3.DatabaseError:
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            (path.parent / name).unlink(missing_ok=True)
        return _connect(path)


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-2048;"
    )
    database.executescript(_SCHEMA)
    return database


def _conditions(wanted: Wanted) -> tuple[str, list[str]]:
    where, values = ["1"], list[str]()
    if wanted.to:
        where.append("seq IN (SELECT seq FROM recipient WHERE address = ?)")
        values.append(wanted.to.lower())
    if wanted.message_id:
        where.append("message_id = ?")
        values.append(wanted.message_id)
    if wanted.words:
        like = "%" + re.sub(r"([\\%_])", r"\\\1", wanted.words) + "%"
        where.append(r"(subject LIKE ? ESCAPE '\' OR sender LIKE ? ESCAPE '\' OR recipients LIKE ? ESCAPE '\')")
        values += [like, like, like]
    return " AND ".join(where), values


def _mail(row: tuple[int, str, float, str, str, str, str, int]) -> Mail:
    seq, mail_id, received, sender, recipients, subject, message_id, size = row
    return Mail(seq, mail_id, received, sender, recipients.split("\n"), subject, message_id, size)


def _envelope(sender: str, recipients: list[str], moment: float) -> list[str]:
    when = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(moment))
    received = f"Received: from localhost by frontrow-inbox with ESMTP; {when}"
    return [f"Return-Path: <{sender}>", *(f"Delivered-To: {address}" for address in recipients), received]


def _delivered_to(head: bytes) -> list[str]:
    """The envelope's recipients, from the lines that `add` wrote on top."""
    found: list[str] = []
    for line in head.split(b"\r\n")[:1000]:
        if not line:
            break
        if line.startswith(b"Delivered-To: "):
            found.append(line.removeprefix(b"Delivered-To: ").decode("utf-8", "replace").strip())
    return found
