"""The timer door of events."""

from frontrow.core.jobs import Handler, Timer
from frontrow.core.runtime import Runtime
from frontrow.events.actions import learn_words
from frontrow.gateways.hub import Gateways

LEARN_EVERY_S = 5.0


def handlers(rt: Runtime, gw: Gateways) -> dict[str, Handler]:
    return {}


def timers(rt: Runtime, gw: Gateways) -> list[Timer]:
    async def learn() -> None:
        while await rt.db.write(learn_words):
            pass

    return [Timer("events.words", LEARN_EVERY_S, learn)]
