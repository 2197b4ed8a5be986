"""The demo: a house with three halls, people to log in as, and an evening's choice of events. For `cli` alone."""
