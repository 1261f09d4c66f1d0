"""Assets in the search over everything."""

from django.utils.translation import gettext_lazy

from crosscut.apps.accounts.finding import Finder, Hit
from crosscut.apps.accounts.models import Member
from crosscut.apps.library import search
from crosscut.apps.library.models import Asset
from crosscut.apps.library.queries import today_in
from crosscut.apps.library.searchbox import Wanted
from crosscut.apps.library.showing import tile_of


def find_assets(member: Member, words: tuple[str, ...], limit: int) -> list[Hit]:
    """Assets by all the library searches in: title, tags, descriptions, credits, file names, spoken words."""
    found = search.window(member, Wanted(words=words, is_literal=True), size=limit).assets
    today = today_in(member.workspace)
    return [
        Hit(
            pk=tile.pk,
            title=tile.name,
            about=" · ".join(part for part in (str(Asset.Kind(tile.kind).label), tile.sub, tile.flag) if part),
            url=tile.url,
            thumb=tile.thumb,
        )
        for tile in (tile_of(asset, today) for asset in found)
    ]


ASSETS = Finder(kind="assets", label=gettext_lazy("Library"), icon="photo", order=20, find=find_assets)
