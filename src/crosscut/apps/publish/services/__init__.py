"""Scheduling, sending, settling, proving and recalling. See the app's README for the states and who moves them."""
