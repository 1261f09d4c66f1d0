"""Rows of a table drawn into an SVG template."""
