"""What content credentials say, in plain records. Names follow C2PA Technical Specification 2.2."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from crosscut.kernel.errors import Problem


class State(StrEnum):
    """Whether what a file says of its origin holds."""

    NONE = "none"  # it says nothing
    TRUSTED = "trusted"  # unchanged since it was signed, by somebody on the list of trusted signers
    VALID = "valid"  # unchanged since it was signed, by somebody not on that list
    BROKEN = "broken"  # changed since, or the signature is no good


class Action(StrEnum):
    """What was done to make a rendition. C2PA 2.2, 18.17.2."""

    CREATED = "c2pa.created"
    OPENED = "c2pa.opened"
    CROPPED = "c2pa.cropped"
    RESIZED = "c2pa.resized"
    TRANSCODED = "c2pa.transcoded"
    COLOUR = "c2pa.color_adjustments"
    EDITED = "c2pa.edited"
    PLACED = "c2pa.placed"
    TRIMMED = "c2pa.trimmed"


@dataclass(frozen=True, kw_only=True)
class Ingredient:
    """A file that another was made from."""

    title: str
    relationship: str  # "parentOf", "componentOf" or "inputTo"
    manifest: str = ""  # the label of its own manifest in the same file; empty where it had none


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """One signed statement about one state of a file."""

    label: str
    title: str = ""
    signer: str = ""  # the organisation and name in the certificate
    signed_at: datetime | None = None  # by a timestamp authority; None where none was asked
    tool: str = ""  # the program that made it
    authors: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()  # "c2pa.cropped"
    is_ai: bool = False  # something in it was made by a generative model
    digital_source_types: tuple[str, ...] = ()  # IPTC NewsCodes addresses
    ingredients: tuple[Ingredient, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What a file says of its origin, and whether that holds."""

    state: State
    manifests: tuple[Manifest, ...] = ()  # the file's own first, then those of what it was made from
    problems: tuple[Problem, ...] = ()  # what does not hold and why


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file that goes into a statement as an ingredient, with its own manifest where it has one."""

    path: Path
    media_type: str
    is_parent: bool = False  # the one it is a rendition of; else a part of it


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """The workspace's own key. Only the child that signs opens the file: its content is in no record and no log."""

    certificates: Path  # PEM: the signer's first, then each that vouches for the one before
    key: Path = field(repr=False)  # PEM, PKCS 8, no password; keep it readable for the worker's user only
    algorithm: str = "es256"  # or es384, ps256, ed25519
