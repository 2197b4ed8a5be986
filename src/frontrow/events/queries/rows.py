"""What every reading gives."""

from typing import Any

AnyRow = Any
"""A row by its columns' names (:class:`frontrow.core.rows.Row`)."""
