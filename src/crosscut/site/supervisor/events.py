"""What the supervisor says while it works: to a person as a sentence, to a program as data."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened."""

    kind: str  # for programs: "database.ready", "child.ended", "ready", "stopping"
    message: str  # one sentence for a person
    values: Mapping[str, Any] = field(default_factory=dict)  # what the sentence was made of

    def as_json(self) -> str:
        """One line of JSON.

        >>> Event(kind="stopped", message="Everything has stopped.").as_json()
        '{"kind": "stopped", "message": "Everything has stopped.", "values": {}}'
        """
        return json.dumps(self.as_data(), default=str)

    def as_data(self) -> dict[str, Any]:
        """The event as JSON data."""
        return {"kind": self.kind, "message": self.message, "values": dict(self.values)}

    @classmethod
    def from_json(cls, line: str) -> "Event":
        """The event `as_json` wrote."""
        return cls(**json.loads(line))


Tell = Callable[[Event], None]
