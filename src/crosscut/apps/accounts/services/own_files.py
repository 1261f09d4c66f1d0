"""Files that belong to an account, such as a podcast's cover: handed over by people, never named by a path.

Whoever may connect accounts must not be able to have any file of the machine published, so a path that a person or a
program writes is refused. What is handed over is checked, and kept in the account's own folder under the hash of its
content.
"""

import shutil
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings as site
from django.db import transaction

from crosscut.apps.accounts import queries
from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.channels import registry
from crosscut.kernel.errors import CrosscutError, Invalid
from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.phrases import Phrase, phrase
from crosscut.media.probe import probe

_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png"}
LEAST_PX, MOST_PX = 1400, 3000  # Apple Podcasts, "Artwork requirements" (2026): square, JPEG or PNG
_FOLDER = "own"  # inside the account's folder, beside what is public


def file_settings(channel: str) -> tuple[str, ...]:
    """The names of the channel's settings that are files of the account's own."""
    fields = registry.settings_class(channel).model_json_schema().get("properties", {})
    return tuple(name for name, field in fields.items() if name != "folder" and _is_path(field))


def refuse_paths(channel: str, given: Mapping[str, Any], *, known: Mapping[str, Any] | None = None) -> None:
    """Raises Invalid where somebody wrote a path for a file of the account's own, other than the `known` one.

    A `Path` is taken: it comes from our own code, as no form and no JSON can hold one.
    """
    for name in file_settings(channel):
        value = given.get(name)
        if isinstance(value, str) and value and value != str((known or {}).get(name) or "") and not _is_allowed(value):
            raise Invalid.at(
                f"settings.{name}",
                phrase("Hand the file over instead of naming a place on this computer."),
                code="settings.path_not_allowed",
            )


def put_file(by: Member, account_id: int, name: str, path: Path) -> Account:
    """The account with a copy of that picture as its file of that name. Raises Invalid, naming what does not fit."""
    demand(by, "accounts")
    account = queries.account_for(by, account_id)
    if name not in file_settings(account.channel):
        raise Invalid.at(f"settings.{name}", phrase("This channel has no such setting."), code="settings.unknown")
    kept = Path(account.settings["folder"]) / _FOLDER / f"{name}-{_digest(path)}{_ending(name, path)}"
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(".part")
    shutil.copyfile(path, part)
    part.replace(kept)
    with transaction.atomic():
        row = Account.objects.select_for_update().get(pk=account.pk)
        row.settings = {**row.settings, name: str(kept)}
        row.save(update_fields=["settings"])
        record("account.file_changed", row, by=by, name=name)
    return row


def _ending(name: str, path: Path) -> str:
    try:
        facts = probe(path)
    except CrosscutError as error:
        raise Invalid.at(f"settings.{name}", error.problems[0].message, code="settings.picture") from error
    if complaint := _complaint(facts):
        raise Invalid.at(f"settings.{name}", complaint, code="settings.picture")
    return _ENDINGS[facts.media_type]


def _complaint(facts: MediaFacts) -> Phrase | None:
    if facts.media_type not in _ENDINGS:
        return phrase("Use a JPEG or PNG picture.")
    width_px, height_px = facts.width_px or 0, facts.height_px or 0
    if width_px != height_px or not LEAST_PX <= width_px <= MOST_PX:
        return phrase(
            "The picture is {width}×{height} pixels. Use a square one of {least} to {most} pixels.",
            width=width_px,
            height=height_px,
            least=LEAST_PX,
            most=MOST_PX,
        )
    return None


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:16]


def _is_path(field: Mapping[str, Any]) -> bool:
    return any(part.get("format") == "path" for part in (field, *field.get("anyOf", ())))


def _is_allowed(value: str) -> bool:
    place = Path(value).resolve()
    return any(place.is_relative_to(Path(root).resolve()) for root in site.ALLOWED_FOLDERS)
