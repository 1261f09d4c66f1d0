"""Logs as one JSON object per line, with secrets blanked."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET = re.compile(
    r"(?i)(authorization|password|token|secret|cookie|api[_-]?key)([\"']?\s*[:=]\s*[\"']?)(?:bearer\s+|basic\s+)?[^\s\"',&]+"
)


def blank_secrets(text: str) -> str:
    """The text with the values of anything named like a credential replaced.

    >>> blank_secrets("Authorization: Bearer abc.def and token=xyz")
    'Authorization: ••• and token=•••'
    """
    return _SECRET.sub(r"\1\2•••", text)


def _blank(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: blank_secrets(value) if isinstance(value, str) else value for key, value in event.items()}


def json_formatter() -> logging.Formatter:
    """A formatter for the standard library's handlers."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _blank,
            structlog.processors.JSONRenderer(),
        ],
    )
