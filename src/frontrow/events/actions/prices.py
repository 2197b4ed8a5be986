"""Price lists have versions: what was put up once is never rewritten, so holds and orders keep what they were shown."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from frontrow.core.db import Tx
from frontrow.core.ids import new_id
from frontrow.core.money import portion, smallest_charge
from frontrow.events import queries
from frontrow.events.errors import PerformanceOver, PricesChanged
from frontrow.events.messages import CATALOGUE
from frontrow.events.models import Performance, Price, TicketType
from frontrow.events.rules import PriceLine, PriceList, check_lines, check_price_list, price_list_of


async def set_prices(tx: Tx, performance_id: uuid.UUID, lines: Sequence[PriceLine]) -> int:
    """Put up a new version of the whole price list and return its number; holds keep the version they were made at.

    The first line of a category is what its places are sold as unless the buyer chooses. A ticket type that isn't named
    any more is no longer sold. Raises NotFound, InvalidRequest for figures out of range, UnknownCategory,
    PricesIncomplete unless each category of the map has a price, TicketTypeTwice.
    """
    found = await queries.for_pricing(tx, performance_id, lock=True)
    check_lines(lines, set(found.categories))
    return await _put_up(tx, performance_id, found, lines)


async def put_price_list(
    tx: Tx, performance_id: uuid.UUID, wanted: PriceList, *, seen: str | None, otherwise: int
) -> PriceList:
    """Make ``wanted`` the price list, the window of sale and the cap of a performance. Returns what holds now.

    There is a new version only if a figure changed. Asking for what is so already changes nothing. ``seen`` is the etag
    of the list that was changed; ``otherwise`` the smallest charge, in minor units, of currencies without one of their
    own. Raises NotFound, PerformanceOver, PricesChanged when the list isn't ``seen`` any more, and what
    ``rules.check_price_list`` does.
    """
    found = await queries.for_pricing(tx, performance_id, lock=True)
    present = price_list_of(found, await queries.price_lines(tx, performance_id))
    if wanted == present:
        return present
    if found.state != "scheduled":
        raise PerformanceOver
    if seen is not None and seen != present.etag:
        raise PricesChanged
    check_price_list(wanted, set(found.categories), smallest_charge(found.currency, otherwise))
    await tx.execute(
        update(Performance)
        .where(Performance.id == performance_id)
        .values(
            sales_open_at=wanted.sales_open_at,
            sales_close_at=wanted.sales_close_at,
            max_per_account=wanted.max_per_account,
        )
    )
    if {line.figures for line in wanted.lines} == {line.figures for line in present.lines}:
        await _keep_types(tx, performance_id, found.organiser_id, wanted.lines)
        await _tell_from(tx, performance_id, found.price_version, wanted.lines)
    else:
        await _put_up(tx, performance_id, found, wanted.lines)
    return wanted


async def _put_up(tx: Tx, performance_id: uuid.UUID, found: Any, lines: Sequence[PriceLine]) -> int:
    """``found`` is the locked row of ``queries.for_pricing``. Returns the version."""
    first = not (await tx.execute(select(exists().where(TicketType.performance_id == performance_id)))).scalar_one()
    version: int = found.price_version if first else found.price_version + 1
    by_name = await _keep_types(tx, performance_id, found.organiser_id, lines)
    await tx.execute(
        insert(Price).values(
            [
                {
                    "ticket_type_id": by_name[line.category, line.name],
                    "version": version,
                    "organiser_id": found.organiser_id,
                    "amount": line.amount,
                    "fee": line.fee + portion(line.amount, line.fee_bp),
                    "tax_bp": line.tax_bp,
                    "fee_bp": line.fee_bp,
                    "tax_added": line.tax_added,
                }
                for line in lines
            ]
        )
    )
    await _tell_from(tx, performance_id, version, lines)
    return version


async def _keep_types(
    tx: Tx, performance_id: uuid.UUID, organiser_id: uuid.UUID, lines: Sequence[PriceLine]
) -> dict[tuple[str, str], uuid.UUID]:
    """The ticket types of these lines with their rules, which have no versions. Returns ids by category and name."""
    types = upsert(TicketType).values(
        [
            {
                "id": new_id(),
                "organiser_id": organiser_id,
                "performance_id": performance_id,
                "category": line.category,
                "name": line.name,
                "position": at,
                "sales_open_at": line.sales_open_at,
                "sales_close_at": line.sales_close_at,
                "min_per_order": line.min_per_order,
                "max_per_order": line.max_per_order,
            }
            for at, line in enumerate(lines)
        ]
    )
    rules = ("position", "sales_open_at", "sales_close_at", "min_per_order", "max_per_order")
    ids = (
        await tx.execute(
            types.on_conflict_do_update(
                index_elements=["performance_id", "category", "name"],
                set_={name: types.excluded[name] for name in rules},
            ).returning(TicketType.id, TicketType.category, TicketType.name)
        )
    ).all()
    return {(row.category, row.name): row.id for row in ids}


async def _tell_from(tx: Tx, performance_id: uuid.UUID, version: int, lines: Sequence[PriceLine]) -> None:
    """Listings tell what most people pay: the first ticket type of each category, not the most reduced one."""
    usual = {line.category: line for line in reversed(lines)}
    await tx.execute(
        update(Performance)
        .where(Performance.id == performance_id)
        .values(price_version=version, from_price=min(line.total for line in usual.values()))
    )
    tx.outdates(CATALOGUE)
