"""The templates of production, written once a session. Nothing of AWS is asked, and nothing of the network."""

import importlib.util
from pathlib import Path

import pytest

# CDK is installed for this room alone (`make infra-test`); without it there is nothing here to collect.
HAVE_CDK = importlib.util.find_spec("aws_cdk") is not None
collect_ignore_glob = [] if HAVE_CDK else ["test_*.py"]

if HAVE_CDK:
    from infra.app import build
    from infra.stage import PRODUCTION

    from tests.infra.templates import Templates

    @pytest.fixture(scope="session")
    def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
        """Every template of production."""
        outdir = tmp_path_factory.mktemp("cdk")
        build(PRODUCTION, Path(outdir)).synth()
        return Templates(outdir, PRODUCTION)
