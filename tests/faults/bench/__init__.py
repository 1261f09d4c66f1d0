"""The fault bench: the real ledger against strict servers that misbehave on order, one drawn run after the other."""
