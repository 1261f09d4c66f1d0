"""A workspace with years of work in it, made in seconds: to measure pages with, and to see how they look when full."""
