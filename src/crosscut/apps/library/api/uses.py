"""Versions and where they are used, for programs."""

from ninja import Query, Router

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.library import comparing, protecting, queries
from crosscut.apps.library.models import Asset, Version
from crosscut.apps.library.schemas.assets import AssetOut
from crosscut.apps.library.schemas.uses import (
    Compared,
    DifferenceOut,
    OriginAsked,
    OriginOut,
    ProtectorOut,
    VersionUseOut,
)
from crosscut.apps.library.services import versions
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase

router = Router(tags=["library"])


@router.get("/library/assets/{int:asset_id}/uses", response=list[VersionUseOut], summary="Where it is used")
def get_uses(request: ApiRequest, asset_id: int) -> tuple[queries.VersionUse, ...]:
    """Version, file made from it, piece, post, public address: everything, newest version first."""
    return queries.tree_for(request.auth, asset_id)


@router.get("/library/origins", response=list[OriginOut], summary="Where something comes from")
def get_origins(request: ApiRequest, asked: Query[OriginAsked]) -> list[queries.Origin]:
    """The versions behind the public address of a post, or behind a file's fingerprint."""
    queries.refuse_guests(request.auth)
    return queries.origins_for(request.auth, url=asked.url, sha256=asked.sha256.lower())


@router.get("/library/assets/{int:asset_id}/protection", response=list[ProtectorOut], summary="What needs it")
def get_protection(request: ApiRequest, asset_id: int) -> list[protecting.Protector]:
    """Planned and live posts and pieces: what has to be named before the asset can be deleted."""
    return protecting.protectors_of([queries.asset_for(request.auth, asset_id)])


@router.get("/library/assets/{int:asset_id}/differences", response=list[DifferenceOut], summary="Compare versions")
def get_differences(request: ApiRequest, asset_id: int, asked: Query[Compared]) -> list[comparing.Difference]:
    """What differs between two versions: size, what was measured, what each says of itself."""
    row = queries.asset_for(request.auth, asset_id)
    return comparing.differences(_numbered(row, asked.before), _numbered(row, asked.after))


@router.post("/library/versions/{int:version_id}/make-current", response=AssetOut, summary="Go back to a version")
def post_make_current(request: ApiRequest, version_id: int) -> Asset:
    """Drafts show it from now on; planned posts keep the file they were approved with. Nothing is lost."""
    return queries.asset_for(request.auth, versions.make_current(request.auth, version_id).pk)


def _numbered(asset: Asset, number: int) -> Version:
    version = asset.versions.filter(number=number).first()
    if version is None:
        raise NotFound(phrase("There is no version {number} of this asset.", number=number))
    return version
