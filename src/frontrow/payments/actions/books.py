"""The double entry: what we have at Stripe, in the till and on the terminal, against what it was for."""

from frontrow.core import ids
from frontrow.core.db import Tx
from frontrow.payments.queries import PaymentView

MONEY_IN = {"stripe": "stripe", "cash": "cash", "terminal": "terminal"}
"""The account that a payment's money is in, by its method. Free and complimentary ones move none."""


async def book(tx: Tx, payment: PaymentView, entries: dict[str, int]) -> None:
    """Write one transaction of the ledger: account to amount in minor units, debit positive, together zero."""
    accounts = [account for account, amount in entries.items() if amount]
    if not accounts:
        return
    await tx.sql(
        """INSERT INTO ledger_entry (transaction_id, organiser_id, payment_id, order_id, account, amount, currency)
           SELECT CAST(:transaction AS uuid), CAST(:organiser AS uuid), CAST(:payment AS uuid), CAST(:order AS uuid),
                  e.account, e.amount, CAST(:currency AS text)
             FROM unnest(CAST(:accounts AS text[]), CAST(:amounts AS int[])) AS e (account, amount)""",
        transaction=ids.new_id(),
        organiser=payment.organiser_id,
        payment=payment.id,
        order=payment.order_id,
        currency=payment.currency,
        accounts=accounts,
        amounts=[entries[account] for account in accounts],
    )
