"""The practice network behaves like a network, and misbehaves when it is told to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from lxml import html

from crosscut.channels.builtin.practice.adapter import PracticeAdapter
from crosscut.channels.builtin.practice.faults import KINDS
from crosscut.channels.builtin.practice.tests.harness import running, serving_network
from crosscut.channels.http import client
from crosscut.channels.kit import context_of
from crosscut.channels.tests.made import film, picture, post
from crosscut.kernel.errors import OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater


class _Network:
    """A running network, our account on it, and a browser."""

    def __init__(self, running_, http):
        self.url = running_.settings.base_url
        self.post, self.http, self.adapter = running_.post, http, PracticeAdapter()
        self.context = context_of(running_, http)

    def publish(self, wanted=None):
        return self.adapter.publish(self.context, wanted or self.post)

    def find(self, wanted=None):
        since = datetime.now(UTC) - timedelta(minutes=1)
        return self.adapter.find(self.context, wanted or self.post, since=since)

    def order(self, kind, **more):
        assert self.http.post(f"{self.url}/api/faults", json={"kind": kind, **more}).status_code == 201

    def posts(self):
        return self.http.get(f"{self.url}/api/posts").json()["posts"]

    def page(self, path):
        return html.fromstring(self.http.get(f"{self.url}{path}").content)


@pytest.fixture
def network(tmp_path):
    with running(tmp_path) as running_, client(allowed_hosts=running_.allowed_hosts, timeout_s=1) as http:
        yield _Network(running_, http)


def _text(key="reef-text-0001", **changes):
    return post(key, post_type="text", **changes)


@pytest.mark.parametrize(
    ("kind", "error", "is_kept"),
    [
        ("error_before_storing", OutcomeUnknown, False),
        ("error_after_storing", OutcomeUnknown, True),
        ("timeout_after_storing", OutcomeUnknown, True),
        ("reset_after_storing", OutcomeUnknown, True),
        ("refuse", Rejected, False),
        ("rate_limit", RetryLater, False),
        ("unauthorised", ReconnectNeeded, False),
    ],
)
def test_a_fault_is_told_truly_and_find_knows_what_became_of_it(network, kind, error, is_kept):
    network.order(kind, seconds=2)
    with pytest.raises(error):
        network.publish(_text())
    assert (network.find(_text()) is not None) == is_kept
    assert len(network.posts()) == is_kept


def test_a_wait_is_as_long_as_ordered(network):
    network.order("rate_limit", seconds=7)
    with pytest.raises(RetryLater) as caught:
        network.publish(_text())
    assert caught.value.after_s == 7


def test_a_lost_post_is_not_found(network):
    network.order("lose")
    network.publish(_text())
    assert network.find(_text()) is None
    assert network.http.get(f"{network.url}/api/faults").json()["faults"] == []


def test_a_network_that_cannot_be_read_is_not_taken_for_empty(network):
    network.publish(_text())
    network.order("unreadable", seconds=30)
    with pytest.raises(RetryLater):
        network.find(_text())
    network.http.delete(f"{network.url}/api/faults")
    assert network.find(_text())


def test_a_forgotten_key_makes_a_second_post_and_each_is_found(network):
    network.order("ignore_keys", count=2)
    first = network.publish()
    assert network.find() is not None
    assert network.publish().remote_id != first.remote_id
    assert len(network.posts()) == 2


def test_a_post_without_its_key_is_not_taken_for_another(network):
    network.order("ignore_keys")
    network.publish()
    assert network.find(replace(network.post, key="reef-post-other", text="Other words")) is None
    assert network.find(replace(network.post, key="reef-post-other", media=network.post.media[:1])) is None


def test_lost_descriptions_and_doubled_pictures_are_seen(network):
    network.order("drop_alt_text")
    network.order("duplicate_media")
    seen = network.adapter.read(network.context, network.publish().remote_id)
    assert [media.alt_text for media in seen.media] == ["", "", "A reef from above", "A reef from above"]


def test_a_fault_happens_as_often_as_ordered(network):
    network.order("refuse", count=2)
    for _ in range(2):
        with pytest.raises(Rejected):
            network.publish(_text())
    assert network.publish(_text())


def test_a_fault_can_be_kept_to_uploads(network):
    network.order("refuse", scope="media")
    assert network.publish(_text())
    with pytest.raises(Rejected):
        network.publish()


@pytest.mark.parametrize(
    "wish", [{"kind": "explode"}, {"kind": "refuse", "scope": "moon"}, {"kind": "slow", "seconds": -1}]
)
def test_an_order_that_makes_no_sense_is_refused(network, wish):
    answer = network.http.post(f"{network.url}/api/faults", json=wish)
    assert answer.status_code == 422
    assert answer.json()["error"]


def test_people_order_and_lift_faults_on_a_page(network):
    assert len(network.page("/faults").xpath("//select[@name='kind']/option")) == len(KINDS)
    network.http.post(f"{network.url}/faults", data={"kind": "refuse", "scope": "posts", "count": "1", "seconds": "5"})
    assert network.page("/faults").xpath("//ul[@class='faults']/li")
    network.http.post(f"{network.url}/faults", data={"do": "lift"})
    assert not network.page("/faults").xpath("//ul[@class='faults']/li")


FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [
        ("a" * 300, True),
        ("a" * 301, False),
        (FAMILY * 300, True),  # one character each to a person
        (FAMILY * 301, False),
        (" ", False),  # no words and no media
    ],
)
def test_it_counts_what_a_person_sees(network, text, is_taken):
    if is_taken:
        assert network.publish(_text(text=text))
        return
    with pytest.raises(Rejected):
        network.publish(_text(text=text))


def test_it_takes_four_pictures_or_one_video(network, tmp_path):
    pictures = tuple(picture(tmp_path / "many", f"{n}.jpg") for n in range(5))
    video = film(tmp_path / "many")
    for media in (pictures, (video, video), (video, pictures[0])):
        with pytest.raises(Rejected, match=r"four pictures|4 pictures"):
            network.publish(replace(network.post, media=media))
    assert network.publish(replace(network.post, key="reef-four-0001", media=pictures[:4]))
    assert network.publish(replace(network.post, key="reef-film-0001", media=(video,)))


def test_it_takes_no_picture_without_words(network, tmp_path):
    with pytest.raises(Rejected, match="description"):
        network.publish(replace(network.post, media=(picture(tmp_path / "in", alt_text=""),)))


def test_it_looks_into_files(network, tmp_path):
    fake = picture(tmp_path / "in")
    fake.path.write_bytes(b"<svg onload='alert(1)'/>".ljust(fake.size_bytes))
    with pytest.raises(Rejected, match=r"no picture|did not arrive"):
        network.publish(replace(network.post, media=(fake,)))
    assert not list((network.context.settings.folder / "media").iterdir())


def test_a_film_brings_its_captions(network, tmp_path):
    sent = network.publish(replace(network.post, media=(film(tmp_path / "in"),)))
    track = network.page(f"/posts/{sent.remote_id}").xpath("//track/@src")[0]
    assert network.http.get(f"{network.url}{track}").text.startswith("WEBVTT")


def test_signing_up_gives_a_token_once(network):
    settings = network.context.settings.model_copy(update={"handle": "coral", "name": "Coral"})
    fresh = replace(network.context, settings=settings, secrets={})
    profile = network.adapter.connect(fresh)
    assert profile.secrets["token"]
    again = network.adapter.connect(replace(fresh, secrets=profile.secrets))
    assert (again.handle, dict(again.secrets)) == ("@coral", {})
    with pytest.raises(Rejected, match="is taken"):
        network.adapter.connect(fresh)


def test_nobody_changes_the_post_of_another(network):
    sent = network.publish(_text())
    settings = network.context.settings.model_copy(update={"handle": "coral"})
    stranger = replace(network.context, settings=settings, secrets={})
    stranger = replace(stranger, secrets=network.adapter.connect(stranger).secrets)
    network.adapter.delete(stranger, sent.remote_id)
    with pytest.raises(Rejected):
        network.adapter.update(stranger, sent.remote_id, _text(text="mine now"))
    assert network.adapter.read(network.context, sent.remote_id).text == post().text


def test_keys_are_told_to_their_owner_only(network):
    network.publish(_text())
    assert network.posts()[0]["key"] is None
    assert network.http.get(f"{network.url}/api/posts?key=reef-text-0001").status_code == 401


def test_people_like_repost_and_reply_without_an_account(network):
    number = network.publish(_text()).remote_id
    for kind in ("like", "repost"):
        network.http.post(f"{network.url}/posts/{number}/{kind}")
    network.http.post(f"{network.url}/posts/{number}/reply", data={"name": "Ada", "text": "<b>Where?</b>"})
    counts = {count.metric: count.value for count in network.adapter.counts(network.context, number)}
    assert counts == {"practice.likes": 1, "practice.reposts": 1, "practice.replies": 1}
    page = network.page(f"/posts/{number}")
    assert page.xpath("string(//ol[@class='replies']/li/p[2])") == "<b>Where?</b>"
    assert page.xpath("//button/@aria-pressed") == ["true", "true"]
    network.http.post(f"{network.url}/posts/{number}/like")
    assert network.adapter.counts(network.context, number)[0].value == 0


def test_another_site_cannot_press_the_buttons(network):
    number = network.publish(_text()).remote_id
    answer = network.http.post(f"{network.url}/posts/{number}/like", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 401
    assert network.adapter.counts(network.context, number)[0].value == 0


def test_pages_run_no_script_and_show_text_as_text(network):
    number = network.publish(_text(text="<script>alert(1)</script>")).remote_id
    answer = network.http.get(f"{network.url}/posts/{number}")
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_post_taken_down_is_gone_for_everybody(network):
    number = network.publish(_text()).remote_id
    network.adapter.delete(network.context, number)
    assert network.http.get(f"{network.url}/posts/{number}").status_code == 410
    assert network.http.get(f"{network.url}/api/posts/{number}").status_code == 410
    assert network.posts() == []


def test_what_is_kept_survives_a_restart(tmp_path):
    with running(tmp_path) as first, client(allowed_hosts=first.allowed_hosts) as http:
        _Network(first, http).publish(_text())
    with serving_network(tmp_path / "practice") as host, client(allowed_hosts=[host]) as http:
        settings = first.settings.model_copy(update={"base_url": f"http://{host}"})
        assert _Network(replace(first, settings=settings), http).find(_text())
