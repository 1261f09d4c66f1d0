"""Logs as one JSON object per line, with secrets blanked."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET = re.compile(
    r"(?i)(authorization|password|token|secret|cookie|api[_-]?key)([\"']?\s*[:=]\s*[\"']?)(?:bearer\s+|basic\s+)?[^\s\"',&]+"
)
# Tokens and links we give out ourselves, wherever they stand; see crosscut.apps.accounts.secrets.new_secret.
_OUR_OWN = re.compile(r"(\bcc[a-z]*_|/setup/)[A-Za-z0-9_-]{20,}")


def blank_secrets(text: str) -> str:
    """The text with the values of anything named like a credential replaced, and with our own tokens and links.

    >>> blank_secrets("Authorization: Bearer abc.def and token=xyz")
    'Authorization: ••• and token=•••'
    >>> blank_secrets("Not Found: /invitation/ccinv_qX0Zk3vYw8L1mN2oP4rS5tU6vW7xY8z/")
    'Not Found: /invitation/ccinv_•••/'
    >>> blank_secrets("Not Found: /review/ccg_qX0Zk3vYw8L1mN2oP4rS5tU6vW7xY8z/")
    'Not Found: /review/ccg_•••/'
    >>> blank_secrets("Forbidden: /setup/0123456789abcdef0123456789abcdef/")
    'Forbidden: /setup/•••/'
    """
    return _OUR_OWN.sub(r"\1•••", _SECRET.sub(r"\1\2•••", text))


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
