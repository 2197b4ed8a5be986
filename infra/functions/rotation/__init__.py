"""Rotates the password of the database."""
