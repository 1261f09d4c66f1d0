"""From a frozen edition to exactly what a channel is handed."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from django.db import connection

from crosscut.apps.library import storage
from crosscut.apps.library.models import Rendition, Version
from crosscut.apps.library.services.derive import episode_for, poster_for, smaller_for
from crosscut.apps.library.services.framing import poster_focus
from crosscut.apps.library.services.packing import rendition_for
from crosscut.apps.library.services.rooms import note_use
from crosscut.apps.preflight.burning import words_to_burn
from crosscut.apps.preflight.making import focus_of, want_for
from crosscut.apps.produce.kinds import post_type_key
from crosscut.apps.produce.linking import published_words
from crosscut.apps.produce.services.freeze import media_for
from crosscut.apps.produce.threads import part_view
from crosscut.apps.publish.models import Attempt, Copy, Target
from crosscut.apps.publish.services import offer, parts
from crosscut.channels.protocol import CanHoldEpisodes, Post, PostMedia, Show, Still, Track
from crosscut.channels.registry import adapter, channel, settings_class
from crosscut.kernel.facts import Kind, MediaFacts
from crosscut.kernel.records import as_data, digest, from_data
from crosscut.media.podcast import read_chapters
from crosscut.media.recipes import SUFFIXES, Episode
from crosscut.specs.requirements import requirement

# What adapters are told beside the content: what an earlier try left prepared on the channel, and which of its posts
# are other targets', so that equal words are not taken for ours when the channel is read back.
KEPT, CLAIMED = "kept", "claimed"
_CLAIMED_LIMIT = 500
_NAMED = """
SELECT account.id, named.id, named.remote_id FROM unnest(%(accounts)s::bigint[]) AS account (id)
CROSS JOIN LATERAL (
    SELECT id, remote_id, sent_at FROM publish_target WHERE account_id = account.id AND remote_id > ''
    ORDER BY sent_at DESC LIMIT %(most)s
) AS named ORDER BY named.sent_at DESC
"""


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """One part of a target, or all of one that is no thread."""

    target: Target
    part: int
    content: dict[str, Any]  # a view of that part: `produce.threads`
    post_type: str

    @classmethod
    def of(cls, target: Target, part: int = 1) -> "_Shown":
        """That part, as it was frozen."""
        slug = target.account.channel
        content = part_view(target.edition.content, slug, part)
        post_type = target.post_type if part == 1 else content["outlets"][slug]["post_type"]
        return cls(target=target, part=part, content=content, post_type=post_type)

    @property
    def outlet(self) -> dict[str, Any]:
        """What the channel shows."""
        found: dict[str, Any] = self.content["outlets"][self.target.account.channel]
        return found

    @property
    def key(self) -> str:
        """The name of its kind among the requirements."""
        return post_type_key(self.target.account.channel, self.post_type)

    @property
    def media(self) -> list[dict[str, Any]]:
        """Its files, in order."""
        return media_for(self.content, self.target.account.channel)


def post_of(target: Target, files: ExitStack, part: int = 1, claimed: Sequence[str] | None = None) -> Post:
    """One part of the target as a post, with a readable copy of each file for as long as `files` is open.

    Renders what is not rendered yet. What went out before is handed over again as it was. Raises what rendering raises;
    nothing has left the house then. `claimed` is what `claimed_of` says, where that was asked already.
    """
    shown = _Shown.of(target, part)
    sent = (_files_sent(target, part) if shown.media else []) or [""] * len(shown.media)
    media = tuple(_media(shown, entry, before, files) for entry, before in zip(shown.media, sent, strict=True))
    return replace(words_of(target, part, claimed), media=media)


def words_of(target: Target, part: int = 1, claimed: Sequence[str] | None = None) -> Post:
    """One part of the target as a post without its files."""
    others = list(claimed_of([target])[target.pk] if claimed is None else claimed)
    shown, chain = _Shown.of(target, part), parts.chain_of(target, part)
    text, link = published_words(shown.content, target.account.channel)
    return Post(
        key=parts.key_of(target, part),
        post_type=shown.post_type,
        text=text,
        title=shown.outlet["title"],
        summary=shown.content["summary"],
        language=shown.content["language"],
        link=link,
        tags=tuple(shown.content["tags"]),
        due_at=target.due_at,
        extra={**shown.outlet["extra"], KEPT: target.kept, CLAIMED: others},
        parent=chain.parent,
        root=chain.root,
    )


@dataclass(frozen=True, kw_only=True)
class PostFile:
    """One file of a post, as a person saves it."""

    name: str  # numbered in the order of the post: "1-reef.jpg"
    kind: Kind
    media_type: str
    size_bytes: int
    sha256: str
    alt_text: str


def files_for(target: Target) -> tuple[PostFile, ...]:
    """The files of the target in order, in the form its channel takes; makes those that are not made yet."""
    shown = _Shown.of(target)
    versions = Version.objects.in_bulk([media["version"] for media in shown.media])
    sent = _files_sent(target) or [""] * len(shown.media)
    found = []
    for number, (media, before) in enumerate(zip(shown.media, sent, strict=True), start=1):
        version = versions[media["version"]]
        source = _sent_before(version, before) or _rendition(shown, version, media) or version
        found.append(
            PostFile(
                name=f"{number}-{_named(media['filename'], source)}",
                kind=Kind(media["kind"]),
                media_type=source.media_type,
                size_bytes=source.size_bytes,
                sha256=source.sha256,
                alt_text=media["alt_text"],
            )
        )
    return tuple(found)


def digest_of(post: Post) -> str:
    """The hash of everything the channel is handed; where the files lie, here or for it to fetch, does not count."""
    data = as_data(replace(post, extra={k: value for k, value in post.extra.items() if k not in (KEPT, CLAIMED)}))
    if post.parent is None:  # so that a post which answers nothing keeps its name
        del data["parent"], data["root"]
    for media in data["media"]:
        del media["public_url"]
        for file in (media, *media["smaller"], *([media["poster"]] if media["poster"] else [])):
            del file["path"]
    return digest(data)


def render_for(target: Target) -> list[Rendition | None]:
    """Makes every file the target needs and does not have yet; None where the master already fits."""
    versions = Version.objects.in_bulk([media["version"] for media in target.edition.content["media"]])
    all_parts = [_Shown.of(target, part) for part in range(1, target.part_count + 1)]
    return [_rendition(shown, versions[media["version"]], media) for shown in all_parts for media in shown.media]


def files_of(post: Post) -> list[str]:
    """The hash of each file of the post, in order: what the attempt keeps."""
    return [media.sha256 for media in post.media]


def claimed_of(targets: Sequence[Target]) -> dict[int, list[str]]:
    """The channel's names of other targets' posts, and of second ones, by the target's id.

    Whoever reads back, or is told that the same words are out already, looks for one more than these.
    """
    named = _named_by({one.account_id for one in targets})
    copies: dict[int, list[str]] = {}
    rows = Copy.objects.filter(target__account__in=named).exclude(state=Copy.State.REMOVED).order_by("-id")
    for account_id, name in rows.values_list("target__account", "remote_id"):
        copies.setdefault(account_id, []).append(name)
    return {
        one.pk: [
            *(name for pk, name in named[one.account_id] if pk != one.pk),
            *copies.get(one.account_id, [])[:_CLAIMED_LIMIT],
        ]
        for one in targets
    }


def _named_by(accounts: set[int]) -> dict[int, list[tuple[int, str]]]:
    """Each account's latest posts, by its id: their targets and the channel's names for them."""
    found: dict[int, list[tuple[int, str]]] = {account_id: [] for account_id in accounts}
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, {"accounts": list(accounts), "most": _CLAIMED_LIMIT})
        for account_id, target_id, name in cursor.fetchall():
            found[account_id].append((target_id, name))
    return found


def _media(shown: _Shown, media: dict[str, Any], sent: str, files: ExitStack) -> PostMedia:
    version = Version.objects.get(pk=media["version"])
    source = _sent_before(version, sent) or _rendition(shown, version, media) or version
    note_use(source)
    facts = from_data(MediaFacts, source.facts)
    made = PostMedia(
        path=files.enter_context(storage.local_copy(source.sha256)),
        filename=_named(media["filename"], source),
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
        poster=_poster(shown, version, facts, media, files),
        smaller=_smaller(shown, version, facts, media, files),
    )
    is_fetched = channel(shown.target.account.channel).fetches_media
    return replace(made, public_url=offer.address_of(shown.target, made)) if is_fetched else made


def _files_sent(target: Target, part: int = 1) -> list[str]:
    """The hashes of what went out, or may have: later readings compare with these bytes, whatever we would make now."""
    states = Attempt.State.SENT, Attempt.State.ACCEPTED, Attempt.State.CONFIRMED, Attempt.State.UNKNOWN
    sent = target.attempts.filter(state__in=states, part=part).order_by("-number")
    return list(sent.values_list("files", flat=True).first() or ())


def _sent_before(version: Version, sha256: str) -> Rendition | Version | None:
    if sha256 == version.sha256:
        return version
    return version.renditions.filter(sha256=sha256).first() if sha256 else None


def _named(filename: str, source: Rendition | Version) -> str:
    """What a person calls the file, with the ending of what it became."""
    ending = SUFFIXES.get(source.media_type) if isinstance(source, Rendition) else None
    return f"{PurePath(filename).stem}{ending}" if ending else filename


def _poster(
    shown: _Shown, version: Version, facts: MediaFacts, media: dict[str, Any], files: ExitStack
) -> Still | None:
    if facts.kind is not Kind.VIDEO:
        return None
    wanted = requirement(shown.key, Kind(media["kind"]))
    led = poster_focus(version, wanted, media.get("framing", {})) if wanted else None
    made = poster_for(version, facts, focus_of(media) or led, said=media.get("said"))
    return _still(made, media["filename"], files) if made else None


def _smaller(
    shown: _Shown, version: Version, facts: MediaFacts, media: dict[str, Any], files: ExitStack
) -> tuple[Still, ...]:
    if not channel(shown.target.account.channel).takes_smaller:
        return ()
    wanted = requirement(shown.key, Kind(media["kind"]))
    made = smaller_for(version, facts, wanted, focus_of(media), said=media.get("said"))
    return tuple(_still(one, media["filename"], files) for one in made)


def _still(made: Rendition, filename: str, files: ExitStack) -> Still:
    facts = from_data(MediaFacts, made.facts)
    return Still(
        path=files.enter_context(storage.local_copy(made.sha256)),
        filename=f"{PurePath(filename).stem}-{facts.width_px}{SUFFIXES[made.media_type]}",
        media_type=made.media_type,
        size_bytes=made.size_bytes,
        sha256=made.sha256,
        width_px=facts.width_px or 0,
        height_px=facts.height_px or 0,
    )


def _rendition(shown: _Shown, version: Version, media: dict[str, Any]) -> Rendition | None:
    kind, account = Kind(media["kind"]), shown.target.account
    holder = adapter(account.channel)
    if kind is Kind.AUDIO and isinstance(holder, CanHoldEpisodes):
        show = holder.show(settings_class(account.channel).model_validate(account.settings))
        return episode_for(version, _episode(shown.target, show, media), purpose=shown.key, cover=_cover(show))
    wanted = requirement(shown.key, kind)
    if wanted is None:
        return None
    captions = words_to_burn(shown.outlet, shown.key, media, shown.content["language"])
    return rendition_for(version, want_for(wanted, media, captions))


def _episode(target: Target, show: Show, media: dict[str, Any]) -> Episode:
    """What the file says: of a frozen edition and the account as it is, so that the same is said every time."""
    content = target.edition.content
    outlet = content["outlets"][target.account.channel]
    number = outlet["extra"].get("episode")
    chapters = next((track["text"] for track in media["tracks"] if track["kind"] == "chapters"), "")
    return Episode(
        title=outlet["title"],
        show=show.title,
        author=show.author,
        description=content["summary"],
        copyright=show.copyright,
        language=content["language"],
        number=number if isinstance(number, int) else None,
        chapters=read_chapters(chapters) if chapters else (),
    )


def _cover(show: Show) -> Path | None:
    return show.cover if show.cover and show.cover.is_file() else None
