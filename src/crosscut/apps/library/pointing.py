"""What shows an asset and can show another instead: apps downstream say what they have.

An app registers a `Pointer` when it starts (`AppConfig.ready`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Asset


@dataclass(frozen=True, kw_only=True)
class Shows:
    """One thing that shows an asset."""

    key: str  # names it for good, as `protecting` does: "piece:7"
    title: str  # of the piece
    url: str  # its page
    obstacle: str = ""  # why it goes on showing it; empty where it can show another


@dataclass(frozen=True, kw_only=True)
class Pointer:
    """How things of one kind are pointed at another asset."""

    kind: str  # "pieces": names its entries
    shown_by: Callable[[Member, Asset, Asset], Sequence[Shows]]  # asker, the one shown, the one to show instead
    point: Callable[[Member, Asset, Asset], list[dict[str, Any]]]  # does it, and gives what undoing needs
    point_back: Callable[[Member, dict[str, Any]], bool]  # undoes one of these; False where it was changed since


_pointers: dict[str, Pointer] = {}


def register(pointer: Pointer) -> None:
    """Has it asked from now on."""
    _pointers[pointer.kind] = pointer


def shown_by(member: Member, old: Asset, new: Asset) -> list[Shows]:
    """Everything that shows the old one, with what stands in the way of its showing the new one."""
    return [one for pointer in _pointers.values() for one in pointer.shown_by(member, old, new)]


def point(by: Member, old: Asset, new: Asset) -> list[dict[str, Any]]:
    """Points everything that can be at the new one. Call it in a transaction."""
    made = [(kind, entry) for kind, pointer in _pointers.items() for entry in pointer.point(by, old, new)]
    return [{"kind": kind, **entry} for kind, entry in made]


def point_back(by: Member, entries: Sequence[dict[str, Any]]) -> int:
    """Undoes it, the last first; says how many stay as they are, because somebody changed them since."""
    known = [(_pointers.get(entry["kind"]), entry) for entry in reversed(entries)]
    return sum(not (pointer and pointer.point_back(by, entry)) for pointer, entry in known)
