"""Films that nobody has looked through for flashes yet: they do not go out before somebody has."""

from collections.abc import Iterable, Mapping
from typing import Any

from crosscut.apps.library.models import Version
from crosscut.apps.library.services.screening import is_being_screened
from crosscut.kernel.facts import Kind
from crosscut.kernel.findings import Finding, Level
from crosscut.kernel.phrases import Phrase, phrase
from crosscut.specs.citations import cite

PENDING, MISSING = "flashes.pending", "flashes.not_looked_for"


def unscreened_findings(
    media: Iterable[Mapping[str, Any]], post_type: str, known: Mapping[int, Version]
) -> tuple[Finding, ...]:
    """A blocking finding for each film of a post that was not looked through, in order. `known` are versions by id.

    It is `flashes.pending` while a worker is at it, and goes away by itself then.
    """
    films = [(place, entry) for place, entry in enumerate(media) if entry["kind"] == Kind.VIDEO]
    return tuple(
        _finding(place, entry, known[entry["version"]], post_type)
        for place, entry in films
        if entry["version"] in known and not known[entry["version"]].screening
    )


def _finding(place: int, entry: Mapping[str, Any], version: Version, post_type: str) -> Finding:
    is_pending = is_being_screened(version)
    return Finding(
        code=PENDING if is_pending else MISSING,
        level=Level.BLOCK,
        where=f"media[{place}]",
        post_type=post_type,
        source=cite(["wcag_2_3_1"]),
        message=_message(entry["filename"], is_pending=is_pending),
        repair=(
            phrase("Wait: it goes on by itself as soon as that is done.")
            if is_pending
            else phrase("Look through it yourself and sign an exception, or put the file in again.")
        ),
        values={"name": entry["filename"]},
    )


def _message(name: str, *, is_pending: bool) -> Phrase:
    if is_pending:
        return phrase("“{name}” is still being looked through for flashes.", name=name)
    return phrase("“{name}” could not be looked through for flashes, which can cause seizures.", name=name)
