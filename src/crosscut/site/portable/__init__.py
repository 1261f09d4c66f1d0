"""A whole workspace as open files and JSON, from one installation to another. docs/howto/move.md tells its form."""
