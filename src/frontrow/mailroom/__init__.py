"""Every e-mail: a fact comes in through the outbox, a template gives it words, a gateway sends it, once."""
