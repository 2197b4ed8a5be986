"""Steps that objects take by themselves after a while: pending refunds, a bank's debit, a dispute.

What is to come stands in the ledger, so a stand-in that was killed goes on with it.
"""

import asyncio
import logging
import time

from frontrow.local.stripe_standin import events, payment, refunds
from frontrow.local.stripe_standin.calls import Call
from frontrow.local.stripe_standin.deliveries import Deliverer
from frontrow.local.stripe_standin.errors import StripeError
from frontrow.local.stripe_standin.faults import FaultBoard
from frontrow.local.stripe_standin.form import Params
from frontrow.local.stripe_standin.store import Store

log = logging.getLogger("frontrow.stripe_standin")

_LOOK_SECONDS = 0.1


class Clockwork:
    """Takes the steps that are due."""

    def __init__(self, store: Store, board: FaultBoard, deliverer: Deliverer) -> None:
        self._store = store
        self._board = board
        self._deliverer = deliverer

    async def run(self) -> None:
        """Works until cancelled."""
        while True:
            self.step(time.time())
            await asyncio.sleep(_LOOK_SECONDS)

    def step(self, moment: float) -> int:
        """Takes what is due by ``moment`` (seconds since 1970); returns how many steps that were."""
        due = self._store.due_steps(moment)
        for object_id, step in due:
            with self._store.transaction():
                try:
                    self._take(object_id, step)
                except StripeError:
                    # One impossible step must not stop the others; it is dropped.
                    log.exception("%s of %s", step, object_id)
                self._store.taken(object_id)
        if due:
            self._deliverer.wake()
        return len(due)

    def _take(self, object_id: str, step: str) -> None:
        call = Call(self._store, Params({}), object_id, False, "", None, "", self._board)
        match step:
            case "refund.succeed" | "refund.fail":
                refunds.settle(call, call.load("refund"), succeeded=step == "refund.succeed")
            case "intent.succeed" | "intent.fail":
                document = call.load("payment_intent")
                if document["status"] == "processing":
                    payment.settle(call, document, succeeded=step == "intent.succeed")
            case "dispute":
                events.open_dispute(call, call.load("charge"))
