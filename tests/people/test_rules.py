"""Addresses, names, refresh tokens, teams, and the hashing pool."""

import asyncio
import base64
import time
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontrow.core.db import Tx
from frontrow.core.errors import Busy, InvalidRequest, NotFound
from frontrow.core.runtime import Runtime
from frontrow.people import queries, rules
from frontrow.people.access import staff_of
from frontrow.people.actions import accounts, passwords
from frontrow.people.actions.passwords import Passwords
from tests.factories.house import House
from tests.people.conftest import QUICK

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy


def test_addresses_have_one_form() -> None:
    assert rules.clean_email("  Anna@FrontRow.Example ") == "anna@frontrow.example"
    assert rules.clean_email("a@bücher.example") == "a@xn--bcher-kva.example"
    for bad in ("anna", "anna@", "a@b", "a@b.example,c@d.example", "a\0@b.example", "ä@b.example", "a@b.example\n\nx"):
        with pytest.raises(InvalidRequest):
            rules.clean_email(bad)


@UNHURRIED
@given(st.emails())
def test_cleaning_an_address_twice_changes_nothing(email: str) -> None:
    try:
        once = rules.clean_email(email)
    except InvalidRequest:
        return
    assert rules.clean_email(once) == once == once.lower()


@UNHURRIED
@given(st.text(max_size=150))
def test_names_fit_on_one_line(raw: str) -> None:
    try:
        name = rules.clean_name(raw)
    except InvalidRequest:
        return
    assert 1 <= len(name) <= 100
    assert name.isprintable() or not any(letter in name for letter in "\r\n\t\0\u202e\u2028")
    assert rules.clean_name(name) == name


def test_the_buyers_id_does_not_tell_the_cookie() -> None:
    assert rules.buyer_id("a") == rules.buyer_id("a") != rules.buyer_id("b")


def test_refresh_tokens_follow_each_other_for_who_knows_the_key() -> None:
    session = uuid.uuid4()
    first = rules.first_refresh_token(session)
    second = rules.next_refresh_token(b"pepper", first)
    assert rules.session_of(first) == rules.session_of(second) == session
    assert second == rules.next_refresh_token(b"pepper", first)
    assert second != rules.next_refresh_token(b"salt", first)
    assert len(base64.urlsafe_b64decode(second.partition(".")[2] + "=")) == 32


@UNHURRIED
@given(st.text(max_size=120))
def test_no_text_breaks_the_reading_of_a_refresh_token(text: str) -> None:
    rules.session_of(text)
    rules.token_hash(text)


async def test_roles_in_a_team(rt: Runtime, house: House) -> None:
    async def work(tx: Tx) -> uuid.UUID:
        user = await accounts.create_user(tx, "door@frontrow.example", "Door", None)
        assert user is not None
        other = await accounts.create_organiser(tx, "other", "Other House")
        await accounts.set_role(tx, other, user, "owner")
        await accounts.set_role(tx, house.organiser_id, user, "manager")
        await accounts.set_role(tx, house.organiser_id, user, "door")
        return user

    user = await rt.db.write(work)
    assert await rt.db.read(lambda tx: staff_of(tx, user, house.organiser_id)) == "door"
    with pytest.raises(NotFound):
        await rt.db.read(lambda tx: staff_of(tx, user, house.organiser_id, ("owner", "manager")))
    with pytest.raises(NotFound):
        await rt.db.read(lambda tx: staff_of(tx, uuid.uuid4(), house.organiser_id))
    person = await rt.db.read(lambda tx: queries.person(tx, user))
    assert person is not None
    assert [(team.slug, team.role) for team in person.organisers] == [("other", "owner"), ("org-an-evening", "door")]
    found = await rt.db.read(lambda tx: queries.organisers_with_role(tx, user, ("door",)))
    assert found == [house.organiser_id]


async def test_an_unknown_account_costs_the_same_work() -> None:
    pool = Passwords(threads=1)
    stored = await pool.hash("a-real-password")

    async def fastest(given: str | None) -> float:
        """Seconds of this process's work; what else the machine does is no part of it."""
        times = []
        for _ in range(3):
            started = time.process_time()
            assert not await pool.check(given, "a-wrong-password")
            times.append(time.process_time() - started)
        return min(times)

    known, unknown = await fastest(stored), await fastest(None)
    assert 1 / 3 < known / unknown < 3
    assert await pool.check(stored, "a-real-password")
    assert not await pool.check("not a hash", "a-real-password")
    pool.close()


async def test_too_many_waiting_are_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAITING_MAX", 3)
    pool = Passwords(QUICK, threads=1)
    answers = await asyncio.gather(*(pool.hash("password") for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(answer, Busy) for answer in answers) == 7
    assert sum(isinstance(answer, str) for answer in answers) == 3
    pool.close()
