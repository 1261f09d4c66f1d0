"""Files offered to channels under the public address: unguessable, for one post, for a while, and nothing else."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library.models import Asset, Version
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services import offer
from crosscut.apps.publish.tests import made
from crosscut.channels.protocol import PostMedia
from crosscut.kernel.facts import Kind

State = Target.State


@pytest.fixture
def asset(cast: Cast) -> Asset:
    return made.an_asset(cast.senior)


def _current(asset: Asset) -> Version:
    assert asset.current
    return asset.current


def _address(target: Target, sha256: str) -> str:
    media = PostMedia(
        path=Path("reef.jpg"),
        filename="divers at dawn.jpg",
        kind=Kind.IMAGE,
        media_type="image/jpeg",
        size_bytes=1,
        sha256=sha256,
    )
    return urlsplit(offer.address_of(target, media)).path


def _get(path: str, **headers: str) -> Any:
    return Client(headers={"host": "127.0.0.1:8001", **headers}).get(path)


@pytest.mark.parametrize("state", [State.SCHEDULED, State.STAGING, State.SENDING, State.UNKNOWN])
def test_a_channel_gets_the_file_while_the_post_is_on_its_way(cast: Cast, asset: Asset, state: str):
    target, sha256 = made.a_post(cast.senior, asset=asset, state=state), _current(asset).sha256
    answer = _get(_address(target, sha256))
    assert answer.status_code == 200 and answer["Content-Type"] == "image/jpeg"
    assert answer["X-Robots-Tag"] == "noindex"
    assert len(b"".join(answer.streaming_content)) > 100
    part = _get(_address(target, sha256), Range="bytes=0-9")
    assert part.status_code == 206 and len(b"".join(part.streaming_content)) == 10


def test_a_channel_that_fetches_after_it_took_the_post_gets_the_file_until_the_public_sees_it(cast: Cast, asset: Asset):
    target = made.a_post(cast.senior, asset=asset, state=State.SENT, url="")
    assert b"".join(_get(_address(target, _current(asset).sha256)).streaming_content)
    Target.objects.filter(pk=target.pk).update(url="https://reef.example/1")
    assert _get(_address(target, _current(asset).sha256)).status_code == 404


@pytest.mark.parametrize("state", [State.SENT, State.PROVEN, State.CANCELLED, State.BLOCKED, State.RECALLED])
def test_the_address_ends_with_the_need_for_it(cast: Cast, asset: Asset, state: str):
    target = made.a_post(cast.senior, asset=asset, state=state, url="https://reef.example/1")
    assert _get(_address(target, _current(asset).sha256)).status_code == 404


def test_it_ends_after_a_day(cast: Cast, asset: Asset, monkeypatch: pytest.MonkeyPatch):
    target = made.a_post(cast.senior, asset=asset)
    path = _address(target, _current(asset).sha256)
    now = timezone.now()
    monkeypatch.setattr("django.core.signing.time.time", lambda: (now + timedelta(hours=25)).timestamp())
    assert _get(path).status_code == 404


def test_nobody_gets_another_file_by_it(cast: Cast, asset: Asset):
    target, other = made.a_post(cast.senior, asset=asset), made.an_asset(cast.stranger, "secret.jpg")
    Version.objects.filter(pk=_current(other).pk).update(sha256="a" * 64)
    path = _address(target, _current(asset).sha256)
    note = path.split("/")[2]
    assert _get(path.replace(note, note[:-2] + "xx")).status_code == 404
    assert _get(_address(target, "a" * 64)).status_code == 404, "signed, and none of this post's files"
    forged = signing.dumps([target.pk, _current(asset).sha256], key="another key", salt="crosscut.publish.offer")
    assert _get(f"/offered/{forged}/x.jpg").status_code == 404
    assert signed_in(cast.lead).get(path).status_code == 404, "the desk has no such address"


def test_a_stranger_and_a_guest_do_not_see_how_an_account_stands(cast: Cast):
    account = made.an_account(cast.senior)
    for member, status, page in ((cast.junior, 200, 200), (cast.stranger, 404, 404), (cast.guest, 404, 302)):
        assert program(member).get(f"/api/accounts/{account.pk}/standing").status_code == status
        assert signed_in(member).get(f"/accounts/{account.pk}/standing/").status_code == page


def test_an_account_shows_what_is_used_and_what_was_proven_last(cast: Cast):
    target = made.a_story(cast.senior)
    told = program(cast.senior).get(f"/api/accounts/{target.account_id}/standing").json()
    assert told["allowance"] is None and told["last_proof"]["id"] == target.pk
    page = signed_in(cast.senior).get(f"/accounts/{target.account_id}/standing/").content.decode()
    assert "Last proof" in page
