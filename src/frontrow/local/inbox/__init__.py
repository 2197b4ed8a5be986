"""A mail inbox for one machine: an SMTP server that keeps every message as a file, and a page to read them on.

Nothing that Frontrow sends locally leaves the machine; it lands here, as the buyer would have got it.
"""
