"""One server of each kind for every test process, and skips that say why where one is missing.

Under pytest-xdist every worker has its own servers on ports of its own, so nothing is shared but the cache, which is
filled under a lock.
"""

from collections.abc import Iterator

import pytest

from tests.peers import bluesky, google, mastodon, slack, story, wordpress


def _or_skip(reason: str) -> None:
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def clients_are_closed() -> Iterator[None]:
    """Closes the connections of every context the tests made."""
    yield
    while story.opened:
        story.opened.pop().close()


@pytest.fixture(scope="session")
def bluesky_network() -> Iterator[bluesky.Network]:
    """The Bluesky network with its public view where PostgreSQL and Redis are there, else without."""
    _or_skip(bluesky.missing())
    with bluesky.running(with_appview=not bluesky.missing(with_appview=True)) as network:
        yield network


@pytest.fixture(scope="session")
def google_server() -> Iterator[google.Server]:
    """A server that speaks Google's login."""
    _or_skip(google.missing())
    with google.running() as server:
        yield server


@pytest.fixture(scope="session")
def mastodon_server() -> Iterator[mastodon.Server]:
    """A server that speaks the Mastodon API."""
    _or_skip(mastodon.missing())
    with mastodon.running() as server:
        yield server


@pytest.fixture(scope="session")
def slack_server() -> Iterator[slack.Server]:
    """A server that speaks Slack's Web API."""
    _or_skip(slack.missing())
    with slack.running() as server:
        yield server


@pytest.fixture(scope="session")
def wordpress_site() -> Iterator[wordpress.Site]:
    """A WordPress site with a theme."""
    _or_skip(wordpress.missing())
    with wordpress.running() as site:
        yield site
