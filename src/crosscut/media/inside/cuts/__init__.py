"""Timelines read and written, and the packets of a smart cut."""
