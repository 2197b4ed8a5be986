"""One node that is a cluster, and a real cluster that loses a node."""

import os
from pathlib import Path

import pytest
from redis.asyncio import RedisCluster

from frontrow.local.ports import free_ports
from frontrow.local.valkey import EmbeddedValkey, ValkeyCluster
from frontrow.local.wire import WireError
from tests.waiting import eventually

_named = os.environ.get("FRONTROW_TEST_REDIS_BINARY")
BINARY = Path(_named) if _named else None


def _node(folder: Path, password: str | None) -> EmbeddedValkey:
    port, bus = free_ports(2)
    return EmbeddedValkey(folder, port, bus_port=bus, password=password, binary=BINARY)


@pytest.mark.cluster
async def test_a_cluster_client_uses_one_node_and_data_survive_other_ports(tmp_path: Path) -> None:
    password = 'a "quoted" \\ one'
    with _node(tmp_path / "node", password) as node:
        client = RedisCluster.from_url(node.url, password=password)
        await client.initialize()
        assert await client.set("{performance:1}:seats", "kept") is True
        assert await client.get("{performance:2}:seats") is None
        await client.aclose()
        with pytest.raises(WireError, match="WRONGPASS"):
            EmbeddedValkey(tmp_path / "x", node.port, password="wrong").call("PING")

    # The next start may find its ports taken: the node must not send clients to the old ones.
    with _node(tmp_path / "node", password) as node:
        client = RedisCluster.from_url(node.url, password=password)
        await client.initialize()
        assert await client.get("{performance:1}:seats") == b"kept"
        assert [each.port for each in client.get_nodes()] == [node.port]
        await client.aclose()


@pytest.mark.cluster
def test_acknowledged_writes_survive_a_kill(tmp_path: Path) -> None:
    node = _node(tmp_path / "node", None)
    node.start()
    node.call("CONFIG", "SET", "appendfsync", "always")
    node.call("SET", "key", "value")
    node.kill()
    with node:
        assert node.call("GET", "key") == "value"


@pytest.mark.cluster
async def test_a_cluster_forms_fails_over_and_takes_the_old_master_back(tmp_path: Path) -> None:
    with ValkeyCluster(tmp_path, shards=2, replicas=1, password="pw", binary=BINARY) as cluster:
        assert len(cluster.masters()) == 2
        client = RedisCluster.from_url(cluster.url, password="pw")
        await client.initialize()
        for number in range(20):
            await client.set(f"key{number}", number)
        old = cluster.master_of("key1")
        slot_owner = await eventually(lambda: old.call("WAIT", 1, 1000) == 1)
        assert slot_owner

        new = cluster.fail_over(old)
        assert cluster.master_of("key1") is new
        assert new.call("GET", "key1") == "1"
        await eventually(lambda: client.get("key1"))
        await client.aclose()

        cluster.restart(old)
        cluster.wait_whole()
        assert old.info("INFO", "replication")["role"] == "slave"
