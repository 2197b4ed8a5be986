"""The ways coupons say no. Each ``code`` is stable: the page words it, and a quote tells it without refusing."""

from frontrow.core.errors import Refusal


class CouponRefused(Refusal):
    """Base of the reasons why a coupon doesn't apply to an order."""

    code = "coupon_refused"
    status = 409
    title = "This coupon can't be used here."


class CouponUnknown(CouponRefused):
    """No such code with this organiser; also one that is switched off, or is for another event."""

    code = "coupon_unknown"
    status = 422
    title = "There is no coupon of this code for this event."


class CouponNotYetValid(CouponRefused):
    code = "coupon_not_yet_valid"
    title = "This coupon isn't valid yet."


class CouponExpired(CouponRefused):
    code = "coupon_expired"
    title = "This coupon has expired."


class CouponUsedUp(CouponRefused):
    code = "coupon_used_up"
    title = "This coupon has been used as often as it may be."


class CouponUsedByYou(CouponRefused):
    code = "coupon_used_by_you"
    title = "You have used this coupon as often as one person may."


class CouponWrongTickets(CouponRefused):
    code = "coupon_wrong_tickets"
    title = "This coupon isn't for any of these tickets."


class CouponWrongCurrency(CouponRefused):
    code = "coupon_wrong_currency"
    title = "This coupon is worth an amount of another currency."


class CouponMinimum(CouponRefused):
    """Carries ``minimum``, in minor units of the order's currency."""

    code = "coupon_minimum"
    title = "The tickets that this coupon is for don't add up to its minimum."


class CouponChanged(CouponRefused):
    code = "coupon_changed"
    title = "This coupon was changed a moment ago. Nothing was ordered; look at the new price first."


class CouponExists(Refusal):
    code = "coupon_exists"
    status = 409
    title = "There is a coupon of this code already."


class CouponInvalid(Refusal):
    code = "coupon_invalid"
    status = 422
    title = "A coupon can't be like this."


class CouponLimitTooLow(Refusal):
    """Carries ``used``."""

    code = "coupon_limit_too_low"
    status = 409
    title = "More people have used this coupon already."
