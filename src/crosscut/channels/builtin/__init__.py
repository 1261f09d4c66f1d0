"""The channels that come with Crosscut: one folder per outside place, found by scanning this folder."""
