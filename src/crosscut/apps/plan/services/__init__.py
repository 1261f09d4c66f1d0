"""What can be done to campaigns and audiences."""
