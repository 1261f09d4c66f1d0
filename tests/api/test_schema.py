"""The whole API against its own description, with inputs nobody would think of.

Every operation is asked with made-up input by a lead: no answer may be a fault, none may be of a status, type or shape
that the description does not name, and what the description forbids must be refused.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings

from crosscut.apps.accounts.services.people import create_token
from crosscut.site.wsgi import application
from tests.cast import Cast

EXAMPLES = 3  # per operation, beside those that try each limit of the description: the whole API in under a minute


def _application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Crosscut, with every answer read and closed as a server does it."""
    answer = application(environ, start_response)
    try:
        return list(answer)
    finally:
        answer.close()


schema = schemathesis.openapi.from_wsgi("/api/openapi.json", _application)


@pytest.fixture(autouse=True)
def _keep_the_connection() -> Iterator[None]:
    """What Django's own test client does: a request that ends must not end the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_it_answers_as_it_says(case: Any, cast: Cast) -> None:
    _token, secret = create_token(cast.lead, "schemathesis")
    # What fits the description may still break a rule no schema can say ("ends before it starts"): 422 is right then.
    case.call_and_validate(
        headers={"Authorization": f"Bearer {secret}"}, excluded_checks=[schemathesis.checks.positive_data_acceptance]
    )
