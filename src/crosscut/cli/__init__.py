"""The `crosscut` command: one file per word."""
