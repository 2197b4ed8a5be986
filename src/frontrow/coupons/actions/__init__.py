"""The verbs of coupons: ``redeem`` for orders, ``manage`` for organisers, ``queue`` for the crowd in front of them."""

from frontrow.coupons.actions.manage import CouponWish, change_coupon, create_coupon
from frontrow.coupons.actions.redeem import give_back, give_back_all, redeem, take_again

__all__ = ["CouponWish", "change_coupon", "create_coupon", "give_back", "give_back_all", "redeem", "take_again"]
