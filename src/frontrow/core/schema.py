"""Which version of the schema this code wants. Apart from :mod:`frontrow.core.migrate`, which loads alembic."""

from pathlib import Path

FOLDER = Path(__file__).parents[3] / "migrations"


def newest() -> str:
    """The newest revision. Versions are numbered by file name: ``0007_coupons.py`` is revision ``0007``."""
    return max(path.name for path in (FOLDER / "versions").glob("[0-9]*_*.py")).split("_")[0]
