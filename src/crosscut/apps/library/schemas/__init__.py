"""What the API says and takes about the library, by subject."""
