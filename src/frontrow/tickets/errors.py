"""The ways tickets say no. At the door a "no" is an answer, not an error: see ``rules.Verdict``."""


class BadCode(Exception):
    """Not one of our codes, or its signature doesn't hold."""
