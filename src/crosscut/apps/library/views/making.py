"""What can be made of a sound or film: a better sound, another form, a cut by its words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.library import queries
from crosscut.apps.library.forms.assets import say
from crosscut.apps.library.forms.making import AudiogramForm, CleanForm, EpisodeForm, LevelForm
from crosscut.apps.library.models import Asset, Track
from crosscut.apps.library.services import remaking
from crosscut.apps.library.services.derive import facts_of
from crosscut.apps.library.services.remaking import StrikeWords
from crosscut.apps.library.services.spoken_words import words_of
from crosscut.kernel.errors import Conflict, CrosscutError, Invalid, NotFound, Unsupported

WORDS = 4000  # on one page; a longer transcript is cut in pieces
FORMS = ("level", "clean", "audiogram", "episode")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a transcript, with its words to strike out."""

    start_s: float
    voice: str
    words: list[tuple[int, str]]  # the word's number and its text


@members_only
@require_POST
def make(request: MemberRequest, asset_id: int, what: str) -> HttpResponse:
    """Starts what was asked for; shows the form again with what is wrong with it."""
    from crosscut.apps.library.views.asset import asset_page  # it knows every part of the page, this one too

    row = queries.asset_for(request.member, asset_id)
    form = form_of(what, row, request.POST)
    if form.is_valid() and row.current:
        try:
            remaking.order(request.member, row.current.pk, form.operation())  # type: ignore[attr-defined]
            messages.success(request, _("The work has begun. The file as it is now stays."))
            return redirect("asset-section", asset_id, "make")
        except (Invalid, Unsupported, Conflict) as error:
            say(form, error)
    return asset_page(request, row, "make", **{f"{what}_form": form})


@members_only
@require_POST
def strike(request: MemberRequest, asset_id: int) -> HttpResponse:
    """Starts the cut without the words that were struck out."""
    row = queries.asset_for(request.member, asset_id)
    if row.current is None:
        raise NotFound(_("It has no file yet."))
    gone = sorted({int(text) for text in request.POST.getlist("gone") if text.isdecimal() and len(text) < 8})
    track, title = request.POST.get("track", ""), request.POST.get("title", "").strip()
    operation = StrikeWords(
        track=int(track) if track.isdecimal() and len(track) < 19 else 0, removed=tuple(_ranges(gone)), title=title
    )
    try:
        remaking.order(request.member, row.current.pk, operation)
        messages.success(request, _("The cut is being made. The file as it is now stays."))
    except CrosscutError as error:
        messages.error(request, str(error))
    return redirect("asset-section", asset_id, "words")


def form_of(what: str, asset: Asset, data: Any = None) -> Form:
    """The form of that name, filled in where something was sent. Raises NotFound."""
    plain: dict[str, type[Form]] = {"level": LevelForm, "clean": CleanForm}
    if what in plain:
        return plain[what](data, prefix=what)
    with_cover = {"audiogram": AudiogramForm, "episode": EpisodeForm}
    if what not in with_cover:
        raise NotFound(_("There is no such thing to make."))
    return with_cover[what](data, prefix=what, asset=asset)


def forms_for(asset: Asset) -> dict[str, Form]:
    """What can be made of this asset: a film gets a better sound, a sound another form as well."""
    if asset.current is None or not facts_of(asset.current).audio:
        return {}
    names = FORMS if asset.kind == Asset.Kind.AUDIO else FORMS[:2]
    found = {f"{name}_form": form_of(name, asset) for name in names}
    if asset.kind != Asset.Kind.AUDIO:
        for name in ("pause_s", "has_ends"):
            del found["clean_form"].fields[name]  # a film's silence is cut with its picture
    return found


def spoken_tracks(asset: Asset) -> list[Track]:
    """The captions and transcripts whose words can be struck out."""
    return [track for track in asset.tracks.all() if track.kind != Track.Kind.CHAPTERS]


def lines_of(track: Track) -> list[Line]:
    """The words to show, by line, up to what one page takes."""
    lines: list[Line] = []
    last_s = None
    for number, word in enumerate(words_of(track)[:WORDS]):
        starts = not lines or word.start_s != last_s or word.speaker != lines[-1].voice or len(lines[-1].words) >= 24
        if starts:
            lines.append(Line(start_s=float(word.start_s), voice=word.speaker, words=[]))
        lines[-1].words.append((number, word.text))
        last_s = word.end_s
    return lines


def _ranges(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Numbers that follow each other as ranges, each up to and without its end.

    >>> list(_ranges([2, 3, 7]))
    [(2, 4), (7, 8)]
    """
    start = last = None
    for number in numbers:
        if start is None or last is None or number != last + 1:
            if start is not None and last is not None:
                yield start, last + 1
            start = number
        last = number
    if start is not None and last is not None:
        yield start, last + 1
