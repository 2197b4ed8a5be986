"""Jobs that payments give themselves through the outbox. Payloads are ids."""

CREATE_INTENT = "payments.create_intent"
CAPTURE = "payments.capture"
CANCEL_INTENT = "payments.cancel_intent"
REFUND = "payments.refund"
INBOX = "payments.inbox"
