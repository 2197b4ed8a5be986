"""Shapes of tickets and of the door on the wire."""

import uuid
from datetime import datetime

from pydantic import BaseModel, Field

from frontrow.tickets.actions.scan import Scan
from frontrow.tickets.queries import DoorPerformance as DoorPerformanceView
from frontrow.tickets.rules import Verdict


class TicketKey(BaseModel):
    """An Ed25519 key as RFC 8037 writes it; ``x`` is the public key in URL-safe base64."""

    kty: str
    crv: str
    x: str
    kid: str
    use: str
    alg: str


class TicketKeys(BaseModel):
    keys: list[TicketKey]


class ScanRequest(BaseModel):
    """``scan_id`` is the scanner's own: a scan that is sent twice, because its answer was lost, gets one answer."""

    code: str = Field(max_length=1000)
    performance_id: uuid.UUID
    gate: str = Field(default="", max_length=80)
    scan_id: uuid.UUID | None = None


class ScannedTicket(BaseModel):
    section: str
    row: str
    label: str
    holder_name: str
    order_code: str


class ScanResult(BaseModel):
    result: Verdict
    message: str
    ticket: ScannedTicket | None
    used_at: datetime | None


class DoorPerformance(BaseModel):
    id: uuid.UUID
    event_title: str
    starts_at: datetime
    timezone: str
    venue_name: str
    admitted: int
    sold: int


class DoorPerformances(BaseModel):
    items: list[DoorPerformance]


def scan_result(scan: Scan) -> ScanResult:
    shown = scan.ticket
    return ScanResult(
        result=scan.verdict,
        message=scan.message,
        ticket=ScannedTicket(
            section=shown.section,
            row=shown.row,
            label=shown.label,
            holder_name=shown.holder_name,
            order_code=shown.order_code,
        )
        if shown is not None
        else None,
        used_at=scan.used_at,
    )


def door_performances_of(views: list[DoorPerformanceView]) -> DoorPerformances:
    return DoorPerformances(items=[DoorPerformance(**vars(view)) for view in views])
