"""What people here wrote of an asset, as far as it goes along in the files that are made of it for others to see.

Only what says whose it is, what may be done with it and what it shows: never where somebody stood, and no names of
people shown. Files say by themselves what their master says; this is what differs from it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crosscut.apps.library.models import Asset, ChangeSet, Version
from crosscut.apps.library.services.fields import values_of
from crosscut.kernel.errors import Unsupported
from crosscut.kernel.records import digest
from crosscut.media.fields import is_empty
from crosscut.media.fields.writing import Order, write_into
from crosscut.media.stills.making import RIGHTS_FIELDS


def words_of(asset: Asset, version: Version) -> dict[str, Any]:
    """The fields that a file made of the version says, by key; empty where its master says the same by itself.

    Of an asset's later versions all that is known here counts: they seldom bring what the first one said.
    """
    in_file = {key: value for key, value in version.metadata.get("fields", {}).items() if key in RIGHTS_FIELDS}
    here, changed = values_of(asset), dict(in_file)
    for key in RIGHTS_FIELDS:
        origin = asset.origins.get(key, "")
        if origin and (origin in ChangeSet.How.values or version.number > 1):
            changed[key] = here.get(key)
    said = {key: value for key, value in changed.items() if not is_empty(value)}
    return {} if said == in_file else said


def name_of(words: Mapping[str, Any]) -> str:
    """A name of the words: equal words have equal ones."""
    return digest(dict(words))


def write_words(copy: Path, words: Mapping[str, Any]) -> bool:
    """Puts the words into the file, which must be a copy, in place of what it said; whether its kind can carry them.

    Raises Damaged where the file cannot be rewritten.
    """
    try:
        write_into(copy, Order(fields=words))
    except Unsupported:
        return False
    return True
