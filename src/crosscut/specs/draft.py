"""A post as it stands before it is sent: what the checks look at."""

from dataclasses import dataclass, field

from crosscut.kernel.facts import Kind, MediaFacts, Screening
from crosscut.kernel.phrases import phrase
from crosscut.specs.rights import Edits, Holdings

_UNNAMED = {
    Kind.IMAGE: phrase("The picture"),
    Kind.VIDEO: phrase("The film"),
    Kind.AUDIO: phrase("The sound"),
    Kind.DOCUMENT: phrase("The document"),
}


@dataclass(frozen=True, kw_only=True)
class DraftMedia:
    """One file of the post."""

    facts: MediaFacts
    filename: str = ""  # what a person calls it: "reef.jpg"
    alt_text: str = ""
    is_decorative: bool = False  # a person said that it says nothing
    tracks: frozenset[str] = frozenset()  # words that go with it: "captions", "transcript"
    screening: Screening | None = None  # None until it was looked through
    edits: Edits = Edits.NONE  # what was done to the file for this place
    holdings: Holdings = field(default_factory=Holdings)  # what decides what may be done with it
    credit: str = ""  # who made it, ready to print

    @property
    def name(self) -> str:
        """What a finding calls it."""
        return f"“{self.filename}”" if self.filename else _UNNAMED.get(self.facts.kind, phrase("The file"))


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The words and files of one post, for one place."""

    text: str = ""
    title: str = ""
    summary: str = ""
    language: str = "en"  # BCP 47
    link: str = ""  # an address the post points to, beside those in the text
    below: str = ""  # what is sent below the text and counts with it: that address, where nothing else shows it
    tags: tuple[str, ...] = ()  # topics without "#", beside those in the text
    warning: str = ""  # the content warning, on places that have one
    media: tuple[DraftMedia, ...] = ()  # in order

    def of_kind(self, kind: Kind) -> tuple[DraftMedia, ...]:
        """The files of that kind, in order."""
        return tuple(media for media in self.media if media.facts.kind is kind)
