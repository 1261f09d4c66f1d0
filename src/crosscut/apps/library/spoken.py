"""Where in a film or sound the words of a search are said."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from crosscut.apps.library.models import Track

LONGEST = 140  # characters of what is said that are shown
_TIME = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{3})\s*-->")
_MARKUP = re.compile(r"<[^>]*>")


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One place where a word is said."""

    at_s: float
    words: str  # what is said there


def moments_in(asset_ids: Iterable[int], words: Sequence[str]) -> dict[int, Moment]:
    """The first place in each asset's captions or transcript where one of the words is said; nothing where none is."""
    if not words:
        return {}
    tracks = Track.objects.filter(asset__in=list(asset_ids)).exclude(kind=Track.Kind.CHAPTERS).order_by("pk")
    found: dict[int, Moment] = {}
    for track in tracks:
        if track.asset_id not in found and (moment := first_moment(track.text, words)):
            found[track.asset_id] = moment
    return found


def first_moment(text: str, words: Sequence[str]) -> Moment | None:
    """The first cue of WebVTT or SubRip that has one of the words, by its beginning.

    >>> first_moment("WEBVTT\\n\\n00:01.500 --> 00:03.000\\nThe whale\\nsings.\\n", ["sing"])
    Moment(at_s=1.5, words='The whale sings.')
    """
    wanted = [re.compile(rf"\b{re.escape(_plain(word))}") for word in words if _plain(word).strip()]
    fitting = (cue for cue in cues_in(text) if any(word.search(_plain(cue.words)) for word in wanted))
    return next((replace(cue, words=cue.words[:LONGEST]) for cue in fitting), None)


def cues_in(text: str) -> Iterator[Moment]:
    """Every cue of WebVTT or SubRip with the time at which it begins."""
    at_s: float | None = None
    lines: list[str] = []
    for line in [*text.splitlines(), "00:00.000 --> "]:  # the last one ends the last cue
        time = _TIME.match(line.strip())
        if time is None:
            lines.append(_MARKUP.sub("", line).strip())
            continue
        said = " ".join(part for part in lines if part)
        if at_s is not None:
            yield Moment(at_s=at_s, words=_without_number(said))
        hours, minutes, seconds, thousandths = (int(part or 0) for part in time.groups())
        at_s, lines = hours * 3600 + minutes * 60 + seconds + thousandths / 1000, []


def _without_number(said: str) -> str:
    """Without the number of the next SubRip cue, which stands behind the words of this one."""
    return re.sub(r"\s\d+$", "", said)


def _plain(text: str) -> str:
    signs = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in signs if not unicodedata.combining(sign))
