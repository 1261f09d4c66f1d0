"""Sounds heard once: loudness, peaks, silence; and rewritten."""
