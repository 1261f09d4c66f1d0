"""Frozen content as the checks take it: the words of one channel, and each file as it would be sent there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crosscut.apps.library.models import Asset, Rendition, Version
from crosscut.apps.library.services.holdings import HELD, edits_of, holdings_of
from crosscut.apps.library.services.screening import screening_of
from crosscut.apps.preflight.burning import words_to_burn
from crosscut.apps.produce.kinds import kind_of, post_type_key
from crosscut.apps.produce.linking import below_words, published_words
from crosscut.apps.produce.services.freeze import media_for
from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.records import from_data
from crosscut.specs.draft import Draft, DraftMedia


@dataclass(frozen=True, kw_only=True)
class Files:
    """The files of frozen contents, with what was made of them: read once for all their channels."""

    versions: Mapping[int, Version]  # by number
    assets: Mapping[int, Asset]  # by number, with licences and consents
    made: Mapping[tuple[int, str], Rendition]  # the newest by version and purpose: sent in its place


def files_of(contents: Iterable[dict[str, Any]]) -> Files:
    """All files that the contents show on any channel."""
    shown = list(contents)
    media = [entry for content in shown for entry in content["media"]]
    versions = Version.objects.in_bulk({entry["version"] for entry in media})
    kinds = {
        (slug, one["post_type"])
        for content in shown
        for slug, outlet in content["outlets"].items()
        for one in (outlet, *outlet.get("further", ()))
    }
    purposes = {post_type_key(slug, kind) for slug, kind in kinds if kind_of(slug, kind)}
    renditions = Rendition.objects.filter(version__in=versions, purpose__in=purposes).order_by("created_at")
    return Files(
        versions=versions,
        assets=Asset.objects.prefetch_related(*HELD).in_bulk({entry["asset"] for entry in media}),
        made={(rendition.version_id, rendition.purpose): rendition for rendition in renditions},
    )


def draft_of(content: dict[str, Any], channel_slug: str, files: Files) -> Draft:
    """The frozen content as the checks take it, with each file as it would be sent."""
    outlet = content["outlets"][channel_slug]
    text, link = published_words(content, channel_slug)
    return Draft(
        text=text,
        title=outlet["title"],
        summary=content["summary"],
        language=content["language"],
        link=link,
        below=below_words(text, link, channel_slug, outlet["post_type"]),
        tags=tuple(content["tags"]),
        warning=str(outlet["extra"].get("spoiler_text", "")),  # what stands before the text, and counts with it
        media=tuple(_media(content, channel_slug, entry, files) for entry in media_for(content, channel_slug)),
    )


def _media(content: dict[str, Any], channel_slug: str, entry: dict[str, Any], files: Files) -> DraftMedia:
    outlet, version = content["outlets"][channel_slug], files.versions[entry["version"]]
    purpose = post_type_key(channel_slug, outlet["post_type"])
    made = files.made.get((version.pk, purpose))
    return DraftMedia(
        facts=from_data(MediaFacts, (made or version).facts),
        edits=edits_of(made),
        filename=entry["filename"],
        alt_text=entry["alt_text"],
        is_decorative=entry["is_decorative"],
        tracks=_tracks(entry, is_burnt=bool(words_to_burn(outlet, purpose, entry, content["language"]))),
        screening=screening_of(version),
        holdings=holdings_of(files.assets[entry["asset"]]),
        credit=entry["credit"],
    )


def _tracks(entry: dict[str, Any], *, is_burnt: bool) -> frozenset[str]:
    kinds = frozenset(track["kind"] for track in entry["tracks"])
    return kinds | {"burned_in_captions"} if is_burnt else kinds
