"""Coupons: codes, their limits and their redemptions. The database decides; a Redis lock only keeps the queue short."""
