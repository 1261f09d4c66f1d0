"""What the public gets of a post's files: posters, sizes, finished episodes, and the count of their downloads."""

import hashlib
import io
import json
import subprocess
from contextlib import ExitStack
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import podcastparser  # type: ignore[import-untyped]
import pytest
from django.test import Client
from django.utils import timezone
from lxml import etree, html
from mutagen.id3 import ID3
from tests.cast import Cast

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.services.connections import Login, connect_account
from crosscut.apps.accounts.services.own_files import put_file
from crosscut.apps.library.models import Asset, Rendition, Track
from crosscut.apps.library.queries import today_in
from crosscut.apps.library.services import clear
from crosscut.apps.library.tests import making
from crosscut.apps.library.tests.conftest import store
from crosscut.apps.measure.models import DaySalt, Listener, PageCount
from crosscut.apps.produce.services.write import create_piece, set_media, set_outlet
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services.post import post_of
from crosscut.apps.publish.services.schedule import schedule
from crosscut.apps.publish.services.send import send
from crosscut.media.ffmpeg import program
from crosscut.media.sound import measure_loudness
from crosscut.site import downloads

__all__ = ["store"]
PUBLIC = "127.0.0.1:8001"
APP = "AppleCoreMedia/1.0.0.21A329 (iPhone; U; CPU OS 17_0 like Mac OS X; en_us)"
PODCASTING = "https://podcastindex.org/namespace/1.0"  # the namespace's own name; podcastparser knows only an older one
PODCAST = {
    "title": "Reef Radio",
    "description": "About the sea.",
    "author": "Reef Watch",
    "owner_email": "radio@reef.example",
    "category": "Science > Nature",
}


@pytest.fixture(autouse=True)
def public_folder(settings: Any, tmp_path: Path) -> Path:
    settings.PUBLIC_FOLDER = tmp_path / "public"
    return tmp_path / "public"


def _account(cast: Cast, channel: str, **given: str) -> Account:
    return connect_account(cast.lead, Login(channel=channel, name=channel.title(), settings=given, secrets={}))


def _sent(cast: Cast, account: Account, asset: Asset, post_type: str, **words: Any) -> Target:
    piece = create_piece(cast.lead, title="The reef wakes up", text="Listen.", summary="In short.")
    set_media(cast.lead, piece, asset, alt_text="A reef at dawn, seen from above.")
    set_outlet(cast.lead, piece, channel_slug=account.channel, post_type=post_type, **words)
    target = schedule(cast.lead, piece, account, wall_time=timezone.now().replace(tzinfo=None), zone="UTC")
    send(target.pk)
    target.refresh_from_db()
    assert target.state == Target.State.SENT, target.problem
    return target


def _captioned(asset: Asset) -> Asset:
    Track.objects.create(asset=asset, kind="captions", language="en", text=making.CAPTIONS)
    return asset


def _cleared(cast: Cast, asset: Asset) -> Asset:
    clear.enter(asset, clear.Terms(holder="Reef Watch", terms="CC BY 4.0"), by=cast.lead)
    return asset


def _get(address: str, **headers: str) -> tuple[int, bytes]:
    answer = Client(headers={"host": PUBLIC, "User-Agent": APP, **headers}).get(urlsplit(address).path)
    return answer.status_code, b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def _page(target: Target) -> Any:
    return html.document_fromstring(_get(target.url)[1].decode())


def test_a_film_shows_its_still_until_it_plays_and_where_it_is_shared(cast: Cast, tmp_path: Path) -> None:
    taken_in = making.looked_through(making.taken_in(cast.lead, making.film(tmp_path / "dive.mp4")))
    film = _cleared(cast, _captioned(taken_in))
    page = _page(_sent(cast, _account(cast, "site", title="Reef Watch"), film, "article"))
    (poster,) = page.xpath("//video/@poster")
    assert _get(poster)[1].startswith(b"\xff\xd8\xff")
    assert page.xpath("//meta[@property='og:image']/@content") == [f"http://{PUBLIC}{poster}"]
    assert poster in page.xpath("string(//script[@type='application/ld+json'])")
    (track,) = page.xpath("//video//track[@kind='captions']/@src")
    assert b"Bubbles rise." in _get(track)[1]


def test_browsers_choose_among_the_sizes_of_a_picture(cast: Cast, tmp_path: Path) -> None:
    path = making.jpeg(tmp_path / "reef.jpg", size=(1300, 800))
    picture = _cleared(cast, making.taken_in(cast.lead, path))
    page = _page(_sent(cast, _account(cast, "site", title="Reef Watch"), picture, "article"))
    (forms,) = page.xpath("//article//img/@srcset")
    offered = [form.split(" ") for form in forms.split(", ")]
    assert [width for _, width in offered] == ["480w", "960w", "1300w"]
    assert len({_get(address)[1] for address, _ in offered}) == 3
    assert page.xpath("//article//img/@src") == [offered[-1][0]]  # the whole one: what is proven


def test_small_and_moving_pictures_have_one_size(cast: Cast, tmp_path: Path) -> None:
    picture = _cleared(cast, making.taken_in(cast.lead, making.jpeg(tmp_path / "reef.jpg", size=(500, 400))))
    page = _page(_sent(cast, _account(cast, "site", title="Reef Watch"), picture, "article"))
    assert page.xpath("//article//img/@srcset") == []


@pytest.fixture
def episode(cast: Cast, tmp_path: Path) -> Target:
    """Eight seconds of a quiet tone, sent as an episode with a transcript and chapters."""
    tone = "aevalsrc='0.03*sin(997*2*PI*t)|0.03*sin(997*2*PI*t)':s=44100:c=stereo:d=8"
    path = tmp_path / "talk.flac"
    subprocess.run([program(), "-loglevel", "error", "-y", "-f", "lavfi", "-i", tone, str(path)], check=True)
    talk = _cleared(cast, making.taken_in(cast.lead, path))
    Track.objects.create(asset=talk, kind="transcript", language="en", text=making.CAPTIONS)
    Track.objects.create(
        asset=talk,
        kind="chapters",
        language="en",
        media_type="application/json+chapters",
        text=making.CHAPTERS,
    )
    account = _account(cast, "podcast", **PODCAST)
    account = put_file(cast.lead, account.pk, "cover", making.jpeg(tmp_path / "cover.jpg", size=(1500, 1500)))
    return _sent(cast, account, talk, "episode", extra={"episode": 7})


def _feed(target: Target) -> Any:
    address = f"{target.account.settings['base_url']}/feed.xml"
    return podcastparser.parse(address, io.BytesIO(_get(address)[1]))["episodes"][0]


def _words_of(target: Target) -> dict[str, str]:
    """The address of chapters and transcripts in the feed by their type."""
    feed = etree.fromstring(_get(f"{target.account.settings['base_url']}/feed.xml")[1])
    found = [*feed.iter(f"{{{PODCASTING}}}chapters"), *feed.iter(f"{{{PODCASTING}}}transcript")]
    return {element.get("type", ""): element.get("url", "") for element in found}


def test_an_episode_is_finished_as_apps_want_it(episode: Target, tmp_path: Path) -> None:
    told = _feed(episode)
    (enclosure,) = told["enclosures"]
    status, content = _get(enclosure["url"], **{"User-Agent": "Crosscut/test"})
    assert (status, enclosure["mime_type"], enclosure["file_size"]) == (200, "audio/mpeg", len(content))
    assert urlsplit(enclosure["url"]).path.endswith(".mp3")
    path = tmp_path / "heard.mp3"
    path.write_bytes(content)
    tags = ID3(path)
    assert [str(tags[name]) for name in ("TIT2", "TALB", "TPE1", "TRCK")] == [
        *("The reef wakes up", "Reef Radio", "Reef Watch", "7"),
    ]
    assert {str(one.sub_frames["TIT2"]) for one in tags.getall("CHAP")} == {"Down", "Up"}
    assert tags.getall("APIC")
    assert measure_loudness(path).integrated_lufs == pytest.approx(-16, abs=0.5)
    addresses = _words_of(episode)
    chapters = json.loads(_get(addresses["application/json+chapters"])[1])["chapters"]
    assert [chapter["title"] for chapter in chapters] == ["Down", "Up"]
    assert b"Bubbles rise." in _get(addresses["text/vtt"])[1]
    assert b"Bubbles rise." in _get(addresses["application/x-subrip"])[1]


def test_an_episode_is_made_once_and_stays_what_was_sent(episode: Target) -> None:
    made = Rendition.objects.get(purpose="podcast/episode")
    assert episode.attempts.get().files == [made.sha256]
    account = episode.account
    account.settings = {**account.settings, "title": "Another name"}
    account.save()
    with ExitStack() as files:
        again = post_of(Target.objects.get(pk=episode.pk), files)
    assert again.media[0].sha256 == made.sha256 == hashlib.sha256(again.media[0].path.read_bytes()).hexdigest()
    assert Rendition.objects.filter(purpose="podcast/episode").count() == 1


# What is a download, and what is not. The rule: specs/data/metrics/podcast.yaml.


@pytest.fixture
def sound(episode: Target, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the episode's file, of which four seconds count as the minute would of a longer one."""
    monkeypatch.setattr(downloads, "ENOUGH_S", 4)
    return str(_feed(episode)["enclosures"][0]["url"])


def _downloads() -> int:
    return sum(PageCount.objects.filter(metric="podcast.downloads").values_list("value", flat=True))


def test_a_whole_file_counts_once_for_each_listener(sound: str) -> None:
    _get(sound)
    _get(sound)
    assert _downloads() == 1
    _get(sound, **{"User-Agent": "AntennaPod/3.4.0"})
    assert _downloads() == 2


def test_enough_of_it_is_a_download_and_less_or_another_part_is_none(sound: str) -> None:
    size_bytes = len(_get(sound, **{"User-Agent": "Googlebot"})[1])
    assert _get(sound, Range="bytes=0-1")[0] == 206
    _get(sound, Range=f"bytes=0-{size_bytes * 4 // 10}")
    _get(sound, Range=f"bytes={size_bytes // 3}-")
    assert _downloads() == 0
    _get(sound, Range=f"bytes=0-{size_bytes * 6 // 10}")
    assert _downloads() == 1


def test_machines_readers_who_ask_for_it_and_glances_are_not_counted(sound: str) -> None:
    for headers in ({"User-Agent": "Googlebot/2.1"}, {"User-Agent": ""}, {"DNT": "1"}, {"Sec-GPC": "1"}):
        _get(sound, **headers)
    assert Client(headers={"host": PUBLIC, "User-Agent": APP}).head(urlsplit(sound).path).status_code == 200
    assert _downloads() == 0


def test_nothing_of_the_listener_is_kept_and_that_only_for_a_day(sound: str) -> None:
    _get(sound)
    (listener,) = Listener.objects.all()
    assert len(bytes(listener.mark)) == 32
    long_ago = timezone.now().date().replace(year=2020)
    Listener.objects.update(day=long_ago)
    DaySalt.objects.update(day=long_ago)
    _get(sound)
    assert not Listener.objects.filter(day=long_ago).exists()
    assert not DaySalt.objects.filter(day=long_ago).exists()
    assert _downloads() == 2


# How long the public's caches may keep a file: never longer than the rights in it last.


def _media_of(target: Target) -> str:
    return str(_page(target).xpath("//article//img/@src")[0])


def _answer(address: str) -> Any:
    answer = Client(headers={"host": PUBLIC}).get(urlsplit(address).path)
    assert answer.content if not answer.streaming else b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    return answer


def test_caches_keep_a_public_file_no_longer_than_its_licence_lasts(cast: Cast, tmp_path: Path) -> None:
    path = making.jpeg(tmp_path / "reef.jpg", size=(500, 400))
    picture = _cleared(cast, making.taken_in(cast.lead, path))
    address = _media_of(_sent(cast, _account(cast, "site", title="Reef Watch"), picture, "article"))
    assert _answer(address)["Cache-Control"] == "public, max-age=3600"
    licence = picture.licences.get()
    ends_on = today_in(cast.workspace)
    clear.change_licence(cast.lead, licence.pk, clear.Terms(holder="Reef Watch", terms="Contract", ends_on=ends_on))
    shortened = _answer(address)
    end = timezone.now().astimezone(ZoneInfo(cast.workspace.time_zone)).replace(hour=0, minute=0, second=0)
    assert parsedate_to_datetime(shortened["Expires"]).date() == (end + timedelta(days=1)).astimezone(UTC).date()
    assert "must-revalidate" in shortened["Cache-Control"]
    clear.withdraw_licence(cast.lead, licence.pk)
    gone = _answer(address)
    assert (gone.status_code, gone["Cache-Control"]) == (410, "no-store")
