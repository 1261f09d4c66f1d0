"""Ready-made licences: all versions of Creative Commons, and every one with a known source."""

import pytest

from crosscut.kernel.errors import NotFound
from crosscut.specs import sources
from crosscut.specs.licences import preset, presets
from crosscut.specs.rights import Edits


def test_every_creative_commons_licence_is_there_in_every_version():
    kinds = ("by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd")
    wanted = {f"cc-{kind}-{version}" for kind in kinds for version in ("1.0", "2.0", "2.5", "3.0", "4.0")}
    assert wanted | {"cc0-1.0", "pdm-1.0"} <= set(presets())
    assert len({found.terms for found in presets().values()}) == len(presets())


@pytest.mark.parametrize("slug", presets())
def test_each_has_a_known_source_an_address_and_a_measure_of_edits(slug):
    found = preset(slug)
    assert found.source and all(key in sources() for key in found.source)
    assert found.terms_url.startswith("https://") and Edits(found.edits)
    assert "as of" in found.citation


def test_what_is_not_for_commercial_ends_is_never_for_paid_promotion():
    assert all("paid" not in found.uses and found.uses for slug, found in presets().items() if "-nc" in slug)
    assert preset("cc-by-nd-4.0").edits == Edits.NONE


def test_an_unknown_one_is_said_to_be_none():
    with pytest.raises(NotFound, match="cc-by-5"):
        preset("cc-by-5.0")
