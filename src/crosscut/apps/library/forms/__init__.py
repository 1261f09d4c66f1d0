"""The library's forms, by subject."""
