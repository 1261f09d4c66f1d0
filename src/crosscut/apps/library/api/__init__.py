"""The library for programs: one router of every subject."""

from ninja import Router

from crosscut.apps.library.api import (
    assets,
    brands,
    collections,
    engine,
    intakes,
    metadata,
    rights,
    rooms,
    searching,
    signing,
    twins,
    upload_parts,
    uploads,
    uses,
    ways,
)

router = Router()
router.add_router("", assets.router)
router.add_router("", engine.router)
router.add_router("", brands.router)
router.add_router("", collections.router)
router.add_router("", rights.router)
router.add_router("", rooms.router)
router.add_router("", searching.router)
router.add_router("", uses.router)
router.add_router("", twins.router)
router.add_router("", signing.router)
router.add_router("", metadata.router)
router.add_router("", upload_parts.router)
router.add_router("", uploads.router)
router.add_router("", ways.router)
router.add_router("", intakes.router)

__all__ = ["router"]
