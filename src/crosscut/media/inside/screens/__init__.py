"""Films looked through: light, flashes, spans."""
