"""Who stands where in a picture: regions that files name, and the people and places a workspace knows."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models.functions import Lower

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.library.models import Asset, FacePlace, Subject
from crosscut.apps.library.queries import asset_for
from crosscut.apps.library.services.consents import show_subject
from crosscut.apps.library.services.holdings import note_change
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase
from crosscut.media.metadata import Face


def note_faces(asset: Asset, faces: Iterable[Face]) -> None:
    """Keeps the regions of a file that just came in. Who has the name of somebody known here counts as shown.

    So a consent is asked for from the first moment. Names that nobody knows yet wait on the asset's page.
    """
    known = _known(asset.workspace_id, (face.name for face in faces))
    rows = [
        FacePlace(
            asset=asset,
            subject=known.get(face.name.casefold()),
            name=face.name,
            x=face.x,
            y=face.y,
            width=face.width,
            height=face.height,
        )
        for face in faces
    ]
    FacePlace.objects.bulk_create(rows)
    shown = {row.subject for row in rows if row.subject}
    if shown:
        asset.subjects.add(*shown)
        note_change([asset.pk])


@transaction.atomic
def name_face(by: Member, face_id: int, name: str, *, kind: str = Subject.Kind.PERSON) -> FacePlace:
    """Says who is in a region: from then on they count as recognisable in the asset. Raises Invalid."""
    demand(by, "clear")
    face = FacePlace.objects.filter(pk=face_id, asset__workspace=by.workspace_id).first()
    if face is None:
        raise NotFound(phrase("There is no such face in this workspace."))
    face.subject = show_subject(by, face.asset_id, name or face.name, kind=kind)
    face.save(update_fields=["subject"])
    return face


def unknown_names(by: Member, asset_id: int) -> list[str]:
    """The people that the asset's fields and regions name and that are not noted as shown yet, each once."""
    asset = asset_for(by, asset_id)
    shown = {subject.name.casefold() for subject in asset.subjects.all()}
    named = [*asset.about.get("persons", []), *asset.faces.filter(subject=None).values_list("name", flat=True)]
    names = dict.fromkeys(" ".join(str(name).split())[:120] for name in named)
    return [name for name in names if name and name.casefold() not in shown]


def _known(workspace_id: int, names: Iterable[str]) -> dict[str, Subject]:
    wanted = {name.casefold() for name in names if name}
    if not wanted:
        return {}
    rows = Subject.objects.filter(workspace=workspace_id).annotate(low=Lower("name")).filter(low__in=wanted)
    return {row.name.casefold(): row for row in rows}
