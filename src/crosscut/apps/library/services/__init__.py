"""What can be done to the library: one file per family of verbs."""
