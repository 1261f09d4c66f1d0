"""What a brand kit says about a post."""

from collections.abc import Iterator
from typing import Any

from crosscut.apps.library.models import BrandKit
from crosscut.apps.library.queries import logos_among, rules_of
from crosscut.apps.produce.services.freeze import media_for
from crosscut.kernel.findings import Finding
from crosscut.specs.brand import BrandedFile, BrandedPost, check_brand


def brand_findings(kit: BrandKit | None, content: dict[str, Any], channel_slug: str) -> tuple[Finding, ...]:
    """The findings of the kit about the frozen content on one channel; none without a kit."""
    if kit is None:
        return ()
    entries, outlet = media_for(content, channel_slug), content["outlets"][channel_slug]
    logos = logos_among(kit, [entry["asset"] for entry in entries]) if kit.logo_kinds else set()
    said = [outlet["title"], outlet["text"], content["summary"], *_strings(outlet["extra"])]
    post = BrandedPost(
        channel=channel_slug,
        texts=tuple(_texts(content, outlet, entries)),
        said="\n".join([*said, *(f"#{tag}" for tag in content["tags"])]),
        files=tuple(BrandedFile(kind=entry["kind"], shows_logo=entry["asset"] in logos) for entry in entries),
    )
    return check_brand(post, rules_of(kit))


def _texts(content: dict[str, Any], outlet: dict[str, Any], entries: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """All that the public reads or hears read out, each with its place."""
    yield "title", outlet["title"]
    yield "text", outlet["text"]
    yield "summary", content["summary"]
    for words in _strings(outlet["extra"]):
        yield "text", words
    for number, entry in enumerate(entries):
        yield f"media[{number}]", entry["alt_text"]
        for track in entry["tracks"]:
            yield f"media[{number}] {track['kind']}", track["text"]


def _strings(value: Any) -> Iterator[str]:
    """The words in what only one channel has: a first comment, the parts of a thread, the choices of a poll."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
