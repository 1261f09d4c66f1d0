"""What lies beside a media file: captions, transcript, chapters, an XMP file, and the folder's `licences.yaml`."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from crosscut.apps.library.models import Asset, Track
from crosscut.apps.library.services.clear import Terms
from crosscut.kernel.errors import Damaged, Invalid, Problem
from crosscut.kernel.phrases import phrase
from crosscut.media import captions, cards

LICENCES = "licences.yaml"
LICENCES_LIMIT_BYTES = 1_000_000
CHAPTERS_TYPE = "application/json+chapters"  # Podcasting 2.0, JSON chapters format 1.2
CHAPTERS_LIMIT_BYTES = 1_000_000
_ENDINGS = "vtt|srt|ttml|dfxp|scc|ass|ssa|stl|json|xmp"
XMP = ".xmp"
PATTERN = rf"\.({_ENDINGS})$"  # as the database asks it, without regard to case
_NAME = re.compile(
    rf"(?P<stem>.+?)(?:\.(?P<language>[a-z]{{2,3}}(?:-[A-Za-z0-9]{{2,8}})*))?\.(?:{_ENDINGS})",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Words:
    """A track as it lies beside its media file."""

    kind: str  # of Track.Kind
    language: str  # BCP 47; empty when the name does not tell
    media_type: str
    text: str


class _Licence(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    holder: str
    terms: str
    terms_url: str = ""
    credit: str = ""
    territories: list[str] = []
    channels: list[str] = []
    starts_on: date | None = Field(default=None, alias="from")
    ends_on: date | None = Field(default=None, alias="until")
    note: str = ""

    def as_terms(self) -> Terms:
        return Terms(credit_line=self.credit, **self.model_dump(exclude={"credit"}))


_LICENCE_FILE: TypeAdapter[dict[str, list[_Licence] | _Licence]] = TypeAdapter(dict[str, list[_Licence] | _Licence])


def licences_in(folder: Path) -> dict[str, list[Terms]]:
    """The licences of a folder's `licences.yaml` by file name; "*" is for files it does not name. Empty without one.

    Raises Invalid, naming every entry that is wrong and every file that is not there.
    """
    path = folder / LICENCES
    if not path.is_file():
        return {}
    try:
        if path.stat().st_size > LICENCES_LIMIT_BYTES:
            raise Invalid.at(LICENCES, phrase("It is larger than 1 MB. Is it really a list of licences?"))
        entries = _LICENCE_FILE.validate_python(yaml.safe_load(path.read_text("utf-8")) or {})
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise Invalid.at(
            str(path), phrase("It is not readable YAML: {fault}", fault=str(fault)), code="licences.unreadable"
        ) from fault
    except ValidationError as fault:
        raise Invalid(problems=[_entry_problem(path, error) for error in fault.errors()]) from fault
    missing = [name for name in entries if name != "*" and not (folder / name).is_file()]
    if missing:
        raise Invalid.at(
            str(path),
            phrase("It names files that are not there: {missing}.", missing=", ".join(missing)),
            code="licences.no_file",
        )
    groups = {name: entry if isinstance(entry, list) else [entry] for name, entry in entries.items()}
    return {name: [entry.as_terms() for entry in group] for name, group in groups.items()}


def licences_for(path: Path) -> list[Terms]:
    """What the `licences.yaml` beside the file says of it."""
    folder = licences_in(path.parent)
    return folder.get(path.name, folder.get("*", []))


def is_sidecar(filename: str) -> bool:
    """Whether the name could be that of captions, chapters or an XMP file beside a media file.

    >>> is_sidecar("reef.de.vtt"), is_sidecar("reef.mp4")
    (True, False)
    """
    return _NAME.fullmatch(filename) is not None


def is_xmp(filename: str) -> bool:
    """Whether the name is that of an XMP file."""
    return filename.lower().endswith(XMP)


def described_by(filename: str, media: Iterable[tuple[str, Asset]]) -> Asset | None:
    """The asset that an XMP file is about: `reef.nef.xmp` names its file, `reef.xmp` the raw one, else any."""
    name = filename[: -len(XMP)].casefold()
    fitting = [(own, asset) for own, asset in media if name in (own.casefold(), Path(own).stem.casefold())]
    named = [asset for own, asset in fitting if own.casefold() == name]
    raw = [asset for own, asset in fitting if is_raw(own)]
    return next(iter([*named, *raw, *(asset for _own, asset in fitting)]), None)


def is_raw(filename: str) -> bool:
    """Whether the name is that of a camera's raw file."""
    return Path(filename).suffix.lower() in cards.RAW


def owner_of(filename: str, media: Iterable[tuple[str, Asset]]) -> Asset | None:
    """The asset whose file has the same name up to the ending, a language mark not counted; None without one."""
    found = _NAME.fullmatch(filename)
    stems = {Path(name).stem: asset for name, asset in media}
    if found is None:
        return None
    return stems.get(Path(filename).stem) or stems.get(found["stem"])


def words_of(path: Path, filename: str, asset: Asset) -> Words:
    """The track in the file: captions of a film, the transcript of a sound, or chapters.

    Raises Invalid, Unsupported or Damaged when it is not what its name says.
    """
    found = _NAME.fullmatch(filename)
    language = (found["language"] or "") if found and found["stem"] != Path(filename).stem else ""
    if path.suffix.lower() == ".json":
        return Words(kind=Track.Kind.CHAPTERS, language=language, media_type=CHAPTERS_TYPE, text=read_chapters(path))
    kind = Track.Kind.CAPTIONS if asset.kind == Asset.Kind.VIDEO else Track.Kind.TRANSCRIPT
    return Words(kind=kind, language=language, media_type="text/vtt", text=read_captions(path))


def read_captions(path: Path) -> str:
    """The captions of a file in any format that is read, as clean WebVTT. Raises Damaged when there are none in it."""
    document = captions.read_document(path)
    if not document.cues:
        raise Damaged(path, phrase("There is not one caption in it."), code="captions.empty")
    return captions.convert(document, "vtt").data.decode()


def read_chapters(path: Path) -> str:
    """JSON chapters, checked. https://github.com/Podcastindex-org/podcast-namespace, chapters/jsonChapters.md, 1.2."""
    if path.stat().st_size > CHAPTERS_LIMIT_BYTES:
        raise Invalid.at(path.name, phrase("Chapters larger than 1 MB are not taken."), code="chapters.too_large")
    try:
        data = json.loads(path.read_text("utf-8"))
        times = [_chapter_start(chapter) for chapter in data["chapters"]]
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        example = '{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "…"}]}'
        message = phrase("It holds no chapters: use {example}.", example=example)
        raise Invalid.at(path.name, message, code="chapters.unreadable") from fault
    if not times or times != sorted(times):
        raise Invalid.at(path.name, phrase("The chapters must be in order and at least one."), code="chapters.order")
    return json.dumps(data, ensure_ascii=False, indent=1).replace("\\u0000", "")


def _chapter_start(chapter: dict[str, Any]) -> float:
    start_s = float(chapter["startTime"])
    if not 0 <= start_s < 1e7 or not isinstance(chapter.get("title", ""), str):
        raise ValueError("a chapter starts at no time or has no title")
    return start_s


def _entry_problem(path: Path, error: Any) -> Problem:
    place = " → ".join(str(part) for part in error["loc"] if part not in ("_Licence", "list[_Licence]"))
    known = ", ".join(field.alias or name for name, field in _Licence.model_fields.items())
    message = phrase("{place}: {fault}. An entry has: {known}.", place=place, fault=error["msg"], known=known)
    return Problem(code="licences.entry", where=str(path), message=message)
