"""What a question is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """``number`` is the one of docs/operations.md; ``sql`` is a SELECT that finds nothing in a healthy house.

    Times are compared with ``now()``, the start of the transaction that all questions share.
    """

    number: int
    name: str
    title: str
    sql: str
