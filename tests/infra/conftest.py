"""The templates of production, written once for all processes of a run. Nothing of AWS is asked, nor of the network."""

import contextlib
import fcntl
import importlib.util
from pathlib import Path

import pytest

# CDK is installed by `make test` and `make infra-test`; without it there is nothing here to collect.
HAVE_CDK = importlib.util.find_spec("aws_cdk") is not None
collect_ignore_glob = [] if HAVE_CDK else ["test_*.py"]

if HAVE_CDK:
    from infra.accepted import judge
    from infra.app import build
    from infra.stage import PRODUCTION
    from jsii.errors import JavaScriptError, JSIIError

    from tests.infra.templates import Templates

    def _write(outdir: Path) -> None:
        app = build(PRODUCTION, outdir)
        judge(app, PRODUCTION)
        # What cdk-nag finds ends in an error after all is written. `test_nag.py` says so; no other test should.
        with contextlib.suppress(JavaScriptError, JSIIError):
            app.synth()

    @pytest.fixture(scope="session")
    def templates(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Templates:
        """Every template of production. Of several processes that want it the first one writes it: it takes a while."""
        base = tmp_path_factory.getbasetemp()
        shared = Path(base if worker_id == "master" else base.parent)
        outdir, done = shared / "cdk", shared / "cdk.done"
        with (shared / "cdk.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                _write(outdir)
                done.touch()
        return Templates(outdir, PRODUCTION)
