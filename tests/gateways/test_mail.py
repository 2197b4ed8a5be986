"""The three answers of a mail server: taken, refused for good, not now."""

import asyncio
import json
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from frontrow.core.runtime import Runtime
from frontrow.core.secrets import FileSecrets
from frontrow.core.settings import MailSettings
from frontrow.gateways import mail
from frontrow.gateways.breaker import Breaker
from frontrow.gateways.mail import MailGateway, MailRefused, MailUnavailable
from tests.factories.smtp import MailServer


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    made = await MailServer().start()
    yield made
    await made.stop()


def gateway(rt: Runtime, server: MailServer, secrets: FileSecrets | None = None, **options: Any) -> MailGateway:
    settings = MailSettings(port=server.port, **{"timeout_s": 2.0, **options})
    breaker = Breaker("mail", rt.redis, is_answer=mail.is_answer, slow_s=settings.timeout_s + 1)
    return MailGateway(settings, secrets or FileSecrets(Path("none")), breaker)


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Frontrow <tickets@frontrow.example>"
    message["To"] = "Ben <ben@frontrow.example>"
    message["Subject"] = "Grüße aus dem Theater"
    message.set_content("Ein Brief. 🎭\n.\nNach dem Punkt.")
    return message


async def test_a_letter_arrives_whole(rt: Runtime, server: MailServer) -> None:
    said = await gateway(rt, server).send(letter())
    assert said == "taken"
    assert server.letters[0]["Subject"] == "Grüße aus dem Theater"
    assert server.letters[0].get_content().replace("\r\n", "\n").rstrip() == "Ein Brief. 🎭\n.\nNach dem Punkt."


@pytest.mark.parametrize("answer", ["550 no such mailbox", "553 not allowed"])
async def test_refused_for_good(rt: Runtime, server: MailServer, answer: str) -> None:
    server.answer_to_rcpt = answer
    door = gateway(rt, server)
    for _ in range(6):
        with pytest.raises(MailRefused) as refused:
            await door.send(letter())
        assert refused.value.code == int(answer[:3])
    assert await door.breaker.status() == "closed"
    server.answer_to_rcpt, server.answer_to_data = None, "554 looks like spam"
    with pytest.raises(MailRefused):
        await door.send(letter())


@pytest.mark.parametrize("part", ["answer_to_rcpt", "answer_to_data"])
async def test_not_now(rt: Runtime, server: MailServer, part: str) -> None:
    setattr(server, part, "451 try again later")
    door = gateway(rt, server)
    with pytest.raises(MailUnavailable):
        await door.send(letter())
    setattr(server, part, None)
    assert await door.send(letter()) == "taken"


async def test_nobody_there_opens_the_breaker(rt: Runtime, server: MailServer) -> None:
    await server.stop()
    door = gateway(rt, server)
    for _ in range(5):
        with pytest.raises(MailUnavailable):
            await door.send(letter())
    assert await door.breaker.status() == "open"
    await server.start()
    with pytest.raises(MailUnavailable, match="BreakerOpen"):
        await door.send(letter())


async def test_a_silent_server_is_given_up(rt: Runtime, server: MailServer) -> None:
    server.hang = True
    with pytest.raises(MailUnavailable):
        await gateway(rt, server, timeout_s=0.2).send(letter())


async def test_log_in_with_a_password_that_is_rotated(rt: Runtime, server: MailServer, tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps({"smtp_password": "the-first-one"}))
    server.password = b"the-first-one"
    door = gateway(rt, server, FileSecrets(file), username="frontrow")
    assert await door.send(letter()) == "taken"
    server.password = b"the-second-one"
    file.write_text(json.dumps({"smtp_password": "the-second-one"}))
    with pytest.raises(MailUnavailable):
        await door.send(letter())
    assert await door.send(letter()) == "taken"


async def test_many_at_once(rt: Runtime, server: MailServer) -> None:
    door = gateway(rt, server, timeout_s=10)
    await asyncio.gather(*(door.send(letter()) for _ in range(40)))
    assert len(server.letters) == 40
