"""The places and their post types, read from data/platforms, one file each and only when asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase
from crosscut.specs import post_types as rules
from crosscut.specs.loading import DATA, frozen, read_data, record
from crosscut.specs.post_types import PostType

SECTIONS: Mapping[str, type[rules.Rule]] = {
    "text": rules.TextRule,
    "title": rules.TitleRule,
    "hashtags": rules.HashtagRule,
    "mentions": rules.MentionRule,
    "links": rules.LinkRule,
    "media": rules.MediaRule,
    "image": rules.ImageRule,
    "video": rules.VideoRule,
    "audio": rules.AudioRule,
    "document": rules.DocumentRule,
    "thumbnail": rules.ThumbnailRule,
    "alt_text": rules.AltTextRule,
    "captions": rules.CaptionRule,
    "credit": rules.CreditRule,
    "safe_zone": rules.SafeZoneRule,
    "schedule": rules.ScheduleRule,
    "edit": rules.ChangeRule,
    "delete": rules.ChangeRule,
    "upload": rules.UploadRule,
}


@dataclass(frozen=True, kw_only=True)
class Platform:
    """One place, as its documents describe it."""

    slug: str  # "bluesky"
    name: str  # "Bluesky"
    post_types: Mapping[str, PostType]  # by their slug, in the order of the file
    auth: Mapping[str, Any] | None = None  # each of these blocks carries its own `source`
    dynamic_limits: Mapping[str, Any] | None = None  # where the place tells its limits at run time
    idempotency: Mapping[str, Any] | None = None
    rate_limits: Mapping[str, Any] | None = None
    metrics: Mapping[str, Any] | None = None  # names the place uses, not ours
    comments: Mapping[str, Any] | None = None
    prices: Mapping[str, Any] | None = None  # what one request costs, where the place charges for its interface
    contested: tuple[Mapping[str, Any], ...] = ()  # values that documents disagree about, and the one used


@cache
def platform_names() -> tuple[str, ...]:
    """The slugs of all places, in alphabetical order."""
    return tuple(sorted(path.stem for path in (DATA / "platforms").glob("*.yaml")))


@cache
def platform(slug: str) -> Platform:
    """The place of that name. Raises NotFound naming those there are.

    >>> platform("bluesky").post_types["images"].media.max_items
    4
    """
    if slug not in platform_names():
        raise NotFound(
            phrase(
                "There is no platform called “{slug}”. There are: {known}.",
                slug=slug,
                known=", ".join(platform_names()),
            )
        )
    data = dict(read_data(f"platforms/{slug}"))
    kinds = {name: _post_type(slug, data["name"], name, block) for name, block in data.pop("post_types").items()}
    return Platform(slug=slug, post_types=kinds, **{key: frozen(value) for key, value in data.items()})


def post_type(key: str) -> PostType:
    """The post type named "platform/type". Raises NotFound naming those there are.

    >>> post_type("bluesky/images").text.max
    300
    """
    place, _, name = key.partition("/")
    kinds = platform(place).post_types
    if name not in kinds:
        known = ", ".join(f"{place}/{kind}" for kind in kinds)
        raise NotFound(phrase("There is no post type called “{key}”. There are: {known}.", key=key, known=known))
    return kinds[name]


def post_type_names() -> tuple[str, ...]:
    """Every post type there is, as "platform/type". Reads all files."""
    return tuple(f"{slug}/{name}" for slug in platform_names() for name in platform(slug).post_types)


def _post_type(slug: str, place: str, name: str, data: Mapping[str, Any]) -> PostType:
    blocks: dict[str, Any] = {
        key: record(SECTIONS[key], value) for key, value in data.items() if key in SECTIONS and value is not None
    }
    plain = {key: frozen(value) for key, value in data.items() if key not in SECTIONS}
    short = place.partition(" (")[0]  # "X (Twitter)": findings say "X"
    return PostType(platform=slug, slug=name, platform_name=short, **plain, **blocks)
