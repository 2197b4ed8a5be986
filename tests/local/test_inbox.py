"""The mail inbox: real SMTP in, page and JSON out; mails are files and survive a kill."""

import asyncio
import os
import secrets
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import httpx
import pytest

from tests.local.standin_process import free_port, wait_healthy

HTML = """<!doctype html><html><head><title>x</title></head><body>
<script>document.title = "owned"</script><img src="cid:logo@frontrow">
<p>Your <a href="https://frontrow.example/orders/1?token=a&amp;b=c">order</a></p></body></html>"""


@dataclass
class InboxProcess:
    directory: Path
    smtp_port: int = field(default_factory=free_port)
    http_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "frontrow.local.inbox", "--dir", str(self.directory)]
        command += ["--smtp-port", str(self.smtp_port), "--http-port", str(self.http_port)]
        self.process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
        wait_healthy(f"http://127.0.0.1:{self.http_port}/health", self.process)

    def end(self, how: signal.Signals = signal.SIGTERM) -> float:
        assert self.process is not None
        begun = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(60)
        return time.monotonic() - begun

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.http_port}")

    async def send(self, message: EmailMessage) -> None:
        await aiosmtplib.send(message, hostname="127.0.0.1", port=self.smtp_port)


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InboxProcess]:
    process = InboxProcess(tmp_path_factory.mktemp("inbox"))
    process.start()
    yield process
    assert process.end() < 2


def address() -> str:
    return f"{secrets.token_hex(4)}@frontrow.example"


def confirmation(to: str, subject: str = "Your tickets – Così fan tutte") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Frontrow <tickets@frontrow.example>"
    message["To"] = f"Ben Möller <{to}>"
    message["Subject"] = subject
    message["Message-ID"] = f"<order-{secrets.token_hex(4)}@frontrow.example>"
    message.set_content("Your order: https://frontrow.example/orders/1.\nGrüße")
    message.add_alternative(HTML, subtype="html")
    html_part = message.get_payload()[1]  # type: ignore[index]
    html_part.add_related(b"\x89PNG fake", "image", "png", cid="<logo@frontrow>")  # type: ignore[union-attr]
    message.add_attachment(b"%PDF-1.7 fake", "application", "pdf", filename="tickets \r\n “A”.pdf")
    return message


async def test_a_mail_is_listed_and_can_be_read_whole(inbox: InboxProcess) -> None:
    to = address()
    sent = confirmation(to)
    await inbox.send(sent)
    async with inbox.http() as http:
        found = (await http.get("/api/messages", params={"to": to.upper()})).json()
        assert found["total"] == 1
        line = found["items"][0]
        assert line["subject"] == "Your tickets – Così fan tutte"
        assert line["from"] == "Frontrow <tickets@frontrow.example>"
        assert line["to"] == [to]
        assert line["message_id"] == sent["Message-ID"]
        mail = (await http.get(f"/api/messages/{line['id']}")).json()
        assert "Grüße" in mail["text"]
        assert "<p>Your" in mail["html"]
        assert mail["links"] == ["https://frontrow.example/orders/1?token=a&b=c", "https://frontrow.example/orders/1"]
        names = {part["filename"]: (part["content_type"], part["size"]) for part in mail["attachments"]}
        assert names["tickets “A”.pdf"] == ("application/pdf", 13)
        pdf = next(part for part in mail["attachments"] if part["content_type"] == "application/pdf")
        download = await http.get(pdf["url"])
        assert download.content == b"%PDF-1.7 fake"
        assert download.headers["content-disposition"].startswith('attachment; filename="tickets _A_.pdf"')
        raw = await http.get(f"/messages/{line['id']}.eml")
        assert f"Delivered-To: {to}".encode() in raw.content
        by_id = await http.get("/api/messages", params={"message_id": str(sent["Message-ID"])})
        assert by_id.json()["total"] == 1


async def test_the_html_part_can_do_nothing_but_be_looked_at(inbox: InboxProcess) -> None:
    to = address()
    await inbox.send(confirmation(to))
    async with inbox.http() as http:
        mail_id = (await http.get("/api/messages", params={"to": to})).json()["items"][0]["id"]
        page = await http.get(f"/messages/{mail_id}")
        assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
        assert "script-src 'self'" in page.headers["content-security-policy"]
        part = await http.get(f"/messages/{mail_id}/html")
        policy = part.headers["content-security-policy"]
        assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'")
        assert "script-src" not in policy
        assert "allow-scripts" not in policy
        assert part.text.startswith('<!doctype html><base target="_blank">')
        picture = part.text.partition('<img src="')[2].partition('"')[0]
        assert (await http.get(picture)).content == b"\x89PNG fake"


async def test_what_a_mail_says_is_shown_and_never_run(inbox: InboxProcess) -> None:
    to = address()
    message = EmailMessage()
    message["From"], message["To"] = "a@frontrow.example", to
    message["Subject"] = "<script>alert(1)</script>"
    message.set_content("<img src=x onerror=alert(1)>")
    await inbox.send(message)
    async with inbox.http() as http:
        mail_id = (await http.get("/api/messages", params={"to": to})).json()["items"][0]["id"]
        for path in ("/", f"/messages/{mail_id}", f"/?q={to}"):
            page = await http.get(path)
            assert "<script>alert" not in page.text
            assert "<img" not in page.text
            assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
        assert (await http.get("/messages/nobody")).status_code == 404
        assert (await http.get(f"/messages/{mail_id}/parts/99")).status_code == 404
        assert (await http.get("/", headers={"Host": "evil.example"})).status_code == 400


async def test_newest_first_in_pages(inbox: InboxProcess) -> None:
    to = address()
    for number in range(5):
        await inbox.send(confirmation(to, f"Number {number}"))
    async with inbox.http() as http:
        first = (await http.get("/api/messages", params={"to": to, "limit": 3})).json()
        assert [item["subject"] for item in first["items"]] == ["Number 4", "Number 3", "Number 2"]
        rest = (await http.get("/api/messages", params={"to": to, "limit": 3, "cursor": first["next_cursor"]})).json()
        assert [item["subject"] for item in rest["items"]] == ["Number 1", "Number 0"]
        assert rest["next_cursor"] is None
        assert (await http.get("/api/messages", params={"q": "100%"})).json()["total"] == 0
        assert (await http.get("/api/messages", params={"limit": "x"})).status_code == 422


async def test_a_caller_can_wait_for_a_mail(inbox: InboxProcess) -> None:
    to = address()
    async with inbox.http() as http:
        assert (await http.get("/api/messages", params={"to": to, "wait": 0.05})).json()["total"] == 0
        waiting = asyncio.create_task(http.get("/api/messages", params={"to": to, "wait": 20}, timeout=25))
        await inbox.send(confirmation(to))
        assert (await waiting).json()["total"] == 1


async def test_an_unchanged_list_is_not_sent_again(inbox: InboxProcess) -> None:
    async with inbox.http() as http:
        tag = (await http.get("/list")).headers["etag"]
        assert (await http.get("/list", headers={"If-None-Match": tag})).status_code == 304
        await inbox.send(confirmation(address()))
        assert (await http.get("/list", headers={"If-None-Match": tag})).status_code == 200


def test_odd_messages_are_kept_and_shown(inbox: InboxProcess) -> None:
    to = address()
    raws = [
        b"",
        b"no header at all",
        b"Subject: =?utf-8?b?broken\r\nFrom: \xff\xfe\r\n\r\n\xff",
        b"Content-Type: text/html; charset=nonsense\r\n\r\n<p>h\xc3\xa9</p>",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
    ]
    with smtplib.SMTP("127.0.0.1", inbox.smtp_port) as smtp:
        for raw in raws:
            smtp.sendmail("a@frontrow.example", [to], raw)
    with httpx.Client(base_url=f"http://127.0.0.1:{inbox.http_port}") as http:
        items = http.get("/api/messages", params={"to": to}).json()["items"]
        assert len(items) == len(raws)
        for item in items:
            for path in ("/api/messages/{}", "/messages/{}", "/messages/{}?view=text", "/messages/{}.eml"):
                assert http.get(path.format(item["id"])).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b".",
        b"..\r\n.\r\n...\r\n",
        b"ends in a dot.\r\n.starts with one\r\n.",
        b"x" * 70_000 + b".\r\n",
        b"y.\r\n" * 60_000,
        b"z" * 131_067 + b"\r\n.",
    ],
    ids=["empty", "dot", "dots", "edges", "long line", "many lines", "edge of a block"],
)
def test_a_body_arrives_byte_for_byte(inbox: InboxProcess, body: bytes) -> None:
    to = address()
    raw = b"Subject: dots\r\n\r\n" + body
    with smtplib.SMTP("127.0.0.1", inbox.smtp_port) as smtp:
        for _ in range(2):
            smtp.sendmail("a@frontrow.example", [to], raw)
    with httpx.Client(base_url=f"http://127.0.0.1:{inbox.http_port}") as http:
        items = http.get("/api/messages", params={"to": to}).json()["items"]
        assert len(items) == 2
        for item in items:
            kept = http.get(f"/messages/{item['id']}.eml").content
            assert kept.partition(b"ESMTP;")[2].partition(b"\r\n")[2].rstrip(b"\r\n") == raw.rstrip(b"\r\n")


def test_a_message_that_is_too_long_is_refused_and_the_next_one_taken(inbox: InboxProcess) -> None:
    to = address()
    with smtplib.SMTP("127.0.0.1", inbox.smtp_port) as smtp:
        smtp.ehlo()
        smtp.mail("a@frontrow.example")
        smtp.rcpt(to)
        assert smtp.data(b"Subject: long\r\n\r\n" + b"too long\r\n" * 2_700_000)[0] == 552
        smtp.sendmail("a@frontrow.example", [to], b"Subject: short\r\n\r\nfine")
    with httpx.Client(base_url=f"http://127.0.0.1:{inbox.http_port}") as http:
        items = http.get("/api/messages", params={"to": to}).json()["items"]
    assert [item["subject"] for item in items] == ["short"]


async def test_mails_survive_a_kill_and_a_lost_index(tmp_path: Path) -> None:
    inbox = InboxProcess(tmp_path / "mails")
    inbox.start()
    try:
        async with inbox.http() as http:
            assert "Nothing yet" in (await http.get("/")).text
        to = address()
        await inbox.send(confirmation(to))
        inbox.end(signal.SIGKILL)
        for file in (tmp_path / "mails").glob(".index.sqlite*"):
            file.write_bytes(b"not an index" * 100)
        inbox.start()
        async with inbox.http() as http:
            found = (await http.get("/api/messages", params={"to": to})).json()
            assert found["total"] == 1
            assert found["items"][0]["subject"] == "Your tickets – Così fan tutte"
            assert (await http.delete(f"/api/messages/{found['items'][0]['id']}")).status_code == 204
            await inbox.send(confirmation(to))
            assert (await http.delete("/api/messages")).status_code == 204
            assert (await http.get("/api/messages")).json()["total"] == 0
        assert not list((tmp_path / "mails").glob("*.eml"))
    finally:
        assert inbox.end() < 2
