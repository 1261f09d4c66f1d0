"""The front door: everything the checks say about a draft for one post type."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from crosscut.kernel.findings import Finding, worst_first
from crosscut.specs.accessibility import check_accessibility
from crosscut.specs.costs import check_cost
from crosscut.specs.draft import Draft
from crosscut.specs.media_checks import check_media
from crosscut.specs.platforms import post_type as find_post_type
from crosscut.specs.rights import Use, check_rights
from crosscut.specs.text_checks import check_text


def check(
    draft: Draft, post_type: str, *, at: datetime, territory: str = "", purpose: str = "organic", channel: str = ""
) -> tuple[Finding, ...]:
    """All findings about the draft for that post type ("platform/type"), blocking ones first.

    `at` is the aware time of publishing, which licences are held against; `territory` the country it is shown in,
    empty for the world; `channel` the name licences know the channel by, where it is not the platform's. Raises
    NotFound for an unknown post type and Invalid for a time without zone.
    """
    planned = Use(channel=channel, at=at, territory=territory, purpose=purpose)
    return worst_first((*check_content(draft, post_type), *_rights(draft, post_type, planned)))


def check_content(draft: Draft, post_type: str) -> tuple[Finding, ...]:
    """All findings but those about rights: for whoever asks these anyway. Raises NotFound for an unknown post type."""
    return (
        *check_text(draft, post_type),
        *check_media(draft.media, post_type),
        *check_accessibility(draft, post_type),
        *check_cost(draft, post_type),
    )


def uses(draft: Draft, post_type: str, planned: Use) -> tuple[Use, ...]:
    """What is planned with each file of the draft, in order: `planned` with what its place and its words add."""
    found = find_post_type(post_type)
    return tuple(
        replace(
            planned,
            channel=planned.channel or found.platform,
            edits=media.edits,
            words="\n".join((draft.title, draft.summary, draft.text, media.alt_text)),
            credit=media.credit,
            prints_credit=bool(found.credit and found.credit.shown),
            name=media.name,
            place=found.platform_name,
        )
        for media in draft.media
    )


def _rights(draft: Draft, post_type: str, planned: Use) -> Iterator[Finding]:
    for place, (media, use) in enumerate(zip(draft.media, uses(draft, post_type, planned), strict=True)):
        yield from check_rights(media.holdings, use, where=f"media[{place}]", post_type=post_type)
