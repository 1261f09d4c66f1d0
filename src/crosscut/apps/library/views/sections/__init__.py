"""The parts of an asset's page: each has a tab, an address, a template and a function that gives what it shows.

A new part is a file here with `context(member, asset)`, a template of its name in `templates/library/sections/`, and a
line in `SECTIONS`. Whatever it posts comes back to it: `redirect(address(asset, "rights"))`, or, with a form that could
not be kept, `asset_page(request, asset, "rights", licence_form=form)`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Asset
from crosscut.apps.library.views.sections import (
    activity,
    checks,
    file,
    make,
    metadata,
    origin,
    overview,
    rights,
    shapes,
    uses,
    versions,
    words,
)
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part of the page."""

    name: str  # in its address
    label: Promise  # on its tab
    context: Callable[[Member, Asset], dict[str, Any]]  # what its template shows, beside `asset can_draft can_clear`
    scripts: tuple[str, ...] = ()  # the build's entries it needs; it then opens as a whole page, which begins them
    count: Callable[[Asset], int] | None = None  # what its tab counts
    fits: Callable[[Asset], bool] = lambda asset: True  # whether there is anything to it; its tab is left out else

    @property
    def template(self) -> str:
        """Its template."""
        return f"library/sections/{self.name}.html"


SECTIONS = (
    Section(name="overview", label=_("Overview"), context=overview.context),
    Section(name="metadata", label=_("Metadata"), context=metadata.context),
    Section(name="rights", label=_("Rights"), context=rights.context),
    Section(
        name="versions", label=_("Versions"), context=versions.context, scripts=("uploader",), count=versions.count
    ),
    Section(name="uses", label=_("Used in"), context=uses.context),
    Section(name="file", label=_("File"), context=file.context),
    Section(name="checks", label=_("Checks"), context=checks.context, fits=checks.fits),
    Section(name="shapes", label=_("Shapes"), context=shapes.context, scripts=("framing",), fits=shapes.fits),
    Section(name="make", label=_("Sound"), context=make.context, fits=make.fits),
    Section(name="words", label=_("Words"), context=words.context, scripts=("strike",), fits=words.fits),
    Section(name="origin", label=_("Origin"), context=origin.context),
    Section(name="activity", label=_("Activity"), context=activity.context),
)


def section_named(name: str) -> Section:
    """The part of that name. Raises NotFound."""
    for section in SECTIONS:
        if section.name == name:
            return section
    raise NotFound(phrase("There is no such part of an asset's page."))


def address(asset: Asset, section: str = "overview") -> str:
    """Where the part of the asset's page is."""
    if section == SECTIONS[0].name:
        return reverse("asset", args=[asset.pk])
    return reverse("asset-section", args=[asset.pk, section])
