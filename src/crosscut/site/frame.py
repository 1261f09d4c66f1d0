"""What every page is framed by: the rail, the menus, the hold bar. A page that does not exist is not in it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts import queries
from crosscut.site import built
from crosscut.site.hold_bar import hold_bar
from crosscut.site.words import page_words

THEMES = ("light", "dark")


@dataclass(frozen=True, kw_only=True)
class Link:
    """One place a person can go from the frame."""

    label: Any  # lazily translated
    url: str
    icon: str  # an icon of frontend/icons.txt
    is_current: bool = False  # the page is this place or below it
    key: str = ""  # the second key of its shortcut: g, then this


_Place = tuple[str, Any, str, str]  # address name, label, icon, shortcut
_MAIN: tuple[_Place, ...] = (
    ("home", _("Home"), "home", "h"),
    ("calendar", _("Calendar"), "calendar-event", "c"),
    ("pieces", _("Pieces"), "article", "p"),
    ("library", _("Library"), "photo", "l"),
    ("campaigns", _("Campaigns"), "target-arrow", "m"),
)
_BELOW: tuple[_Place, ...] = (
    ("accounts", _("Accounts"), "plug-connected", "a"),
    ("team", _("Team"), "users", "t"),
    ("activity", _("Activity"), "history", "v"),
    ("settings", _("Settings"), "settings", "s"),
)
_NEW: tuple[_Place, ...] = (
    ("piece-new", _("Piece"), "article", ""),
    ("campaign-new", _("Campaign"), "target-arrow", ""),
    ("upload", _("Upload"), "cloud-upload", ""),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """The frame's part of every template's context."""
    member = getattr(request, "member", None)
    is_inside = member is not None and member.role != "guest"
    theme = request.COOKIES.get("theme", "")
    return {
        "member": member,
        "workspace": member.workspace if member else None,
        "workspaces": SimpleLazyObject(lambda: _workspaces(request)),
        "navigation": _links(_MAIN, request.path) if is_inside else (),
        "navigation_below": _links(_BELOW, request.path) if is_inside else (),
        "new_menu": _links(_NEW, request.path) if is_inside else (),
        "search_url": address("search") if is_inside else "",
        "running_url": address("jobs-running") if is_inside else "",
        "workspace_switch_url": address("workspace-switch"),
        "profile_url": address("profile") if member else "",
        "sign_out_url": address("sign-out"),
        "hold": SimpleLazyObject(lambda: hold_bar(member) if member and is_inside else None),
        "theme": theme if theme in THEMES else "",
        "languages": settings.LANGUAGES,
        "is_built": built.is_built(),
        "page_words": page_words,
    }


def places(path: str) -> tuple[Link, ...]:
    """Every place of the frame a person can go, and what they can begin there."""
    begun = tuple(replace(link, label=_("New: %(what)s") % {"what": link.label}) for link in _links(_NEW, path))
    return (*_links(_MAIN, path), *_links(_BELOW, path), *begun)


def address(name: str) -> str:
    """The address of that name, or nothing when no such page exists.

    >>> address("no-such-page")
    ''
    """
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _links(places: Iterable[_Place], path: str) -> tuple[Link, ...]:
    """The places that exist, the current one marked."""
    found = [(address(name), label, icon, key) for name, label, icon, key in places]
    return tuple(
        Link(label=label, url=url, icon=icon, key=key, is_current=_is_at(path, url))
        for url, label, icon, key in found
        if url
    )


def _is_at(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)


def _workspaces(request: HttpRequest) -> list[Any]:
    user = getattr(request, "user", None)
    return list(queries.workspaces_for(user)) if user is not None and user.is_authenticated else []
