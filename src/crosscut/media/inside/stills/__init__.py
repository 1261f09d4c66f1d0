"""Pictures of every kind: read, drawn anew, compared."""
