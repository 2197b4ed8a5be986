"""The bounded worlds that are searched. Together they have every behaviour of the model; each says which."""

from tests.model.search import Config
from tests.model.state import Kind

_CARD = Kind(by_hand=True, declined_capture=True, refused_create=True, search_lags=True, cash=True)
_TWICE = Kind(payments=2, by_hand=True, declined_capture=True, refused_create=True, search_lags=True, cash=True)
_TILL = Kind(payments=0, cash=True, refunds=1)  # a passer-by: holds, lets go, pays cash, gives back


def _coupon(want: int) -> Kind:
    return Kind(want, coupon=True, by_hand=True, cash=True)


MONEY = Config(
    "money",
    "Two buyers for one seat, by card or cash. Payments, expiry, hard cap, late news and T8, everything that Stripe can"
    " do: refuse to create, decline the capture, let an authorisation lapse, be worked by hand, search badly.",
    (_CARD, _CARD),
)
CHECKOUT = Config(
    "checkout",
    "A buyer who may leave the checkout and come back: two payments of one order, the first of which may live on at"
    " Stripe. Another takes the seat at the till.",
    (_TWICE, _TILL),
)
COUPON = Config(
    "coupon",
    "Two buyers, each with a seat of their own, one coupon that may be used once.",
    (_coupon(1), _coupon(2)),
    1,
)
SEATS = Config(
    "seats",
    "One buyer wants both seats, two want one of them each way: partly lost holds, all or nothing.",
    (Kind(3, by_hand=True, cash=True), Kind(1, by_hand=True, cash=True)),
)
AFTER = Config(
    "after",
    "After the sale: two refunds or cancellations of lines, scans, the mail; and somebody who buys what became free.",
    (Kind(3, refunds=2, scan=True, mail=True, by_hand=True, coupon=True), Kind(1, payments=0, cash=True, refunds=1)),
    1,
)

PLAIN = Config("plain", "Two buyers for one seat, and a Stripe where nobody but us does anything.", (Kind(), Kind()))

TWO = (PLAIN, MONEY, CHECKOUT, COUPON, SEATS, AFTER)

THREE = (
    Config("money", "As with two, and a third of the same kind.", (_CARD, _CARD, _CARD)),
    Config("checkout", "As with two, and another at the till.", (_TWICE, _TILL, _TILL)),
    Config(
        "coupon",
        "Three with one coupon, two of them for the same seat.",
        (Kind(1, coupon=True, by_hand=True), Kind(1, coupon=True, by_hand=True), Kind(2, True, payments=0, cash=True)),
        1,
    ),
    Config(
        "seats",
        "Both seats, the first, the second: one buyer each.",
        (Kind(3, by_hand=True), Kind(1, by_hand=True), Kind(2, by_hand=True)),
    ),
    Config(
        "after",
        "As with two, and another at the till for the second seat.",
        (*AFTER.kinds, Kind(2, payments=0, cash=True)),
        1,
    ),
)
