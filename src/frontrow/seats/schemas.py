"""Shapes of holds and snapshots on the wire."""

import uuid
from datetime import datetime
from typing import Annotated, Self

import msgspec
from pydantic import AfterValidator, BaseModel, Field, StrictBool, StrictInt, StrictStr, model_validator

from frontrow.core import clock
from frontrow.seats.actions import Best, Held, Standing
from frontrow.seats.queries import HoldView, Snapshot


def _printable(words: str) -> str:
    """PostgreSQL's text has no NUL, and no half of a surrogate pair."""
    if not words.isprintable():
        raise ValueError("has characters that can't be printed")
    return words


Words = Annotated[StrictStr, AfterValidator(_printable)]
Count = Annotated[StrictInt, Field(ge=1, le=50)]


class BestWanted(BaseModel):
    """The best ``count`` seats next to each other: nearest to the middle of the stage's front edge, sideways counting
    double, of one price category or any. None that would leave a single free seat alone, while another choice exists.

    ``accessible``: with a wheelchair place among them. ``split``: in several blocks if no single one is left.
    """

    count: Count
    category: Annotated[Words, Field(min_length=1, max_length=4)] | None = None
    accessible: StrictBool = False
    split: StrictBool = False


class StandingWanted(BaseModel):
    """Any ``count`` places of a standing area."""

    section: Annotated[Words, Field(min_length=1, max_length=200)]
    count: Count


class HoldRequest(BaseModel):
    """What to hold, all or none: ``seats`` by number, the ``best`` ones together, or ``standing`` places. One of the
    three."""

    seats: list[StrictInt] | None = Field(default=None, min_length=1, max_length=50)
    best: BestWanted | None = None
    standing: StandingWanted | None = None

    @model_validator(mode="after")
    def one_of_three(self) -> Self:
        if [self.seats, self.best, self.standing].count(None) != 2:
            raise ValueError("name one of seats, best and standing")
        return self

    def wish(self) -> list[int] | Best | Standing:
        if self.best is not None:
            return Best(**self.best.model_dump())
        if self.standing is not None:
            return Standing(**self.standing.model_dump())
        return self.seats or []


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
    """Money in minor units of ``currency``; ``total`` is what all the seats cost, fees included.

    It ends at ``expires_at`` unless it is extended, and at ``cap_at`` in any case. ``leaves_single``: of best-available
    seats, a free one beside them is left alone, because there was no other choice of this size.
    """

    id: uuid.UUID
    performance_id: uuid.UUID
    state: str
    seats: list[HeldSeat]
    total: int
    currency: str
    created_at: datetime
    expires_at: datetime
    cap_at: datetime
    server_time: datetime
    leaves_single: bool


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
            "cap_at": held.cap_at,
            "server_time": clock.now(),
            "leaves_single": held.leaves_single,
        }
    )


def encode_snapshot(seen: Snapshot) -> bytes:
    return msgspec.json.encode(
        {"performance_id": seen.performance_id, "digest": seen.digest, "states": seen.states, "fences": seen.fences}
    )
