"""The ways orders say no."""

from frontrow.core.errors import Busy, IdempotencyMismatch, InvalidRequest, NotFound, OutcomeUnknown, Refusal
from frontrow.coupons.errors import (
    CouponChanged,
    CouponExpired,
    CouponMinimum,
    CouponNotYetValid,
    CouponUnknown,
    CouponUsedByYou,
    CouponUsedUp,
    CouponWrongCurrency,
    CouponWrongTickets,
)
from frontrow.events.errors import PerformanceOver
from frontrow.seats.errors import HoldExpired, HoldInUse, SalesClosed


class OrderNotPayable(Refusal):
    """The order isn't one that can be paid (any more)."""

    code = "order_not_payable"
    status = 409
    title = "This order can't be paid any more. Nothing was charged."


class OrderMoving(Refusal):
    code = "order_moving"
    status = 409
    title = "This order is being settled right now; wait a moment and look again."


class TicketTypeNotForSeat(Refusal):
    """Carries ``seats``: places of other hands, or whose price category has no such ticket type."""

    code = "ticket_type_not_for_seat"
    status = 422
    title = "There is no such ticket for this place."


class PlaceWithoutPrice(Refusal):
    code = "place_without_price"
    status = 409
    title = "Some of these places have no price yet. Please choose others."


class TicketTypeNotOnSale(Refusal):
    """Carries ``ticket_types``: the names."""

    code = "ticket_type_not_on_sale"
    status = 409
    title = "Tickets of this kind aren't on sale now."


class TicketTypeQuantity(Refusal):
    """Carries ``ticket_type``, ``minimum`` and ``maximum`` of one order."""

    code = "ticket_type_quantity"
    status = 409
    title = "An order may not have so few, or so many, tickets of this kind."


class AccountLimit(Refusal):
    """Carries ``limit`` and ``left``: places of this performance that this account (or guest's address) may have."""

    code = "account_limit"
    status = 409
    title = "These would be more places of this performance than one person may have."


class TotalBelowMinimum(Refusal):
    """Carries ``minimum`` (minor units) and ``currency``."""

    code = "total_below_minimum"
    status = 422
    title = "The total is below the smallest amount that can be paid by card."


class LinesNotThere(Refusal):
    """Lines that aren't the order's, or that were cancelled already."""

    code = "lines_not_there"
    status = 409
    title = "Some of these tickets aren't part of the order any more."


PLACING = (
    *(NotFound, HoldExpired, HoldInUse, SalesClosed, PerformanceOver, IdempotencyMismatch, InvalidRequest, Busy),
    *(TicketTypeNotForSeat, TicketTypeNotOnSale, TicketTypeQuantity, PlaceWithoutPrice),
    *(CouponUnknown, CouponNotYetValid, CouponExpired, CouponUsedUp, CouponUsedByYou, CouponWrongTickets),
    *(CouponWrongCurrency, CouponMinimum, CouponChanged, AccountLimit, TotalBelowMinimum, OutcomeUnknown),
)
"""All the ways in which an order isn't placed."""
