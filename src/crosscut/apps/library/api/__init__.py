"""The library for programs: one router of every subject."""

from ninja import Router

from crosscut.apps.library.api import assets, metadata, rights, rooms, uses

router = Router()
router.add_router("", assets.router)
router.add_router("", rights.router)
router.add_router("", rooms.router)
router.add_router("", uses.router)
router.add_router("", metadata.router)

__all__ = ["router"]
