"""What an article says about itself to search engines and to networks that show a preview of it."""

from typing import Any

from crosscut.channels.builtin.site.settings import SiteSettings
from crosscut.channels.cues import cues, paragraphs
from crosscut.channels.markup import Html, data_block, el, join
from crosscut.channels.shelf import Item, ShelfMedia, stamp
from crosscut.kernel.facts import Kind

_TYPES = {Kind.IMAGE: "ImageObject", Kind.VIDEO: "VideoObject", Kind.AUDIO: "AudioObject"}  # of schema.org


def head_of(settings: SiteSettings, item: Item, summary: str) -> Html:
    """Open Graph (https://ogp.me), a Twitter card and JSON-LD (https://schema.org)."""
    properties = [
        ("og:type", "article"),
        ("og:title", item.title),
        ("og:description", summary),
        ("og:url", f"{settings.base_url}/{item.href}"),
        ("og:site_name", settings.title),
        ("og:locale", item.language.replace("-", "_")),
        ("article:published_time", stamp(item.published_at)),
        ("article:modified_time", stamp(item.updated_at or item.published_at)),
        *(("article:tag", tag) for tag in item.tags),
        *_media_properties(settings, item),
    ]
    has_picture = any(media.kind is Kind.IMAGE or media.poster for media in item.media)
    return join(
        [el("meta", property=name, content=content) for name, content in properties if content],
        el("meta", name="twitter:card", content="summary_large_image" if has_picture else "summary"),
        el("meta", name="author", content=settings.organisation) if settings.organisation else None,
        data_block(_structured(settings, item, summary)),
    )


def media_address(settings: SiteSettings, media: ShelfMedia) -> str:
    """Where the public gets the file."""
    return f"{settings.base_url}/media/{media.name}"


def _poster_properties(settings: SiteSettings, item: Item) -> list[tuple[str, str]]:
    """The still of the first film: what networks show of a page that has no picture of its own."""
    media = next((media for media in item.media if media.poster), None)
    if media is None or media.poster is None or any(one.kind is Kind.IMAGE for one in item.media):
        return []
    return [
        ("og:image", f"{settings.base_url}/media/{media.poster.name}"),
        ("og:image:type", media.poster.media_type),
        ("og:image:width", str(media.poster.width_px)),
        ("og:image:height", str(media.poster.height_px)),
        ("og:image:alt", media.alt_text),
    ]


def _media_properties(settings: SiteSettings, item: Item) -> list[tuple[str, str]]:
    found = _poster_properties(settings, item)
    for media in item.media:
        if media.kind in _TYPES:
            name = f"og:{media.kind.value}"
            found += [(name, media_address(settings, media)), (f"{name}:type", media.media_type)]
            found += [(f"{name}:width", str(media.width_px or "")), (f"{name}:height", str(media.height_px or ""))]
            found += [(f"{name}:alt", media.alt_text)] if media.kind is Kind.IMAGE else []
    return found


def _structured(settings: SiteSettings, item: Item, summary: str) -> dict[str, Any]:
    author = {"@type": "Organization", "name": settings.organisation or settings.title}
    return _without_empty(
        {
            "@context": "https://schema.org",
            "@type": "Article",
            "headline": item.title,
            "description": summary,
            "inLanguage": item.language,
            "datePublished": stamp(item.published_at),
            "dateModified": stamp(item.updated_at or item.published_at),
            "mainEntityOfPage": f"{settings.base_url}/{item.href}",
            "author": author,
            "publisher": author,
            "keywords": list(item.tags),
            "image": [_object(settings, item, media) for media in item.media if media.kind is Kind.IMAGE],
            "video": [_object(settings, item, media) for media in item.media if media.kind is Kind.VIDEO],
            "audio": [_object(settings, item, media) for media in item.media if media.kind is Kind.AUDIO],
        }
    )


def _object(settings: SiteSettings, item: Item, media: ShelfMedia) -> dict[str, Any]:
    spoken = next((track.text for track in media.tracks if track.media_type == "text/vtt"), "")
    return _without_empty(
        {
            "@type": _TYPES[media.kind],
            "name": item.title if media.kind is not Kind.IMAGE else "",
            "description": media.alt_text,
            "contentUrl": media_address(settings, media),
            "thumbnailUrl": f"{settings.base_url}/media/{media.poster.name}" if media.poster else "",
            "encodingFormat": media.media_type,
            "uploadDate": stamp(item.published_at),
            "width": media.width_px,
            "height": media.height_px,
            "duration": f"PT{float(media.duration_s):.3f}S" if media.duration_s else "",
            "creditText": media.credit,
            "transcript": " ".join(cue.text for cue in paragraphs(cues(spoken))),
        }
    )


def _without_empty(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value}
