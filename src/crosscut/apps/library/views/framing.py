"""Other shapes of a film or a still: what is suggested, what a person sets, and how it looks."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.library import queries
from crosscut.apps.library.models import Version
from crosscut.apps.library.services import framing, reframing
from crosscut.apps.library.services.derive import facts_of, previews_made
from crosscut.apps.library.services.focusing import focus_at, suggested_for
from crosscut.apps.work.models import Job
from crosscut.apps.work.services import time_left_s
from crosscut.kernel.errors import Invalid
from crosscut.kernel.facts import MediaFacts
from crosscut.media.plan import ASPECT_SLACK, crop_to
from crosscut.media.recipes import Crop, Focus
from crosscut.media.reframe import CameraPath, KeyPoint

PATH_EVERY_S = Fraction(1, 5)  # how often the page is told where the camera is
MOST_PLACES = 4000  # told for one film
NAMES = {Fraction(9, 16): "9:16", Fraction(4, 5): "4:5", Fraction(1): "1:1", Fraction(16, 9): "16:9"}


@members_only
@require_GET
def panel(request: MemberRequest, asset_id: int) -> HttpResponse:
    """The section, in the shape that was asked for."""
    row = queries.asset_for(request.member, asset_id)
    if row.current is None:
        return HttpResponse()
    facts = facts_of(row.current)
    previews = previews_made(row.current, row.current.renditions.all())
    context = {"asset": row, "version": row.current, "can_draft": can(request.member, "draft"), **previews}
    context |= {"width_px": facts.width_px, "height_px": facts.height_px}
    if facts.video:
        context |= _film(row.current, facts, _aspect(request.GET.get("aspect", "")))
        return render(request, "library/framing_film.html", context)
    return render(request, "library/framing_still.html", context | _still(row.current, facts))


@members_only
@require_POST
def change(request: MemberRequest, version_id: int) -> HttpResponse:
    """Keeps the key points of a film in one shape, or the focal point of a still."""
    version = queries.version_for(request.member, version_id)
    if "aspect" in request.POST:
        framing.set_points(request.member, version_id, _aspect(request.POST["aspect"]), _points(request))
    else:
        framing.set_focus(request.member, version_id, _focus(request))
    messages.success(request, _("Kept. Posts that are written or approved from now on are made by it."))
    return redirect("asset-section", version.asset_id, "shapes")


@members_only
@require_POST
def preview(request: MemberRequest, version_id: int) -> HttpResponse:
    """Starts the look at the film and the preview in one shape; the section follows it."""
    version = queries.version_for(request.member, version_id)
    aspect = _aspect(request.POST.get("aspect", ""))
    reframing.order_preview(request.member, version_id, aspect)
    answer = redirect("asset-framing", version.asset_id)
    answer["Location"] += f"?aspect={name_of(aspect)}"
    return answer


def name_of(aspect: Fraction) -> str:
    """The shape as people write it.

    >>> name_of(Fraction(9, 16)), name_of(Fraction(3, 2))
    ('9:16', '3:2')
    """
    return NAMES.get(aspect, f"{aspect.numerator}:{aspect.denominator}")


def is_framed(version: Version) -> bool:
    """Whether the section has anything to show: of films and of stills that are no drawings and do not move."""
    facts = facts_of(version)
    is_still = facts.picture is not None and facts.picture.frame_count == 1 and facts.media_type != "image/svg+xml"
    return bool(facts.video) or is_still


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A still in one shape."""

    name: str  # "9:16"
    crop: Crop
    reason: str  # what decided


def _film(version: Version, facts: MediaFacts, aspect: Fraction) -> dict[str, Any]:
    lead = framing.lead_in(framing.framing_of(version), aspect)
    seen = framing.look_kept(version)
    camera = framing.camera_of(seen, lead) if seen else None
    job = Job.objects.filter(kind="frame", subject=reframing.subject_of(version)).order_by("-id").first()
    own = facts.aspect or Fraction(1)
    return {
        "shape": name_of(aspect),
        "shapes": [name for shape, name in NAMES.items() if abs(shape / own - 1) > ASPECT_SLACK],
        "points": [(f"{float(one.at_s):.3f}", f"{one.x:.3f}", f"{one.y:.3f}") for one in lead.points],
        "camera": _path(camera) if camera else None,
        "kept": camera.kept if camera else None,
        "shots": len(camera.shots) if camera else 0,
        "preview": reframing.preview_made(version, lead),
        "job": _job(job) if job and (not job.ended_at or job.problem) else None,
        "is_busy": bool(job and not job.ended_at),
    }


def _path(camera: CameraPath) -> dict[str, Any]:
    """Where the window is, as the page's script takes it; parts of the picture's width and height."""
    length_s = camera.shots[-1].end_s
    step_s = max(PATH_EVERY_S, length_s / MOST_PLACES)
    starts = [float(shot.start_s) for shot in camera.shots]
    places = [round(camera.place_at(step_s * number), 4) for number in range(int(length_s / step_s) + 1)]
    window = camera.window
    return {"step_s": float(step_s), "places": places, "cuts": starts, "side": window.side, "size": window.size}


def _still(version: Version, facts: MediaFacts) -> dict[str, Any]:
    own = framing.focus_in(framing.framing_of(version))
    width_px, height_px = facts.width_px or 1, facts.height_px or 1
    shapes = [shape for shape in NAMES if abs(shape / Fraction(width_px, height_px) - 1) > ASPECT_SLACK]
    found = [] if own else suggested_for(version, tuple(shapes))
    shown = [
        Shape(
            name=name_of(shape),
            crop=suggestion.crop if suggestion else crop_to(width_px, height_px, shape, own),
            reason=suggestion.reason if suggestion else "",
        )
        for shape, suggestion in zip_longest(shapes, found)
    ]
    return {
        "shapes": shown,
        "focus": [f"{float(own.x):.3f}", f"{float(own.y):.3f}"] if own else None,
        "dot": [f"{float(own.x) * 100:.1f}", f"{float(own.y) * 100:.1f}"] if own else ["50", "50"],
    }


def _job(job: Job) -> dict[str, Any]:
    names = ("pk", "label", "state", "done_permille", "step", "problem")
    return {**{name: getattr(job, name) for name in names}, "left_s": time_left_s(job), "cancel_url": ""}


def _aspect(text: str) -> Fraction:
    """The shape that was written, 9:16 where none was. Raises Invalid."""
    try:
        return Fraction((text or "9:16").replace(":", "/"))
    except (ValueError, ZeroDivisionError) as fault:
        raise Invalid.at("aspect", _("Write a shape as width and height, such as 9:16.")) from fault


def _points(request: HttpRequest) -> list[KeyPoint]:
    given = [[_number(text) for text in request.POST.getlist(name)] for name in ("at_s", "x", "y")]
    if len({len(numbers) for numbers in given}) > 1:
        raise Invalid.at("points", _("A key point has three numbers: seconds, across, down."))
    return [KeyPoint(at_s=at_s, x=float(x), y=float(y)) for at_s, x, y in zip(*given, strict=True)]


def _focus(request: HttpRequest) -> Focus | None:
    x, y = request.POST.get("x", ""), request.POST.get("y", "")
    return focus_at(float(_number(x)), float(_number(y))) if x and y else None


def _number(text: str) -> Fraction:
    try:
        return Fraction(text.strip().replace(",", "."))
    except (ValueError, ZeroDivisionError) as fault:
        raise Invalid.at("points", _("A key point has three numbers: seconds, across, down.")) from fault
