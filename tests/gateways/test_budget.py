"""The retry budget: a tenth more at most, a few a second always, and nothing for first calls."""

from frontrow.gateways.budget import RetryBudget


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_first_calls_are_free_and_retries_a_tenth_of_them() -> None:
    clock = Clock()
    budget = RetryBudget(floor_per_s=0, clock=clock)
    spent = 0
    for number in range(1000):
        assert budget.may_ask(f"first {number}")
        budget.told(f"first {number}", known=False)
        spent += budget.may_ask(f"first {number}")
    assert 100 <= spent <= 110


def test_a_quiet_shop_may_always_ask_a_few_times_a_second() -> None:
    clock = Clock()
    budget = RetryBudget(floor_per_s=2, most=4, clock=clock)
    budget.told("lost", known=False)
    while budget.may_ask("lost"):
        pass
    clock.now = 1.0
    assert [budget.may_ask("lost") for _ in range(3)] == [True, True, False]
    clock.now = 1000.0
    assert [budget.may_ask("lost") for _ in range(5)] == [True, True, True, True, False]


def test_a_known_outcome_makes_the_next_call_a_first_one() -> None:
    budget = RetryBudget(ratio=0, floor_per_s=0, most=0)
    budget.told("op", known=False)
    assert not budget.may_ask("op")
    budget.told("op", known=True)
    assert budget.may_ask("op")


def test_what_it_remembers_is_bounded() -> None:
    budget = RetryBudget(ratio=0, floor_per_s=0, most=0)
    for number in range(10_001):
        budget.told(str(number), known=False)
    assert budget.may_ask("0")
    assert not budget.may_ask("10000")
