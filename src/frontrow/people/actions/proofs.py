"""An account proves that its address is its owner's: by a link that is mailed there, good once and for a day.

Only who is logged in to that account can use it. A stranger may have signed up with somebody's address, and that
somebody may follow the link that then reaches them: it must not give the stranger what is theirs.
"""

import uuid
from datetime import timedelta

from frontrow.core import ids, outbox
from frontrow.core.db import Tx
from frontrow.people import rules
from frontrow.people.errors import AlreadyProved, LinkExpired, LinkNotYours, LinkUsed
from frontrow.people.messages import EMAIL_PROOF_ASKED

LASTS = timedelta(hours=24)


async def ask(tx: Tx, pepper: bytes, user_id: uuid.UUID) -> None:
    """Have the link mailed to an account's address. Raises AlreadyProved."""
    proof_id = ids.new_id()
    made = await tx.sql(
        """INSERT INTO email_proof (id, user_id, email, token_hash, expires_at)
           SELECT :id, id, email, :hash, clock_timestamp() + :lasts FROM user_account
            WHERE id = :user AND email_verified_at IS NULL""",
        id=proof_id,
        user=user_id,
        hash=rules.proof_hash(rules.proof_token(pepper, proof_id)),
        lasts=LASTS,
    )
    if made.rowcount == 0:
        raise AlreadyProved
    await outbox.add(tx, EMAIL_PROOF_ASKED, f"{EMAIL_PROOF_ASKED}:{proof_id}", {"proof_id": str(proof_id)})


async def prove(tx: Tx, user_id: uuid.UUID, token: str) -> None:
    """Take a link's token: the address is proved. Raises LinkNotYours, LinkUsed, LinkExpired."""
    proof = (
        await tx.sql(
            """SELECT p.id, p.used_at, p.expires_at < clock_timestamp() AS lapsed
                 FROM email_proof p JOIN user_account u ON u.id = p.user_id AND u.email = p.email
                WHERE p.token_hash = :hash AND p.user_id = :user FOR NO KEY UPDATE""",
            hash=rules.proof_hash(token),
            user=user_id,
        )
    ).one_or_none()
    if proof is None:
        # Somebody else's, or none at all: nobody learns which.
        raise LinkNotYours
    if proof.used_at is not None:
        raise LinkUsed
    if proof.lapsed:
        raise LinkExpired
    await tx.sql("UPDATE email_proof SET used_at = clock_timestamp() WHERE id = :id", id=proof.id)
    await tx.sql(
        """UPDATE user_account SET email_verified_at = coalesce(email_verified_at, clock_timestamp())
            WHERE id = :user""",
        user=user_id,
    )
