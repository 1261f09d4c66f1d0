"""The pages that bring everything together: home, and what a campaign brought."""
