"""The database server Crosscut brings along: found, set up, started, shared and stopped without an administrator."""
