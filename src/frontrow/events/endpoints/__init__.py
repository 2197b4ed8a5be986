"""The public doors of what is on, and the organiser's. Public answers are the same for everybody, so they are kept
encoded a while."""

from fastapi import APIRouter

from frontrow.events.endpoints.catalogue import router as catalogue
from frontrow.events.endpoints.details import router as details
from frontrow.events.endpoints.heads import router as heads
from frontrow.events.endpoints.seatmaps import router as seatmaps
from frontrow.events.endpoints.selling import router as selling

router = APIRouter(tags=["events"])
for part in (catalogue, details, heads, seatmaps, selling):
    router.include_router(part)
