"""The HTTP doors of payments: ``till`` for orders and Stripe's news, ``evenings`` for cancelling what was sold."""

from fastapi import APIRouter

from frontrow.payments.endpoints.evenings import router as evenings
from frontrow.payments.endpoints.till import router as till

router = APIRouter()
for part in (till, evenings):
    router.include_router(part)
