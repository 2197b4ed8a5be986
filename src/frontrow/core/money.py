"""Money is an integer of minor units beside an ISO 4217 currency; shares are integer basis points. Never a float."""

from collections.abc import Sequence

BASIS_POINTS = 10_000

SMALLEST_CHARGE = {
    **dict.fromkeys(("USD", "AUD", "BRL", "CAD", "CHF", "EUR", "INR", "NZD", "SGD", "JPY"), 50),
    **{"AED": 200, "BGN": 100, "CZK": 1500, "DKK": 250, "GBP": 30, "HKD": 400, "HUF": 17500, "MXN": 1000, "MYR": 200},
    **{"NOK": 300, "PLN": 200, "RON": 200, "SEK": 300, "THB": 1000},
}
"""Minor units. https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts"""


def smallest_charge(currency: str, otherwise: int) -> int:
    """The smallest amount above zero that Stripe takes, in minor units; ``otherwise`` where it lists none."""
    return SMALLEST_CHARGE.get(currency, otherwise)


def portion(amount: int, basis_points: int) -> int:
    """``basis_points`` of ``amount``, rounded half up, in minor units. ``amount`` must not be negative."""
    if amount < 0:
        raise ValueError("portion() takes amounts of zero or more")
    return (amount * basis_points + BASIS_POINTS // 2) // BASIS_POINTS


def included_tax(gross: int, basis_points: int) -> int:
    """The tax inside a gross amount at a rate of ``basis_points``, rounded half up, in minor units."""
    if gross < 0:
        raise ValueError("included_tax() takes amounts of zero or more")
    divisor = BASIS_POINTS + basis_points
    return (2 * gross * basis_points + divisor) // (2 * divisor)


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """Share ``amount`` by ``weights`` with the largest-remainder method: the parts add up to ``amount`` exactly.

    Equal remainders go to the earlier part, so the result is the same everywhere. All-zero weights share equally.
    """
    if not weights:
        if amount:
            raise ValueError("an amount can't be split over nothing")
        return []
    if any(weight < 0 for weight in weights) or amount < 0:
        raise ValueError("split() takes amounts and weights of zero or more")
    total = sum(weights)
    if total == 0:
        return split(amount, [1] * len(weights))
    parts = [amount * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: (-(amount * weights[at] % total), at))
    for at in by_remainder[: amount - sum(parts)]:
        parts[at] += 1
    return parts
