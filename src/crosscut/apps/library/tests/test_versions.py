"""New files of a thing: compared, gone back from, and nothing lost on the way."""

import re

import pytest
from django.urls import reverse

from crosscut.apps.accounts.models import AuditEvent
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library.models import Asset
from crosscut.apps.library.services import arrive, versions
from crosscut.apps.library.tests import making
from crosscut.kernel.errors import NotAllowed, NotFound


@pytest.fixture
def revised(cast, photo, tmp_path) -> Asset:
    """A picture with a second, larger version."""
    making.work_off(arrive.add_version(cast.junior, photo, making.jpeg(tmp_path / "wider.jpg", size=(96, 48))))
    return Asset.objects.get(pk=photo.pk)


def test_an_earlier_version_becomes_current_again_and_nothing_is_lost(cast, revised):
    first = revised.versions.get(number=1)
    assert revised.current.number == 2
    assert versions.make_current(cast.junior, first.pk).current == first
    versions.make_current(cast.junior, first.pk)
    assert sorted(revised.versions.values_list("number", flat=True)) == [1, 2]
    event = AuditEvent.objects.get(verb="asset.version_made_current")
    assert event.detail == {"before": 2, "after": 1}


def test_a_guest_or_stranger_cannot_go_back(cast, revised):
    first = revised.versions.get(number=1)
    with pytest.raises(NotAllowed):
        versions.make_current(cast.guest, first.pk)
    with pytest.raises(NotFound):
        versions.make_current(cast.stranger, first.pk)


def test_two_versions_are_compared_on_a_page(cast, revised):
    browser = signed_in(cast.junior)
    shown = browser.get(reverse("asset-compare", args=[revised.pk])).content.decode()
    assert shown.count('class="compare-medium"') == 2
    assert re.search(r"64 × 48 px.*96 × 48 px", shown, re.DOTALL)
    turned = browser.get(reverse("asset-compare", args=[revised.pk]), {"before": "2", "after": "1"}).content.decode()
    assert re.search(r"96 × 48 px.*64 × 48 px", turned, re.DOTALL)


def test_films_are_compared_in_step_and_sound_by_its_shape(cast, film, tmp_path):
    making.work_off(arrive.add_version(cast.junior, film, making.other_film(tmp_path / "shorter.mp4")))
    browser = signed_in(cast.junior)
    shown = browser.get(reverse("asset-compare", args=[film.pk])).content.decode()
    assert shown.count("<video") == 2 and "data-play" in shown and 'data-step="-1"' in shown
    sound = making.taken_in(cast.junior, making.sound(tmp_path / "tone.flac"))
    making.work_off(arrive.add_version(cast.junior, sound, making.sound(tmp_path / "lower.flac", rate_hz=220)))
    heard = browser.get(reverse("asset-compare", args=[sound.pk])).content.decode()
    assert heard.count('class="waveform"') == 2 and heard.count("<audio") == 2


def test_a_single_version_has_nothing_to_be_compared_to(cast, photo):
    assert signed_in(cast.junior).get(reverse("asset-compare", args=[photo.pk])).status_code == 404


def test_a_person_goes_back_on_the_page(cast, revised):
    browser, first = signed_in(cast.junior), revised.versions.get(number=1)
    page = reverse("asset-section", args=[revised.pk, "versions"])
    assert "Compare with the version before" in browser.get(page).content.decode()
    assert browser.post(reverse("version-make-current", args=[first.pk])).headers["Location"] == page
    assert Asset.objects.get(pk=revised.pk).current == first


def test_programs_compare_and_go_back(cast, revised):
    asking = program(cast.junior)
    found = asking.get(f"/api/library/assets/{revised.pk}/differences?before=1&after=2").json()
    assert {"name": "Picture", "before": "64 × 48 px, 4:3", "after": "96 × 48 px"} in found
    assert asking.get(f"/api/library/assets/{revised.pk}/differences?before=1&after=9").status_code == 404
    first = revised.versions.get(number=1)
    answer = asking.post(f"/api/library/versions/{first.pk}/make-current")
    assert answer.json()["current"]["number"] == 1
