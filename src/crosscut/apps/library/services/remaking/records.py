"""What an operation is, what it gets, and what it gives back."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from crosscut.apps.library.models import Asset, Version
from crosscut.kernel.facts import Kind, MediaFacts
from crosscut.kernel.progress import Report, ShouldStop
from crosscut.media.timemap import TimeMap


@dataclass(frozen=True, kw_only=True)
class Source:
    """What something is made of."""

    version: Version  # with its asset
    master: Path  # its file, to be read only
    facts: MediaFacts
    folder: Path  # for what is made
    report: Report
    should_stop: ShouldStop

    @property
    def is_film(self) -> bool:
        """Whether it has moving pictures."""
        return self.facts.kind is Kind.VIDEO

    @property
    def stem(self) -> str:
        """The name of its file without the ending."""
        return Path(self.version.filename).stem

    @property
    def duration_s(self) -> Fraction:
        """How long it lasts."""
        return self.facts.duration_s or Fraction(0)


@dataclass(frozen=True, kw_only=True)
class Made:
    """A file that was made, before it is taken in."""

    path: Path
    filename: str  # what a person calls it
    said: Sequence[str] = ()  # what was done, in sentences
    title: str = ""  # of the new asset; empty makes a new version of the same one
    times: TimeMap | None = None  # where its moments were in the master; None when nothing moved
    words: str | None = None  # captions in WebVTT that take the place of the moved ones, of `words_language`
    words_language: str = ""
    alt_text: str = ""  # of a new asset
    sources: Sequence[int] = ()  # of a new asset: whose rights bind it; empty: those of what it was made of
    shows_logo_of: int | None = None  # the brand kit whose logo is in the picture


class Operation(Protocol):
    """One thing that can be made of a version, with its settings."""

    def label(self, filename: str) -> str:
        """What is being done, for a person: "Dimming what flashes in dive.mp4"."""
        ...

    def check(self, asset: Asset, version: Version) -> None:
        """Raises Invalid or Unsupported when it cannot be done to this version."""
        ...

    def make(self, source: Source) -> Made:
        """Makes the file in the source's folder. Raises what the media engine raises."""
        ...
