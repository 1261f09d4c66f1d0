"""Crosscut: a piece of content keeps its identity from brief to result."""

__version__ = "0.1.0"
