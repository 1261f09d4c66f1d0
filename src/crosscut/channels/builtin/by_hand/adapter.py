"""What Crosscut does where a person posts: it makes everything ready, knows a post's address, and reads it back."""

from datetime import datetime
from typing import ClassVar
from urllib.parse import quote, urlsplit

from pydantic import BaseModel

from crosscut.channels.builtin.by_hand.places import Place, place, plain_address
from crosscut.channels.builtin.by_hand.seen import read_post
from crosscut.channels.builtin.by_hand.settings import Settings
from crosscut.channels.hands import Field, Sheet
from crosscut.channels.protocol import Context, Post, Profile, Seen, Sent
from crosscut.kernel.errors import Invalid, Rejected, Unsupported
from crosscut.kernel.phrases import phrase

_MOST_IN_ADDRESS = 2000  # characters: longer addresses are cut off by browsers and apps


class ByHand:
    """One place. Nothing is sent: a person does that, and says so with the address."""

    slug: ClassVar[str] = ""  # of its file

    def connect(self, context: Context) -> Profile:
        """Whose profile it is, as the person says: without a login the place tells nobody."""
        settings, known = _settings(context.settings), self._place()
        parts = urlsplit(settings.profile)
        host = (parts.hostname or "").lower()
        is_there = (
            settings.profile.startswith(settings.web_url) if settings.web_url else host in (*known.hosts, *known.short)
        )
        if not is_there or not parts.path.strip("/"):
            raise Rejected(
                phrase("{url} is no profile on {place}: it begins with https://{host}/.",
                       url=settings.profile, place=known.name, host=known.hosts[0])
            )  # fmt: skip
        name = parts.path.strip("/").rpartition("/")[2]
        return Profile(
            remote_id=f"{host}{parts.path.rstrip('/').lower()}",
            name=name.removeprefix("@"),
            handle=f"@{name.removeprefix('@')}",
            url=settings.profile,
            can=("make posts ready for a person", "read back what the public sees without a login"),
        )

    def publish(self, context: Context, post: Post) -> Sent:
        """Never: a person posts."""
        raise Rejected(phrase("A person posts on {place}; Crosscut does not.", place=self._place().name))

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """Nobody can look: only whoever posted knows."""
        words = phrase("{place} lists posts only to people who sign in.", place=self._place().name)
        raise Unsupported(words)

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """What is told of the post to somebody without a login."""
        settings = _settings(context.settings)
        return read_post(context.http, self._place(), remote_id, web_url=settings.web_url)

    def delete(self, context: Context, remote_id: str) -> None:
        """Never: a person takes it down, and reading tells when it is gone."""
        raise Unsupported(phrase("A person takes it down on {place}.", place=self._place().name))

    def named(self, settings: BaseModel, url: str) -> Sent:
        """The post at that address, by its plain form."""
        known = self._place()
        found = plain_address(known, url, also=_settings(settings).web_url)
        if not found:
            words = phrase("{url} is not the address of a post on {place}.", url=url, place=known.name)
            raise Invalid.at("url", words, code="by_hand.not_a_post")
        return Sent(remote_id=found, url=found)

    def sheet(self, settings: BaseModel, post: Post) -> Sheet:
        """Fields, steps and the way to where one writes."""
        known, parts = self._place(), _parts(post)
        kind = known.types[post.post_type]
        where = str(post.extra.get("where") or "")
        note = str(post.extra.get("note") or "")
        names = {**({"title": kind.title} if kind.title else {}), **known.fields}
        return Sheet(
            place=known.name,
            profile=_settings(settings).profile,
            composer=_composer(known, parts),
            fields=tuple(Field(label=label, text=parts[name]) for name, label in names.items() if parts.get(name)),
            left_out=tuple(name for name, text in parts.items() if text and name not in names),
            steps=kind.steps,
            note="\n".join(filter(None, (where, note))),
            alt_text=known.alt_text,
            why_no_link=kind.has_no_link,
            as_of=known.as_of,
        )

    def _place(self) -> Place:
        return place(self.slug)


class FacebookPage(ByHand):
    """Facebook Pages."""

    slug = "facebook_page"


class GoogleBusinessProfile(ByHand):
    """Google Business Profiles."""

    slug = "google_business_profile"


class Instagram(ByHand):
    """Instagram, Stories among it."""

    slug = "instagram"


class LinkedIn(ByHand):
    """LinkedIn, members' own posts among it."""

    slug = "linkedin"


class Pinterest(ByHand):
    """Pinterest."""

    slug = "pinterest"


class Reddit(ByHand):
    """Reddit."""

    slug = "reddit"


class Threads(ByHand):
    """Threads."""

    slug = "threads"


class TikTok(ByHand):
    """TikTok."""

    slug = "tiktok"


class X(ByHand):
    """X."""

    slug = "x"


class YouTube(ByHand):
    """YouTube."""

    slug = "youtube"


def _settings(settings: BaseModel) -> Settings:
    return Settings.model_validate(settings, from_attributes=True)


def _parts(post: Post) -> dict[str, str]:
    """The parts of a post by their names in the places' files; topics that stand in the text are not said again."""
    words = post.text.casefold()
    tags = [f"#{tag.replace(' ', '')}" for tag in post.tags]
    return {
        "title": post.title,
        "text": post.text,
        "link": "" if post.link in post.text else post.link,
        "tags": " ".join(tag for tag in tags if tag.casefold() not in words),
        "first_comment": str(post.extra.get("first_comment") or ""),
    }


def _composer(known: Place, parts: dict[str, str]) -> str:
    """The composer, filled in as far as an address has room for it."""
    filled = known.composer.format_map({name: quote(text, safe="") for name, text in parts.items()})
    return filled if len(filled) <= _MOST_IN_ADDRESS else known.composer.partition("?")[0]
