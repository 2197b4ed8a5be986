"""Redis behind TLS and AUTH, as in the cloud, and what every use gets when there's no Redis to speak of."""

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from redis.asyncio import RedisCluster

from frontrow.core.redis import Redis
from frontrow.core.secrets import FileSecrets
from frontrow.core.settings import RedisSettings
from frontrow.local.ports import free_ports
from frontrow.local.valkey import EmbeddedValkey


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "redis.crt", folder / "redis.key"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_file, key_file


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


@pytest.fixture
async def tls(tmp_path: Path, valkey: EmbeddedValkey) -> AsyncIterator[RedisSettings]:
    """The cluster behind a TLS door: the wheel's server has no TLS of its own. It announces the door's port."""
    certificate, key = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", valkey.port)
        await asyncio.gather(pipe(reader, inner_writer), pipe(inner_reader, writer))

    [port] = free_ports(1)
    server = await asyncio.start_server(join, "127.0.0.1", port, ssl=context)
    valkey.call("CONFIG", "SET", "cluster-announce-port", str(port))
    yield RedisSettings(url=f"redis://127.0.0.1:{port}", tls=True, tls_ca=certificate, auth=True)
    valkey.call("CONFIG", "SET", "cluster-announce-port", "0")
    server.close()


async def ping(client: RedisCluster) -> bool:
    await client.set("{tls}:hello", "world", px=1000)
    return bool(await client.get("{tls}:hello") == b"world")


async def test_tls_and_auth(tls: RedisSettings, home: Path) -> None:
    redis = Redis(tls, FileSecrets(home / "secrets.json"))
    assert await redis.attempt(ping, False)
    assert await redis.answers()
    await redis.close()


async def test_a_certificate_nobody_vouches_for_is_no_redis(tls: RedisSettings, home: Path) -> None:
    redis = Redis(tls.model_copy(update={"tls_ca": None}), FileSecrets(home / "secrets.json"))
    assert not await redis.attempt(ping, False)
    await redis.close()


async def test_without_the_password_there_is_no_redis(valkey: EmbeddedValkey, home: Path) -> None:
    redis = Redis(RedisSettings(url=valkey.url), FileSecrets(home / "secrets.json"))
    assert not await redis.attempt(ping, False)
    await redis.close()


async def test_a_dead_redis_is_left_alone_for_a_moment(home: Path) -> None:
    [port] = free_ports(1)
    redis = Redis(RedisSettings(url=f"redis://127.0.0.1:{port}", timeout_s=0.2), FileSecrets(home / "secrets.json"))
    asked = 0

    async def count(client: RedisCluster) -> bool:
        nonlocal asked
        asked += 1
        return True

    assert await redis.attempt(count, None) is None
    started = asyncio.get_running_loop().time()
    for _ in range(100):
        assert await redis.attempt(count, None) is None
    assert asyncio.get_running_loop().time() - started < 0.5
    assert asked == 0
