"""Publishing for programs: one router of every subject."""

from ninja import Router

from crosscut.apps.publish.api import imports, posts, series, slots, views

router = Router()
router.add_router("", imports.router)
router.add_router("", posts.router)
router.add_router("", series.router)
router.add_router("", slots.router)
router.add_router("", views.router)

__all__ = ["router"]
