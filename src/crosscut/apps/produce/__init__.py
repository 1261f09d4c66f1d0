"""Pieces of content on their way to an audience, their frozen editions and approvals."""
