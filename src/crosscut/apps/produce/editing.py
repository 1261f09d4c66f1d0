"""The editor's form: its fields' names and values, and what was typed as edits for the service."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from crosscut.apps.accounts.models import Member
from crosscut.apps.plan.models import Campaign
from crosscut.apps.plan.queries import campaigns_for
from crosscut.apps.produce.extras import read_extras
from crosscut.apps.produce.models import Outlet, Piece, PieceMedia
from crosscut.apps.produce.services.write import Edits
from crosscut.apps.produce.translating import part_key
from crosscut.kernel.errors import Invalid

_WORDS = ("title", "text", "summary", "link", "language")


def field_values(piece: Piece, outlets: Iterable[Outlet], uses: Iterable[PieceMedia]) -> dict[str, str]:
    """Every text of the form by its field's name: what is shown beside one's own when two people saved."""
    values = {name: str(getattr(piece, name)) for name in _WORDS}
    values["tags"] = ", ".join(piece.tags)
    for outlet in outlets:
        own = {"text": outlet.text, "title": outlet.title}
        values |= {f"{outlet.channel}.{name}": text for name, text in own.items() if text is not None}
        values |= {part_key(outlet.channel, part): text for part, text in enumerate(outlet.further, start=2)}
    return values | {f"media.{use.asset_id}.alt": use.alt_text for use in uses}


def edits_from(by: Member, posted: QueryDict, outlets: Iterable[Outlet], uses: Iterable[PieceMedia]) -> Edits:
    """What the form says about the piece, its channels and media. Raises Invalid for a campaign that is not there."""
    texts = {name: str(value) for name, value in posted.items()}
    words: dict[str, Any] = {name: lines_of(texts[name]) for name in _WORDS if name in texts}
    if "tags" in texts:
        words["tags"] = texts["tags"].split(",")
    if "campaign" in texts:
        words["campaign"] = campaign_from(by, texts["campaign"])
    return Edits(
        words=words,
        outlets={outlet.channel: _outlet(texts, outlet) for outlet in outlets},
        media={use.asset_id: _use(posted, use) for use in uses if f"media.{use.asset_id}" in posted},
    )


def version_of(posted: QueryDict) -> int:
    """The revision that the form shows. Raises Invalid for none."""
    text = posted.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid.at("version", _("Load the page again: it does not say which version it shows."))
    return int(text)


def campaign_from(by: Member, text: str) -> Campaign | None:
    """The campaign of that id; None for an empty choice. Raises Invalid when it is not there."""
    if not text:
        return None
    row = campaigns_for(by).filter(pk=int(text)).first() if text.isascii() and text.isdigit() else None
    if row is None:
        raise Invalid.at("campaign", _("There is no such campaign in this workspace."))
    return row


def _outlet(texts: Mapping[str, str], outlet: Outlet) -> dict[str, Any]:
    """Only what the form shows of the channel: a text that is shared has no field, and stays shared."""
    names = {name: f"{outlet.channel}.{name}" for name in ("post_type", "text", "title")}
    fields: dict[str, Any] = {name: lines_of(texts[key]) for name, key in names.items() if key in texts}
    if outlet.further:
        fields |= _thread(texts, outlet)
    before = f"{outlet.channel}.extra."
    if before in texts:
        given = {key.removeprefix(before): value for key, value in texts.items() if key.startswith(before)}
        fields["extra"] = read_extras(outlet.channel, outlet.extra, given)
    return fields


def _thread(texts: Mapping[str, str], outlet: Outlet) -> dict[str, Any]:
    """The parts after the first. How many there are is no matter of the form: its buttons say that at once."""
    keys = [part_key(outlet.channel, part) for part in range(2, len(outlet.further) + 2)]
    if not all(key in texts for key in keys):
        return {}
    numbering = f"{outlet.channel}.is_numbered"
    return {"further": [lines_of(texts[key]) for key in keys], "is_numbered": texts.get(numbering) == "on"}


def _use(posted: QueryDict, use: PieceMedia) -> dict[str, Any]:
    name = f"media.{use.asset_id}"
    fields: dict[str, Any] = {"is_decorative": posted.get(f"{name}.decorative") == "on"}
    if f"{name}.alt" in posted:
        fields["alt_text"] = lines_of(posted.get(f"{name}.alt", "")).strip()
    if f"{name}.x" in posted:
        fields |= {"focus_x": _share(posted, f"{name}.x"), "focus_y": _share(posted, f"{name}.y")}
    if offered := posted.getlist(f"{name}.offered"):
        fields["channels"] = _chosen(offered, posted.getlist(f"{name}.channel"))
    return fields


def _chosen(offered: list[str], chosen: list[str]) -> list[str]:
    """The channels a medium goes to; all of them is written as none, so that a new channel gets it too."""
    if not chosen:
        raise Invalid.at("channels", _("Choose a channel for each file, or take the file out of the piece."))
    return [] if set(chosen) >= set(offered) else sorted(chosen)


def _share(posted: Mapping[str, Any], name: str) -> float | None:
    try:
        return float(posted.get(name) or "nan") if posted.get(name) else None
    except ValueError:
        raise Invalid.at("focus", _("Click the place in the picture that must stay.")) from None


def lines_of(text: str) -> str:
    """The text as it is stored: browsers send line ends as CRLF."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
