"""Reads a cut from an OpenTimelineIO file, in a capped child."""

from pathlib import Path

from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase
from crosscut.media import capped
from crosscut.media.cuts.model import Cut


def read_cut(path: Path) -> Cut:
    """The cut of an .otio file; what could not be taken over is in its warnings.

    Raises NotFound, Damaged (no such file can be read), Unsupported, or Invalid with every word of ours in it that is
    not known.
    """
    if not path.is_file():
        raise NotFound(phrase("There is no file {path}.", path=path))
    return capped.call("cuts.reading:read", Cut, path=path)
