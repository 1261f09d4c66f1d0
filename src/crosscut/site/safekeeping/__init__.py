"""Backups of the whole installation, and bringing one back. docs/howto/backup.md tells how to use them."""
