"""The pages of campaigns and audiences."""
