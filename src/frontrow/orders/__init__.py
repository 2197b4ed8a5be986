"""Orders: place, price, expire, cancel. An order is one hold of one performance, in its event's currency."""
