"""What a batch of graphics is made of and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crosscut.kernel.findings import Finding, blocking

MAKER = "3"  # part of what names a finished picture: raise it when the same row would come out differently


@dataclass(frozen=True, kw_only=True)
class LogoRule:
    """What a brand asks of its logo in a picture."""

    clear_percent: int = 0  # of its height, kept free of words on every side, and from the edge
    least_px: int = 0  # its least width on a phone, whose screen is 360 px wide


ANY_LOGO = LogoRule()  # nothing is asked of it


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A named place in a drawing that a row fills."""

    name: str
    kind: str  # "words", "picture" or "colour"
    is_optional: bool = False
    drawn: str = ""  # what stands there in the drawing: its words, or its colour


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the table."""

    number: int  # as a person counts: the first row of data is 1
    cells: Mapping[str, str]  # by column, which is the name of a slot


@dataclass(frozen=True, kw_only=True)
class Graphic:
    """One row in one layout."""

    row: int
    layout: str  # the name of the drawing it was made from
    file: str = ""  # in the folder for the results; empty where none could be made
    findings: tuple[Finding, ...] = ()

    @property
    def is_blocked(self) -> bool:
        """Whether a finding says that it must not go out."""
        return bool(blocking(self.findings))


@dataclass(frozen=True, kw_only=True)
class Batch:
    """All that was made of a table."""

    graphics: tuple[Graphic, ...]  # by row, then layout
    kept: int  # how many had been made before and were not made again
    sheet: str = ""  # the contact sheet's file

    @property
    def blocked(self) -> tuple[Graphic, ...]:
        """Those that must not go out as they are."""
        return tuple(graphic for graphic in self.graphics if graphic.is_blocked)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One drawing of a template."""

    name: str
    path: Path


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a child is to make: some rows in every layout."""

    layouts: tuple[Layout, ...]
    fonts: tuple[Path, ...]
    pictures: Path  # the folder that cells with file names are looked up in
    rows: tuple[Row, ...]
    out: Path
    logo: LogoRule = ANY_LOGO
