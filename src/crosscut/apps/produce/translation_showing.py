"""Translations as pages show them: passages side by side, captions, states in plain words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crosscut.apps.produce.compare import Stretch, words_apart
from crosscut.apps.produce.extras import extras_of
from crosscut.apps.produce.languages import captions_in
from crosscut.apps.produce.showing import Tab, tabs_of, tightest
from crosscut.apps.produce.translating import Language, LanguageState, Passage, PassageState, is_words
from crosscut.channels.icons import name_of
from crosscut.channels.markup import direction

LANGUAGE_STATES: dict[LanguageState, tuple[Any, str]] = {  # words and icon
    LanguageState.NOT_BEGUN: (gettext_lazy("Not begun"), "circle-dashed"),
    LanguageState.OUT_OF_DATE: (gettext_lazy("Out of date"), "alert-triangle"),
    LanguageState.UNDER_WAY: (gettext_lazy("Being translated"), "edit"),
    LanguageState.TRANSLATED: (gettext_lazy("Translated"), "circle-check"),
    LanguageState.REVIEWED: (gettext_lazy("Reviewed"), "rosette-discount-check"),
}
_PASSAGE_STATES: dict[PassageState, tuple[Any, str]] = {
    PassageState.MISSING: (gettext_lazy("Not translated"), "circle-dashed"),
    PassageState.DRAFT: (gettext_lazy("Draft"), "edit"),
    PassageState.DONE: (gettext_lazy("Done"), "circle-check"),
    PassageState.STALE: (gettext_lazy("Source changed"), "alert-triangle"),
}
_LONG = 90  # characters: longer texts get a field of several lines


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One language at a glance."""

    piece_id: int
    language: str
    direction: str  # "rtl" or "ltr"
    state: str  # one of LanguageState
    words: str
    icon: str
    done: int
    count: int


@dataclass(frozen=True, kw_only=True)
class ShownPassage:
    """One passage of the page."""

    key: str
    label: str
    source: str
    target: str
    seen: str
    state: str  # one of PassageState
    words: str  # the state's
    icon: str
    is_long: bool
    is_offered: bool  # the memory is asked for it
    changed: tuple[Stretch, ...]  # what changed in the source since it was done
    counted: Tab | None  # the channel whose limit it is counted against


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """A film or sound, and the languages its captions are in."""

    asset_id: int
    name: str
    languages: list[str]
    is_covered: bool  # one of them is ours


def standing(found: Language) -> Standing:
    """The language at a glance."""
    words, icon = LANGUAGE_STATES[found.state]
    return Standing(
        piece_id=found.piece.pk,
        language=found.piece.language,
        direction=direction(found.piece.language),
        state=found.state.value,
        words=str(words),
        icon=icon,
        done=found.done,
        count=len(found.passages),
    )


def shown_passages(found: Language) -> list[ShownPassage]:
    """The passages in the order of the editor."""
    tabs = tabs_of(found.piece, found.ours.outlets)
    counted = {f"{tab.place.slug}.text": tab for tab in tabs if tab.counted and tab.counted.limit}
    counted |= {part.field: tab for tab in tabs for part in tab.parts if tab.counted and tab.counted.limit}
    if tab := tightest(found.piece, tabs):
        counted["text"] = tab
    names = {use.asset_id: use.asset.title for use in found.ours.uses}
    return [_shown(passage, names, counted.get(passage.key)) for passage in found.passages]


def spoken_in(found: Language) -> list[Spoken]:
    """The films and sounds of the piece."""
    rows = []
    for use in found.ours.uses:
        tracks = [track.language for track in use.asset.tracks.all() if track.kind == "captions"]
        if use.asset.kind in ("video", "audio"):
            covered = captions_in(found.piece.language, tracks)
            rows.append(Spoken(asset_id=use.asset_id, name=use.asset.title, languages=tracks, is_covered=covered))
    return rows


def label_of(key: str, names: "dict[int, str] | None" = None) -> str:
    """What a person calls a passage; `names` are those of the media by their asset's id."""
    shared = {"title": _("Title"), "text": _("Text"), "summary": _("Summary"), "tags": _("Topics"), "link": _("Link")}
    if key in shared:
        return shared[key]
    place, _dot, rest = key.partition(".")
    if place == "media":
        number = rest.partition(".")[0]
        name = (names or {}).get(int(number), "") if number.isascii() and number.isdigit() else ""
        return f"{name or number}: {_('alt text')}"
    if rest.startswith("part."):
        return f"{name_of(place)}: {_('part %(n)s') % {'n': rest.rpartition('.')[2]}}"
    own = {"text": _("text"), "title": _("title")}
    return f"{name_of(place)}: {own.get(rest) or _extra_label(place, rest.rpartition('.')[2])}"


def next_to_do(passages: Iterable[ShownPassage], after: str = "") -> str:
    """The key of the next passage that is not done, from after that one on and then from the top; empty at the end."""
    rows = list(passages)
    at = next((place for place, one in enumerate(rows) if one.key == after), -1)
    return next((one.key for one in [*rows[at + 1 :], *rows[: at + 1]] if one.state != PassageState.DONE), "")


def _shown(passage: Passage, names: dict[int, str], tab: Tab | None) -> ShownPassage:
    words, icon = _PASSAGE_STATES[passage.state]
    is_stale = passage.state is PassageState.STALE
    return ShownPassage(
        key=passage.key,
        label=label_of(passage.key, names),
        source=passage.source,
        target=passage.target,
        seen=passage.seen,
        state=passage.state.value,
        words=str(words),
        icon=icon,
        is_long=max(len(passage.source), len(passage.target)) > _LONG
        or passage.key.endswith(("text", ".alt"))
        or ".part." in passage.key,
        is_offered=is_words(passage.key) and passage.state is not PassageState.DONE,
        changed=words_apart(passage.before or "", passage.source) if is_stale else (),
        counted=tab,
    )


def _extra_label(slug: str, name: str) -> str:
    return next((extra.label for extra in extras_of(slug, {}) if extra.name == name), name.replace("_", " "))
