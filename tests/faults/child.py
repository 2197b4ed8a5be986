"""A process that forks one for each death: what is imported is paid for once, and every child starts alike.

    python -m tests.faults.child <secrets.json>

A line of JSON in, ``{"settings": …, "plan": …, "kill_at": 7, "expected": "hold/commit"}``; a line out,
``{"code": 9, "passed": []}``. The children speak to Stripe and the mail server over wires on ports of their own.
The fork happens before any event loop, connection or thread exists: app and worker are opened before it, but connect to
nothing before they're used.
"""

import asyncio
import gc
import json
import os
import sys
import traceback
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

# Both are else imported at a first call, which would be once a child and half of its work.
import anyio._backends._asyncio  # noqa: F401
import httpcore  # noqa: F401
from fastapi import FastAPI

from frontrow.app import create_app
from frontrow.core.log import set_up_logging
from frontrow.core.settings import Settings
from frontrow.wiring import House, open_house
from tests.faults import after_sale
from tests.faults.boundaries import Boundaries, wire
from tests.faults.purchase import Plan, Till

FINISHED = 0
FAILED = 1


@dataclass(frozen=True)
class Opened:
    """App and worker that haven't connected to anything yet."""

    settings: Settings
    app: FastAPI
    worker: House


@lru_cache(maxsize=1)
def opened(settings: str) -> Opened:
    """By the settings' JSON; all deaths of a test share them."""
    read = Settings.model_validate_json(settings)
    return Opened(read, create_app(read), open_house(read, "worker"))


async def live(till: Opened, errand: dict[str, Any], secrets: dict[str, str], tell: int) -> None:
    """One till's life: a purchase, or a deed of staff; every statement and word outside is counted, and perhaps a death
    is died."""
    boundaries, outside = Boundaries(errand["kill_at"], errand["expected"]), errand["outside"]
    async with (
        wire(outside["stripe"], "stripe", boundaries) as stripe_port,
        wire(outside["mail"], "smtp", boundaries) as till.settings.mail.port,
    ):
        # The gateways read their addresses when they are first used.
        till.settings.stripe.api_base = f"http://127.0.0.1:{stripe_port}"
        for runtime in (till.app.state.runtime, till.worker.runtime):
            runtime.db.boundary = boundaries
        one = Till(till.app, till.worker, f"http://127.0.0.1:{outside['stripe']}", secrets)
        if "deed" in errand:
            await after_sale.do(one, after_sale.deed_from(errand["deed"]), boundaries)
        else:
            await one.purchase(Plan(**errand["plan"]), boundaries)
        os.write(tell, json.dumps(boundaries.passed).encode())
        # No good-byes: the next child doesn't profit by them.
        os._exit(FINISHED)


def _die_or_tell(till: Opened, errand: dict[str, Any], secrets: dict[str, str], tell: int) -> None:
    """Never returns: this is the child."""
    try:
        asyncio.run(live(till, errand, secrets, tell))
    except BaseException:
        traceback.print_exc()
        os.write(tell, json.dumps(traceback.format_exc().splitlines()[-1:]).encode())
    finally:
        sys.stderr.flush()
        os._exit(FAILED)


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever prints, prints to the log
    secrets = json.loads(Path(sys.argv[1]).read_text())
    set_up_logging("app", "WARNING")
    for line in sys.stdin:
        errand = json.loads(line)
        till = opened(json.dumps(errand["settings"]))
        # What is here stays: a child's collections needn't look through it, and so needn't copy it.
        gc.freeze()
        hear, tell = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(hear)
            _die_or_tell(till, errand, secrets, tell)
        os.close(tell)
        with os.fdopen(hear, "rb") as said:
            passed = said.read()
        _, status = os.waitpid(child, 0)
        answers.write(
            json.dumps({"code": os.waitstatus_to_exitcode(status), "passed": json.loads(passed or b"[]")}) + "\n"
        )


if __name__ == "__main__":
    main()
