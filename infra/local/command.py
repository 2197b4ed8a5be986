"""CDK's own command (npm's ``aws-cdk``), on the Node that came as a wheel, against the stand-in."""

import fcntl
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

from frontrow.local.nodeweb import node_command, node_environment
from infra.local.standin import ROOT, StandIn
from infra.local.taught.kind import KEYS

HERE = Path(__file__).parent / "cdk"
BUCKET = "cdk-hnb659fds-assets-{account}-{region}"
"""Where the command puts templates and code before CloudFormation is asked."""


class CommandFailedError(RuntimeError):
    """CDK's command ended with an error. The message has its last lines, and the stand-in's errors."""


class Command:
    """The command for one set of templates that are written already (``assembly``)."""

    def __init__(self, standin: StandIn, account: str, assembly: Path) -> None:
        self._standin, self._account, self._assembly = standin, account, assembly

    def bootstrap(self) -> None:
        """Make what the command itself needs in an account, once. Raises CommandFailedError."""
        self.run("bootstrap", f"aws://{self._account}/{self._standin.region}")
        # The policy refuses what doesn't come encrypted, and the stand-in is reached in the clear.
        bucket = BUCKET.format(account=self._account, region=self._standin.region)
        self._standin.client("s3").delete_bucket_policy(Bucket=bucket)

    def deploy(self, *stacks: str) -> dict[str, bool]:
        """Deploy these stacks, or all. By its name, whether one had changes. Raises CommandFailedError."""
        which = [*stacks, "--exclusively"] if stacks else ["--all"]
        said = self.run("deploy", *which, "--method", "direct", "--require-approval", "never", "--concurrency", "8")
        return dict(_outcomes(said))

    def destroy(self, but: str) -> None:
        """Delete every stack ``but`` one, the last that was made first. Raises CommandFailedError."""
        self.run("destroy", *sorted(set(stacks_in(self._assembly)) - {but}), "--force")

    def run(self, *words: str) -> str:
        """What the command says to these words. Raises CommandFailedError."""
        node, _ = node_command()
        done = subprocess.run(
            [
                str(node),
                str(installed()),
                *words,
                "--app",
                str(self._assembly),
                "--no-lookups",
                "--no-notices",
                "--no-color",
            ],
            cwd=ROOT / "infra",
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            last = "\n".join(done.stdout.splitlines()[-25:])
            raise CommandFailedError(f"cdk {words[0]} failed.\n{last}\n{self._standin.errors()}")
        return done.stdout

    def _environment(self) -> dict[str, str]:
        return {
            **node_environment(),
            **{name.upper(): value for name, value in KEYS.items()},
            "AWS_ENDPOINT_URL": self._standin.url,
            "AWS_REGION": self._standin.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CDK_DISABLE_VERSION_CHECK": "1",
            "CDK_DISABLE_CLI_TELEMETRY": "true",
        }


def stacks_in(assembly: Path) -> list[str]:
    """The stacks of an assembly, by its manifest: another stage's older templates may lie beside them."""
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    return sorted(name for name, one in artifacts.items() if one["type"] == "aws:cloudformation:stack")


def installed() -> Path:
    """The command's script, installed as its lock file says when it isn't there. Raises CommandFailedError."""
    script = HERE / "node_modules" / "aws-cdk" / "bin" / "cdk"
    package = HERE / "node_modules" / "aws-cdk" / "package.json"
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]["aws-cdk"]
    with (HERE / "package.json").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # two that start at once install once
        if package.exists() and json.loads(package.read_text())["version"] == wanted:
            return script
        node, npm = node_command()
        # As the pages are installed (frontrow.local.nodeweb), and for the same reasons not by `npm ci`.
        words = ["install", "--no-save", "--no-audit", "--no-fund", "--prefer-offline"]
        done = subprocess.run(
            [str(node), str(npm), *words], cwd=HERE, env=node_environment(), capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise CommandFailedError(f"npm install failed.\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return script


def _outcomes(said: str) -> Iterator[tuple[str, bool]]:
    """``✅  name`` or ``✅  name (no changes)``, one a stack."""
    for line in said.splitlines():
        if line.startswith("✅"):
            name, _, rest = line.removeprefix("✅").strip().partition(" ")
            yield name, "no changes" not in rest
