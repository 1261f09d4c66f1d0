"""What a place charges for a post, where its interface is not free."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from crosscut.kernel.facts import Kind
from crosscut.kernel.findings import Finding, Level
from crosscut.specs.citations import cite
from crosscut.specs.draft import Draft
from crosscut.specs.marks import spans
from crosscut.specs.platforms import platform
from crosscut.specs.platforms import post_type as find_post_type
from crosscut.specs.post_types import PostType
from crosscut.specs.sentences import advise, say


def check_cost(draft: Draft, post_type: str) -> tuple[Finding, ...]:
    """What sending the draft as that post type ("platform/type") costs; nothing where it is free.

    Reading it back and counting are not in it. Raises NotFound for an unknown post type.

    >>> check_cost(Draft(text="The reef today"), "x/text")[0].message
    'X charges 0.015 USD for this post.'
    >>> check_cost(Draft(text="The reef today"), "bluesky/text")
    ()
    """
    return tuple(_costs(draft, post_type))


def cost_of_thread(charged: Sequence[Finding]) -> Finding:
    """What all parts of a thread cost together, of the finding that tells the cost of each."""
    first = charged[0]
    return say(
        "cost.thread",
        Level.ADVICE,
        where="text",
        post_type=first.post_type,
        source=first.source,
        cost=str(sum(Decimal(str(one.values["cost"])) for one in charged)),
        count=len(charged),
        place=first.values["place"],
        currency=first.values["currency"],
    )


def _units(draft: Draft, found: PostType) -> Iterator[Finding]:
    """What the post takes of a daily share that is counted in units, where the place has one."""
    limits = platform(found.platform).rate_limits or {}
    units = limits.get("units")
    if units is None:
        return
    total = next(item["max"] for item in limits["items"] if item["name"] == "units")
    captions = sum("captions" in media.tracks for media in draft.of_kind(Kind.VIDEO))
    about = {"cost": units["post"] + captions * units["caption"], "total": total, "caption": units["caption"]}
    yield advise("cost.units", found, where="media", source=cite(limits["source"]), **about)


def _costs(draft: Draft, post_type: str) -> Iterator[Finding]:
    found = find_post_type(post_type)
    yield from _units(draft, found)
    prices = platform(found.platform).prices
    if prices is None:
        return
    described = sum(bool(media.alt_text) for media in draft.of_kind(Kind.IMAGE))
    files = described * Decimal(prices["alt_text"])
    without = Decimal(prices["post"]) + files
    has_link = bool(draft.link) or any(span.kind == "url" for span in spans(draft.text))
    about = {"source": cite(prices["source"]), "currency": prices["currency"]}
    if has_link:
        cost = Decimal(prices["post_with_link"]) + files
        yield advise("cost.post_with_link", found, where="text", cost=str(cost), without=str(without), **about)
    else:
        yield advise("cost.post", found, where="text", cost=str(without), **about)
