"""What can be done to pieces: write, freeze, approve."""
