"""Verbs: accounts, sessions, and the two machines they need (password hashing, counting tries)."""
