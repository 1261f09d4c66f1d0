"""Tags and chapters in finished episodes."""
