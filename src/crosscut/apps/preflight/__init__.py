"""What the checks say about an edition, and the exceptions seniors sign."""
