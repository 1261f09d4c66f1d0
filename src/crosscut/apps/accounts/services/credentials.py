"""What a person types to connect an account, checked before anything is asked of the channel."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from crosscut.channels import registry
from crosscut.kernel.errors import Invalid, Problem
from crosscut.kernel.phrases import phrase

_LONGEST_SECRET = 10_000  # a private key in PEM is under 4,000 letters


def checked_settings(channel: str, given: Mapping[str, Any]) -> BaseModel:
    """The channel's settings. Raises Invalid with every problem, `where` naming the field: `settings.server`."""
    known = registry.settings_class(channel)
    strangers = [
        Problem(code="settings.unknown", where=f"settings.{name}", message=phrase("This channel has no such setting."))
        for name in given
        if name not in known.model_fields
    ]
    if strangers:
        raise Invalid(problems=strangers)
    try:
        return known.model_validate(dict(given))
    except ValidationError as error:
        raise Invalid(problems=[_problem(detail) for detail in error.errors(include_url=False)]) from None


def checked_secrets(channel: str, given: Mapping[str, str], *, also: Iterable[str] = ()) -> dict[str, str]:
    """The credentials the channel asks for. Raises Invalid naming those that are missing, unknown or too long.

    `also` are names that connecting gave us earlier. A channel in a folder of ours may give its own when connecting.
    """
    known = registry.channel(channel)
    asked = (*known.app_secrets, *known.secrets)
    allowed = {*asked, *known.optional_secrets, *also}
    return _checked(given, needed=() if known.is_local else asked, allowed=allowed)


def checked_app_secrets(channel: str, given: Mapping[str, str]) -> dict[str, str]:
    """What the person's own app at the channel needs before its login page. Raises Invalid as `checked_secrets`."""
    asked = registry.channel(channel).app_secrets
    return _checked(given, needed=asked, allowed=set(asked))


def _checked(given: Mapping[str, str], *, needed: Iterable[str], allowed: set[str]) -> dict[str, str]:
    values = {name: value.strip() for name, value in given.items()}
    problems = [(name, phrase("Fill this in.")) for name in needed if not values.get(name)]
    problems += [(name, phrase("This channel asks for no such thing.")) for name in values if name not in allowed]
    problems += [(name, phrase("This is too long.")) for name, value in values.items() if len(value) > _LONGEST_SECRET]
    if problems:
        raise Invalid(
            problems=[Problem(code="secrets", where=f"secrets.{name}", message=words) for name, words in problems]
        )
    return values


def _problem(detail: Mapping[str, Any]) -> Problem:
    """One complaint of pydantic's as ours, without what was typed."""
    where = ".".join(["settings", *(str(part) for part in detail["loc"])])
    message = (
        phrase("Fill this in.") if detail["type"] == "missing" else str(detail["msg"]).removeprefix("Value error, ")
    )
    return Problem(code=f"settings.{detail['type']}", where=where, message=message)
