"""Real servers of other people, started on loopback for the tests. Each module has `missing()` and `running()`."""
