"""Prices: nothing is lost or made, whatever the basket."""

import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrow.coupons.rules import Basket, Terms, discounts
from frontrow.orders.errors import PlaceWithoutPrice, TicketTypeNotForSeat, TicketTypeNotOnSale, TicketTypeQuantity
from frontrow.orders.rules import (
    Choice,
    Place,
    TicketType,
    basket,
    check_choices,
    choose,
    price,
    smallest_charge,
)

EVENT = uuid.UUID(int=1)
NAMES = ("Adult", "Child", "Reduced")


def ticket_type(name: str = "Adult", amount: int = 4000, fee: int = 250, **more: object) -> TicketType:
    usual = TicketType(
        id=uuid.uuid4(),
        category="A",
        name=name,
        amount=amount,
        fee=fee,
        tax_bp=700,
        tax_added=False,
        total=amount + fee,
        min_per_order=1,
        max_per_order=None,
        on_sale=True,
        was_on_sale=True,
    )
    return replace(usual, **more)  # type: ignore[arg-type]


def place(seat_no: int, category: str = "A") -> Place:
    return Place(seat_no, "Stalls", "A", str(seat_no), category)


def terms(**more: object) -> Terms:
    usual = Terms(
        id=uuid.uuid4(),
        code="SAVE",
        event_id=None,
        percent_bp=None,
        amount=None,
        currency=None,
        valid_from=None,
        valid_until=None,
        min_purchase=0,
        max_uses=None,
        per_account=None,
        ticket_types=None,
        enabled=True,
        used=0,
        revision=1,
    )
    return replace(usual, **more)  # type: ignore[arg-type]


money = st.integers(0, 10_000_000)
types = st.builds(
    ticket_type,
    name=st.sampled_from(NAMES),
    amount=money,
    fee=st.integers(0, 100_000),
    tax_bp=st.integers(0, 10_000),
    tax_added=st.booleans(),
)
baskets = st.lists(types, min_size=1, max_size=12).map(
    lambda chosen: [Choice(place(at + 1), one) for at, one in enumerate(chosen)]
)
worths = st.one_of(
    st.builds(lambda share: {"percent_bp": share}, st.integers(1, 10_000)),
    st.builds(lambda amount: {"amount": amount, "currency": "EUR"}, st.integers(1, 10_000_000)),
)
some_names = st.one_of(st.none(), st.lists(st.sampled_from(NAMES), min_size=1, unique=True))


@given(baskets, worths, some_names)
def test_totals_are_their_lines_and_nothing_is_lost(
    choices: list[Choice], worth: dict[str, object], names: list[str] | None
) -> None:
    off = discounts(terms(**worth, ticket_types=names), basket(choices, EVENT, "EUR"))
    lines, totals = price(choices, off)
    assert [line.place for line in lines] == [choice.place for choice in choices]
    assert totals.total == sum(line.total for line in lines)
    assert totals.total == totals.subtotal - totals.discount + totals.fees + totals.added_tax
    assert totals.discount == sum(off) == sum(line.discount for line in lines)
    assert totals.tax == sum(line.tax for line in lines)
    for line in lines:
        assert 0 <= line.discount <= line.ticket_type.amount
        assert 0 <= line.added_tax <= line.tax <= line.total
        assert line.total >= 0
        if names is not None and line.ticket_type.name not in names:
            assert line.discount == 0


@given(baskets, worths)
def test_a_coupon_takes_what_it_says(choices: list[Choice], worth: dict[str, object]) -> None:
    against = basket(choices, EVENT, "EUR")
    off = sum(discounts(terms(**worth), against))
    whole = sum(against.amounts)
    if "amount" in worth:
        assert off == min(worth["amount"], whole)  # type: ignore[type-var]
    else:
        assert abs(off - whole * int(str(worth["percent_bp"])) / 10_000) <= 0.5


@given(baskets, worths, st.randoms())
def test_the_order_of_the_lines_makes_no_difference(
    choices: list[Choice], worth: dict[str, object], chance: object
) -> None:
    mixed = list(choices)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    # What a place pays may differ by the odd cent of a split between equals; what the order pays may not.
    sums = []
    for these in (choices, mixed):
        in_order = sorted(these, key=lambda choice: choice.place.seat_no)
        lines, totals = price(in_order, discounts(terms(**worth), basket(in_order, EVENT, "EUR")))
        sums.append((totals, {line.place.seat_no: line.total for line in lines}))
    assert sums[0] == sums[1]


@given(baskets)
def test_without_a_coupon_a_ticket_costs_what_its_list_says(choices: list[Choice]) -> None:
    lines, totals = price(choices)
    assert totals.discount == 0
    for line in lines:
        sold_as = line.ticket_type
        base = sold_as.amount + sold_as.fee
        assert line.total == (base + line.tax if sold_as.tax_added else base)
        assert line.added_tax == (line.tax if sold_as.tax_added else 0)


@given(st.integers(0, 10**7), st.integers(0, 10_000))
def test_tax_on_top_taken_out_again_leaves_the_price(amount: int, rate: int) -> None:
    [added], _ = price([Choice(place(1), ticket_type(amount=amount, fee=0, tax_bp=rate, tax_added=True))])
    [included], _ = price([Choice(place(1), ticket_type(amount=added.total, fee=0, tax_bp=rate))])
    assert abs(included.tax - added.tax) <= 1
    assert included.total == added.total


def test_a_worked_example() -> None:
    """The one of docs/pricing.md: two adults and a child, 10 % off, 7 % tax in the prices."""
    adult, child = ticket_type("Adult", 4000, 250), ticket_type("Child", 2001, 100)
    choices = [Choice(place(1), adult), Choice(place(2), adult), Choice(place(3), child)]
    lines, totals = price(choices, discounts(terms(percent_bp=1000), basket(choices, EVENT, "EUR")))
    assert [line.discount for line in lines] == [400, 400, 200]
    assert [line.tax for line in lines] == [252, 252, 124]
    assert (totals.subtotal, totals.discount, totals.fees, totals.total, totals.tax) == (10001, 1000, 600, 9601, 628)


def test_a_ticket_that_a_coupon_makes_free_has_no_fee() -> None:
    choices = [Choice(place(1), ticket_type()), Choice(place(2), ticket_type("Child", 2000, 100, tax_added=True))]
    lines, totals = price(choices, discounts(terms(percent_bp=10_000), basket(choices, EVENT, "EUR")))
    assert (totals.total, totals.fees, totals.tax, totals.discount) == (0, 0, 0, 6000)
    # What the organiser gives away with a fee of its own keeps it.
    [kept], _ = price([Choice(place(1), ticket_type(amount=0, fee=100))])
    assert kept.total == 100
    assert [line.total for line in lines] == [0, 0]


@pytest.mark.parametrize(("currency", "amount"), [("JPY", 1000), ("KWD", 10_000), ("EUR", 10_000)])
def test_a_three_way_split_balances_in_any_currency(currency: str, amount: int) -> None:
    three = [Choice(place(at), ticket_type(amount=amount, fee=0)) for at in (1, 2, 3)]
    off = discounts(terms(amount=100, currency=currency), basket(three, EVENT, currency))
    assert off == [34, 33, 33]


def test_the_smallest_charge_is_the_currencys() -> None:
    assert [smallest_charge(one, 50) for one in ("EUR", "GBP", "JPY", "SEK", "KWD")] == [50, 30, 50, 300, 50]


def test_a_place_is_sold_as_the_first_type_that_was_on_sale() -> None:
    early = ticket_type("Early bird", was_on_sale=False, on_sale=False)
    adult, child = ticket_type("Adult"), ticket_type("Child")
    assert [choice.ticket_type for choice in choose([place(1), place(2)], [early, adult, child], {2: child.id})] == [
        adult,
        child,
    ]
    assert choose([place(1)], [early], {})[0].ticket_type == early


def test_types_of_other_places_are_refused() -> None:
    adult, other = ticket_type(), ticket_type(category="B")
    with pytest.raises(TicketTypeNotForSeat) as refused:
        choose([place(1), place(2)], [adult, other], {1: adult.id, 2: other.id, 9: adult.id})
    assert refused.value.extra == {"seats": [9, 2]}
    with pytest.raises(PlaceWithoutPrice):
        choose([place(1, "C")], [adult], {})


def test_windows_and_quantities() -> None:
    few = ticket_type("Family", min_per_order=2, max_per_order=3)
    for count, fine in ((1, False), (2, True), (3, True), (4, False)):
        choices = [Choice(place(at), few) for at in range(count)]
        if fine:
            check_choices(choices)
        else:
            with pytest.raises(TicketTypeQuantity) as refused:
                check_choices(choices)
            assert refused.value.extra == {"ticket_type": "Family", "minimum": 2, "maximum": 3}
    with pytest.raises(TicketTypeNotOnSale):
        check_choices([Choice(place(1), ticket_type(on_sale=False))])


def test_a_basket_is_of_face_values() -> None:
    assert basket([Choice(place(1), ticket_type())], EVENT, "EUR") == Basket(EVENT, "EUR", ["Adult"], [4000])
