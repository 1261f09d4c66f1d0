"""What the API says and takes about translations."""

from datetime import datetime

from ninja import Field, Schema
from pydantic import ConfigDict

from crosscut.apps.produce.memory import Match
from crosscut.apps.produce.models import Segment
from crosscut.apps.produce.services.returned import Row
from crosscut.apps.produce.translating import Language, LanguageState, Passage, PassageState


class _Input(Schema):
    model_config = ConfigDict(extra="forbid")


class LanguageIn(_Input):
    """A language to add."""

    language: str = Field(max_length=12, description="BCP 47: de-AT, ar.")


class LanguageOut(Schema):
    """A language of a piece, at a glance."""

    piece: int = Field(description="The piece in that language: it has channels, posts and approvals of its own.")
    source: int
    language: str
    state: LanguageState
    done: int = Field(description="Passages of which somebody said that they say the same.")
    passages: int
    translated_by: int | None
    reviewed_by: int | None = Field(description="Whose review holds for the words as they are now.")

    @staticmethod
    def resolve_piece(found: Language) -> int:
        return found.piece.pk

    @staticmethod
    def resolve_source(found: Language) -> int:
        return found.source.piece.pk

    @staticmethod
    def resolve_language(found: Language) -> str:
        return found.piece.language

    @staticmethod
    def resolve_passages(found: Language) -> int:
        return len(found.passages)

    @staticmethod
    def resolve_translated_by(found: Language) -> int | None:
        return found.translation.translated_by_id

    @staticmethod
    def resolve_reviewed_by(found: Language) -> int | None:
        return found.translation.reviewed_by_id if found.state is LanguageState.REVIEWED else None


class PassageOut(Schema):
    """One text in both languages."""

    key: str = Field(description="text, bluesky.text, media.12.alt")
    source: str
    target: str
    before: str | None = Field(description="The source's words when somebody last said that the two say the same.")
    state: PassageState
    seen: str = Field(description="Names the source's words: send it back when you say that a passage is done.")

    @staticmethod
    def resolve_seen(passage: Passage) -> str:
        return passage.seen


class TranslationOut(LanguageOut):
    """A translation, passage by passage."""

    revision: int
    words: list[PassageOut]

    @staticmethod
    def resolve_revision(found: Language) -> int:
        return found.piece.revision

    @staticmethod
    def resolve_words(found: Language) -> list[Passage]:
        return list(found.passages)


class PassageIn(_Input):
    """What is written of a passage, what is said of it, or both."""

    key: str = Field(max_length=80)
    target: str | None = Field(None, max_length=100_000, description="Null leaves the words as they are.")
    done: str = Field("", max_length=16, description="`seen` of the source's words that it says the same as.")


class TranslationIn(_Input):
    """What to change of a translation: all of it, or nothing."""

    revision: int | None = Field(None, description="The one you saw; 409 when somebody saved since.")
    words: list[PassageIn] = Field(max_length=500)


class ReturnedOut(Schema):
    """What would become of one passage of a translated file."""

    key: str
    source: str = Field(description="As the translator saw it.")
    before: str
    target: str
    problem: str = Field(description="Why it cannot be taken; empty where it can.")
    warnings: list[str]
    is_stale: bool = Field(description="The source was changed since: taken, it is out of date at once.")
    is_clean: bool = Field(description="Taken when no keys are named.")

    @staticmethod
    def resolve_is_clean(row: Row) -> bool:
        return row.is_clean


class ReturnedKeys(_Input):
    """Which passages of a translated file to take."""

    keys: list[str] = Field(default_factory=list, max_length=500, description="None: all that are clean.")


class SegmentOut(Schema):
    """A paragraph in two languages."""

    id: int
    source_language: str
    language: str
    source: str
    target: str
    piece: int | None
    passage: str
    member: int | None
    at: datetime

    @staticmethod
    def resolve_piece(row: Segment) -> int | None:
        return row.piece_id

    @staticmethod
    def resolve_member(row: Segment) -> int | None:
        return row.member_id


class MatchOut(Schema):
    """What was said before."""

    percent: int = Field(description="How alike the source is; 100: the very same words.")
    segment: SegmentOut

    @staticmethod
    def resolve_segment(match: Match) -> Segment:
        return match.segment


class BroughtInOut(Schema):
    """What became of a TMX file."""

    added: int
    known: int = Field(description="Were here in the same words, or twice in the file.")
    left_out: int = Field(description="Texts without words, of no known language, or too long.")
