"""A small Stripe for one machine: real request and answer shapes, a real ledger, signed webhooks, a payment form.

It exists so that the whole purchase can be made, broken and proved without an account anywhere. The state of every
PaymentIntent and refund is kept in a SQLite file and survives a restart or a kill.
"""
