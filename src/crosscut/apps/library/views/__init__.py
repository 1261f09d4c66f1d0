"""The library's pages: finding, adding, and one asset."""
