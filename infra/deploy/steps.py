"""Steps in their order; those that were done are taken back, the last one first, when one fails."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Say = Callable[[str], None]


class DeploymentError(RuntimeError):
    """A step didn't come to what it was for. The message is for the person who deploys."""


@dataclass(frozen=True)
class Step:
    """``do`` raises DeploymentError when it fails. ``undo`` has to work, too, when ``do`` came only half-way."""

    name: str
    do: Callable[[], None]
    undo: Callable[[], None] | None = None


def run(steps: Sequence[Step], say: Say) -> None:
    """All steps. When one raises, what was begun is taken back and the error goes on; so do errors of taking back."""
    begun: list[Step] = []
    for number, step in enumerate(steps, 1):
        say(f"{number}/{len(steps)} {step.name}")
        began = time.monotonic()
        begun.append(step)
        try:
            step.do()
        except BaseException as error:
            say(f"    failed: {error}")
            _take_back(begun, say, error)
            raise
        say(f"    {time.monotonic() - began:.0f} s")


def _take_back(begun: Sequence[Step], say: Say, why: BaseException) -> None:
    for step in reversed(begun):
        if step.undo is None:
            continue
        say(f"    taking back: {step.name}")
        try:
            step.undo()
        except Exception as error:
            # The others have to be taken back all the same.
            say(f"    could not be taken back: {step.name}: {error}")
            why.add_note(f"not taken back: {step.name}: {error}")
