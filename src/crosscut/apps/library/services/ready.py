"""Keeping ready what searches have in memory: files of much that was written since are made anew at night."""

from collections.abc import Callable
from typing import Any

from crosscut.apps.library import alike, column_source, meanings
from crosscut.apps.library.in_memory import keeping
from crosscut.apps.library.in_memory.kept import Copy, Source
from crosscut.apps.library.meanings import model_in_use
from crosscut.kernel.errors import CrosscutError

_Make = Callable[[int], Source[Any] | None]


def keep_ready() -> int:
    """Makes files anew of which much was written since, and takes away those of no use; how many were made."""
    try:
        model = model_in_use()
    except CrosscutError:  # which files are of use is not known while the model that was named cannot be read
        return 0
    makes: dict[str, _Make] = {column_source.KIND: column_source.ColumnSource, alike.KIND: alike.LookSource}
    if model is not None:
        makes[meanings.kind_of(model.sha256)] = lambda workspace_id: meanings.source_of(workspace_id, model.sha256)
    made = 0
    for workspace_id, kind in keeping.kept_here():
        source = makes[kind](workspace_id) if kind in makes else None
        made += source is not None and Copy(source).renew()
    keeping.sweep(frozenset(makes))
    return made
