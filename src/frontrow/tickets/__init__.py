"""Tickets: issue, sign, draw as QR and PDF, void, and scan at the door."""
