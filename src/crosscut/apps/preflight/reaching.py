"""Whether a channel that fetches files itself can reach this installation at all."""

from urllib.parse import urlsplit

from django.conf import settings

from crosscut.channels.addresses import is_public
from crosscut.channels.registry import channel
from crosscut.kernel.findings import Finding, Level
from crosscut.kernel.phrases import phrase

CODE = "media.no_public_address"
_OURS_ALONE = (".local", ".localhost", ".internal", ".lan", ".home.arpa", ".test")  # names nobody outside resolves


def reaching_findings(channel_slug: str, post_type: str, *, files: int) -> tuple[Finding, ...]:
    """What stops a post with files where the channel fetches them and our public address is none of the internet's."""
    known = channel(channel_slug)
    is_fetched = known.fetches_media and post_type.rpartition("/")[2] not in known.takes_from_hands
    if not files or not is_fetched or is_reachable(settings.PUBLIC_URL, settings.ALLOWED_PRIVATE_HOSTS):
        return ()
    return (
        Finding(
            code=CODE,
            level=Level.BLOCK,
            where="media",
            post_type=post_type,
            message=phrase(
                "{place} fetches pictures and films from a public address, and {url} is none.",
                place=known.name,
                url=settings.PUBLIC_URL,
            ),
            repair=phrase(
                "Set CROSSCUT_PUBLIC_URL to an https address that the internet reaches, or publish this one by hand."
            ),
        ),
    )


def is_reachable(url: str, allowed: tuple[str, ...] = ()) -> bool:
    """Whether somebody on the internet could fetch from that address. Names are believed, not looked up.

    `allowed` are hosts with ports the installation was told to treat as reachable, beside its own.

    >>> is_reachable("https://media.reef.example"), is_reachable("http://media.reef.example")
    (True, False)
    >>> is_reachable("https://10.0.0.4"), is_reachable("https://desk.local"), is_reachable("https://localhost:8001")
    (False, False, False)
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if parts.netloc in allowed[1:]:  # the first is the public address itself: see the settings
        return True
    if parts.scheme != "https" or not host or host.endswith(_OURS_ALONE):
        return False
    if host.replace(".", "").isdigit() or ":" in host:
        return is_public(host)
    return "." in host
