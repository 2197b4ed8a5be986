"""The verbs of tickets, a file a verb: issue (activate, void), draw, scan."""
