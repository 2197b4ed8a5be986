"""Races run on a pool as wide as the crowd: who waits for a connection doesn't race."""

import pytest

from frontrow.core.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    settings.database.pool_size = 64
    return settings
