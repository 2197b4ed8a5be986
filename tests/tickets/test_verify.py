"""Whoever has the public key tells real codes from made-up ones, without us."""

import asyncio
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from frontrow.core.ids import new_id, secret_token
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.tickets import main
from frontrow.tickets.actions.draw import public_keys
from frontrow.tickets.rules import Code, keys_of, public_jwk, sign, signing_key


async def test_the_published_key_tells(
    rt: Runtime, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": await public_keys(rt)}))
    assert "PRIVATE" not in keys.read_text()
    assert '"d"' not in keys.read_text()
    code = Code(new_id(), new_id(), secret_token(9))
    real = sign(signing_key(await rt.secrets.get("ticket_signing_key")), code)
    assert main.verify(real, keys) == 0
    assert str(code.ticket_id) in capsys.readouterr().out
    assert main.verify(sign(Ed25519PrivateKey.generate(), code), keys) == 1
    assert main.verify(real[:-9] + ("B" if real[-9] == "A" else "A") + real[-8:], keys) == 1
    assert main.verify("hello", keys) == 1
    assert main.verify(real, tmp_path / "absent.json") == 2
    keys.write_text("[]")
    assert main.verify(real, keys) == 2
    monkeypatch.setattr(main, "Settings", lambda: settings)
    assert await asyncio.to_thread(main.verify, real, None) == 0


def test_a_key_as_rfc_8037_writes_it() -> None:
    # The key of RFC 8037, appendix A.2, and its thumbprint of A.3.
    raw = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    [key] = keys_of({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": raw}, {"kty": "EC", "crv": "P-256"}]})
    jwk = public_jwk(key)
    assert (jwk["x"], jwk["kid"]) == (raw, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
