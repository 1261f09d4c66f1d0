"""Looking through, listening to and remaking files, for programs."""

from fractions import Fraction
from typing import Any

from ninja import Query, Router, Status

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.library import queries, sightings
from crosscut.apps.library.models import Version
from crosscut.apps.library.schemas.engine import (
    CameraWanted,
    FocusWanted,
    FramingOut,
    LooksOut,
    LookWanted,
    PreviewWanted,
    RemakeWanted,
)
from crosscut.apps.library.services import framing, reframing, remaking, screening
from crosscut.apps.library.services.focusing import focus_at
from crosscut.apps.library.services.remaking.ordering import as_read
from crosscut.apps.work.models import Job
from crosscut.apps.work.schemas import JobOut
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.media.reframe import KeyPoint

router = Router(tags=["library"])


@router.get("/library/versions/{int:version_id}/looks", response=LooksOut, summary="What was found in a film or sound")
def get_looks(request: ApiRequest, version_id: int, wanted: Query[LookWanted]) -> dict[str, Any]:
    """Black, freezes, silence, clipping, offset and flashes, each at its second with what helps. No certificate."""
    version = queries.version_for(request.auth, version_id)
    found = sightings.found_in(version, wanted.profile)
    return {
        "profile": wanted.profile,
        "is_known": found is not None,
        "is_pending": screening.is_being_screened(version, wanted.profile),
        "problem": screening.why_it_failed(version, wanted.profile),
        "findings": sightings.shown(found or (), wanted.profile),
    }


@router.post("/library/versions/{int:version_id}/looks", response={202: JobOut}, summary="Look through a film")
def post_looks(request: ApiRequest, version_id: int, payload: LookWanted) -> Status[Job]:
    """Anew where a look failed, or by another rule for flashes."""
    return Status(202, screening.look_again(request.auth, version_id, payload.profile))


@router.post("/library/versions/{int:version_id}/remake", response={202: JobOut}, summary="Make another version of it")
def post_remake(request: ApiRequest, version_id: int, payload: RemakeWanted) -> Status[Job]:
    """Mended, cut, levelled or in another form. The job's result names the asset that has it; the version stays."""
    return Status(202, remaking.order(request.auth, version_id, as_read(payload.model_dump())))


@router.get(
    "/library/versions/{int:version_id}/framing", response=FramingOut, summary="How it is shown in other shapes"
)
def get_framing(request: ApiRequest, version_id: int) -> dict[str, Any]:
    """What persons set; what they left open the engine decides by faces, motion and what stands out."""
    return _framing(queries.version_for(request.auth, version_id))


@router.put("/library/versions/{int:version_id}/focus", response=FramingOut, summary="Set a still's focal point")
def put_focus(request: ApiRequest, version_id: int, payload: FocusWanted) -> dict[str, Any]:
    """Every crop keeps it, unless a piece has a point of its own."""
    has_point = payload.x is not None and payload.y is not None
    focus = focus_at(payload.x or 0, payload.y or 0) if has_point else None
    framing.set_focus(request.auth, version_id, focus)
    return _framing(queries.version_for(request.auth, version_id))


@router.put("/library/versions/{int:version_id}/camera", response=FramingOut, summary="Lead a film's camera")
def put_camera(request: ApiRequest, version_id: int, payload: CameraWanted) -> dict[str, Any]:
    """Key points for one shape. Each rules the shot it lies in."""
    points = [KeyPoint(at_s=Fraction(str(one.at_s)), x=one.x, y=one.y) for one in payload.points]
    framing.set_points(request.auth, version_id, _aspect(payload.aspect), points)
    return _framing(queries.version_for(request.auth, version_id))


@router.post(
    "/library/versions/{int:version_id}/preview", response={202: JobOut}, summary="Show a film in another shape"
)
def post_preview(request: ApiRequest, version_id: int, payload: PreviewWanted) -> Status[Job]:
    """Looks at the film once, and makes a small one in that shape; the job's result names the rendition."""
    return Status(202, reframing.order_preview(request.auth, version_id, _aspect(payload.aspect)))


def _aspect(text: str) -> Fraction:
    width, _colon, height = text.partition(":")
    if not int(height):
        raise Invalid.at("aspect", phrase("The second number of a shape is not 0."))
    return Fraction(int(width), int(height))


def _framing(version: Version) -> dict[str, Any]:
    found = framing.framing_of(version)
    cameras = {aspect: points for aspect, points in found.items() if aspect}
    led = {
        aspect: [{**one, "at_s": float(Fraction(one["at_s"]))} for one in points] for aspect, points in cameras.items()
    }
    return {"focus": found.get(""), "cameras": led}
