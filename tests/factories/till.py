"""Holds and orders by the verbs themselves, at a house whose places are sold as adult, child or reduced."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frontrow.core.db import Tx
from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.coupons import actions as coupons
from frontrow.coupons.actions import CouponWish
from frontrow.events import actions as events
from frontrow.events.actions import PriceLine
from frontrow.orders import queries
from frontrow.orders.actions.draft import Placed, Wish
from frontrow.orders.actions.place import place_at_once
from frontrow.orders.actions.quote import Quoted, quote
from frontrow.seats import actions as seats
from tests.factories.house import House

ADULT = PriceLine("A", "Adult", 4000, fee=250, tax_bp=700)
CHILD = PriceLine("A", "Child", 2000, fee=100, tax_bp=700)
REDUCED = PriceLine("A", "Reduced", 3000, fee=200, tax_bp=700)
LAST_ROW = PriceLine("B", "Last row", 1500, fee=250, tax_bp=700)
LIST = (ADULT, CHILD, REDUCED, LAST_ROW)


@dataclass
class Till:
    """Buyers come as they are asked for; each is a guest with an address of their own unless told otherwise."""

    rt: Runtime
    house: House

    async def price(self, *lines: PriceLine) -> dict[str, uuid.UUID]:
        """Put up a price list. Returns the ids of ticket types, by name."""

        async def work(tx: Tx) -> dict[str, uuid.UUID]:
            await events.set_prices(tx, self.house.performance_id, lines)
            found = await tx.sql(
                "SELECT name, id FROM ticket_type WHERE performance_id = :id", id=self.house.performance_id
            )
            return {row.name: row.id for row in found}

        return await self.rt.db.write(work)

    async def hold(self, *seat_nos: int, buyer: uuid.UUID | None = None) -> "Held":
        buyer = buyer or new_id()
        made = await seats.hold_seats(
            self.rt.db, self.rt.settings.till, self.house.performance_id, buyer, list(seat_nos), str(new_id())
        )
        assert isinstance(made, seats.Held)
        return Held(made.hold_id, buyer)

    async def order(self, held: "Held", **wish: Any) -> Placed:
        """Place the order. ``email``, ``user``, ``types``, ``coupon``, ``key`` if they matter."""
        user, key = wish.get("user"), wish.get("key") or str(new_id())
        wanted = Wish(
            held.hold_id,
            wish.get("email") or f"{held.buyer.hex}@buyers.example",
            "Ben",
            "en",
            wish.get("types") or {},
            wish.get("coupon"),
        )
        return await place_at_once(self.rt.db, wanted, held.buyer, user, key, self.rt.settings.stripe)

    async def quote(
        self,
        held: "Held",
        types: Mapping[int, uuid.UUID] | None = None,
        coupon: str | None = None,
        email: str | None = None,
        user: uuid.UUID | None = None,
    ) -> Quoted:
        stripe = self.rt.settings.stripe
        return await self.rt.db.read(
            lambda tx: quote(tx, held.hold_id, held.buyer, user, types or {}, coupon, email, stripe)
        )

    async def coupon(self, code: str = "SAVE", **terms: Any) -> uuid.UUID:
        """Make a coupon: ten per cent of everything unless told otherwise."""
        wish = CouponWish(code, **({"percent_bp": 1000} | terms))
        return await self.rt.db.write(lambda tx: coupons.create_coupon(tx, self.house.organiser_id, wish))

    async def used(self, code: str = "SAVE") -> int:
        found = await self.rt.db.read(lambda tx: tx.sql("SELECT used FROM coupon WHERE code = :code", code=code))
        return int(found.scalar_one())

    async def sql(self, statement: str, **values: Any) -> list[Any]:
        return list(await self.rt.db.write(lambda tx: tx.sql(statement, **values)))

    async def state(self, order_id: uuid.UUID) -> str:
        return (await self.rt.db.read(lambda tx: queries.order(tx, order_id))).state


@dataclass(frozen=True)
class Held:
    hold_id: uuid.UUID
    buyer: uuid.UUID
