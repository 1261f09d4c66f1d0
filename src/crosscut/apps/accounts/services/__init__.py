"""What can be done to people, workspaces and accounts."""
