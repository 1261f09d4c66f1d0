"""The style page. It shows nothing of any workspace and is open to everybody."""

from datetime import timedelta
from types import SimpleNamespace

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from crosscut.kernel.errors import Conflict, Invalid
from crosscut.site.style import samples
from crosscut.site.templatetags.look import STATES


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    now = timezone.now()
    context = {
        "states": list(STATES),
        "findings": samples.findings(),
        "posts": samples.posts(now),
        "tiles": samples.tiles(),
        "peaks": samples.peaks(),
        "jobs": samples.jobs(),
        "story": samples.story(now),
        "page_of_many": samples.page_of_many(),
        "form": samples.SampleForm({"notes": "Six things.", "at": "yesterday", "kind": "v"}),
        "fresh_form": samples.SampleForm(),
        "hold": SimpleNamespace(
            stops="all posts", reason="A storm hit the coast", placed_by="Ada Okafor", placed_at=now
        ),
        "moments": (now, now + timedelta(hours=3), now - timedelta(days=400)),
        "palette": ("neutral", "amber", "red", "blue", "violet", "teal", "green"),
        "grounds": ("canvas", "surface", "sunken", "raised", "accent", "mark"),
        "names": ("Ada Okafor", "Béla Nagy", "Chiara", "Đorđe Ilić", "李 娜", "Omar Haddad"),
        **(samples.navigation() if getattr(request, "member", None) is None else {}),
    }
    return render(request, "style/style.html", context)


@require_safe
def entry(request: HttpRequest) -> HttpResponse:
    """The sign-in layout with a sample form."""
    return render(request, "style/entry.html", {"form": samples.SampleForm()})


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """The calendar with made-up posts."""
    rail = samples.navigation() if getattr(request, "member", None) is None else {}
    return render(request, "style/calendar.html", rail)


@require_safe
def events(request: HttpRequest) -> JsonResponse:
    """The made-up posts between `start` and `end`, in the shape the calendar reads."""
    start, end = (parse_datetime(request.GET.get(name, "")) for name in ("start", "end"))
    if start is None or end is None:
        raise Invalid.at("start", "Say from when to when, as ISO 8601 with an offset.")
    return JsonResponse(samples.calendar_posts(timezone.now(), start, end), safe=False)


@require_POST
def move(request: HttpRequest, post: int) -> JsonResponse:
    """Agrees to move any made-up post but the last, and keeps nothing."""
    if post == samples.UNMOVABLE:
        raise Conflict("It is being sent right now.")
    return JsonResponse({"id": str(post), "at": request.POST.get("at", "")})


@require_POST
def copy(request: HttpRequest, post: int) -> JsonResponse:
    """Agrees to copy any made-up post, and keeps nothing."""
    return JsonResponse({"id": str(post + 1000), "at": request.POST.get("at", "")}, status=201)


@require_POST
def move_together(request: HttpRequest) -> JsonResponse:
    """Agrees to move several made-up posts, and keeps nothing."""
    return JsonResponse({"moved": len(request.POST.getlist("post"))})
