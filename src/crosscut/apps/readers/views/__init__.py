"""Pages of readers: the team's, and those that readers come to."""
