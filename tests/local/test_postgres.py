"""The embedded PostgreSQL survives what machines do: pulled plugs, half-made directories, stale pid files."""

import contextlib
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from frontrow.local.ports import free_ports
from frontrow.local.postgres import EmbeddedPostgres, SqlFailedError
from frontrow.local.process import ProcessFailedError, started_at
from tests.waiting import eventually

PASSWORD = 'it\'s a "strange" one'


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A furnished data directory of a stopped server; copied rather than made again."""
    folder = tmp_path_factory.mktemp("made") / "postgres"
    with EmbeddedPostgres(folder, free_ports(1)[0], PASSWORD):
        pass
    return folder


@pytest.fixture
def folder(made_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_once, tmp_path / "postgres"))


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    one = EmbeddedPostgres(folder, free_ports(1)[0], PASSWORD)
    one.start()
    yield one
    one.kill()


def test_a_new_server_is_furnished_and_durable(server: EmbeddedPostgres) -> None:
    extensions = server.sql("SELECT extname FROM pg_extension", as_app=True)
    assert {"pg_trgm", "citext", "btree_gist", "unaccent", "pg_stat_statements"} <= set(extensions)
    assert server.sql("SHOW fsync; SHOW synchronous_commit; SHOW listen_addresses") == ["on", "on", "127.0.0.1"]
    assert server.sql("SELECT datlocprovider, datcollate FROM pg_database WHERE datname = 'frontrow'") == ["b|C"]
    assert server.sql("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = 'frontrow'") == ["f|f"]


def test_a_wrong_password_is_refused(server: EmbeddedPostgres) -> None:
    other = EmbeddedPostgres(server.data_dir, server.port, "another")
    with pytest.raises(SqlFailedError, match="password authentication failed"):
        other.sql("SELECT 1", as_app=True)


def test_what_was_committed_survives_a_kill_in_the_middle_of_writing(server: EmbeddedPostgres) -> None:
    server.sql("CREATE TABLE sold (number int PRIMARY KEY)", as_app=True)
    acknowledged: list[int] = []

    def write() -> None:
        for number in range(10_000):
            try:
                server.sql(f"INSERT INTO sold VALUES ({number})", as_app=True)
            except SqlFailedError:
                return
            acknowledged.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    server.process.wait_until(lambda: len(acknowledged) >= 5, 30)
    server.kill()
    writer.join()
    assert (server.data_dir / "postmaster.pid").exists(), "the plug was pulled too gently"

    server.start()
    found = {int(row) for row in server.sql("SELECT number FROM sold", as_app=True)}
    assert found >= set(acknowledged)
    assert len(found) <= len(acknowledged) + 1, "at most the one whose answer was lost"


def test_a_second_server_on_the_same_directory_takes_over(server: EmbeddedPostgres) -> None:
    server.sql("CREATE TABLE kept (x int)", as_app=True)
    heir = EmbeddedPostgres(server.data_dir, free_ports(1)[0], PASSWORD)
    with heir:
        assert not server.process.running
        assert heir.sql("SELECT count(*) FROM kept", as_app=True) == ["0"]


def test_a_pid_file_that_names_a_stranger_is_ignored(folder: Path) -> None:
    stranger = f"1\n{folder}\n0\n1\n\n127.0.0.1\n0 0\nready\n"  # process 1 lives everywhere
    (folder / "postmaster.pid").write_text(stranger)
    with EmbeddedPostgres(folder, free_ports(1)[0], PASSWORD) as server:
        assert server.sql("SELECT 1", as_app=True) == ["1"]
    assert started_at(1) is not None


def test_a_half_made_directory_is_never_used(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    server = EmbeddedPostgres(folder, free_ports(1)[0], PASSWORD)
    failing = threading.Thread(target=_ignoring_failure, args=(server.prepare,))
    failing.start()
    # The plug is pulled while initdb works: it is stopped, and so is whoever would rename.
    aside = _first(tmp_path, ".postgres.new-*", failing)
    shutil.rmtree(aside, ignore_errors=True)
    failing.join()
    assert not folder.exists()

    left = tmp_path / ".postgres.new-left"
    left.mkdir()
    (left / "PG_VERSION").write_text("18\n")
    assert server.prepare()
    assert (folder / "superuser.password").exists()
    assert not left.exists()
    assert not server.prepare(), "made once"


def _ignoring_failure(act: Callable[[], object]) -> None:
    with contextlib.suppress(ProcessFailedError, OSError):
        act()


def _first(folder: Path, pattern: str, worker: threading.Thread) -> Path:
    while worker.is_alive():
        for found in folder.glob(pattern):
            if (found / "base").exists():
                return found
    raise AssertionError("it was over before it could be disturbed")


def test_a_changed_password_is_set_at_the_next_start(folder: Path) -> None:
    with EmbeddedPostgres(folder, free_ports(1)[0], "rotated") as server:
        assert server.sql("SELECT current_user", as_app=True) == ["frontrow"]


def test_databases_are_copied_from_a_template_and_dropped(server: EmbeddedPostgres) -> None:
    server.create_database("first")
    server.sql("CREATE TABLE one (x citext)", database="first")
    url = server.create_database("second", template="first")
    assert url == f"postgresql://frontrow@127.0.0.1:{server.port}/second"
    assert server.sql("SELECT count(*) FROM one", database="second") == ["0"]
    with pytest.raises(SqlFailedError, match="already exists"):
        server.create_database("second")
    server.drop_database("second")
    server.drop_database("second")


async def test_a_replica_follows_and_can_be_promoted(server: EmbeddedPostgres, tmp_path: Path) -> None:
    server.sql("CREATE TABLE seen (x int)", as_app=True)
    replica = server.start_replica(tmp_path / "replica", free_ports(1)[0])
    try:
        server.sql("INSERT INTO seen VALUES (1)", as_app=True)
        await eventually(lambda: replica.sql("SELECT x FROM seen", as_app=True) == ["1"])
        with pytest.raises(SqlFailedError, match="read-only"):
            replica.sql("INSERT INTO seen VALUES (2)", as_app=True)
        server.kill()
        replica.promote()
        replica.sql("INSERT INTO seen VALUES (2)", as_app=True)
    finally:
        replica.kill()


def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    (folder / "global" / "pg_control").unlink()
    server = EmbeddedPostgres(folder, free_ports(1)[0], PASSWORD)
    with pytest.raises(ProcessFailedError, match="pg_control"):
        server.start()
    assert server.process.stop_signal == signal.SIGINT
