"""What a check says about content: what, where, why and what to do. A finding is not an error."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from crosscut.kernel.phrases import Translator, packed, phrase, spoken, unpacked
from crosscut.kernel.records import as_data, from_data

_SAID = ("message", "repair")
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


def kept(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings as JSON data, with what their sentences are made of: see `read_again`."""
    return [{**as_data(one), "said": {name: packed(getattr(one, name)) for name in _SAID}} for one in findings]


def read_again(data: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """The findings that `kept` made the data from, to be said in any language. Older data has their words alone."""
    return tuple(_read_again(one) for one in data)


def _read_again(data: Mapping[str, Any]) -> Finding:
    found = from_data(Finding, {name: value for name, value in data.items() if name != "said"})
    try:
        said = {name: unpacked(text) for name, text in data.get("said", {}).items() if name in _SAID}
    except (ValueError, KeyError, TypeError):  # a sentence of values that JSON does not know, such as a day
        return found
    message, repair = said.get("message", ""), said.get("repair", "")
    return replace(
        found,
        message=message if message == found.message else found.message,
        repair=repair if repair == found.repair else found.repair,
    )


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
