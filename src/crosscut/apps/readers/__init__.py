"""Readers of newsletters: who gets one, who left, and the one letter of every issue to each."""
