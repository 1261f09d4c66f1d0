"""Where, for what and when something is allowed, as people enter it: for licences and consents alike."""

from collections.abc import Container, Sequence
from datetime import date
from typing import Protocol

from crosscut.apps.library.models import Licence
from crosscut.apps.library.rights import territory_names
from crosscut.channels import registry
from crosscut.kernel.errors import Problem
from crosscut.kernel.phrases import phrase


class Scope(Protocol):
    """What is entered."""

    @property
    def territories(self) -> Sequence[str]: ...
    @property
    def channels(self) -> Sequence[str]: ...
    @property
    def uses(self) -> Sequence[str]: ...
    @property
    def starts_on(self) -> date | None: ...
    @property
    def ends_on(self) -> date | None: ...


def tidied(scope: Scope) -> dict[str, object]:
    """The fields of a row: codes in capitals, slugs in small letters, each once."""
    return {
        "territories": list(dict.fromkeys(code.strip().upper() for code in scope.territories if code.strip())),
        "channels": list(dict.fromkeys(slug.strip().lower() for slug in scope.channels if slug.strip())),
        "uses": list(dict.fromkeys(use.strip() for use in scope.uses if use.strip())),
        "starts_on": scope.starts_on,
        "ends_on": scope.ends_on,
    }


def problems(scope: Scope, *, of: str) -> list[Problem]:
    """Everything that is wrong with it; `of` begins the codes: "licence"."""
    found, tidy = [], tidied(scope)
    if unknown := _unknown(tidy["territories"], territory_names()):
        message = phrase(
            "{unknown}: use two-letter country codes such as DE or KE, or leave it empty for worldwide.",
            unknown=unknown,
        )
        found.append(Problem(code=f"{of}.territories", where="territories", message=message))
    known = {"channels": registry.places(), "uses": Licence.Use.values}
    for name, names in known.items():
        if unknown := _unknown(tidy[name], names):
            message = phrase(
                "{unknown} is not known here. There are: {known}.", unknown=unknown, known=", ".join(names)
            )
            found.append(Problem(code=f"{of}.{name}", where=name, message=message))
    if scope.starts_on and scope.ends_on and scope.ends_on < scope.starts_on:
        message = phrase("It ends before it begins. Change one of the dates.")
        found.append(Problem(code=f"{of}.ends_on", where="ends_on", message=message))
    return found


def _unknown(values: object, known: Container[str]) -> str:
    return ", ".join(value for value in values if value not in known) if isinstance(values, list) else ""
