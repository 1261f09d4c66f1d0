"""From a frozen edition to exactly what a channel is handed."""

from contextlib import ExitStack
from fractions import Fraction
from typing import Any

from crosscut.apps.library import storage
from crosscut.apps.library.models import Rendition, Version
from crosscut.apps.library.services.derive import rendition_for
from crosscut.apps.produce.services.freeze import media_for
from crosscut.apps.publish.models import Target
from crosscut.channels.protocol import Post, PostMedia, Track
from crosscut.channels.registry import channel
from crosscut.kernel.facts import Kind, MediaFacts
from crosscut.kernel.records import as_data, digest, from_data
from crosscut.media.recipes import Focus
from crosscut.specs.requirements import requirement

# What adapters are told beside the content: what an earlier try left prepared on the channel, and which of its posts
# are other targets', so that equal words are not taken for ours when the channel is read back.
KEPT, CLAIMED = "kept", "claimed"
_CLAIMED_LIMIT = 500


def post_of(target: Target, files: ExitStack) -> Post:
    """The target as a post, with a readable copy of each file for as long as `files` is open.

    Renders what is not rendered yet. Raises what rendering raises; nothing has left the house then.
    """
    content = target.edition.content
    outlet = content["outlets"][target.account.channel]
    return Post(
        key=target.key,
        post_type=target.post_type,
        text=outlet["text"],
        title=outlet["title"],
        summary=content["summary"],
        language=content["language"],
        link=content["link"],
        tags=tuple(content["tags"]),
        media=tuple(_media(target, media, files) for media in media_for(content, target.account.channel)),
        due_at=target.due_at,
        extra={**outlet["extra"], KEPT: target.kept, CLAIMED: _claimed(target)},
    )


def digest_of(post: Post) -> str:
    """The hash of everything the channel is handed; where the files lie on this machine does not count."""
    data = as_data(post)
    data["extra"] = {name: value for name, value in data["extra"].items() if name not in (KEPT, CLAIMED)}
    for media in data["media"]:
        del media["path"]
    return digest(data)


def render_for(target: Target) -> list[Rendition | None]:
    """Makes every file the target needs and does not have yet; None where the master already fits."""
    content = target.edition.content
    versions = Version.objects.in_bulk([media["version"] for media in content["media"]])
    return [
        _rendition(target, versions[media["version"]], media) for media in media_for(content, target.account.channel)
    ]


def _claimed(target: Target) -> list[str]:
    others = Target.objects.filter(account=target.account_id, remote_id__gt="").exclude(pk=target.pk)
    return list(others.order_by("-sent_at").values_list("remote_id", flat=True)[:_CLAIMED_LIMIT])


def _media(target: Target, media: dict[str, Any], files: ExitStack) -> PostMedia:
    version = Version.objects.get(pk=media["version"])
    source = _rendition(target, version, media) or version
    facts = from_data(MediaFacts, source.facts)
    return PostMedia(
        path=files.enter_context(storage.local_copy(source.sha256)),
        filename=media["filename"],
        kind=Kind(media["kind"]),
        media_type=source.media_type,
        size_bytes=source.size_bytes,
        sha256=source.sha256,
        alt_text=media["alt_text"],
        width_px=facts.width_px,
        height_px=facts.height_px,
        duration_s=facts.duration_s,
        tracks=tuple(Track(**track) for track in media["tracks"]),
        credit=media["credit"],
    )


def _rendition(target: Target, version: Version, media: dict[str, Any]) -> Rendition | None:
    platform = channel(target.account.channel).platform
    wanted = requirement(f"{platform}/{target.post_type}", Kind(media["kind"]))
    if wanted is None:
        return None
    focus = Focus(x=_part(media["focus"][0]), y=_part(media["focus"][1])) if media["focus"] else None
    return rendition_for(version, wanted, focus=focus)


def _part(share: float) -> Fraction:
    return Fraction(share).limit_denominator(1000)
