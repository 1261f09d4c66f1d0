"""How long browsers may keep files: never longer than the rights last."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library.queries import today_in
from crosscut.apps.library.services.clear import Terms, add_licence, set_embargo, withdraw_licence
from crosscut.apps.library.tests.making import streamed


@pytest.fixture
def kept(cast, photo):
    """Asks how long the page's and the API's answer may be kept."""

    def ask() -> str:
        paths = (reverse("version-file", args=[photo.current_id]), f"/api/library/versions/{photo.current_id}/file")
        answers = [
            client.get(path) for client, path in zip((signed_in(cast.junior), program(cast.junior)), paths, strict=True)
        ]
        assert {b"".join(streamed(answer)) for answer in answers}
        (header,) = {re.sub(r"(max-age=\d{3})\d*", r"\1…", answer.headers["Cache-Control"]) for answer in answers}
        return header

    return ask


def test_a_copy_is_kept_to_the_end_of_the_licence_and_not_after_it_was_withdrawn(cast, photo, kept):
    assert kept() == "private, max-age=360…"  # nobody has entered anything yet
    licence = add_licence(cast.specialist, photo.pk, Terms(holder="Rosa", terms="Contract"))
    assert kept() == "private, max-age=315…, immutable"
    today = today_in(cast.workspace)
    add_licence(cast.specialist, photo.pk, Terms(holder="Rosa", terms="Contract", ends_on=today))
    assert kept() == "private, max-age=315…, immutable"  # the other goes on
    withdraw_licence(cast.specialist, licence.pk)
    answer = signed_in(cast.junior).get(reverse("version-file", args=[photo.current_id]))
    assert b"".join(streamed(answer))
    left_s = int(re.findall(r"max-age=(\d+)", answer.headers["Cache-Control"])[0])
    assert 0 < left_s <= 24 * 3600
    for row in photo.licences.filter(withdrawn_at=None):
        withdraw_licence(cast.specialist, row.pk)
    add_licence(cast.specialist, photo.pk, Terms(holder="Rosa", terms="Old", ends_on=today - timedelta(days=1)))
    assert kept() == "private, no-cache"


def test_what_is_under_embargo_is_kept_by_no_browser(cast, photo, kept):
    add_licence(cast.specialist, photo.pk, Terms(holder="Rosa", terms="Contract"))
    set_embargo(cast.specialist, photo.pk, timezone.now() + timedelta(days=1))
    assert kept() == "private, no-cache"
