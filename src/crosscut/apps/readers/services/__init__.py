"""What can be done with readers, lists and letters."""
