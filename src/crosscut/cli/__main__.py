"""`python -m crosscut.cli`, the same as `crosscut`."""

from crosscut.cli.main import run

run()
