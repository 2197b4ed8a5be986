"""The ledger on disk: every object, stored answer and pending event in one SQLite file.

A request is one transaction. It is written to a journal (see `writes`) without waiting for the disk, and goes into the
database a moment later: a killed process loses nothing that it answered, only a power cut could, and that is the trade
that thousands of purchases a minute need. What was written lately is read from memory; whoever asks for more than one
object by its id, or one answer by its key, reads the database, which first gets everything that waits for it.
"""

import sqlite3
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from frontrow.local.stripe_standin.errors import Json
from frontrow.local.stripe_standin.outbox import Outbox, PendingEvent
from frontrow.local.stripe_standin.records import SCHEMA, Answer, Page, Transaction, decode, encode
from frontrow.local.stripe_standin.writes import Op, Writes

MAX_PAGE = 100
ANSWERS_S = 24 * 3600


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
        self._db.executescript(SCHEMA)
        self._writes = Writes(self._db, path.with_name(path.name + "-requests"))
        self._open: Transaction | None = None
        # What was written since the last flush, and in the time before it.
        self._objects: dict[str, tuple[str, bytes]] = {}
        self._older: dict[str, tuple[str, bytes]] = {}
        self._answers: dict[str, Answer] = {}
        self._steps: dict[str, tuple[str, float]] = {
            row[0]: (row[1], row[2]) for row in self._db.execute("SELECT id, step, due_at FROM later")
        }
        self._seq: int = self._db.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()[0]
        self.outbox = Outbox(self._due_events, self._next_due)

    def close(self) -> None:
        """Folds everything into the file and closes it."""
        self._writes.close()
        self._db.close()

    def flush(self) -> None:
        """Brings the database up to date. Twice a second, and before it is read."""
        self._writes.flush()
        self._older, self._objects, self._answers = self._objects, {}, {}

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Everything inside is kept together or not at all."""
        if self._open is not None:
            raise RuntimeError("a transaction is open")
        made = self._open = Transaction()
        try:
            yield made
            self._writes.keep(made.writes)
        finally:
            self._open = None
        self._objects.update(made.objects)
        self._answers.update(made.answers)
        for object_id, step in made.steps.items():
            self._steps.pop(object_id, None)
            if step is not None:
                self._steps[object_id] = step
        moment = time.time()
        for event, due_at in made.events:
            self.outbox.announce(event, due_at, moment)

    def _read(self, sql: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        """From the database, once it is up to date."""
        if self._open is not None and self._open.writes:
            raise RuntimeError("the database doesn't know what this transaction wrote")
        self.flush()
        return self._db.execute(sql, values)

    @property
    def _now(self) -> Transaction:
        if self._open is None:
            raise RuntimeError("no transaction is open")
        return self._open

    # Objects

    def add(self, document: Json, parent: str | None = None) -> None:
        """Inserts a new object; its ``object`` field is its kind."""
        now, object_id, kind, body = self._now, document["id"], document["object"], encode(document)
        now.objects[object_id] = (kind, body)
        now.writes.append((Op.ADD, [object_id, kind, parent, document["created"], body]))
        if kind == "payment_intent" and document["metadata"]:
            self.index_metadata(document)

    def save(self, document: Json) -> None:
        """Replaces an object's body."""
        now, object_id, body = self._now, document["id"], encode(document)
        now.objects[object_id] = (document["object"], body)
        now.writes.append((Op.SAVE, [object_id, body]))

    def index_metadata(self, document: Json) -> None:
        """Makes a PaymentIntent findable by its metadata."""
        named = document["metadata"].items()
        self._now.writes += [(Op.NAME, [key, value, document["id"]]) for key, value in named]

    def drop_metadata(self, document: Json) -> None:
        """Forgets the metadata a PaymentIntent was findable by, before it is changed."""
        named = document["metadata"].items()
        self._now.writes += [(Op.UNNAME, [key, value, document["id"]]) for key, value in named]

    def get(self, kind: str, object_id: str) -> Json | None:
        """One object, or None when there is none of that kind."""
        body = self.body(kind, object_id)
        return None if body is None else decode(body)

    def body(self, kind: str, object_id: str) -> bytes | None:
        """One object as it was written."""
        found = None if self._open is None else self._open.objects.get(object_id)
        found = found or self._objects.get(object_id) or self._older.get(object_id)
        if found is None:
            found = self._db.execute("SELECT kind, body FROM object WHERE id = ?", (object_id,)).fetchone()
        return found[1] if found is not None and found[0] == kind else None

    def by_metadata(self, key: str, value: str) -> list[Json]:
        """PaymentIntents that carry this metadata, newest first (at most 1,000)."""
        rows = self._read(
            "SELECT o.body FROM metadata m JOIN object o ON o.id = m.id WHERE m.key = ? AND m.value = ?"
            " ORDER BY o.seq DESC LIMIT 1000",
            (key, value),
        )
        return [decode(row[0]) for row in rows]

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
        rows = self._read(sql, (*values, limit + 1)).fetchall()
        items = [decode(row[0]) for row in rows[:limit]]
        if before is not None:
            items.reverse()
        return Page(items, len(rows) > limit)

    def batches(self, kind: str, size: int = 500) -> Iterator[list[Json]]:
        """All objects of a kind, oldest first, a batch at a time so that memory stays flat."""
        seq = 0
        while rows := self._read(
            "SELECT seq, body FROM object WHERE kind = ? AND seq > ? ORDER BY seq LIMIT ?", (kind, seq, size)
        ).fetchall():
            seq = rows[-1][0]
            yield [decode(row[1]) for row in rows]

    # What comes later

    def schedule(self, object_id: str, step: str, due_at: float) -> None:
        """Notes a step that an object takes by itself at ``due_at`` (seconds since 1970)."""
        self._now.steps[object_id] = (step, due_at)
        self._now.writes.append((Op.SCHEDULE, [object_id, step, due_at]))

    def due_steps(self, moment: float) -> list[tuple[str, str]]:
        """Steps (object id, step) that are due, the earliest first."""
        if not self._steps:
            return []
        due = sorted((due_at, object_id, step) for object_id, (step, due_at) in self._steps.items() if due_at <= moment)
        return [(object_id, step) for _, object_id, step in due]

    def taken(self, object_id: str) -> None:
        """A step was taken; inside the transaction that took it."""
        self._now.steps[object_id] = None
        self._now.writes.append((Op.TAKEN, [object_id]))

    # Idempotency

    def answer(self, key: str) -> Answer | None:
        """The stored answer for a key, for 24 hours."""
        lately = self._answers.get(key)
        if lately is not None:
            return lately
        row = self._db.execute(
            "SELECT endpoint, fingerprint, request_id, status, body FROM answer WHERE key = ? AND created > ?",
            (key, time.time() - ANSWERS_S),
        ).fetchone()
        return None if row is None else Answer(*row)

    def keep_answer(self, key: str, answer: Answer, created: int) -> None:
        """Stores an answer; it takes the place of one that is past its time."""
        self._now.answers[key] = answer
        values = [key, answer.endpoint, answer.fingerprint, answer.request_id, answer.status, answer.body, created]
        self._now.writes.append((Op.ANSWER, values))

    # Events

    def add_event(self, document: Json, due_at: float | None) -> None:
        """Queues an event for delivery at ``due_at`` (seconds since 1970); None records it without delivering."""
        self._seq += 1
        body = encode(document)
        values = [self._seq, document["id"], document["type"], document["created"], body, due_at, 0]
        self._now.writes.append((Op.EVENT, values))
        if due_at is not None:
            self._now.events.append((PendingEvent(self._seq, document["id"], body, 0), due_at))

    def _due_events(self, moment: float, limit: int, except_for: Collection[int]) -> list[PendingEvent]:
        rows = self._read(
            "SELECT seq, id, body, attempts FROM event WHERE due_at <= ?"
            " AND seq NOT IN (SELECT value FROM json_each(?)) ORDER BY due_at, seq LIMIT ?",
            (moment, encode(list(except_for)).decode(), limit),
        )
        return [PendingEvent(*row) for row in rows]

    def _next_due(self, moment: float) -> float | None:
        row = self._read("SELECT min(due_at) FROM event WHERE due_at > ?", (moment,)).fetchone()
        return None if row is None else row[0]

    def settle_event(self, seq: int, again_at: float | None) -> None:
        """Records an attempt; None ends the event's delivery. Killed before that is durable, it is sent once more."""
        self._writes.put_off((Op.SETTLE, [seq, again_at]))
        if again_at is not None:
            self.outbox.again(again_at)

    def drop_pending_events(self) -> None:
        """Gives up every pending delivery, as when an endpoint is switched off."""
        if self.outbox.clear():
            self._writes.put_off((Op.DROP, []))

    def events(self, limit: int, kinds: list[str], after: str | None = None) -> list[Json]:
        """The latest events, newest first, of some types if any are named, older than ``after`` (an event's id)."""
        rows = self._read(
            "SELECT body FROM event WHERE (?1 = '[]' OR type IN (SELECT value FROM json_each(?1)))"
            " AND (?2 IS NULL OR seq < (SELECT seq FROM event WHERE id = ?2)) ORDER BY seq DESC LIMIT ?3",
            (encode(kinds).decode(), after, limit),
        )
        return [decode(row[0]) for row in rows]

    def event(self, event_id: str) -> Json | None:
        """One event."""
        row = self._read("SELECT body FROM event WHERE id = ?", (event_id,)).fetchone()
        return None if row is None else decode(row[0])

    def pending_count(self) -> int:
        """How many events wait for their endpoint."""
        count: int = self._read("SELECT count(*) FROM event WHERE due_at IS NOT NULL").fetchone()[0]
        return count

    def prune(self, moment: int) -> None:
        """Forgets stored answers after 24 hours, as Stripe may, and delivered events after 30 days."""
        self._read("DELETE FROM answer WHERE created < ?", (moment - ANSWERS_S,))
        self._read("DELETE FROM event WHERE due_at IS NULL AND created < ?", (moment - 30 * 24 * 3600,))


_SEQ_OF = "(SELECT seq FROM object WHERE id = ?)"
_COMPARE = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
