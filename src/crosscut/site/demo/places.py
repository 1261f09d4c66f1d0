"""Where the worked campaign publishes: a website, a podcast and a practice network, all served by this installation."""

from pathlib import Path
from typing import Any

from django.conf import settings

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.services.connections import Login, connect_account
from crosscut.site.demo.people import NAME, SLUG


def connect_all(lead: Member, folder: Path) -> list[Account]:
    """The three accounts, connected the first time."""
    return [_connected(lead, channel, name, given) for channel, name, given in _plans(lead, folder)]


def _connected(lead: Member, channel: str, name: str, given: dict[str, Any]) -> Account:
    known = Account.objects.filter(workspace=lead.workspace, channel=channel, name=name).first()
    return known or connect_account(lead, Login(channel=channel, name=name, settings=given, secrets={}))


def _plans(lead: Member, folder: Path) -> list[tuple[str, str, dict[str, Any]]]:
    site = {
        "title": NAME,
        "description": "What is happening to the sea, told by those who look at it.",
        "organisation": NAME,
        "counter_url": f"{settings.PUBLIC_URL}/count/{SLUG}",
    }
    podcast: dict[str, Any] = {
        "title": "Below the Surface",
        "description": "Short talks about the sea and what young people can do for it.",
        "author": NAME,
        "owner_email": lead.user.email,
        "category": "Science > Nature",
    }
    cover = folder / "cover.jpg"
    if cover.exists():
        podcast["cover"] = cover  # a Path: no form and no program of others can give one
    practice = {"handle": "reefwatch", "name": NAME}
    return [
        ("site", "Reef Watch website", site),
        ("podcast", "Below the Surface", podcast),
        ("practice", "Reef Watch practice", practice),
    ]
