"""What a person sees: every page in a real Chromium, in every look."""
