"""What a campaign planned, published, proved, cost and brought."""
