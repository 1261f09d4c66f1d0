"""Samples: what was measured, each tied to its definition."""
