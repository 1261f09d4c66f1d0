"""What differs between two states of a piece, word by word."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from crosscut.channels.icons import name_of
from crosscut.media.fields import fields, said

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
_LONGEST = 20_000  # characters of one text that are compared word by word; longer ones are told whole


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A run of words that share a fate."""

    kind: str  # "same", "gone" or "new"
    text: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One part of a piece that is not as it was."""

    label: str  # "Text", "Bluesky: text", "reef.jpg: alt text"
    stretches: tuple[Stretch, ...]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """The parts of two frozen contents that differ, shared words first, then channels, then media."""
    old, new = _parts(before), _parts(after)
    labels = dict.fromkeys([*new, *old])
    return [
        Difference(label=label, stretches=words_apart(old.get(label, ""), new.get(label, "")))
        for label in labels
        if old.get(label, "") != new.get(label, "")
    ]


def words_apart(before: str, after: str) -> tuple[Stretch, ...]:
    """The later text with what is new in it, and what is gone from the earlier one in its place.

    >>> [(part.kind, part.text) for part in words_apart("Half the reef.", "Half of the reef.")]
    [('same', 'Half'), ('new', ' of'), ('same', ' the reef.')]
    """
    if max(len(before), len(after)) > _LONGEST:
        return _whole(before, after)
    old, new = _WORD.findall(before), _WORD.findall(after)
    found: list[Stretch] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Stretch(kind="same", text="".join(new[c:d])))
            continue
        found += _whole("".join(old[a:b]), "".join(new[c:d]))
    return tuple(found)


def _whole(before: str, after: str) -> tuple[Stretch, ...]:
    both = (Stretch(kind="gone", text=before), Stretch(kind="new", text=after))
    return tuple(stretch for stretch in both if stretch.text)


def _parts(content: Mapping[str, Any]) -> dict[str, str]:
    """Every part of a content as text, by what a person calls it."""
    parts = {
        _("Title"): content["title"],
        _("Text"): content["text"],
        _("Summary"): content["summary"],
        _("Link"): content["link"],
        _("Topics"): ", ".join(content["tags"]),
        _("Language"): content["language"],
        _("Media, in order"): ", ".join(media["filename"] for media in content["media"]),
    }
    for slug, outlet in content["outlets"].items():
        parts |= _outlet_parts(name_of(slug), outlet, content)
    for media in content["media"]:
        parts |= _media_parts(media)
    return parts


def _outlet_parts(name: str, outlet: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, str]:
    own = {_("text"): "text", _("title"): "title"}
    parts = {f"{name}: {word}": outlet[key] for word, key in own.items() if outlet[key] != content[key]}
    extra = ", ".join(f"{key.replace('_', ' ')}: {value}" for key, value in sorted(outlet["extra"].items()))
    links = "; ".join(f"{link['published']} → {link['leads_to']}" for link in outlet.get("links", ()))
    told = {_("kind of post"): outlet["post_type"], _("more"): extra, _("links"): links}
    for part, shown in enumerate(outlet.get("further", ()), start=2):
        told |= {
            _("part %(n)d") % {"n": part}: shown["text"],
            _("part %(n)d, kind of post") % {"n": part}: shown["post_type"],
        }
    if outlet.get("is_numbered"):
        told[_("numbers of the parts")] = _("yes")
    return {**parts, **{f"{name}: {word}": value for word, value in told.items()}}


def _framing_words(framing: Mapping[str, Any]) -> str:
    """Where persons led the camera, by shape: every point counts, for each changes what is seen."""
    points = {aspect: points for aspect, points in framing.items() if aspect}
    return "; ".join(
        f"{aspect}: " + ", ".join(f"{float(Fraction(one['at_s'])):.2f} s {one['x']:.0%} {one['y']:.0%}" for one in led)
        for aspect, led in sorted(points.items())
    )


def _media_parts(media: Mapping[str, Any]) -> dict[str, str]:
    name = media["filename"]
    focus = ", ".join(f"{part:.0%}" for part in media["focus"]) if media["focus"] else ""
    tracks = ", ".join(f"{track['kind']} ({track['language']}, {len(track['text'])})" for track in media["tracks"])
    return {
        f"{name}: {_('file')}": media["sha256"][:12],
        f"{name}: {_('alt text')}": _("decoration") if media["is_decorative"] else media["alt_text"],
        f"{name}: {_('what a crop keeps')}": focus,
        f"{name}: {_('shapes')}": _framing_words(media.get("framing", {})),
        f"{name}: {_('channels')}": ", ".join(name_of(slug) for slug in media["channels"]),
        f"{name}: {_('part of a thread')}": ", ".join(
            f"{name_of(slug)} {part}" for slug, part in media.get("parts", {}).items()
        ),
        f"{name}: {_('credit')}": media["credit"],
        f"{name}: {_('words with it')}": tracks,
        f"{name}: {_('what the file says')}": _said_words(media.get("said", {})),
    }


def _said_words(words: Mapping[str, Any]) -> str:
    """What the file says of itself beyond its master, field by field."""
    known = fields()
    return "; ".join(f"{_(known[key].label)}: {said(value)}" for key, value in words.items() if key in known)
