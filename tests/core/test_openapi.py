"""What the API's own document says of the ways in which its doors refuse."""

import re
from typing import Any

import pytest

from frontrow.app import create_app


@pytest.fixture(scope="module")
def doors() -> dict[tuple[str, str], dict[str, Any]]:
    """Each operation by verb and path."""
    paths = create_app().openapi()["paths"]
    return {(verb, path): told for path, verbs in paths.items() for verb, told in verbs.items()}


def codes(door: dict[str, Any]) -> set[str]:
    return {code for said in door["responses"].values() for code in re.findall(r"`(\w+)`", said["description"])}


def test_whoever_sends_a_key_is_told_that_it_finds_out_what_happened(
    doors: dict[tuple[str, str], dict[str, Any]],
) -> None:
    with_key = {
        door: codes(told)
        for door, told in doors.items()
        if any(one["name"] == "Idempotency-Key" for one in told.get("parameters", []))
    }
    assert len(with_key) > 5
    assert {door for door, said in with_key.items() if "outcome_unknown" not in said} == set()


def test_every_verb_on_holds_orders_and_money_may_lose_its_answer(
    doors: dict[tuple[str, str], dict[str, Any]],
) -> None:
    reads = {("post", "/api/holds/{hold_id}/quote")}
    changing = {
        door: codes(told)
        for door, told in doors.items()
        if door[0] != "get" and re.match(r"/api/(holds|orders)", door[1]) and door not in reads
    }
    assert {door for door, said in changing.items() if "outcome_unknown" not in said} == set()
