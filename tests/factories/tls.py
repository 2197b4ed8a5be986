"""TLS on loopback: an authority of its own, and a front that ends TLS before a server that can't."""

import asyncio
import contextlib
import datetime
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_SSL_REQUEST = bytes.fromhex("0000000804d2162f")  # PostgreSQL's way to ask for TLS on a plain connection


class Authority:
    """A root certificate (``root``) and one for localhost and 127.0.0.1 that hangs on it, valid for a day."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.root, self.certificate, self.key = (folder / name for name in ("root.pem", "here.pem", "here.key"))
        root_key, here_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        root_name, here_name = (
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("the test's root", "localhost")
        )
        began = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=5)
        blank = (
            x509.CertificateBuilder()
            .issuer_name(root_name)
            .not_valid_before(began)
            .not_valid_after(began + datetime.timedelta(days=1))
        )
        root = (
            blank.subject_name(root_name)
            .public_key(root_key.public_key())
            .serial_number(x509.random_serial_number())
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(root_key, hashes.SHA256())
        )
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        here = (
            blank.subject_name(here_name)
            .public_key(here_key.public_key())
            .serial_number(x509.random_serial_number())
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(root_key, hashes.SHA256())
        )
        self.root.write_bytes(root.public_bytes(serialization.Encoding.PEM))
        self.certificate.write_bytes(here.public_bytes(serialization.Encoding.PEM))
        self.key.touch(mode=0o600)
        self.key.write_bytes(
            here_key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )

    def server(self) -> ssl.SSLContext:
        """For a server."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context

    def client(self) -> ssl.SSLContext:
        """For a client that trusts this authority and no other."""
        return ssl.create_default_context(cafile=str(self.root))


class Front:
    """Listens with TLS on ``port`` and hands what it hears on to a plain port, as a load balancer does.

    With ``postgres`` a connection begins as PostgreSQL's do, and a client that doesn't ask for TLS is turned away.
    ``served`` counts the connections whose TLS stood.
    """

    def __init__(self, authority: Authority, behind: int, port: int, *, postgres: bool = False) -> None:
        self._context, self._behind, self.port, self._postgres = authority.server(), behind, port, postgres
        self._server: asyncio.Server | None = None
        self.served = 0

    async def start(self) -> "Front":
        context = None if self._postgres else self._context
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=context)
        return self

    async def stop(self) -> None:
        """Nobody listens any more; those who are connected are cut when their side ends."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            try:
                if self._postgres:
                    if await reader.readexactly(8) != _SSL_REQUEST:
                        return
                    writer.write(b"S")
                    await writer.drain()
                    await writer.start_tls(self._context)
                self.served += 1
                inner, outer = await asyncio.open_connection("127.0.0.1", self._behind)
                try:
                    await asyncio.wait(
                        [asyncio.create_task(_pass_on(reader, outer)), asyncio.create_task(_pass_on(inner, writer))],
                        return_when=asyncio.FIRST_COMPLETED,
                    )
                finally:
                    outer.close()
            finally:
                writer.close()


async def _pass_on(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while heard := await source.read(65536):
            to.write(heard)
            await to.drain()
