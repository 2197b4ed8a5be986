"""What the browser draws a house from."""

from typing import Literal

from pydantic import BaseModel


class SeatMapStage(BaseModel):
    x: float
    y: float
    width: float
    height: float
    label: str


class SeatMapRow(BaseModel):
    """A seat is ``[seat_no, label, x, y, kind]``; kind 0 is numbered, 1 a wheelchair place, 2 its companion's."""

    label: str
    category: str
    seats: list[tuple[int, str, float, float, int]]


class SeatMapSection(BaseModel):
    name: str
    rows: list[SeatMapRow]
    label_at: tuple[float, float]


class SeatMapArea(BaseModel):
    name: str
    category: str
    first_seat_no: int
    capacity: int
    polygon: list[tuple[float, float]]


class SeatMap(BaseModel):
    """An immutable version of a map; 10 units are one seat pitch, y grows away from the stage."""

    format: Literal["frontrow-seatmap"]
    version: int
    name: str
    width: float
    height: float
    stage: SeatMapStage | None
    sections: list[SeatMapSection]
    areas: list[SeatMapArea]
    seat_count: int
