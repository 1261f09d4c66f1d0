"""Licences that many works share, ready to be entered for one: Creative Commons, public domain, stock libraries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import Phrase, phrase
from crosscut.specs.citations import cite
from crosscut.specs.loading import read_data

_WARNINGS = {
    "sharealike": phrase("What you make of it must be offered under the same licence."),
    "noncommercial": phrase("Not for commercial ends: whoever sells something asks the holder first."),
    "noncommercial_sharealike": phrase(
        "Not for commercial ends, and what you make of it must be offered under the same licence."
    ),
    "people": phrase("It says nothing about the people, marks and buildings shown: note and clear these apart."),
    "editorial": phrase("For news and comment only, never for advertising; do not change what it shows."),
    "copies_500000": phrase(
        "At most 500,000 printed copies or viewers of a broadcast or mailing; the web is not limited."
    ),
}
_GROUPS = {
    "creative_commons": phrase("Creative Commons"),
    "public_domain": phrase("Public domain"),
    "stock": phrase("Stock libraries"),
}


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A licence that many works share."""

    slug: str  # "cc-by-4.0"
    group: Phrase | str  # "Creative Commons": the heading it stands under
    terms: str  # "CC BY 4.0"
    terms_url: str
    edits: str  # as of `rights.Edits`
    uses: tuple[str, ...] = ()  # empty: every use
    credit: str = ""  # what must be printed, with {title}, {holder} and {terms}; empty: nothing need be
    warning: Phrase | str = ""  # what no field of a licence holds
    source: tuple[str, ...]  # keys of sources.yaml

    @property
    def citation(self) -> str:
        """Where this comes from, on one line."""
        return cite(self.source)

    def credit_line(self, *, title: str, holder: str) -> str:
        """The words to print for a work.

        >>> preset("cc-by-4.0").credit_line(title="Reef", holder="Rosa Diaz")
        'Reef by Rosa Diaz, CC BY 4.0'
        """
        return self.credit.format(title=title, holder=holder, terms=self.terms)


@cache
def presets() -> dict[str, Preset]:
    """All of them by their slug: Creative Commons, newest version first, public domain, stock libraries."""
    return {found.slug: found for found in (*_creative_commons(), *_others())}


def preset(slug: str) -> Preset:
    """One of them. Raises NotFound."""
    if slug not in presets():
        raise NotFound(phrase("There is no licence called “{slug}” among the ready-made ones.", slug=slug))
    return presets()[slug]


def _creative_commons() -> Iterator[Preset]:
    data = read_data("licences")["creative_commons"]
    for version in data["versions"]:
        for kind, found in data["kinds"].items():
            terms = f"{found['name']} {version}"
            address = f"https://creativecommons.org/licenses/{kind}/{version}/"
            more = {"name": terms, "terms": terms, "terms_url": address}
            yield _preset(f"cc-{kind}-{version}", "creative_commons", found | more)


def _others() -> Iterator[Preset]:
    data = read_data("licences")
    for group in ("public_domain", "stock"):
        for slug, found in data[group].items():
            yield _preset(slug, group, found)


def _preset(slug: str, group: str, data: Mapping[str, Any]) -> Preset:
    return Preset(
        slug=slug,
        group=_GROUPS[group],
        terms=data["terms"],
        terms_url=data["terms_url"],
        edits=data["edits"],
        uses=tuple(data.get("uses", ())),
        credit=data.get("credit", ""),
        warning=_WARNINGS[data["warning"]] if data.get("warning") else "",
        source=tuple(data["source"]),
    )
