"""The pages of people and accounts."""
