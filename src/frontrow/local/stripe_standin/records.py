"""What the ledger's parts hand to each other: the tables, what is read from them, and what a transaction wrote."""

import msgspec

from frontrow.local.stripe_standin.errors import Json
from frontrow.local.stripe_standin.outbox import PendingEvent
from frontrow.local.stripe_standin.writes import Write

SCHEMA = """
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
decode = msgspec.json.Decoder().decode


class Answer(msgspec.Struct, frozen=True):
    """What was answered the first time an idempotency key was used."""

    endpoint: str
    fingerprint: bytes
    request_id: str
    status: int
    body: bytes


class Page(msgspec.Struct, frozen=True):
    """One page of a list, newest first."""

    items: list[Json]
    has_more: bool


class Transaction:
    """An open one."""

    def __init__(self) -> None:
        self.writes: list[Write] = []
        self.objects: dict[str, tuple[str, bytes]] = {}
        self.answers: dict[str, Answer] = {}
        self.events: list[tuple[PendingEvent, float]] = []
        self.steps: dict[str, tuple[str, float] | None] = {}

    def undo(self) -> None:
        """Forget what was written so far; it goes on as a new one."""
        self.writes.clear()
        self.objects.clear()
        self.answers.clear()
        self.events.clear()
        self.steps.clear()
