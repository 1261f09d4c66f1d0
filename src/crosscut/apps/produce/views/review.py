"""The guest's page: what is shown to them, what they may say, and the files it needs. No account, no session needed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from crosscut.apps.accounts.access import MemberRequest, address_of, members_and_guests
from crosscut.apps.accounts.guest_pages import ask_password, is_unlocked, unlisted
from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.library.lifetimes import guest_s, private_header
from crosscut.apps.library.serving import FILE_POLICY, rendition_response
from crosscut.apps.produce import guests
from crosscut.apps.produce.compare import differences
from crosscut.apps.produce.guest_files import Words, file_named, shown_media
from crosscut.apps.produce.models import GuestLink
from crosscut.apps.produce.preview import preview_of_frozen
from crosscut.apps.produce.services import review as services
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, Unavailable


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, secret: str) -> HttpResponse:
    """The page behind a link; its password first where it has one."""
    link = services.come_in(secret, address=address_of(request))
    asker = _member(request)
    if link.guest_id and asker != link.guest and not services.is_of_the_team(link, asker):
        context = {"link": link, "needs_sign_in": True}
        return unlisted(render(request, "produce/review/locked.html", context, status=403))
    key, address = f"review {link.pk}", address_of(request)
    if not is_unlocked(request, key, link.password_hash):
        answer = ask_password(
            request,
            key,
            link.password_hash,
            workspace=link.piece.workspace,
            unlock=lambda password: services.unlock(link, password, address=address),
        )
        return unlisted(answer)
    return unlisted(_answered(request, link, lambda: redirect("review", secret)))


@never_cache
@members_and_guests
@require_http_methods(["GET", "HEAD", "POST"])
def shared_one(request: MemberRequest, link_id: int) -> HttpResponse:
    """The same for a guest with an account."""
    link = guests.link_with(request.member, link_id)
    return _answered(request, link, lambda: redirect("shared-one", link_id))


@members_and_guests
@require_GET
def shared(request: MemberRequest) -> HttpResponse:
    """What was shared with a guest."""
    if request.member.role != Role.GUEST:
        return redirect("home")
    return render(request, "produce/review/shared.html", {"talks": guests.talks_with(request.member)})


@require_GET
def review_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """A picture, film, sound or captions of what is shown; nothing else, and not for long."""
    found = file_named(token)
    if isinstance(words := found.file, Words):
        answer: HttpResponseBase = HttpResponse(words.text, content_type=f"{words.media_type}; charset=utf-8")
        answer["Content-Security-Policy"] = FILE_POLICY
        answer["Cache-Control"] = private_header(guest_s(found.ends_at))
    else:
        answer = rendition_response(request, words, most_s=guest_s(found.ends_at))
    return unlisted(answer)


def _answered(request: HttpRequest, link: GuestLink, back: Callable[[], HttpResponse]) -> HttpResponse:
    """The page, or what became of what the guest said."""
    if request.method == "POST":
        problem, status = _say(request, link)
        return _page(request, link, problem=problem, status=status) if problem else back()
    if not services.is_of_the_team(link, _member(request)):
        services.note_visit(link)
    return _page(request, link)


def _say(request: HttpRequest, link: GuestLink) -> tuple[str, int]:
    """What went wrong and its status; nothing when the words are kept."""
    text, decision, asker = request.POST.get("text", ""), request.POST.get("decision", ""), _member(request)
    try:
        if decision:
            services.decide(link, decision, digest=request.POST.get("digest", ""), text=text, asker=asker)
            messages.success(request, _("Thank you. The team sees what you said."))
        else:
            services.comment(link, text, asker=asker)
            messages.success(request, _("Sent. The team sees it with the post."))
    except (Invalid, Conflict, NotAllowed, Unavailable) as error:
        statuses: dict[type[Exception], int] = {Invalid: 422, Conflict: 409, NotAllowed: 403, Unavailable: 429}
        return str(error.problems[0].message if error.problems else error), statuses[type(error)]
    return "", 200


def _page(request: HttpRequest, link: GuestLink, *, problem: str = "", status: int = 200) -> HttpResponse:
    talk = guests.talk_of(link)
    content = link.edition.content
    drawn = [preview_of_frozen(content, slug, shown_media(link, slug)) for slug in content["outlets"]]
    before = talk.word.edition if talk.word and not talk.is_answered else None
    context: dict[str, Any] = {
        "link": link,
        "talk": talk,
        "piece": link.piece,
        "workspace": link.piece.workspace,
        "content": content,
        "previews": [preview for preview in drawn if preview],
        "differences": differences(before.content, content) if before else [],
        "is_team": services.is_of_the_team(link, _member(request)),
        "problem": problem,
        "typed": request.POST.get("text", "") if problem else "",
    }
    return render(request, "produce/review/review.html", context, status=status)


def _member(request: HttpRequest) -> Member | None:
    """Who is signed in at this browser, if anybody is."""
    member: Member | None = getattr(request, "member", None)
    return member
