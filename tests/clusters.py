"""Fixtures for what touches Redis: once on a cluster of one node, once on two shards with replicas, as in the cloud.

A folder's conftest imports them: ``from tests.clusters import cluster, redis_node, redis_settings``.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from frontrow.core.redis import Redis
from frontrow.core.secrets import open_secrets
from frontrow.core.settings import RedisSettings, SecretsSettings
from frontrow.local.valkey import EmbeddedValkey, ValkeyCluster


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory, local_secrets: dict[str, str]) -> Iterator[ValkeyCluster]:
    """Two shards, a replica each. `FRONTROW_TEST_REDIS_BINARY` chooses the server."""
    binary = os.environ.get("FRONTROW_TEST_REDIS_BINARY")
    made = ValkeyCluster(
        tmp_path_factory.mktemp("cluster"),
        shards=2,
        password=local_secrets["redis_auth"],
        binary=Path(binary) if binary else None,
    )
    with made:
        yield made


@pytest.fixture(params=["one node", pytest.param("two shards", marks=pytest.mark.cluster)])
def redis_node(request: pytest.FixtureRequest) -> EmbeddedValkey:
    """A node to begin with, of either kind of cluster."""
    if request.param == "one node":
        node: EmbeddedValkey = request.getfixturevalue("valkey")
        return node
    both: ValkeyCluster = request.getfixturevalue("cluster")
    return both.nodes[0]


@pytest.fixture
def redis_settings(redis_node: EmbeddedValkey) -> RedisSettings:
    return RedisSettings(url=redis_node.url, auth=True)


@asynccontextmanager
async def opened(url: str, home: Path) -> AsyncIterator[Redis]:
    """A client of its own, closed at the end."""
    redis = Redis(RedisSettings(url=url, auth=True), open_secrets(SecretsSettings(file=home / "secrets.json")))
    try:
        yield redis
    finally:
        await redis.close()


@pytest.fixture
async def redis(redis_node: EmbeddedValkey, home: Path) -> AsyncIterator[Redis]:
    """A client on an empty cluster."""
    async with opened(redis_node.url, home) as made:
        await (await made.client()).flushall()
        yield made


@asynccontextmanager
async def primary_killed(cluster: ValkeyCluster, key: str) -> AsyncIterator[EmbeddedValkey]:
    """SIGKILL the primary that owns a key; it comes back as a replica at the end. Yields a node that lives on.

    One of two primaries is no majority, so nobody is voted in: the replica is told to take over, as in ElastiCache.
    """
    victim = cluster.master_of(key)
    survivor = next(node for node in cluster.masters() if node is not victim)
    try:
        await asyncio.to_thread(cluster.fail_over, victim)
        yield survivor
    finally:
        cluster.restart(victim)
        cluster.wait_whole()
