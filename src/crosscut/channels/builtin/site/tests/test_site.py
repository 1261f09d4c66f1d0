"""The website shows what was published, to people and to machines, and keeps what it promised after a kill."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import etree, html
from pydantic import ValidationError

from crosscut.channels.builtin.site import pages
from crosscut.channels.builtin.site.adapter import SiteAdapter
from crosscut.channels.builtin.site.settings import SiteSettings
from crosscut.channels.http import client
from crosscut.channels.protocol import Context
from crosscut.channels.tests.made import film, picture, post, serving, sound
from crosscut.kernel.errors import OutcomeUnknown, Rejected, RetryLater

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ATOM = {"a": "http://www.w3.org/2005/Atom"}


class _Site:
    """A website without a server: what is in its folder."""

    def __init__(self, folder, **settings):
        values = {"base_url": "https://reef.example", "title": "Reef Watch", **settings}
        self.settings = SiteSettings(folder=folder, **values)
        self.adapter, self.now = SiteAdapter(), NOON
        self.context = Context(http=client(), settings=self.settings, secrets={}, now=self._now)
        self.public = folder / "public"

    def _now(self):
        self.now += timedelta(hours=1)
        return self.now

    def publish(self, *args, **changes):
        return self.adapter.publish(self.context, post(*args, **changes))

    def page(self, path) -> Any:
        return html.fromstring((self.public / path / "index.html").read_bytes())


@pytest.fixture
def site(tmp_path):
    return _Site(tmp_path / "site")


def test_it_gives_a_post_an_address_a_person_can_read(site):
    assert site.publish().url == "https://reef.example/2026/half-of-the-reef/"


def test_text_is_shown_without_anything_that_runs(site):
    site.publish(
        text="<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1))", title="<b>Reef</b>"
    )
    page = (site.public / "2026" / "b-reef-b" / "index.html").read_text()
    tree = html.fromstring(page)
    assert not tree.xpath("//article//script | //article//img | //@onerror | //a[starts-with(@href, 'javascript')]")
    assert tree.xpath("string(//h1)") == "<b>Reef</b>"


def test_a_page_allows_no_script_and_nothing_from_elsewhere(site):
    site.publish()
    policy = site.page("2026/half-of-the-reef").xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "script-src" not in policy


def test_visits_are_counted_only_when_asked(tmp_path, site):
    site.publish()
    assert not (site.public / "count.js").exists()
    counting = _Site(tmp_path / "counting", counter_url="https://count.example/hit")
    counting.publish()
    page = counting.page("2026/half-of-the-reef")
    assert page.xpath("//script[@src]/@data-to") == ["https://count.example/hit"]
    assert "connect-src https://count.example" in html.tostring(page).decode()
    assert (counting.public / "count.js").is_file()


def test_pictures_keep_their_place_and_their_words(site, tmp_path):
    site.publish(media=(picture(tmp_path / "in", size=(64, 48)),))
    image = site.page("2026/half-of-the-reef").xpath("//article//img")[0]
    assert (image.get("width"), image.get("height"), image.get("alt")) == ("64", "48", "A reef from above")
    assert site.page("2026/half-of-the-reef").xpath("string(//figcaption)") == "Photo: Ada, CC BY 4.0"


def test_a_film_has_captions_and_words_to_read(site, tmp_path):
    site.publish(media=(film(tmp_path / "in"),))
    page = site.page("2026/half-of-the-reef")
    track = page.xpath("//video//track[@kind='captions']")[0]
    assert (site.public / track.get("src").lstrip("/")).read_text().startswith("WEBVTT")
    assert page.xpath("string(//details//p)") == "Ada: The reef is alive."


def test_it_tells_networks_and_search_engines_what_a_page_is(site, tmp_path):
    site.publish(media=(picture(tmp_path / "in"), sound(tmp_path / "in")))
    page = site.page("2026/half-of-the-reef")
    told = {meta.get("property"): meta.get("content") for meta in page.iter("meta")}
    assert told["og:title"] == "Half of the reef"
    assert told["og:image"].startswith("https://reef.example/media/")
    data: Any = json.loads(page.xpath("string(//script[@type='application/ld+json'])"))
    assert data["@type"] == "Article"
    assert data["audio"][0]["transcript"] == "The reef is alive."


def test_structured_data_cannot_be_left(site):
    site.publish(title="</script><script>alert(1)</script>")
    path = next(site.public.glob("2026/*/index.html"))
    page = html.fromstring(path.read_bytes())
    assert [script.get("type") for script in page.iter("script")] == ["application/ld+json"]


def test_feeds_name_every_post_once_and_for_good(site):
    sent = [site.publish(f"reef-post-000{n}", title=f"Post {n}") for n in range(3)]
    for _ in range(2):
        feed: Any = etree.parse(site.public / "feed.atom").getroot()
        links = [str(link) for link in feed.xpath("//a:entry/a:link[@rel='alternate']/@href", namespaces=ATOM)]
        assert links == [one.url for one in reversed(sent)]
        site.adapter.connect(site.context)
    rss = etree.parse(site.public / "feed.rss").getroot()
    assert rss.findtext("channel/item/guid") == "urn:crosscut:reef-post-0002"
    sitemap = etree.parse(site.public / "sitemap.xml")
    assert len(sitemap.getroot()) == 4


def test_a_feed_carries_every_text(site):
    site.publish(title="A\x00B \x1f & <c>", text="x\x0b ]]> y")
    assert etree.parse(site.public / "feed.rss").xpath("string(//item/title)") == "AB  & <c>"


def test_older_pages_stay_as_they_are_when_a_post_is_added(site):
    for number in range(30):
        site.publish(f"reef-post-{number:04}", title=f"Post {number}")
    older = {path: path.stat().st_mtime_ns for path in site.public.glob("page/*/index.html")}
    assert len(older) == 1
    site.publish("reef-post-0099", title="Newest")
    assert {path: path.stat().st_mtime_ns for path in older} == older
    shown = [link for path in ("", "page/1") for link in site.page(path).xpath("//h2/a/text()")]
    assert shown == ["Newest", *(f"Post {number}" for number in range(29, -1, -1))]


def test_topics_have_their_own_list(site):
    site.publish(tags=("Größe & Zahl", "reef"))
    assert site.page("tags/größe-zahl").xpath("string(//h1)") == "About “Größe & Zahl”"


def test_a_change_keeps_address_and_date(site):
    sent = site.publish()
    changed = site.adapter.update(site.context, sent.remote_id, replace(post(), title="All of it", text="New words."))
    page = site.page("2026/half-of-the-reef")
    assert changed.url == sent.url
    assert page.xpath("string(//h1)") == "All of it"
    assert "Changed on 22 November 2026" in page.xpath("string(//*[@class='byline'])")


def test_a_post_taken_down_leaves_nothing_but_its_mark(site, tmp_path):
    kept = site.publish("reef-post-0001", media=(picture(tmp_path / "in", "both.jpg"),))
    gone = site.publish(
        "reef-post-0002",
        title="Gone",
        media=(picture(tmp_path / "in", "both.jpg"), picture(tmp_path / "in", "own.jpg")),
    )
    site.adapter.delete(site.context, gone.remote_id)
    assert not (site.public / "2026" / "gone").exists()
    assert len(list((site.public / "media").iterdir())) == 1
    assert gone.url not in (site.public / "feed.atom").read_text()
    assert kept.url in (site.public / "feed.atom").read_text()
    assert (site.settings.folder / "gone.txt").read_text() == "2026/gone\n"


def test_the_public_side_says_that_it_is_gone(site, tmp_path):
    gone = site.publish()
    site.adapter.delete(site.context, gone.remote_id)
    with serving(site.adapter.public_app(site.settings)) as host, client(allowed_hosts=[host]) as http:
        assert http.get(f"http://{host}/2026/half-of-the-reef/").status_code == 410
        assert http.get(f"http://{host}/2026/never/").status_code == 404


def test_files_of_others_are_left_alone(site):
    site.public.mkdir(parents=True)
    (site.public / "google-proof.html").write_text("mine")
    site.publish()
    assert (site.public / "google-proof.html").read_text() == "mine"


def test_a_post_without_a_title_is_refused_and_leaves_nothing(site):
    with pytest.raises(Rejected, match="needs a title"):
        site.publish(title=" ")
    assert not (site.settings.folder / "items").exists()


def test_a_try_whose_time_is_over_writes_nothing(site):
    late = replace(site.context, not_after_s=time.monotonic())
    with pytest.raises(RetryLater, match="time for this try is over"):
        site.adapter.publish(late, post())
    assert site.adapter.find(site.context, post(), since=NOON) is None


def test_reading_a_site_that_does_not_answer_means_later(site):
    sent = site.publish()
    offline = replace(site.context, settings=site.settings.model_copy(update={"base_url": "http://127.0.0.1:9"}))
    with client(allowed_hosts=["127.0.0.1"]) as http, pytest.raises(RetryLater):
        site.adapter.read(replace(offline, http=http), sent.remote_id)


def test_a_failure_after_the_post_exists_is_unknown_and_find_completes_it(site, monkeypatch):
    monkeypatch.setattr(SiteAdapter, "sheets", _failing)
    with pytest.raises(OutcomeUnknown):
        site.publish()
    monkeypatch.undo()
    found = site.adapter.find(site.context, post(), since=NOON)
    assert found is not None
    assert site.page("2026/half-of-the-reef").xpath("string(//h1)") == "Half of the reef"


def test_a_folder_that_cannot_be_read_is_not_taken_for_empty(site):
    site.publish("reef-post-0001")
    (site.settings.folder / "items" / "reef-post-0001.json").write_text("{half")
    with pytest.raises(RetryLater, match="cannot be read"):
        site.adapter.find(site.context, post("reef-post-0001"), since=NOON)
    with pytest.raises(RetryLater, match="cannot be read"):
        site.publish("reef-post-0002")


def _failing(self, settings, items):
    raise OSError(28, "No space left on device")


def test_a_page_emptied_by_a_loss_of_power_is_drawn_again(site):
    site.publish()
    page = site.public / "2026" / "half-of-the-reef" / "index.html"
    page.write_bytes(b"")
    site.adapter.find(site.context, post(), since=NOON)
    assert b"Half of the reef" in page.read_bytes()


def test_right_to_left_languages_run_their_way(tmp_path):
    site = _Site(tmp_path, language="ar")
    site.publish(language="ar", title="الشعاب", text="نص")
    assert site.page("2026/الشعاب").get("dir") == "rtl"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("folder", "relative/folder"),
        ("base_url", "reef.example"),
        ("base_url", "https://user:pass@reef.example"),
        ("language", "english!"),
        ("title", ""),
        ("counter_url", "javascript:alert(1)"),
    ],
)
def test_settings_that_cannot_work_are_refused(tmp_path, field, value):
    good = {"folder": tmp_path, "base_url": "https://reef.example", "title": "Reef"}
    with pytest.raises(ValidationError):
        SiteSettings(**{**good, field: value})


def test_a_site_below_a_path_links_below_it(tmp_path):
    site = _Site(tmp_path, base_url="https://example.org/reef/")
    site.publish()
    links = site.page("").xpath("//a/@href | //link/@href")
    assert all(link.startswith(("/reef/", "https://example.org/reef/", "#")) for link in links)


def test_adding_a_post_draws_only_what_changed(site, monkeypatch):
    for number in range(30):
        site.publish(f"reef-post-{number:04}", title=f"Post {number}")
    drawn = []

    def document(page):
        drawn.append(page.title)
        return b"page"

    monkeypatch.setattr(pages, "document", document)
    site.publish("reef-post-newest", title="Newest")
    assert sorted(drawn) == ["About “reef”", "Newest", "Reef Watch"]


_PUBLISHER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from crosscut.channels.builtin.site.adapter import SiteAdapter
from crosscut.channels.builtin.site.settings import SiteSettings
from crosscut.channels.http import client
from crosscut.channels.protocol import Context
from crosscut.channels.tests.made import picture, post
folder = Path(sys.argv[1])
settings = SiteSettings(folder=folder / "site", base_url="https://reef.example", title="Reef Watch")
context = Context(http=client(), settings=settings, secrets={}, now=lambda: datetime.now(UTC))
media = picture(folder / "in", size=(900, 600))
print("ready", flush=True)
for number in range(400):
    key = f"reef-post-{number:04}"
    SiteAdapter().publish(context, post(key, title=f"Post {number}", media=(media,)))
    print(key, flush=True)
"""


@pytest.mark.fault
def test_a_kill_at_any_moment_loses_nothing_and_doubles_nothing(tmp_path):
    chance = random.Random(20261122)
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    for round_number in range(4):
        folder = tmp_path / str(round_number)
        with subprocess.Popen(
            [sys.executable, "-P", "-c", _PUBLISHER, str(folder)], stdout=subprocess.PIPE, text=True, env=paths
        ) as process:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0.01, 0.5))
            process.send_signal(signal.SIGKILL)
            done = process.stdout.read().split()
        site = _Site(folder / "site")
        keys = {path.stem for path in (folder / "site" / "items").glob("*.json")}
        assert set(done) <= keys
        assert len(keys) <= len(done) + 1
        for key in sorted(keys):
            assert site.adapter.find(site.context, post(key), since=NOON)
        pages = [etree.parse(path, etree.HTMLParser()) for path in site.public.glob("2026/*/index.html")]
        assert len(pages) == len(keys)
        assert not list((folder / "site" / "public").rglob("*.part"))
