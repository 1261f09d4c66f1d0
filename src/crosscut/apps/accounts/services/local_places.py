"""Folders for the channels that we serve ourselves: one per account, and none that a person may point elsewhere."""

from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings as site

from crosscut.apps.accounts.models import Account, Workspace
from crosscut.apps.accounts.services.own_files import refuse_paths
from crosscut.channels import registry
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase


def with_local_place(workspace: Workspace, channel: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with a folder and its public address filled in where the channel is a folder of ours.

    A folder may be chosen only below CROSSCUT_ALLOWED_FOLDERS: whoever may connect accounts must not be able to write
    anywhere on the machine, or into another account's folder. Raises Invalid.
    """
    refuse_paths(channel, given)
    known = registry.settings_class(channel).model_fields
    if not registry.channel(channel).is_local or "folder" not in known:
        return dict(given)
    chosen = str(given.get("folder") or "").strip()
    if chosen:
        return {**given, "folder": _allowed(chosen)}
    name = _free_place(f"{workspace.slug}-{channel}")
    filled = {**given, "folder": str(site.PUBLIC_FOLDER / name)}
    if "base_url" in known and not given.get("base_url"):
        filled["base_url"] = f"{site.PUBLIC_URL}/{name}"
    return filled


def _free_place(stem: str) -> str:
    taken = set(Account.objects.filter(settings__has_key="folder").values_list("settings__folder", flat=True))
    names = (f"{stem}-{number}" for number in count(1))
    folders = (site.PUBLIC_FOLDER / name for name in names)
    return next(folder.name for folder in folders if str(folder) not in taken and not folder.exists())


def _allowed(chosen: str) -> str:
    folder = Path(chosen).resolve()
    if not any(folder.is_relative_to(Path(root).resolve()) for root in site.ALLOWED_FOLDERS):
        raise Invalid.at(
            "settings.folder",
            phrase("Leave this empty for a folder of ours. Others must be allowed in CROSSCUT_ALLOWED_FOLDERS."),
            code="settings.folder_not_allowed",
        )
    used = Account.objects.filter(settings__has_key="folder").values_list("settings__folder", flat=True)
    if any(folder.is_relative_to(other) or Path(other).is_relative_to(folder) for other in used):
        raise Invalid.at("settings.folder", phrase("Another account publishes there."), code="settings.folder_taken")
    return str(folder)
