"""The protocol of hold, order, payment and ticket as a small machine, searched whole (``python -m tests.model``).

An action is one transaction of ours or one call outside. After each of them anything may come next, or nothing: so
there are crashes without number, between any two actions; workers that slept through their lease; answers lost or
late; and news of an intent in any order, any number of times, or never, for whatever the intent once was may be told
at any later time. What is bounded: buyers (2 in the tests, 3 in CI), seats (1 or 2), one hold and one order a buyer,
payments of an order (1 or 2), refunds (2 at the desk, and those of T8), the coupon (once). Why that is enough: buyers
meet only at a seat and at the coupon, each of them is one row with one owner, and a fault needs somebody who has it,
somebody who takes it, and, for a seat that was lost and found again, at most a third. Time is a choice: whatever has a
time limit may run out at any moment, or not.

Searched for: every rule of ``invariants`` in every state; at each state that workers, timers and answers can't change
any more, the rules of rest (nobody's money without a ticket or a refund; no intent that could still be paid; nothing
in a passing state); and no circle of workers' moves, so that from every state they come to such a rest, whatever the
order.

Not here: lock waits and SQL itself (``test_state_machine``, ``tests/races``), statement-by-statement crashes
(``tests/faults``), idempotency keys of requests, the 24 hours of Stripe's keys, a bank that refuses the refund of T8
(an alert, for a person), and the fence as a number: here a seat simply knows whose it is.
"""
