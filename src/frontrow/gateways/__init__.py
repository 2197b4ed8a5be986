"""The doors to the outside: Stripe, mail, object storage, log-in providers. Each goes through a breaker, and each says
what became of a request in words of ours: done, refused for good, or unknown."""
