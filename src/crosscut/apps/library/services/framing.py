"""Other shapes of films and stills: what a person wants kept, and what the engine sees and suggests.

A film is looked at once (`look_of`); a camera for any shape is reckoned from the look. What a person sets is kept per
version: key points for each shape of a film, one focal point of a still. A piece freezes them with its other content,
so that what was approved is what goes out.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library import storage
from crosscut.apps.library.models import Asset, Framing, Version
from crosscut.apps.library.queries import version_for
from crosscut.apps.library.services.derive import facts_of, newest, note
from crosscut.apps.library.services.focusing import focus_at
from crosscut.kernel.errors import Invalid, Problem, Unsupported
from crosscut.kernel.facts import MediaFacts, MediaRequirement
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop, never
from crosscut.kernel.records import as_data, canonical_json, digest, from_data
from crosscut.media.plan import nearest_aspect, thumbnail
from crosscut.media.recipes import Focus, Purpose, Recipe
from crosscut.media.reframe import CameraPath, KeyPoint, Look, look, plan_camera

CAMERA = "1"  # part of every camera's name: raise it when the same points would lead it elsewhere
SHAPES = (Fraction(9, 16), Fraction(4, 5), Fraction(1), Fraction(16, 9))  # that posts ask for most
LOOKED = Recipe(purpose=Purpose.POST, media_type="application/json", reasons=("what is seen in the film",))
MOST_POINTS = 200


@dataclass(frozen=True, kw_only=True)
class Lead:
    """How a film's camera is led in one shape."""

    aspect: Fraction  # width over height
    points: tuple[KeyPoint, ...] = ()  # a person's; without any, it follows what matters by itself

    @property
    def name(self) -> str:
        """The camera's name for good: the same film, shape and points give the same path."""
        return digest({"camera": CAMERA, "aspect": str(self.aspect), "points": [as_data(one) for one in self.points]})


# What a person sets


@transaction.atomic
def set_points(by: Member, version_id: int, aspect: Fraction, points: Sequence[KeyPoint]) -> Lead:
    """How the camera is led from now on; without points it leads itself. Raises Invalid with everything wrong."""
    demand(by, "draft")
    version = version_for(by, version_id)
    facts = facts_of(version)
    if not facts.video:
        raise Unsupported(phrase("Only films have a camera; a still has one focal point."))
    problems = [*_wrong_points(points, facts)]
    if not Fraction(1, 10) <= aspect <= 10:
        problems.append(_problem("aspect", phrase("A shape is from 1:10 to 10:1, such as 9:16.")))
    if problems:
        raise Invalid(problems=problems)
    ordered = sorted(points, key=lambda point: point.at_s)
    _keep(by, version, str(aspect), [as_data(point) for point in ordered])
    return Lead(aspect=aspect, points=tuple(ordered))


@transaction.atomic
def set_focus(by: Member, version_id: int, focus: Focus | None) -> None:
    """The point of a still that every crop keeps; None lets the engine decide for each shape."""
    demand(by, "draft")
    version = version_for(by, version_id)
    if version.asset.kind != Asset.Kind.IMAGE:
        raise Unsupported(phrase("Only a still has one focal point; a film has key points for each shape."))
    if focus and not (0 <= focus.x <= 1 and 0 <= focus.y <= 1):
        raise Invalid.at("focus", phrase("Both parts of the point are from 0 to 1."))
    _keep(by, version, "", [float(focus.x), float(focus.y)] if focus else [])


def _keep(by: Member, version: Version, aspect: str, points: list[Any]) -> None:
    before = version.framings.filter(aspect=aspect).values_list("points", flat=True).first() or []
    if before == points:
        return
    if points:
        fields = {"points": points, "changed_by": by}
        Framing.objects.update_or_create(version=version, aspect=aspect, defaults=fields)
    else:
        version.framings.filter(aspect=aspect).delete()
    record("asset.framed", version.asset, by=by, version=version.pk, aspect=aspect, before=before, after=points)


def framing_of(version: Version) -> dict[str, list[Any]]:
    """Everything that persons set for the version, by shape, as a piece freezes it."""
    return {row.aspect: row.points for row in version.framings.all()}


def lead_in(framing: Mapping[str, list[Any]], aspect: Fraction) -> Lead:
    """How the camera is led in that shape by what was set or frozen."""
    return Lead(aspect=aspect, points=tuple(from_data(KeyPoint, point) for point in framing.get(str(aspect), ())))


def focus_in(framing: Mapping[str, list[Any]]) -> Focus | None:
    """The focal point by what was set or frozen; None where the engine decides."""
    pair = framing.get("")
    return focus_at(*pair) if pair else None


def _wrong_points(points: Sequence[KeyPoint], facts: MediaFacts) -> list[Problem]:
    found = []
    for number, point in enumerate(points):
        if not 0 <= point.at_s < (facts.duration_s or 0):
            found.append(_problem(f"points.{number}", phrase("{s:g} s is not in the film.", s=float(point.at_s))))
        if not (0 <= point.x <= 1 and 0 <= point.y <= 1):
            found.append(_problem(f"points.{number}", phrase("Both parts of the point are from 0 to 1.")))
    if len({point.at_s for point in points}) < len(points):
        found.append(_problem("points", phrase("Two key points are at one moment: keep one of them.")))
    if len(points) > MOST_POINTS:
        found.append(_problem("points", phrase("At most {n} key points can be set.", n=MOST_POINTS)))
    return found


def _problem(where: str, message: str) -> Problem:
    return Problem(code="framing.wrong", where=where, message=message)


# What the engine sees


def look_kept(version: Version) -> Look | None:
    """What was seen in the film when it was looked at; None while nobody has."""
    row = newest(version.renditions.filter(purpose="look"), "look")
    if row is None or not storage.exists(row.sha256):
        return None
    with storage.open_stored(row.sha256) as file:
        return from_data(Look, json.load(file))


def look_of(version: Version, *, should_stop: ShouldStop = never) -> Look:
    """What is seen in the film, looked at now unless somebody has before. It takes half a second for each of film."""
    if known := look_kept(version):
        return known
    with (
        storage.plain_disk_errors(phrase("look at the film")),
        storage.local_copy(version.sha256) as master,
        tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="look-") as folder,
    ):
        seen = look(master, facts=facts_of(version), should_stop=should_stop)
        path = Path(folder) / "look.json"
        path.write_text(canonical_json(as_data(seen)), encoding="utf-8")
        note(version, LOOKED, storage.keep(path), purpose="look", made=(LOOKED, None))
    return seen


def camera_of(seen: Look, lead: Lead) -> CameraPath:
    """Where the window is at every moment."""
    return plan_camera(seen, lead.aspect, key_points=lead.points)


def poster_focus(version: Version, need: MediaRequirement, framing: Mapping[str, list[Any]]) -> Focus | None:
    """Where the camera is at the moment that the film's poster shows; None where no camera was needed or planned."""
    facts = facts_of(version)
    seen = look_kept(version) if facts.video and facts.aspect else None
    if seen is None or facts.aspect is None:
        return None
    aspect = nearest_aspect(facts.aspect, need)
    if aspect == facts.aspect:
        return None
    small = thumbnail(facts)
    moment_s = small.picture.at_s if small and small.picture else None
    crop = camera_of(seen, lead_in(framing, aspect)).crop_at(moment_s or Fraction(0))
    return Focus(
        x=Fraction(2 * crop.x_px + crop.width_px, 2 * seen.width_px),
        y=Fraction(2 * crop.y_px + crop.height_px, 2 * seen.height_px),
    )
