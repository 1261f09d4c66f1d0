"""The page of one asset, and everything that is done there."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.library import incoming, queries, showing
from crosscut.apps.library.forms.assets import DescribeForm, TrackForm, say
from crosscut.apps.library.models import Asset, Version
from crosscut.apps.library.queries.rooms import cold_among
from crosscut.apps.library.rights import rights_of
from crosscut.apps.library.services import captioning, derive, describe, tracks
from crosscut.apps.library.serving import rendition_response, track_response, version_response
from crosscut.apps.library.storage import plain_disk_errors
from crosscut.apps.library.views import looks
from crosscut.apps.library.views.sections import SECTIONS, address, section_named
from crosscut.kernel.errors import Damaged, Invalid, Unsupported
from crosscut.kernel.phrases import phrase


@members_only
@require_GET
def asset(request: MemberRequest, asset_id: int) -> HttpResponse:
    """The page: its first part."""
    return asset_page(request, queries.asset_for(request.member, asset_id))


@members_only
@require_GET
def asset_section(request: MemberRequest, asset_id: int, section: str) -> HttpResponse:
    """Another part of it."""
    return asset_page(request, queries.asset_for(request.member, asset_id), section)


@members_only
@require_POST
def describe_asset(request: MemberRequest, asset_id: int) -> HttpResponse:
    """Keeps what was written about the asset; shows the page with the problems when it cannot."""
    form = DescribeForm(request.POST)
    if form.is_valid():
        try:
            describe.describe(request.member, asset_id, form.changes())
            messages.success(request, _("Saved."))
            return redirect("asset", asset_id)
        except Invalid as error:
            say(form, error)
    return asset_page(request, queries.asset_for(request.member, asset_id), describe_form=form)


@members_only
@require_POST
def archive(request: MemberRequest, asset_id: int) -> HttpResponse:
    """Puts the asset out of sight."""
    describe.archive(request.member, [asset_id])
    messages.success(request, _("Archived. Nothing is lost: bring it back here at any time."))
    return redirect("asset", asset_id)


@members_only
@require_POST
def restore(request: MemberRequest, asset_id: int) -> HttpResponse:
    """Brings it back."""
    describe.restore(request.member, [asset_id])
    messages.success(request, _("It is back in the library."))
    return redirect("asset", asset_id)


@members_only
@require_POST
def add_track(request: MemberRequest, asset_id: int) -> HttpResponse:
    """Adds captions, a transcript or chapters from a file."""
    form = TrackForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            with tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="track-") as folder:
                upload = form.cleaned_data["file"]
                path = Path(folder) / incoming.safe_name(upload.name)
                with plain_disk_errors(phrase("receive it")):
                    path.write_bytes(upload.read())
                kind, language = form.cleaned_data["kind"], form.cleaned_data["language"]
                tracks.put_track(request.member, asset_id, path, kind=kind, language=language)
            messages.success(request, _("Added."))
            return redirect("asset", asset_id)
        except (Invalid, Unsupported, Damaged) as error:
            say(form, error)
    return asset_page(request, queries.asset_for(request.member, asset_id), track_form=form)


@members_only
@require_POST
def mend_track(request: MemberRequest, track_id: int) -> HttpResponse:
    """Mends captions as far as their words allow, and says what was done and what remains."""
    track, fixed = captioning.mend(request.member, track_id)
    done = " ".join(fixed.changes)
    messages.success(request, done or _("There was nothing that could be mended without changing words."))
    if fixed.changes and fixed.remaining:
        messages.info(request, _("Some hints remain: they need other words."))
    return redirect("asset", track.asset_id)


@members_only
@require_POST
def remove_track(request: MemberRequest, track_id: int) -> HttpResponse:
    """Takes a track away."""
    found = tracks.remove_track(request.member, track_id)
    messages.success(request, _("Removed. Its text is kept in the history."))
    return redirect("asset", found.pk)


@members_only
@require_GET
def version_file(request: MemberRequest, version_id: int) -> HttpResponseBase:
    """The bytes of a master."""
    return version_response(request, queries.version_for(request.member, version_id))


@members_only
@require_GET
def rendition_file(request: MemberRequest, rendition_id: int) -> HttpResponseBase:
    """The bytes of a derived file."""
    return rendition_response(request, queries.rendition_for_member(request.member, rendition_id))


@members_only
@require_GET
def track_file(request: MemberRequest, track_id: int) -> HttpResponse:
    """The text of captions, a transcript or chapters."""
    return track_response(queries.track_for(request.member, track_id))


def asset_page(request: MemberRequest, row: Asset, part: str = "overview", **forms: Form) -> HttpResponse:
    """The part of the page as it is, or with the forms that could not be kept. For htmx the part alone."""
    section = section_named(part)
    context = {
        "asset": row,
        "section": section,
        "tabs": [
            (one, address(row, one.name), one.count(row) if one.count else None) for one in SECTIONS if one.fits(row)
        ],
        "can_draft": can(request.member, "draft"),
        "can_clear": can(request.member, "clear"),
        **_previews(row.current),
        **section.context(request.member, row),
        **forms,
    }
    status = 422 if forms else 200
    if request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request"):
        return render(request, "library/section.html", context | {"is_alone": True}, status=status)
    whole = {
        "crumbs": [(_("Library"), "/library/"), (row.title, "")],
        "rights": rights_of(row, queries.today_in(row.workspace)),
        "works": looks.works_on(request.member, row),
        "collected": queries.collections_with(request.member, row)[:20],
        "collections": queries.collections_for(request.member).filter(search="")[:200],
        "twin_sorts": queries.twin_sorts_of(request.member, row.pk),
        "captions": [track for track in row.tracks.all() if track.media_type == "text/vtt"],
    }
    return render(request, "library/asset.html", context | whole, status=status)


def _previews(version: Version | None) -> dict[str, Any]:
    """The stand-ins of the current file that the browser can show, and what everybody asks of it first."""
    if version is None:
        return {}
    previews = derive.previews_made(version, version.renditions.all())
    gone = [preview for preview in previews.values() if preview.freed_at]
    for preview in gone:
        derive.ask_again(preview)
    previews = {label: preview for label, preview in previews.items() if not preview.freed_at}
    facts, cold = derive.facts_of(version), cold_among([version.sha256]).get(version.sha256)
    return {
        "version": version,
        "is_remade": bool(gone),
        "is_cold": cold is not None,
        "is_warming": cold is not None and cold.wanted_at is not None,
        "proxy": previews.get("proxy"),
        "poster": previews.get("poster"),
        "peaks": showing.peaks_of(previews.get("waveform")),
        "width_px": facts.width_px,
        "height_px": facts.height_px,
        "duration_s": float(facts.duration_s) if facts.duration_s else None,
        "warnings": facts.warnings,
    }
