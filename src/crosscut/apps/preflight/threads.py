"""The parts of a thread, each checked as a post of its own, and what is wrong with the thread as a whole."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from crosscut.apps.produce.kinds import post_type_key
from crosscut.apps.produce.threads import part_count, part_view, takes_words_twice, thread_limit
from crosscut.channels.icons import name_of
from crosscut.kernel.findings import Finding, Level
from crosscut.kernel.phrases import phrase
from crosscut.specs.costs import cost_of_thread

_BEFORE = "part "
_CHARGED = ("cost.post", "cost.post_with_link")


@dataclass(frozen=True, kw_only=True)
class PartToCheck:
    """One part of what a channel shows; all of it where that is no thread."""

    content: dict[str, Any]  # a view of the part: `produce.threads`
    slug: str
    key: str  # its kind among the requirements: "bluesky/images"
    part: int  # from 1; 0 where there is one post only

    def named(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """The findings, each saying of which part it is."""
        return tuple(findings) if not self.part else tuple(of_part(finding, self.part) for finding in findings)


def parts_to_check(content: dict[str, Any], slug: str, post_type: str) -> Iterator[PartToCheck]:
    """Each part with its kind of post; of the first it is `post_type`."""
    count = part_count(content, slug)
    for part in range(1, count + 1):
        view = part_view(content, slug, part)
        kind = post_type if part == 1 else view["outlets"][slug]["post_type"]
        yield PartToCheck(content=view, slug=slug, key=post_type_key(slug, kind), part=part if count > 1 else 0)


def thread_findings(content: dict[str, Any], slug: str) -> Iterator[Finding]:
    """Parts where the channel carries no threads, or more than it does."""
    count, limit = part_count(content, slug), thread_limit(slug)
    if count > 1 and limit == 1:
        yield Finding(
            code="thread.not_carried",
            level=Level.BLOCK,
            where="text",
            message=phrase("{place} carries no threads, and this has {count} parts.", place=name_of(slug), count=count),
            repair=phrase("Make it one post."),
        )
    elif count > limit:
        yield Finding(
            code="thread.too_many_parts",
            level=Level.BLOCK,
            where="text",
            message=phrase("The thread has {count} parts; at most {limit} are taken.", count=count, limit=limit),
            repair=phrase("Join some of them."),
        )
    if not takes_words_twice(slug):
        yield from _alike(content, slug)


def summed_costs(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, with what a thread costs as a whole in the place of what each of its parts does."""
    found = list(findings)
    charged = [one for one in found if one.code in _CHARGED and part_and_place(one.where)[0]]
    if len(charged) < 2:
        return tuple(found)
    return (*(one for one in found if one.code != "cost.post" or one not in charged), cost_of_thread(charged))


def _alike(content: dict[str, Any], slug: str) -> Iterator[Finding]:
    """Parts with the words of an earlier one, where the channel refuses the same words twice."""
    said: dict[str, int] = {}
    for part in range(1, part_count(content, slug) + 1):
        text = part_view(content, slug, part)["outlets"][slug]["text"].strip()
        first = said.setdefault(text, part)
        if text and first != part:
            yield Finding(
                code="thread.same_words",
                level=Level.BLOCK,
                where=place_in_part(part, "text"),
                message=phrase(
                    "Part {part}: {place} refuses the same words twice, and part {first} has them.",
                    part=part,
                    place=name_of(slug),
                    first=first,
                ),
                repair=phrase("Change a word."),
            )


def of_part(finding: Finding, part: int) -> Finding:
    """The finding, saying of which part of a thread it is."""
    message = phrase("Part {part}: {message}", part=part, message=finding.message)
    return replace(finding, where=place_in_part(part, finding.where), message=message)


def place_in_part(part: int, where: str) -> str:
    """How a finding names a place in a part of a thread.

    >>> place_in_part(2, "media[0]")
    'part 2: media[0]'
    """
    return f"{_BEFORE}{part}: {where}"


def part_and_place(where: str) -> tuple[int, str]:
    """The same taken apart: the part, from 1, and the place in it; no part is 0.

    >>> part_and_place("part 2: media[0]"), part_and_place("text")
    ((2, 'media[0]'), (0, 'text'))
    """
    start, _colon, rest = where.partition(": ")
    number = start.removeprefix(_BEFORE)
    return (int(number), rest) if start.startswith(_BEFORE) and number.isdigit() else (0, where)
