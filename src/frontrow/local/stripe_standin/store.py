"""The ledger on disk: every object, stored answer and pending event in one SQLite file.

A request is one transaction. WAL with synchronous=NORMAL writes without waiting for the disk: a killed process loses
nothing that it answered, only a power cut could, and that is the trade that thousands of purchases a minute need.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from frontrow.local.stripe_standin.errors import Json

_SCHEMA = """
CREATE TABLE IF NOT EXISTS object (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, parent TEXT, created INTEGER NOT NULL,
    body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS object_kind ON object (kind, seq);
CREATE INDEX IF NOT EXISTS object_parent ON object (parent, kind, seq) WHERE parent IS NOT NULL;
CREATE TABLE IF NOT EXISTS metadata (
    key TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (key, value, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY, endpoint TEXT NOT NULL, fingerprint BLOB NOT NULL, request_id TEXT NOT NULL,
    status INTEGER NOT NULL, body BLOB NOT NULL, created INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, created INTEGER NOT NULL, body BLOB NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, due_at REAL);
CREATE TABLE IF NOT EXISTS later (id TEXT PRIMARY KEY, step TEXT NOT NULL, due_at REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS event_due ON event (due_at, seq) WHERE due_at IS NOT NULL;
"""

encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode

MAX_PAGE = 100
ANSWERS_S = 24 * 3600


class Answer(msgspec.Struct, frozen=True):
    """What was answered the first time an idempotency key was used."""

    endpoint: str
    fingerprint: bytes
    request_id: str
    status: int
    body: bytes


class PendingEvent(msgspec.Struct, frozen=True):
    """An event that the webhook endpoint has not acknowledged yet."""

    seq: int
    id: str
    body: bytes
    attempts: int


class Page(msgspec.Struct, frozen=True):
    """One page of a list, newest first."""

    items: list[Json]
    has_more: bool


class Transaction:
    """An open one."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def undo(self) -> None:
        """Forget what was written so far; it goes on as a new one."""
        self._db.execute("ROLLBACK")
        self._db.execute("BEGIN IMMEDIATE")


class Store:
    """All reads and writes. Not thread-safe: it belongs to the one event loop of the process."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, cached_statements=64)
        self._db.executescript(
            # A larger WAL means that the loop pauses for a checkpoint's fsync only every few thousand purchases.
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=4000;"
            "PRAGMA cache_size=-4096; PRAGMA journal_size_limit=67108864; PRAGMA busy_timeout=2000;"
        )
        self._db.executescript(_SCHEMA)
        self._scheduled: int = self._db.execute("SELECT count(*) FROM later").fetchone()[0]

    def close(self) -> None:
        """Folds the WAL back into the file and closes it."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Everything inside is kept together or not at all."""
        self._db.execute("BEGIN IMMEDIATE")
        made = Transaction(self._db)
        try:
            yield made
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # Objects

    def add(self, document: Json, parent: str | None = None) -> None:
        """Inserts a new object; its ``object`` field is its kind."""
        self._db.execute(
            "INSERT INTO object (id, kind, parent, created, body) VALUES (?, ?, ?, ?, ?)",
            (document["id"], document["object"], parent, document["created"], encode(document)),
        )
        if document["object"] == "payment_intent" and document["metadata"]:
            self.index_metadata(document)

    def save(self, document: Json) -> None:
        """Replaces an object's body."""
        self._db.execute("UPDATE object SET body = ? WHERE id = ?", (encode(document), document["id"]))

    def index_metadata(self, document: Json) -> None:
        """Makes a PaymentIntent findable by its metadata."""
        self._db.executemany(
            "INSERT OR IGNORE INTO metadata (key, value, id) VALUES (?, ?, ?)",
            [(key, value, document["id"]) for key, value in document["metadata"].items()],
        )

    def drop_metadata(self, document: Json) -> None:
        """Forgets the metadata a PaymentIntent was findable by, before it is changed."""
        self._db.executemany(
            "DELETE FROM metadata WHERE key = ? AND value = ? AND id = ?",
            [(key, value, document["id"]) for key, value in document["metadata"].items()],
        )

    def get(self, kind: str, object_id: str) -> Json | None:
        """One object, or None when there is none of that kind."""
        row = self._db.execute("SELECT kind, body FROM object WHERE id = ?", (object_id,)).fetchone()
        return _decode(row[1]) if row is not None and row[0] == kind else None

    def by_metadata(self, key: str, value: str) -> list[Json]:
        """PaymentIntents that carry this metadata, newest first (at most 1,000)."""
        rows = self._db.execute(
            "SELECT o.body FROM metadata m JOIN object o ON o.id = m.id WHERE m.key = ? AND m.value = ?"
            " ORDER BY o.seq DESC LIMIT 1000",
            (key, value),
        )
        return [_decode(row[0]) for row in rows]

    def page(
        self,
        kind: str,
        *,
        limit: int,
        parent: str | None = None,
        after: str | None = None,
        before: str | None = None,
        created: dict[str, int] | None = None,
    ) -> Page:
        """A page newest first. ``after``/``before`` are object ids, ``created`` maps gt, gte, lt, lte to seconds."""
        where = ["kind = ?"]
        values: list[str | int] = [kind]
        if parent is not None:
            where.append("parent = ?")
            values.append(parent)
        for name, bound in (created or {}).items():
            where.append(f"created {_COMPARE[name]} ?")
            values.append(bound)
        cursor, order = (after, "DESC") if before is None else (before, "ASC")
        if cursor is not None:
            where.append("seq < " + _SEQ_OF if before is None else "seq > " + _SEQ_OF)
            values.append(cursor)
        # Every fragment above is one of this module's own literals; values are bound.
        sql = f"SELECT body FROM object WHERE {' AND '.join(where)} ORDER BY seq {order} LIMIT ?"  # noqa: S608
        rows = self._db.execute(sql, (*values, limit + 1)).fetchall()
        items = [_decode(row[0]) for row in rows[:limit]]
        if before is not None:
            items.reverse()
        return Page(items, len(rows) > limit)

    def batches(self, kind: str, size: int = 500) -> Iterator[list[Json]]:
        """All objects of a kind, oldest first, a batch at a time so that memory stays flat."""
        seq = 0
        while rows := self._db.execute(
            "SELECT seq, body FROM object WHERE kind = ? AND seq > ? ORDER BY seq LIMIT ?", (kind, seq, size)
        ).fetchall():
            seq = rows[-1][0]
            yield [_decode(row[1]) for row in rows]

    # What comes later

    def schedule(self, object_id: str, step: str, due_at: float) -> None:
        """Notes a step that an object takes by itself at ``due_at`` (seconds since 1970)."""
        self._scheduled += 1
        self._db.execute("INSERT OR REPLACE INTO later VALUES (?, ?, ?)", (object_id, step, due_at))

    def due_steps(self, moment: float) -> list[tuple[str, str]]:
        """Steps (object id, step) that are due, at most 100."""
        if not self._scheduled:
            return []
        rows = self._db.execute("SELECT id, step FROM later WHERE due_at <= ? ORDER BY due_at LIMIT 100", (moment,))
        return list(rows.fetchall())

    def taken(self, object_id: str) -> None:
        """A step was taken; inside the transaction that took it."""
        self._db.execute("DELETE FROM later WHERE id = ?", (object_id,))
        self._scheduled = self._db.execute("SELECT count(*) FROM later").fetchone()[0]

    # Idempotency

    def answer(self, key: str) -> Answer | None:
        """The stored answer for a key, for 24 hours."""
        row = self._db.execute(
            "SELECT endpoint, fingerprint, request_id, status, body FROM answer WHERE key = ? AND created > ?",
            (key, time.time() - ANSWERS_S),
        ).fetchone()
        return None if row is None else Answer(*row)

    def keep_answer(self, key: str, answer: Answer, created: int) -> None:
        """Stores an answer; it takes the place of one that is past its time."""
        self._db.execute(
            "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?, ?, ?)",
            (key, answer.endpoint, answer.fingerprint, answer.request_id, answer.status, answer.body, created),
        )

    # Events

    def add_event(self, document: Json, due_at: float | None) -> None:
        """Queues an event for delivery at ``due_at`` (seconds since 1970); None records it without delivering."""
        self._db.execute(
            "INSERT INTO event (id, type, created, body, due_at) VALUES (?, ?, ?, ?, ?)",
            (document["id"], document["type"], document["created"], encode(document), due_at),
        )

    def due_events(self, moment: float, limit: int, except_for: Iterable[int]) -> list[PendingEvent]:
        """Events that should be sent by ``moment``, oldest first, without those whose seq is in ``except_for``."""
        rows = self._db.execute(
            "SELECT seq, id, body, attempts FROM event WHERE due_at <= ?"
            " AND seq NOT IN (SELECT value FROM json_each(?)) ORDER BY due_at, seq LIMIT ?",
            (moment, encode(list(except_for)).decode(), limit),
        )
        return [PendingEvent(*row) for row in rows]

    def next_due(self) -> float | None:
        """When the next pending event is due."""
        row = self._db.execute("SELECT min(due_at) FROM event WHERE due_at IS NOT NULL").fetchone()
        return None if row is None else row[0]

    def settle_events(self, outcomes: list[tuple[float | None, int]]) -> None:
        """Records attempts as ``(due again at | None, seq)``; None ends the event's delivery."""
        with self.transaction():
            self._db.executemany("UPDATE event SET due_at = ?, attempts = attempts + 1 WHERE seq = ?", outcomes)

    def drop_pending_events(self) -> None:
        """Gives up every pending delivery, as when an endpoint is switched off."""
        self._db.execute("UPDATE event SET due_at = NULL WHERE due_at IS NOT NULL")

    def events(self, limit: int, kinds: list[str], after: str | None = None) -> list[Json]:
        """The latest events, newest first, of some types if any are named, older than ``after`` (an event's id)."""
        rows = self._db.execute(
            "SELECT body FROM event WHERE (?1 = '[]' OR type IN (SELECT value FROM json_each(?1)))"
            " AND (?2 IS NULL OR seq < (SELECT seq FROM event WHERE id = ?2)) ORDER BY seq DESC LIMIT ?3",
            (encode(kinds).decode(), after, limit),
        )
        return [_decode(row[0]) for row in rows]

    def event(self, event_id: str) -> Json | None:
        """One event."""
        row = self._db.execute("SELECT body FROM event WHERE id = ?", (event_id,)).fetchone()
        return None if row is None else _decode(row[0])

    def pending_count(self) -> int:
        """How many events wait for their endpoint."""
        count: int = self._db.execute("SELECT count(*) FROM event WHERE due_at IS NOT NULL").fetchone()[0]
        return count

    def prune(self, moment: int) -> None:
        """Forgets stored answers after 24 hours, as Stripe may, and delivered events after 30 days."""
        with self.transaction():
            self._db.execute("DELETE FROM answer WHERE created < ?", (moment - ANSWERS_S,))
            self._db.execute("DELETE FROM event WHERE due_at IS NULL AND created < ?", (moment - 30 * 24 * 3600,))


_SEQ_OF = "(SELECT seq FROM object WHERE id = ?)"
_COMPARE = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
