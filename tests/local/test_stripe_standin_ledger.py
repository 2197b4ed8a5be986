"""The stand-in's ledger: what is in the journal only, what a killed process leaves, and which event is sent next."""

import shutil
import time
from collections.abc import Collection
from pathlib import Path

import pytest

from frontrow.local.stripe_standin import outbox, shapes
from frontrow.local.stripe_standin.outbox import MOST_AT_HAND, Outbox, PendingEvent
from frontrow.local.stripe_standin.records import Answer
from frontrow.local.stripe_standin.store import Store
from frontrow.local.stripe_standin.writes import Op, merged

Json = dict[str, object]


def request(store: Store, order: str) -> Json:
    """One request's writes: an intent that is changed, its answer, and an event."""
    with store.transaction():
        document = shapes.intent(4200, "eur", metadata={"order": order})
        store.add(document)
        document["status"] = "requires_capture"
        store.save(document)
        store.keep_answer(order, Answer("/v1/x", b"same", "req_1", 200, b"{}"), shapes.now())
        event_id = shapes.new_id("evt")
        store.add_event({"id": event_id, "type": "x", "created": 1, "data": {"order": order}}, time.time())
    return document


def left_by_a_kill(path: Path, to: Path) -> Path:
    """The files as they are at this moment, opened by nobody."""
    to.mkdir()
    for file in path.parent.glob(path.name + "*"):
        shutil.copy(file, to / file.name)
    return to / path.name


def journal(path: Path) -> Path:
    return path.with_name(path.name + "-requests")


def orders(store: Store) -> list[object]:
    found = store.page("payment_intent", limit=100).items
    assert [store.by_metadata("order", item["metadata"]["order"]) for item in found] == [[item] for item in found]
    return [item["metadata"]["order"] for item in reversed(found)]


def test_what_only_the_journal_has_is_there_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    store = Store(path)
    first, second = request(store, "a"), request(store, "b")
    again = Store(left_by_a_kill(path, tmp_path / "killed"))
    assert again.get("payment_intent", str(first["id"])) == first
    assert again.get("payment_intent", str(second["id"])) == second
    assert again.answer("a") == store.answer("a")
    assert orders(again) == ["a", "b"]
    assert again.pending_count() == 2
    # And once more, with what came since on top of it.
    request(again, "c")
    third = Store(left_by_a_kill(tmp_path / "killed" / path.name, tmp_path / "twice"))
    assert orders(third) == ["a", "b", "c"]
    assert [event["data"]["order"] for event in third.events(10, [])] == ["c", "b", "a"]


def test_half_a_record_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    store = Store(path)
    request(store, "a")
    request(store, "b")
    killed = left_by_a_kill(path, tmp_path / "killed")
    with journal(killed).open("r+b") as file:
        file.truncate(journal(killed).stat().st_size - 3)
    again = Store(killed)
    assert orders(again) == ["a"]
    assert journal(killed).stat().st_size == 0
    request(again, "c")
    assert orders(Store(left_by_a_kill(killed, tmp_path / "twice"))) == ["a", "c"]


def test_a_journal_whose_writes_the_database_has_already_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    store = Store(path)
    request(store, "a")
    kept = journal(path).read_bytes()
    store.flush()
    assert journal(path).read_bytes() == b""
    killed = left_by_a_kill(path, tmp_path / "killed")
    journal(killed).write_bytes(kept)
    assert orders(Store(killed)) == ["a"]


def fail(store: Store) -> None:
    with store.transaction():
        store.add(shapes.intent(1, "eur", metadata={"order": "x"}))
        raise LookupError


def look_too_early(store: Store) -> None:
    with store.transaction():
        store.add(shapes.intent(1, "eur", metadata={"order": "w"}))
        orders(store)


def test_what_failed_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "ledger.sqlite")
    with pytest.raises(LookupError):
        fail(store)
    with store.transaction() as transaction:
        store.add(shapes.intent(1, "eur", metadata={"order": "y"}))
        transaction.undo()
        store.add(shapes.intent(1, "eur", metadata={"order": "z"}))
    assert orders(store) == ["z"]
    with pytest.raises(RuntimeError):
        look_too_early(store)
    assert orders(store) == ["z"]


def test_an_attempt_is_settled_with_the_next_request(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    store = Store(path)
    request(store, "a")
    [event] = store.outbox.take(time.time(), 16, ())
    store.settle_event(event.seq, None)
    request(store, "b")
    again = Store(left_by_a_kill(path, tmp_path / "killed"))
    assert [b'"b"' in waiting.body for waiting in again.outbox.take(time.time(), 16, ())] == [True]


def test_what_is_new_is_written_once() -> None:
    assert merged(
        [
            (Op.ADD, ["pi_1", "payment_intent", None, 1, b"1"]),
            (Op.EVENT, [1, "evt_1", "x", 1, b"", 1.0, 0]),
            (Op.SAVE, ["pi_1", b"2"]),
            (Op.SAVE, ["pi_0", b"1"]),
            (Op.SETTLE, [1, 9.0]),
            (Op.SETTLE, [1, None]),
            (Op.SAVE, ["pi_0", b"2"]),
            (Op.DROP, []),
            (Op.SETTLE, [1, 9.0]),
        ]
    ) == [
        (Op.ADD, ["pi_1", "payment_intent", None, 1, b"2"]),
        (Op.EVENT, [1, "evt_1", "x", 1, b"", None, 2]),
        (Op.SAVE, ["pi_0", b"2"]),
        (Op.DROP, []),
        (Op.SETTLE, [1, 9.0]),
    ]


class Waiting:
    """A ledger of events, each with the time at which it is due."""

    def __init__(self) -> None:
        self.due: dict[int, float] = {}
        self.looks = 0
        self.outbox = Outbox(self._look, self._next_after)

    def _look(self, moment: float, limit: int, under_way: Collection[int]) -> list[PendingEvent]:
        self.looks += 1
        due = sorted((at, seq) for seq, at in self.due.items() if at <= moment and seq not in under_way)
        return [PendingEvent(seq, "", b"", 0) for _, seq in due[:limit]]

    def _next_after(self, moment: float) -> float | None:
        return min((at for at in self.due.values() if at > moment), default=None)

    def announce(self, seq: int, at: float) -> None:
        self.due[seq] = at
        self.outbox.announce(PendingEvent(seq, "", b"", 0), at, at)

    def take(self, moment: float, limit: int = 16) -> list[int]:
        seqs = [event.seq for event in self.outbox.take(moment, limit, ())]
        for seq in seqs:
            del self.due[seq]
        return seqs


def test_new_events_need_no_look_into_the_ledger() -> None:
    waiting = Waiting()
    assert waiting.take(0) == []
    for seq in range(100):
        waiting.announce(seq, seq)
        assert waiting.take(seq) == [seq]
    assert waiting.looks == 1


def test_no_event_overtakes_those_that_were_too_many_to_keep_at_hand() -> None:
    waiting = Waiting()
    every = 3 * MOST_AT_HAND + 7
    for seq in range(every):
        waiting.announce(seq, seq)
    taken: list[int] = []
    while len(taken) < every + 50:
        taken += waiting.take(every)
        if len(taken) % 160 == 0 and len(waiting.due):
            waiting.announce(every + len(taken), every)
        if not waiting.due:
            break
    assert taken == sorted(taken)
    assert len(taken) > every
    assert waiting.looks < 8


def test_what_is_due_later_comes_later() -> None:
    waiting = Waiting()
    waiting.due = {7: 5.0}
    assert waiting.take(0) == []
    waiting.outbox.announce(PendingEvent(8, "", b"", 0), 3.0, 0.0)
    waiting.due[8] = 3.0
    waiting.announce(9, 1.0)
    assert waiting.outbox.next_at() == 3.0
    assert [waiting.take(moment) for moment in (1, 2, 3, 4, 5)] == [[9], [], [8], [], [7]]
    assert waiting.outbox.next_at() is None
    assert outbox.Outbox(waiting._look, waiting._next_after).clear()
