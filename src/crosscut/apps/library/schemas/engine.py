"""What the API says and takes about looking through, listening to and remaking files."""

from datetime import datetime
from typing import Any

from ninja import Field, Schema

from crosscut.apps.library.schemas.rights import StrictSchema
from crosscut.apps.library.services.remaking.ordering import as_written
from crosscut.apps.library.sightings import Way
from crosscut.kernel.records import as_data
from crosscut.media.provenance import Provenance


class WayOut(Schema):
    """One way to mend a finding."""

    words: str
    operation: dict[str, Any] | None = Field(description="Send it to `…/remake`; null where a person has to do it.")

    @staticmethod
    def resolve_operation(way: Way) -> dict[str, Any] | None:
        return as_written(way.operation) if way.operation else None


class SightingOut(Schema):
    """One thing that a look through a film, or listening to a sound, found."""

    kind: str
    words: str
    is_grave: bool = Field(description="It stops posts.")
    start_s: float
    end_s: float
    ways: list[WayOut]


class LooksOut(Schema):
    """What was found by one rule for flashes."""

    profile: str
    is_known: bool = Field(description="Whether somebody has looked by this rule.")
    is_pending: bool
    problem: str = Field(description="Why the last look failed; empty when it did not.")
    findings: list[SightingOut]


class LookWanted(StrictSchema):
    """By which rule to look."""

    profile: str = Field("wcag", max_length=20, description="wcag, iso or broadcast.")


class RemakeWanted(StrictSchema):
    """What to make of a version."""

    name: str = Field(max_length=40, description="calm, cut, mend_sound, …")
    settings: dict[str, Any] = Field(default_factory=dict)


class PointOut(StrictSchema):
    """What is in the middle at a moment."""

    at_s: float = Field(ge=0)
    x: float = Field(ge=0, le=1, description="0 left to 1 right.")
    y: float = Field(ge=0, le=1, description="0 top to 1 bottom.")


class FramingOut(Schema):
    """How a version is shown in other shapes."""

    focus: list[float] | None = Field(description="Of a still: across and down, 0 to 1; null: the engine decides.")
    cameras: dict[str, list[PointOut]] = Field(description="Of a film: the key points by shape, such as 9/16.")


class FocusWanted(StrictSchema):
    """The point of a still that every crop keeps; both null lets the engine decide."""

    x: float | None = Field(None, ge=0, le=1)
    y: float | None = Field(None, ge=0, le=1)


class CameraWanted(StrictSchema):
    """How a film's camera is led in one shape; no points lets it lead itself."""

    aspect: str = Field(pattern=r"^\d{1,4}:\d{1,4}$", description="Width to height, such as 9:16.")
    points: list[PointOut] = Field(default_factory=list, max_length=200)


class PreviewWanted(StrictSchema):
    """In which shape a film is to be shown."""

    aspect: str = Field(pattern=r"^\d{1,4}:\d{1,4}$", description="Width to height, such as 9:16.")


class SignerOut(Schema):
    """With what the workspace signs the files it makes; never the key."""

    name: str
    algorithm: str
    fingerprint: str
    expires_at: datetime
    certificates: str = Field(description="PEM, for whoever is to trust them.")


class SignerWanted(StrictSchema):
    """A certificate and its key, both PEM."""

    certificates: str = Field(max_length=100_000, description="The signer's first, then who vouches for it.")
    key: str = Field(max_length=100_000, description="Without a password. Kept encrypted; never given back.")


class CredentialsOut(Schema):
    """What a file says of its origin, and whether that holds."""

    state: str = Field(description="none, trusted, valid or broken.")
    problems: list[str] = Field(description="What does not hold, and why.")
    manifests: list[dict[str, Any]] = Field(description="The file's own first, then those of what it was made from.")

    @staticmethod
    def resolve_problems(found: Provenance) -> list[str]:
        return [problem.message for problem in found.problems]

    @staticmethod
    def resolve_manifests(found: Provenance) -> list[dict[str, Any]]:
        return [as_data(manifest) for manifest in found.manifests]
