from itertools import pairwise

from crosscut.apps.accounts.models import Member
from crosscut.apps.library import search
from crosscut.apps.library.alike import looks_of
from crosscut.apps.library.models import Fingerprint
from crosscut.apps.library.searchbox import parse
from crosscut.site.seed import library


def test_a_seeded_archive_is_found_counted_and_compared_like_any_other(db):
    said: list[str] = []
    lead = library.fill_library(400, password="full-of-everything", say=said.append)
    assert said == ["400 assets"] and Member.objects.get(workspace__slug=library.SLUG) == lead
    everything = search.narrowing(lead, parse(""))
    counts = {facet.token: facet.count for facet in everything.facets}
    assert 380 <= everything.total < 400  # some are archived
    assert counts["type:image"] > counts["type:video"] > counts["type:audio"] > 0
    assert counts["tag:sea"] and counts["rights:expired"] and counts["shape:portrait"] and counts["alt:missing"]
    assert search.find(lead, parse("sea")).total > search.find(lead, parse("reef")).total > 0
    newest = search.window(lead, parse("")).assets
    assert all(earlier.pk > later.pk for earlier, later in pairwise(newest))
    whole = Fingerprint.objects.filter(workspace=lead.workspace).exclude(whole=0).order_by("pk")[0].whole
    assert len(looks_of(lead.workspace_id).near(whole % 2**64)) > 1
