"""The channels' own drawings: each channel's folder has an `icon.svg`."""

from functools import cache
from importlib import resources

from crosscut.channels.registry import channels


@cache
def drawing_of(slug: str) -> str:
    """The channel's icon as SVG that takes the ink of the text around it; empty when the channel is not installed.

    >>> drawing_of("practice").startswith("<svg")
    True
    >>> drawing_of("no-such-place")
    ''
    """
    known = channels().get(slug)
    if known is None:
        return ""
    package = known.adapter.partition(":")[0].rpartition(".")[0]
    drawing = resources.files(package).joinpath("icon.svg")
    return drawing.read_text().strip() if drawing.is_file() else ""


def name_of(slug: str) -> str:
    """The channel's name for a person; its slug when it is not installed any more."""
    known = channels().get(slug)
    return known.name if known else slug
