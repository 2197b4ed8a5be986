"""Payments: Stripe intents, the webhook inbox, capture, refunds, the reconciler. Settles an order and its tickets."""
