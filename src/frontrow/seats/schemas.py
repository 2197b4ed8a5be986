"""Shapes of holds and snapshots on the wire."""

import uuid
from datetime import datetime

import msgspec
from pydantic import BaseModel, Field, StrictInt

from frontrow.core import clock
from frontrow.seats.actions import Held
from frontrow.seats.queries import HoldView, Snapshot


class HoldRequest(BaseModel):
    """Which seats to hold, by number; all or none."""

    seats: list[StrictInt] = Field(min_length=1, max_length=50)


class HeldSeat(BaseModel):
    seat_no: int
    section: str
    row: str
    label: str
    category: str
    ticket_type_id: uuid.UUID
    amount: int
    fee: int
    total: int


class Hold(BaseModel):
    """Money in minor units of ``currency``; ``total`` is what all the seats cost, fees included."""

    id: uuid.UUID
    performance_id: uuid.UUID
    state: str
    seats: list[HeldSeat]
    total: int
    currency: str
    created_at: datetime
    expires_at: datetime
    server_time: datetime


class SeatSnapshot(BaseModel):
    """``states[i]`` (f free, h held, s sold, b blocked) and ``fences[i]`` belong to seat number i+1."""

    performance_id: uuid.UUID
    digest: str
    states: str
    fences: list[int]


def encode_hold(held: Held | HoldView) -> bytes:
    """A hold as JSON. Its places are JSON already, made by the statement that held them."""
    if isinstance(held, Held):
        hold_id, state = held.hold_id, "active"
    else:
        hold_id, state = held.id, "expired" if held.lapsed else held.state
    places = msgspec.json.decode(held.places)
    return msgspec.json.encode(
        {
            "id": hold_id,
            "performance_id": held.performance_id,
            "state": state,
            "seats": msgspec.Raw(held.places.encode()),
            "total": sum(place["total"] for place in places),
            "currency": held.currency,
            "created_at": held.created_at,
            "expires_at": held.expires_at,
            "server_time": clock.now(),
        }
    )


def encode_snapshot(seen: Snapshot) -> bytes:
    return msgspec.json.encode(
        {"performance_id": seen.performance_id, "digest": seen.digest, "states": seen.states, "fences": seen.fences}
    )
