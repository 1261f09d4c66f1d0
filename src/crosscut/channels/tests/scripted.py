"""An other side that says what a test wrote down: for answers no real server gives on demand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from pydantic import BaseModel

from crosscut.channels.protocol import Context

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
Answer = tuple[int, Any] | httpx.Response | Exception


@dataclass(kw_only=True)
class Script:
    """Answers by "METHOD path", each used once and the last for ever; what was asked is kept."""

    answers: Mapping[str, Sequence[Answer]]
    asked: list[httpx.Request] = field(default_factory=list)

    def context(self, settings: BaseModel, secrets: Mapping[str, str]) -> Context:
        """What an adapter gets, with a client that reaches nothing but this script."""
        http = httpx.Client(transport=httpx.MockTransport(self._answer))
        return Context(http=http, settings=settings, secrets=secrets, now=lambda: NOW)

    def asked_for(self, line: str) -> list[httpx.Request]:
        """The requests of that "METHOD path", in order."""
        return [request for request in self.asked if _line(request) == line]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        request.read()
        line = _line(request)
        if line not in self.answers:
            raise AssertionError(f"Nobody wrote down an answer to {line}")
        answers = self.answers[line]
        answer = answers[min(len(self.asked_for(line)), len(answers) - 1)]
        self.asked.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(answer[0], json=answer[1])


def _line(request: httpx.Request) -> str:
    """The method and the path; WordPress names its path in a parameter."""
    return f"{request.method} {request.url.params.get('rest_route', request.url.path)}"
