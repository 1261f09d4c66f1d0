"""Pieces for tests, with media whose facts are made up: no file is read, so a test takes milliseconds."""

import hashlib
from datetime import date
from itertools import count
from typing import Any

from tests.cast import Cast

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.library.models import Asset, Licence, Rendition, Version
from crosscut.apps.plan.models import Campaign
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.services.write import create_piece, set_media, set_outlet
from crosscut.kernel.facts import Kind, MediaFacts, Picture
from crosscut.kernel.records import as_data

_numbers = count(1)


def asset(by: Member, name: str = "reef.jpg", **fields: Any) -> Asset:
    """A picture of 1200 x 900 in the library, with a thumbnail; not cleared yet."""
    row = Asset.objects.create(workspace=by.workspace, title=name, kind="image", **fields)
    sha256 = hashlib.sha256(f"{name}{next(_numbers)}".encode()).hexdigest()
    facts = MediaFacts(
        kind=Kind.IMAGE,
        media_type="image/jpeg",
        container="jpeg",
        size_bytes=90_000,
        picture=Picture(width_px=1200, height_px=900),
    )
    row.current = Version.objects.create(
        asset=row,
        number=1,
        sha256=sha256,
        size_bytes=90_000,
        media_type="image/jpeg",
        filename=name,
        facts=as_data(facts),
    )
    row.save()
    Rendition.objects.create(
        version=row.current,
        purpose="thumbnail",
        recipe={},
        recipe_digest="0" * 64,
        sha256=sha256,
        size_bytes=900,
        media_type="image/jpeg",
    )
    return row


def licence(row: Asset, **fields: Any) -> Licence:
    """A licence for everything, without end unless said otherwise."""
    return Licence.objects.create(asset=row, **{"holder": "Reef Watch", "terms": "Own work", **fields})


def expired(row: Asset) -> Licence:
    """A licence that has ended."""
    return licence(row, ends_on=date(2020, 1, 1))


def campaign(by: Member, slug: str = "look-again") -> Campaign:
    """A campaign of the member's."""
    return Campaign.objects.create(workspace=by.workspace, name=slug.title(), slug=slug, owner=by)


def account(by: Member, channel: str = "practice", name: str = "") -> Account:
    """A connected account."""
    return Account.objects.create(workspace=by.workspace, channel=channel, name=name or channel.title())


def piece(by: Member, *, text: str = "The reef is waking up.", channel: str = "practice", **fields: Any) -> Piece:
    """A piece of words for one channel."""
    row = create_piece(by, title="Reef", text=text, **fields)
    set_outlet(by, row, channel_slug=channel, post_type="text" if channel == "practice" else "article")
    row.refresh_from_db()
    return row


def photo_piece(cast: Cast, by: Member | None = None) -> Piece:
    """A piece with a cleared, described picture, for the practice network and the website."""
    who = by or cast.junior
    row = create_piece(who, title="A leaf is a map", text="Hold a leaf against the light.")
    picture = asset(who, "leaf.jpg", alt_text="A yellow leaf against the light, its veins like a river.")
    licence(picture)
    set_media(who, row, picture)
    set_outlet(who, row, channel_slug="practice", post_type="images", text="Hold a leaf up.", title="")
    set_outlet(who, row, channel_slug="site", post_type="article")
    row.refresh_from_db()
    return row
