"""Nothing lost in a split; tax that is inside a price adds up with what is left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrow.core.money import included_tax, portion, split

amounts = st.integers(0, 10**9)


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_a_split_loses_nothing(amount: int, weights: list[int]) -> None:
    parts = split(amount, weights)
    assert sum(parts) == amount
    assert all(part >= 0 for part in parts)
    total = sum(weights)
    if total:
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part - amount * weight / total) <= 1


def test_the_spare_cent_goes_to_the_largest_remainder_first() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(5, [0, 0]) == [3, 2]
    assert split(0, []) == []
    with pytest.raises(ValueError, match="nothing"):
        split(1, [])


@given(amounts, st.integers(0, 10_000))
def test_portions_stay_within_the_whole(amount: int, basis_points: int) -> None:
    assert 0 <= portion(amount, basis_points) <= amount
    tax = included_tax(amount, basis_points)
    assert 0 <= tax <= amount
    net = amount - tax
    assert abs(net * basis_points / 10_000 - tax) <= 1


def test_german_reduced_rate() -> None:
    assert included_tax(4250, 700) == 278
