"""A log file that never grows past a limit: when it is full it is put aside, and the oldest put aside goes."""

from pathlib import Path

FULL_AT_BYTES = 10_000_000
KEPT = 5  # files put aside; with the current one at most 60 MB for each part of the product


class Journal:
    """One log file and those put aside as `name.log.1` to `name.log.5`."""

    def __init__(self, path: Path, *, full_at_bytes: int = FULL_AT_BYTES) -> None:
        """Open for adding. The folder must be there."""
        self.path = path
        self._full_at_bytes = full_at_bytes
        self._file = path.open("ab")

    def write(self, output: bytes) -> None:
        """Add to the file; it is on disk for other programs to read when this returns."""
        if self._file.tell() and self._file.tell() + len(output) > self._full_at_bytes:
            self._put_aside()
        self._file.write(output)
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def last_lines(self, count: int) -> str:
        """The end of the file, for a message."""
        lines = self.path.read_text(errors="replace").splitlines()
        return "\n".join(lines[-count:])

    def _put_aside(self) -> None:
        self._file.close()
        for number in range(KEPT - 1, 0, -1):
            older = self._aside(number)
            if older.exists():
                older.replace(self._aside(number + 1))
        self.path.replace(self._aside(1))
        self._file = self.path.open("ab")

    def _aside(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")
