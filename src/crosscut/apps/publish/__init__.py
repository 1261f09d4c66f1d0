"""Targets, attempts, receipts and proofs: a publication happens exactly once or says that it does not know."""
