"""Everything that can go wrong, named by what the caller does next.

    CrosscutError
    ├── Invalid            fix the input; carries every problem found, not only the first
    ├── NotFound           it is not there, or the asker may not know that it is
    ├── NotAllowed         it is there and the asker may not do this
    ├── Conflict           somebody changed it meanwhile: reload and try again
    ├── Unavailable        later (after_s says when, where that is known)
    ├── Unsupported        another way: this one cannot do it
    ├── Cancelled          somebody asked for it to stop
    ├── Damaged            the media file cannot be read
    └── ChannelError       what an outside place answered
        ├── RetryLater         definitely not done; try again after after_s
        ├── Rejected           definitely not done; the content must change
        ├── ReconnectNeeded    definitely not done; the account must be connected again
        └── OutcomeUnknown     may or may not be done: read the channel back, never send again

A `Problem` is data, so that an entry point can translate it: services give its message as a `Phrase`, and page, API and
command line say it in the reader's language with `said_in`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from crosscut.kernel.phrases import Translator, spoken


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong, in plain words, with the way out."""

    code: str  # stable, dotted, for programs: "schedule.in_the_past"
    message: str  # one sentence for a person, saying what to do where that is known
    where: str = ""  # the field, file, stream or time it is about: "targets[0].at"
    values: Mapping[str, Any] = field(default_factory=dict)  # what the sentence was made of
    source: str = ""  # where the rule comes from: an address or a document with its date

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else str(self.message)

    def said_in(self, translator: Translator) -> "Problem":
        """The problem in the reader's language; code, place and values stay."""
        return replace(self, message=spoken(self.message, translator))


class CrosscutError(Exception):
    """The root of every error Crosscut raises on purpose."""

    code = "error"

    def __init__(self, message: str = "", *, problems: Sequence[Problem] = ()) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems) or (Problem(code=self.code, message=message),)
        self.summary = message  # said instead of the problems, where there is one
        super().__init__(message or "; ".join(str(problem) for problem in self.problems))

    def said_in(self, translator: Translator) -> str:
        """What `str()` says, in the reader's language."""
        if self.summary:
            return spoken(self.summary, translator)
        return "; ".join(str(problem) for problem in self.problems_in(translator))

    def problems_in(self, translator: Translator) -> tuple[Problem, ...]:
        """The problems in the reader's language."""
        return tuple(problem.said_in(translator) for problem in self.problems)


class Invalid(CrosscutError):
    """The input must be changed. Holds every problem found."""

    code = "invalid"

    @classmethod
    def at(cls, where: str, message: str, *, code: str = "invalid", **values: Any) -> "Invalid":
        """One problem at one field.

        >>> str(Invalid.at("schedule", "This time has passed.", code="schedule.in_the_past"))
        'schedule: This time has passed.'
        """
        return cls(problems=[Problem(code=code, where=where, message=message, values=values)])


class NotFound(CrosscutError):
    """It is not there, or the asker may not know that it is."""

    code = "not_found"


class NotAllowed(CrosscutError):
    """The asker may see it and may not do this to it."""

    code = "not_allowed"


class Conflict(CrosscutError):
    """It changed since the asker looked, or it contradicts what is stored."""

    code = "conflict"


class Unavailable(CrosscutError):
    """Something needed is not answering now."""

    code = "unavailable"

    def __init__(self, message: str = "", *, after_s: float | None = None, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message, problems=problems)
        self.after_s = after_s


class Unsupported(CrosscutError):
    """This way cannot do it; the message names another."""

    code = "unsupported"


class Cancelled(CrosscutError):
    """Somebody asked for the work to stop; nothing half-done is left."""

    code = "cancelled"


class Damaged(CrosscutError):
    """A media file that cannot be read. `path` names it; the engine's own words are in the message."""

    code = "media.damaged"

    def __init__(self, path: Path | str, message: str, *, code: str = "media.damaged") -> None:
        self.path = Path(path)
        super().__init__(message, problems=[Problem(code=code, where=self.path.name, message=message)])


class ChannelError(CrosscutError):
    """What an outside place answered."""

    code = "channel.error"


class RetryLater(ChannelError):
    """Definitely not done. The same request may be made again after `after_s` seconds."""

    code = "channel.retry_later"

    def __init__(self, message: str, *, after_s: float = 60, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message, problems=problems)
        self.after_s = after_s


class Rejected(ChannelError):
    """Definitely not done. The channel refuses this content."""

    code = "channel.rejected"


class ReconnectNeeded(ChannelError):
    """Definitely not done. The channel no longer accepts this account's credentials."""

    code = "channel.reconnect_needed"


class OutcomeUnknown(ChannelError):
    """May or may not be done. `key` is what to look for when the channel is read back."""

    code = "channel.outcome_unknown"

    def __init__(self, message: str, *, key: str = "") -> None:
        super().__init__(message)
        self.key = key
