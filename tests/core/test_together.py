"""Who asks together is answered together, and nobody by what was begun before they asked."""

import asyncio

import pytest

from frontrow.core.together import Together


class Runs:
    """Something costly, whose end the test decides. Each run's answer is its number."""

    def __init__(self) -> None:
        self.begun = 0
        self.go = asyncio.Event()

    async def __call__(self, key: str) -> str:
        self.begun += 1
        number = self.begun
        await self.go.wait()
        if key == "broken":
            raise ValueError(key)
        return f"{key}{number}"


async def turn() -> None:
    """Let everything that can go on go on."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_thousand_at_once_are_one_run_and_late_ones_another() -> None:
    runs = Runs()
    together = Together(runs)
    first = [asyncio.create_task(together.ask("a")) for _ in range(1000)]
    await turn()
    assert runs.begun == 1
    # What the first run looks at may be older than these questions.
    late = [asyncio.create_task(together.ask("a")) for _ in range(1000)]
    other = asyncio.create_task(together.ask("b"))
    await turn()
    assert runs.begun == 2
    runs.go.set()
    assert set(await asyncio.gather(*first)) == {"a1"}
    assert await other == "b2"
    assert set(await asyncio.gather(*late)) == {"a3"}
    assert await together.ask("a") == "a4"


async def test_who_leaves_takes_nobody_along() -> None:
    runs = Runs()
    together = Together(runs)
    leaver, stayer = (asyncio.create_task(together.ask("a")) for _ in range(2))
    await turn()
    leaver.cancel()
    runs.go.set()
    assert await stayer == "a1"
    assert leaver.cancelled()


async def test_everybody_hears_what_went_wrong_and_the_next_try_is_a_fresh_one() -> None:
    runs = Runs()
    runs.go.set()
    together = Together(runs)
    told = await asyncio.gather(*(together.ask("broken") for _ in range(3)), return_exceptions=True)
    assert [type(error) for error in told] == [ValueError] * 3
    with pytest.raises(ValueError, match="broken"):
        await together.ask("broken")
    assert runs.begun == 2
    assert not together._under_way
    assert not together._next
