"""A piece's languages, and a translation beside its source: writing, done, files for translators and back."""

from base64 import b64decode, b64encode
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import can
from crosscut.apps.produce import queries
from crosscut.apps.produce.compare import words_apart
from crosscut.apps.produce.editing import lines_of, version_of
from crosscut.apps.produce.languages import language_for, language_of, languages
from crosscut.apps.produce.memory import offers_for
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.services import returned, translate
from crosscut.apps.produce.translating import Language, LanguageState, may_be_empty
from crosscut.apps.produce.translation_showing import label_of, next_to_do, shown_passages, spoken_in, standing
from crosscut.apps.produce.xliff import LARGEST_BYTES, MEDIA_TYPE, VERSIONS, as_xliff
from crosscut.channels.icons import name_of
from crosscut.channels.markup import direction
from crosscut.kernel.errors import Conflict, CrosscutError, Invalid, NotAllowed


@members_only
@require_POST
def add(request: MemberRequest, piece_id: int) -> HttpResponse:
    """Adds a language and goes there."""
    row = queries.piece_for(request.member, piece_id)
    try:
        made = translate.add_language(request.member, row, request.POST.get("language", ""))
    except (Invalid, Conflict) as error:
        messages.error(request, _words_of(error))
        return redirect("piece", piece_id)
    return redirect("piece-translate", made.pk)


@members_only
@require_GET
def translation_page(request: MemberRequest, piece_id: int) -> HttpResponse:
    """The translation beside its source."""
    found = language_for(request.member, piece_id)
    context = {**_fields_context(request.member, found), "versions": VERSIONS}
    return render(request, "produce/translate.html", context)


@members_only
@require_POST
def save(request: MemberRequest, piece_id: int) -> HttpResponse:
    """Keeps what was typed and answers the new version; 409 with the other's words when somebody else was faster."""
    found = language_for(request.member, piece_id)
    words = {one.key: lines_of(request.POST[one.key]) for one in found.passages if one.key in request.POST}
    try:
        saved = translate.keep_words(request.member, found.piece, words, revision=version_of(request.POST))
    except Conflict as error:
        fresh = language_for(request.member, piece_id)
        theirs = {one.key: one.target for one in fresh.passages}
        told = {"version": str(fresh.piece.revision), "theirs": theirs, "detail": error.said_in(translation)}
        return JsonResponse(told, status=409)
    return JsonResponse({"version": str(saved.revision)})


@members_only
@require_POST
def change(request: MemberRequest, piece_id: int) -> HttpResponse:
    """Says that a passage is done, takes over what is new in the source, or that it was read; the fields as they are
    then.
    """
    row = queries.piece_for(request.member, piece_id)
    action, _colon, key = request.POST.get("action", "").partition(":")
    told = level = ""
    try:
        told, level = _act(request, row, action, key), "success"
    except (Conflict, Invalid, NotAllowed) as error:
        told, level = _words_of(error), "error"
    context = _fields_context(request.member, language_for(request.member, piece_id))
    context["focus"] = next_to_do(context["passages"], after=key) if action == "done" and level == "success" else key
    answer = render(request, "produce/translate_fields.html", context)
    return trigger_client_event(answer, "say", {"words": told, "level": level}) if told else answer


@members_only
@require_GET
def offers(request: MemberRequest, piece_id: int) -> HttpResponse:
    """What the translation memory has for one passage."""
    found = language_for(request.member, piece_id)
    passage = next((one for one in found.passages if one.key == request.GET.get("key", "")), None)
    context = {
        "piece": found.piece,
        "passage": passage,
        "offers": offers_for(request.member, found, passage) if passage else [],
        "direction": direction(found.piece.language),
    }
    return render(request, "produce/offers.html", context)


@members_only
@require_GET
def xliff(request: MemberRequest, piece_id: int) -> HttpResponse:
    """The file for translators."""
    found = language_for(request.member, piece_id)
    answer = HttpResponse(as_xliff(found, request.GET.get("version", VERSIONS[0])), content_type=MEDIA_TYPE)
    name = f"piece-{found.source.piece.pk}-{found.piece.language}.xlf"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@members_only
@require_http_methods(["GET", "POST"])
def bring_back(request: MemberRequest, piece_id: int) -> HttpResponse:
    """A translated file: chosen, looked at passage by passage, taken."""
    found = language_for(request.member, piece_id)
    context: dict[str, Any] = {"piece": found.piece, "source": found.source.piece, "crumbs": _crumbs(found)}
    try:
        data = _file_of(request)
        if request.POST.get("action") == "take" and request.POST.getlist("key"):
            now = returned.take(request.member, found.piece, data, request.POST.getlist("key"))
            told = {"done": now.done, "count": len(now.passages)}
            messages.success(request, _("Taken. %(done)d of %(count)d are done.") % told)
            return redirect("piece-translate", piece_id)
        context |= _look_context(request.member, found, data) if data else {}
    except Invalid as error:
        context["problems"] = error.problems_in(translation)
    return render(request, "produce/bring_back.html", context, status=422 if context.get("problems") else 200)


def languages_context(member: Member, row: Piece) -> dict[str, Any]:
    """The languages of a piece, or where a translation comes from."""
    origin = language_of(row)
    rows = [] if origin else languages(row)
    return {
        "origin": origin.source.piece if origin else None,
        "own_standing": standing(origin) if origin else None,
        "standings": [standing(found) for found in rows],
        "can_add_language": can(member, "draft") and row.archived_at is None and origin is None,
    }


def _act(request: MemberRequest, row: Piece, action: str, key: str) -> str:
    """Does it; what to say of it, or nothing."""
    if action == "done":
        translate.agree(request.member, row, {key: request.POST.get(f"seen.{key}", "")})
        return ""
    if action == "follow":
        translate.follow_source(request.member, row)
        return _("Taken over. Their words are still to be translated.")
    if action == "review":
        translate.review(request.member, row)
        return _("Reviewed. It holds for exactly these words.")
    raise Invalid.at("action", _("Nobody knows how to do this."))


def _fields_context(member: Member, found: Language) -> dict[str, Any]:
    passages = shown_passages(found)
    channels, uses = translate.lacking(found)
    return {
        "piece": found.piece,
        "source": found.source.piece,
        "translation": found.translation,
        "passages": passages,
        "standing": standing(found),
        "source_direction": direction(found.source.piece.language),
        "spoken": spoken_in(found),
        "lacking": [*(name_of(outlet.channel) for outlet in channels), *(use.asset.title for use in uses)],
        "can_draft": can(member, "draft") and found.piece.archived_at is None,
        "can_review": found.state is LanguageState.TRANSLATED and found.translation.translated_by_id != member.pk,
        "is_reviewed": found.state is LanguageState.REVIEWED,
        "may_be_empty": [passage.key for passage in passages if may_be_empty(passage.key)],
    }


def _look_context(member: Member, found: Language, data: bytes) -> dict[str, Any]:
    names = {use.asset_id: use.asset.title for use in found.ours.uses}
    rows = [row.said_in(translation) for row in returned.look(member, found.piece, data)]
    return {
        "rows": [(row, label_of(row.key, names), words_apart(row.before, row.target)) for row in rows],
        "can_take": any(row.can_be_taken for row in rows),
        "xliff": b64encode(data).decode(),
        "direction": direction(found.piece.language),
        "source_direction": direction(found.source.piece.language),
    }


def _file_of(request: MemberRequest) -> bytes:
    """The file that was sent: chosen now, or the text of the one that was looked at. Empty for none."""
    chosen = request.FILES.get("file")
    if request.method == "POST" and not chosen and not request.POST.get("xliff"):
        raise Invalid.at("file", _("Choose the translated file."))
    if chosen:
        data: bytes = chosen.read(LARGEST_BYTES + 1)
        return data
    try:
        return b64decode(request.POST.get("xliff", ""), validate=True)
    except ValueError:
        raise Invalid.at("file", _("Choose the translated file again.")) from None


def _words_of(error: CrosscutError) -> str:
    problems = error.problems_in(translation)
    return str(problems[0].message) if problems else str(error.said_in(translation))


def _crumbs(found: Language) -> list[tuple[str, str]]:
    pk = found.piece.pk
    return [
        (_("Pieces"), "/pieces/"),
        (found.source.piece.title, f"/pieces/{found.source.piece.pk}/"),
        (found.piece.language, f"/pieces/{pk}/translate/"),
        (_("Bring a translation back"), ""),
    ]
