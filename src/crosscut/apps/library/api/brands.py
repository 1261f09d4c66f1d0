"""Brand kits for programs."""

from django.db.models import QuerySet
from ninja import Router, Status
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.library import queries
from crosscut.apps.library.models import BrandKit
from crosscut.apps.library.schemas.brands import (
    BrandFileIn,
    BrandKitChange,
    BrandKitDetail,
    BrandKitIn,
    BrandKitOut,
    Role,
)
from crosscut.apps.library.services import brands
from crosscut.specs.brand import Colour, Must, Word

router = Router(tags=["brand"])


@router.get("/library/brand-kits", response=list[BrandKitOut], summary="Brand kits")
@paginate
def list_brand_kits(request: ApiRequest) -> QuerySet[BrandKit]:
    """Those in use, by name."""
    queries.refuse_guests(request.auth)
    return queries.brand_kits_for(request.auth)


@router.post("/library/brand-kits", response={201: BrandKitDetail}, summary="Make a brand kit")
def post_brand_kit(request: ApiRequest, payload: BrandKitIn) -> Status[BrandKit]:
    """The first one of a workspace is its usual one: posts are checked by it from now on."""
    return Status(201, brands.make_kit(request.auth, _kit(payload)))


@router.get("/library/brand-kits/{int:kit_id}", response=BrandKitDetail, summary="One brand kit")
def get_brand_kit(request: ApiRequest, kit_id: int) -> BrandKit:
    """With its files, and what its colours can be on each other."""
    return queries.brand_kit_for(request.auth, kit_id)


@router.put("/library/brand-kits/{int:kit_id}", response=BrandKitDetail, summary="Change a brand kit")
def put_brand_kit(request: ApiRequest, kit_id: int, payload: BrandKitChange) -> BrandKit:
    """Replaces all it says; its files stay."""
    return brands.change_kit(request.auth, kit_id, _kit(payload), revision=payload.revision)


@router.post("/library/brand-kits/{int:kit_id}/usual", response=BrandKitDetail, summary="Make it the usual one")
def post_brand_kit_usual(request: ApiRequest, kit_id: int) -> BrandKit:
    """Posts go by it unless their campaign chose another."""
    return brands.make_usual(request.auth, kit_id)


@router.post("/library/brand-kits/{int:kit_id}/archive", response=BrandKitDetail, summary="Put a brand kit away")
def post_brand_kit_archive(request: ApiRequest, kit_id: int) -> BrandKit:
    """It checks nothing any more."""
    return brands.archive_kit(request.auth, kit_id)


@router.post("/library/brand-kits/{int:kit_id}/restore", response=BrandKitDetail, summary="Bring a brand kit back")
def post_brand_kit_restore(request: ApiRequest, kit_id: int) -> BrandKit:
    """As it was, though not as the usual one."""
    return brands.restore_kit(request.auth, kit_id)


@router.post("/library/brand-kits/{int:kit_id}/files", response=BrandKitDetail, summary="Put a file into a brand kit")
def post_brand_file(request: ApiRequest, kit_id: int, payload: BrandFileIn) -> BrandKit:
    """A logo, font or template of the library; put in again, its note is changed."""
    brands.put_file(request.auth, kit_id, payload.asset, payload.role, note=payload.note)
    return queries.brand_kit_for(request.auth, kit_id)


@router.delete(
    "/library/brand-kits/{int:kit_id}/files/{int:asset_id}", response={204: None}, summary="Take a file out of it"
)
def delete_brand_file(request: ApiRequest, kit_id: int, asset_id: int, role: Role) -> Status[None]:
    """It stays in the library."""
    brands.take_file_out(request.auth, kit_id, asset_id, role)
    return Status(204, None)


def _kit(payload: BrandKitIn) -> brands.Kit:
    values = payload.model_dump(exclude={"colours", "words", "musts", "revision"})
    return brands.Kit(
        colours=[Colour(**one.model_dump()) for one in payload.colours],
        words=[Word(**one.model_dump()) for one in payload.words],
        musts=[Must(**{**one.model_dump(), "channels": tuple(one.channels)}) for one in payload.musts],
        **values,
    )
