"""Crosscut's Django apps, named by what people do there. An app uses apps upstream only; see ARCHITECTURE.md."""
