"""A load on a stage: it asks first whether the stage is one's own, and it tells refusals from work."""

import uuid

import pytest
from bench.visitors import Load, NotConfirmedError, Seen, Visitor, main, require_confirmed, visit

from tests.factories.stack import Stage


@pytest.mark.parametrize("confirmed", [None, "", "example.org", "staging.example.org.evil.example"])
def test_a_host_that_was_not_named_twice_gets_no_load(confirmed: str | None) -> None:
    with pytest.raises(NotConfirmedError, match="only when you say that it is yours"):
        require_confirmed("https://staging.example.org", confirmed)


def test_a_host_that_was_named_twice_and_this_machine_do() -> None:
    require_confirmed("https://staging.example.org", "staging.example.org")
    require_confirmed("http://127.0.0.1:8000", None)


def test_the_command_refuses_before_it_asks_anything(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["https://staging.invalid"]) == 2
    assert "--confirm staging.invalid" in capsys.readouterr().out


async def test_visitors_hold_seats_and_let_them_go(stage: Stage) -> None:
    seen = await visit(Load(stage.origin, buyers=3, seconds=1.5, ramp_s=0.1, pause_s=0.01))
    assert {"me", "list", "event", "seats", "hold", "release"} <= set(seen.ms)
    assert not seen.broken
    assert all(one.startswith("hold 409") for one in seen.refused), seen.refused
    lines = "\n".join(seen.lines())
    assert "hold" in lines
    assert "connections lost: 0" in lines


async def test_what_is_refused_is_counted_and_named(stage: Stage) -> None:
    seen = Seen()
    visitor = Visitor(Load(stage.origin, pause_s=0), seen, ends=0)
    async with visitor.connected():
        answer = await visitor.ask("hold", "POST", f"/api/performances/{uuid.uuid4()}/holds", {"seats": [1]})
    assert answer.status == 404
    assert seen.refused == {"hold 404 not_found": 1}
    assert seen.ms.keys() == {"me"}
