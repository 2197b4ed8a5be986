"""Facts that people announce through the outbox. Payloads are ids."""

EMAIL_PROOF_ASKED = "people.email_proof_asked"
"""{proof_id}: somebody is to be sent the link that proves their address."""
