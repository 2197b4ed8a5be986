"""Whoever looks at the map of a performance that was cancelled is told so: at once, or with the next heartbeat."""

import pytest

from frontrow.core.runtime import Runtime
from frontrow.core.settings import RedisSettings, Settings
from frontrow.events.actions import cancel_event, cancel_performance
from frontrow.live import hub as hubs
from frontrow.live.hub import Hub
from tests.factories.house import House
from tests.live.served import Seen, watching
from tests.waiting import eventually


def told(page: Seen) -> int:
    return sum(frame["type"] == "cancelled" for frame in page.frames)


async def test_all_who_look_are_told_without_a_heartbeat(
    rt: Runtime, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "DIGEST_EVERY_S", 3600.0)
    hub = Hub(rt)
    try:
        async with watching(hub, house.performance_id) as one, watching(hub, house.performance_id) as two:
            await eventually(lambda: one.digest is not None)
            await rt.db.write(lambda tx: cancel_performance(tx, house.performance_id))
            await eventually(lambda: told(one) == told(two) == 1)
            # Who comes now is told, too, whatever page of the past they come from.
            async with watching(hub, house.performance_id) as late:
                await eventually(lambda: told(late) == 1)
    finally:
        await hub.close()


async def test_without_redis_the_heartbeat_tells_once(rt: Runtime, house: House, settings: Settings) -> None:
    nowhere = Runtime.open(settings.model_copy(update={"redis": RedisSettings(url="redis://127.0.0.1:1")}))
    hub = Hub(nowhere)
    try:
        async with watching(hub, house.performance_id) as page:
            await eventually(lambda: page.digest is not None)
            await nowhere.db.write(lambda tx: cancel_event(tx, house.event_id))
            await eventually(lambda: told(page) == 1, within=6)
            seen = len(page.frames)
            await eventually(lambda: len(page.frames) >= seen + 2, within=8)
            assert told(page) == 1
    finally:
        await hub.close()
        await nowhere.close()
