"""What a check says about content: what, where, why and what to do. A finding is not an error."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from crosscut.kernel.phrases import Translator, phrase, spoken

RENDERED = phrase("Crosscut makes a fitting file before it is sent.")


class Level(StrEnum):
    """How much a finding weighs."""

    BLOCK = "block"  # must be repaired, or waived by a senior, before publishing
    ADVICE = "advice"  # worth knowing; publishing goes on


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One sentence of a check."""

    code: str  # stable, dotted: "text.too_long", "rights.expired", "alt_text.missing"
    level: Level  # blocking or advice
    message: str  # what is wrong, one plain sentence with the numbers in it
    where: str = ""  # which part: "text", "media[0]", "media[0] 00:12.400", "captions"
    post_type: str = ""  # "bluesky/images"; empty when it is true of every channel
    source: str = ""  # why: title, address and date of the rule
    repair: str = ""  # what to do, one plain sentence
    # a repair Crosscut can do or lead to: "render", "shorten", "add_alt_text", "extend_licence", "translate",
    # "add_legal_line"; or empty
    action: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)  # the numbers of the sentence, for programs

    def said_in(self, translator: Translator) -> "Finding":
        """The finding in the reader's language; code, place and values stay."""
        return replace(self, message=spoken(self.message, translator), repair=spoken(self.repair, translator))


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that stop publishing, in the order given.

    >>> blocking([Finding(code="a", level=Level.ADVICE, message="")])
    ()
    """
    return tuple(finding for finding in findings if finding.level is Level.BLOCK)


def once_rendered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings of a master that is rendered before it is sent: what rendering repairs no longer blocks."""
    return tuple(
        replace(finding, level=Level.ADVICE, repair=RENDERED)
        if finding.action == "render" and finding.level is Level.BLOCK
        else finding
        for finding in findings
    )


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Blocking findings before advice, each group in the order given."""
    return tuple(sorted(findings, key=lambda finding: finding.level is not Level.BLOCK))
