"""A ticket's code is ours or it is nothing."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from frontrow.core.ids import new_id, secret_token
from frontrow.tickets.errors import BadCode
from frontrow.tickets.rules import PREFIX, Code, read, sign

KEY = Ed25519PrivateKey.generate()


def a_code() -> Code:
    return Code(new_id(), new_id(), secret_token(9))


def test_what_was_signed_is_read() -> None:
    code = a_code()
    text = sign(KEY, code)
    assert len(text) <= 150
    assert read(KEY.public_key(), f"  {text}\n") == code


@given(st.integers(0, 104 * 8 - 1))
def test_any_flipped_bit_is_refused(bit: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(sign(KEY, a_code())[len(PREFIX) :]))
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadCode):
        read(KEY.public_key(), PREFIX + base64.urlsafe_b64encode(bytes(raw)).decode())


def test_another_key_is_refused() -> None:
    with pytest.raises(BadCode):
        read(Ed25519PrivateKey.generate().public_key(), sign(KEY, a_code()))


@given(st.text(max_size=400))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(BadCode):
        read(KEY.public_key(), text)
    with pytest.raises(BadCode):
        read(KEY.public_key(), PREFIX + text)
