"""The embedded stack that ``frontrow up`` starts on one machine: PostgreSQL, Redis, a Stripe stand-in and a mail inbox.

Every part speaks the real protocol on the wire and runs as a process of its own, so that the app cannot tell it from
the real thing. Only ``cli`` imports this room, and it imports nothing but ``core``.
"""
