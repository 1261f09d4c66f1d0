"""Every real file of others ends in facts, in what it says, or in a refusal that tells why."""

from collections import Counter
from pathlib import Path

import pytest

from crosscut.kernel.errors import CrosscutError
from crosscut.media import captions, exchange, metadata, probe, provenance
from tests.media.corpus import corpus

TIMELINES = {".otio", ".edl", ".xml", ".fcpxml"}
CAPTIONS = {".srt", ".vtt", ".ttml", ".scc", ".stl"}
BESIDE = {".json", ".md", ".txt", ".toml", ".sha256", ".xmp", ".csv"}  # what tells of the files
FOLDERS = ("audio", "captions", "damaged", "image", "photosensitive", "timeline", "video")


def outcome(path: Path) -> str:
    """ "read", or the sentence of the refusal."""
    try:
        if path.suffix in TIMELINES:
            return "read" if exchange.read(path).duration_s >= 0 else "a timeline without length"
        if path.suffix in CAPTIONS:
            captions.read_document(path)
            return "read"
        facts = probe(path)
        metadata.read(path)
        if facts.picture or facts.video:
            provenance.read(path)
        return "read" if facts.picture or facts.video or facts.audio else "nothing was found in it"
    except CrosscutError as refusal:
        return str(refusal)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_is_read_or_refused_in_a_sentence(folder: str) -> None:
    files = [path for path in sorted((corpus() / folder).rglob("*")) if path.is_file() and path.suffix not in BESIDE]
    said = {path: outcome(path) for path in files}
    assert all(text == "read" or len(text) > 25 for text in said.values()), said
    assert not [text for text in said.values() if "/" in text and str(corpus()) in text], "folders stay unsaid"
    counted = Counter(text == "read" for text in said.values())
    assert counted[True] > counted[False] or folder == "damaged", {path.name: text for path, text in said.items()}


def test_sidecars_of_other_programs_are_read() -> None:
    """PLUS.xmp and XMP.xmp of exiftool's own tests."""
    for path in sorted((corpus() / "image" / "exiftool").glob("*.xmp")):
        assert metadata.read_sidecar(path) != metadata.Metadata(), path.name
