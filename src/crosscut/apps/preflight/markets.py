"""What a market's legal lines say to a post."""

from collections.abc import Iterator
from typing import Any

from crosscut.apps.produce.kinds import kind_of
from crosscut.apps.produce.markets import Terms, lacking_lines
from crosscut.kernel.findings import Finding, Level
from crosscut.kernel.phrases import phrase


def market_findings(terms: Terms, content: dict[str, Any], channel_slug: str) -> Iterator[Finding]:
    """A finding for each line that does not stand in the text of the channel; none where a post has no text."""
    outlet = content["outlets"][channel_slug]
    kind = kind_of(channel_slug, outlet["post_type"])
    if kind is None or kind.text is None:
        return
    for line in lacking_lines(outlet["text"], terms.legal_lines):
        yield Finding(
            code="market.legal_line",
            level=Level.BLOCK,
            where="text",
            message=phrase("“{line}” has to stand in the text.", line=line),
            repair=phrase("Put it in, at the end or where it belongs."),
            action="add_legal_line",
        )
