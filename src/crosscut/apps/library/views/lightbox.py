"""What a guest sees of a collection, and the files of it. No account, no session needed."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from crosscut.apps.accounts.access import address_of
from crosscut.apps.accounts.guest_pages import ask_password, is_unlocked, unlisted
from crosscut.apps.accounts.models import Member
from crosscut.apps.library import lightbox
from crosscut.apps.library.lifetimes import guest_s
from crosscut.apps.library.models import CollectionLink, LinkEvent, Rendition, Track, Version
from crosscut.apps.library.services import guest_previews, showing_guests
from crosscut.apps.library.serving import FILE_POLICY, rendition_response, track_response, version_response
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase

Kind = LinkEvent.Kind


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, secret: str) -> HttpResponse:
    """The page behind a link: all of it, or one asset large; its password first where it has one."""
    link = showing_guests.come_in(secret, address=address_of(request))
    key, address = f"lightbox {link.pk}", address_of(request)
    if not is_unlocked(request, key, link.password_hash):
        workspace = link.collection.workspace
        return unlisted(
            ask_password(
                request,
                key,
                link.password_hash,
                workspace=workspace,
                unlock=lambda password: showing_guests.unlock(link, password, address=address),
            )
        )
    return unlisted(_page(request, link))


@require_GET
def file(request: HttpRequest, token: str) -> HttpResponseBase:
    """A preview or download of what is shown; nothing else, and not for long."""
    found = lightbox.opened(token)
    answer = _bytes(request, found)
    if found.is_download:
        if not request.headers.get("Range") and not _is_team(request, found.link):
            kind = found.file.media_type
            showing_guests.note(found.link, Kind.DOWNLOADED, found.asset, label=f"{found.asset.title} ({kind})")
        name = found.file.filename if isinstance(found.file, Version) else _web_name(found.file)
        answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    if not isinstance(found.file, Rendition):
        answer["Cache-Control"] = "private, no-store"
    return unlisted(answer)


def _page(request: HttpRequest, link: CollectionLink) -> HttpResponse:
    exhibits = lightbox.exhibits_of(link)
    wanted = request.GET.get("item", "")
    at = next((n for n, one in enumerate(exhibits) if str(one.asset.pk) == wanted), None)
    if wanted and at is None:
        raise NotFound(phrase("This is not shown here, or no longer."))
    if not _is_team(request, link):
        showing_guests.note(link, Kind.OPENED)
        if at is not None:
            showing_guests.note(link, Kind.VIEWED, exhibits[at].asset)
    guest_previews.plan_lacking(link, [one.version for one in exhibits])
    context: dict[str, Any] = {
        "link": link,
        "collection": link.collection,
        "workspace": link.collection.workspace,
        "exhibits": exhibits,
        "is_team": _is_team(request, link),
    }
    if at is not None:
        around = {
            "before": exhibits[at - 1] if at else None,
            "after": exhibits[at + 1] if at + 1 < len(exhibits) else None,
        }
        return render(request, "library/lightbox_item.html", context | around | {"one": exhibits[at], "number": at + 1})
    return render(request, "library/lightbox.html", context)


def _bytes(request: HttpRequest, opened: lightbox.Opened) -> HttpResponseBase:
    found = opened.file
    if isinstance(found, Track):
        answer = track_response(found)
        answer["Content-Security-Policy"] = FILE_POLICY
        return answer
    if isinstance(found, Version):
        return version_response(request, found)
    return rendition_response(request, found, most_s=guest_s(opened.link.ends_at))


def _web_name(found: Rendition | Track) -> str:
    if isinstance(found, Track):
        return "captions.vtt"
    stem = found.version.filename.rpartition(".")[0] or found.version.filename
    return f"{stem}-web.{found.media_type.rpartition('/')[2].replace('jpeg', 'jpg').replace('mpeg', 'mp3')}"


def _is_team(request: HttpRequest, link: CollectionLink) -> bool:
    """Whether whoever is signed in belongs to the team that shows this: their look is not a guest's."""
    member: Member | None = getattr(request, "member", None)
    return member is not None and member.workspace_id == link.collection.workspace_id
