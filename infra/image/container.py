"""The image's files as a root file system: read-only, as the image's user, with /data and /dev/shm in memory.

Not a whole container: network and processes are this machine's, so that the app reaches a database on loopback.
"""

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

# What is mounted is gone with the process: the mounts are its own. Its id stays, so a signal meets the app itself.
START = """
set -e
mount --make-rprivate /
mount --rbind "$ROOT" "$ROOT"
for name in proc dev; do mkdir -p "$ROOT/$name"; mount --rbind "/$name" "$ROOT/$name"; done
mount -t tmpfs -o "mode=755,uid=${IDS%:*},gid=${IDS#*:}" data "$ROOT/data"
for file in $FILES; do install -o "${IDS%:*}" -m 400 "$file" "$ROOT/data/"; done
mount -o remount,bind,ro "$ROOT" "$ROOT"
exec env --ignore-environment "$@"
"""


@dataclass(frozen=True)
class Image:
    """An unpacked image with what it says of itself."""

    root: Path
    config: dict[str, Any]

    @property
    def ids(self) -> str:
        """``uid:gid``, as the image names them."""
        return str(self.config["User"])

    def environment(self) -> list[str]:
        """``NAME=value``, as the image has them."""
        return list(self.config["Env"])

    def size_mb(self) -> int:
        """The size of all files in MB, unpacked: a registry stores about a third of it."""
        counted = subprocess.run(
            ["du", "--summarize", "--block-size=1MB", str(self.root)], capture_output=True, text=True, check=True
        )
        return int(counted.stdout.split()[0])


def say(line: str) -> None:
    """Tell whoever builds the image."""
    print(line, flush=True)  # noqa: T201 -- a command's words


class Running:
    """One command of the image, until it ends by itself or is told to: a context manager."""

    def __init__(self, image: Image, words: list[str], environment: dict[str, str], files: list[Path], log: Path):
        """``words`` are the whole command. ``files`` are found in /data. ``log`` takes what it prints."""
        own = [*image.environment(), *(f"{name}={value}" for name, value in environment.items())]
        change = ["chroot", f"--userspec={image.ids}", str(image.root)]
        # env -C isn't enough: the folder must be the image's.
        inside = ["/bin/sh", "-c", 'cd "$0" && exec "$@"', image.config.get("WorkingDir") or "/", *words]
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                ["unshare", "--mount", "sh", "-c", START, "sh", *own, *change, *inside],
                env={
                    "PATH": os.environ["PATH"],
                    "ROOT": str(image.root),
                    "IDS": image.ids,
                    "FILES": " ".join(str(file) for file in files),
                },
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def stop(self, within_s: float) -> int:
        """SIGTERM; what the process ended with. Raises subprocess.TimeoutExpired when it goes on."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within_s)

    def words(self) -> str:
        """The last that it printed."""
        return self.log.read_text(errors="replace")[-2000:]

    def __enter__(self) -> "Running":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
