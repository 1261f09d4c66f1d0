"""Copies of rows in memory: brought up to date before each use, and shared by the processes of a machine."""
