"""Films and sounds by PyAV: what they are, decoded through, joined."""
