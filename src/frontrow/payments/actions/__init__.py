"""The verbs of payments, a file a verb: start, settle, look, stop, refund, and what outside news does."""
