"""What the API says and takes about publishing, by subject."""
