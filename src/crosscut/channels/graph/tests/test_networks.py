"""The networks of the Graph API over real HTTP, against strict servers: each kind of post, each way to say no."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.faults.bench import facebook, graph, instagram, strict, threads
from tests.peers import story

from crosscut.channels import http, registry
from crosscut.channels.graph.api import refusal_of
from crosscut.channels.logins import Journey
from crosscut.channels.protocol import COMMENT, STAGED_LOST, CanStage, Context, HasQuotas, Post, PostMedia, Sent
from crosscut.kernel.errors import (
    ChannelError,
    CrosscutError,
    OutcomeUnknown,
    ReconnectNeeded,
    Rejected,
    RetryLater,
    Unsupported,
)
from crosscut.kernel.facts import Kind

SERVERS: dict[str, type[graph.Graph]] = {
    "instagram": instagram.Instagram,
    "threads": threads.Threads,
    "facebook_page": facebook.Facebook,
}


@dataclass
class _Clock:
    """One that only moves when it is told to."""

    shown: datetime = field(default_factory=lambda: datetime.now(UTC))
    passed_s: float = 0

    def now(self) -> datetime:
        return self.shown

    def monotonic(self) -> float:
        return self.passed_s


@dataclass
class Place:
    """One account at one strict server."""

    slug: str
    server: graph.Graph
    context: Context
    clock: _Clock

    @property
    def adapter(self) -> Any:
        return registry.adapter(self.slug)

    def ready(self, post: Post) -> Post:
        """The post with all that is staged."""
        assert isinstance(registry.adapter(self.slug), CanStage)
        kept: Any = {}
        for _ in range(40):
            step = self.adapter.stage(self.context, replace(post, extra={**post.extra, "kept": kept}))
            kept = step.kept
            if step.is_ready:
                break
        return replace(post, extra={**post.extra, "kept": kept})

    def find(self, post: Post) -> Sent | None:
        found: Sent | None = self.adapter.find(self.context, post, since=self.clock.now() - timedelta(minutes=5))
        return found


@contextmanager
def _place(slug: str) -> Iterator[Place]:
    clock = _Clock()
    server = SERVERS[slug](clock)  # type: ignore[arg-type]  # a clock is what shows the time
    with strict.serving(server), http.client(allowed_hosts=story.LOOPBACK, timeout_s=2) as client:
        told = {"app_id": "123456789", "graph_url": server.url}
        told |= {"upload_url": server.url} if slug == "facebook_page" else {}
        settings = registry.settings_class(slug).model_validate(told)
        secrets = {"access_token": server.token, "app_secret": "an-app-secret"}
        yield Place(slug, server, Context(http=client, settings=settings, secrets=secrets, now=clock.now), clock)


def _offered(*media: PostMedia) -> tuple[PostMedia, ...]:
    return tuple(replace(one, public_url=f"https://public.example/offered/x/{one.filename}") for one in media)


def _film(folder: Path) -> PostMedia:
    path = folder / "reef.mp4"
    path.write_bytes(b"a film" * 100)
    picture = story.picture(folder)
    return replace(
        picture,
        path=path,
        filename="reef.mp4",
        media_type="video/mp4",
        size_bytes=600,
        kind=Kind.VIDEO,
        alt_text="Fish",
    )


def _post(folder: Path, post_type: str, **fields: Any) -> Post:
    files: tuple[PostMedia, ...] = ()
    if post_type in ("reel", "video", "story_video"):
        files = (_film(folder),)
    elif post_type in ("carousel", "photo"):
        files = (story.picture(folder, name="a.jpg"), story.picture(folder, name="b.jpg"))
    elif "image" in post_type:
        files = (story.picture(folder),)
    text = "" if post_type.startswith("story") else "The reef today #reef"
    made: Post = story.post(text, *_offered(*files), post_type=post_type, **fields)
    return made


PREPARED = [("instagram", "carousel"), ("threads", "carousel"), ("facebook_page", "photo"), ("facebook_page", "reel")]
KINDS = [(slug, kind) for slug in SERVERS for kind in registry.channel(slug).post_types]


@pytest.mark.parametrize(("slug", "kind"), KINDS)
def test_every_kind_of_post_goes_out_once_is_found_and_read(tmp_path: Path, slug: str, kind: str):
    with _place(slug) as place:
        post = place.ready(_post(tmp_path, kind))
        assert not place.server.public() and place.find(post) is None
        sent = place.adapter.publish(place.context, post)
        assert [one.remote_id for one in place.server.public()] == [sent.remote_id]
        found, seen = place.find(post), place.adapter.read(place.context, sent.remote_id)
        assert found is not None and found.remote_id == sent.remote_id and sent.url
        assert seen is not None and seen.text == post.text and len(seen.media) == len(post.media)


@pytest.mark.parametrize("fault", ["drop_after", "error_after", "trouble_after", "lie", "garbled", "slow_answer"])
@pytest.mark.parametrize(
    ("slug", "kind"),
    [("instagram", "reel"), ("threads", "image"), ("facebook_page", "photo"), ("facebook_page", "text_or_link")],
)
def test_an_answer_that_says_nothing_is_never_taken_for_a_no(tmp_path: Path, slug: str, kind: str, fault: str):
    with _place(slug) as place:
        post = place.ready(_post(tmp_path, kind))
        place.server.order("make", fault)
        if fault == "slow_answer":
            place.context.http.timeout = httpx.Timeout(0.2)
        with pytest.raises(OutcomeUnknown):
            place.adapter.publish(place.context, post)
        place.context.http.timeout = httpx.Timeout(2)
        assert len(place.server.public()) == 1 and place.find(post) is not None


@pytest.mark.parametrize(("slug", "kind"), [one for one in PREPARED if one[1] != "photo"])
def test_the_same_container_never_makes_two_posts(tmp_path: Path, slug: str, kind: str):
    with _place(slug) as place:
        post = place.ready(_post(tmp_path, kind))
        place.server.order("make", "drop_after")
        for _ in range(3):
            with pytest.raises(OutcomeUnknown):
                place.adapter.publish(place.context, post)
        assert len(place.server.public()) == 1


def test_pictures_that_are_out_name_the_post_an_earlier_try_made(tmp_path: Path):
    with _place("facebook_page") as place:
        post = place.ready(_post(tmp_path, "photo"))
        place.server.order("make", "drop_after")
        with pytest.raises(OutcomeUnknown):
            place.adapter.publish(place.context, post)
        sent = place.adapter.publish(place.context, post)
        assert [one.remote_id for one in place.server.public()] == [sent.remote_id]
        place.server.order("read", "error_before")
        with pytest.raises(OutcomeUnknown):
            place.adapter.publish(place.context, post)


@pytest.mark.parametrize("slug", ["instagram", "threads"])
def test_what_is_published_and_not_yet_listed_is_not_taken_for_absent(tmp_path: Path, slug: str):
    with _place(slug) as place:
        post = place.ready(_post(tmp_path, "carousel"))
        place.server.delay_s = 60
        place.server.order("make", "drop_after")
        with pytest.raises(OutcomeUnknown):
            place.adapter.publish(place.context, post)
        with pytest.raises(RetryLater):
            place.find(post)
        place.clock.passed_s = 61
        assert place.find(post) is not None


@pytest.mark.parametrize(("slug", "kind"), PREPARED)
def test_a_container_that_expired_is_told_and_made_anew(tmp_path: Path, slug: str, kind: str):
    with _place(slug) as place:
        post = place.ready(_post(tmp_path, kind))
        place.server.order("container", "expires")
        with pytest.raises(RetryLater) as told:
            place.adapter.publish(place.context, post)
        assert told.value.problems[0].code == STAGED_LOST
        place.adapter.publish(place.context, place.ready(_post(tmp_path, kind)))
        assert len(place.server.public()) == 1


@pytest.mark.parametrize(
    ("slug", "fault", "error"),
    [(slug, *row) for slug in SERVERS for row in (("token_ends", ReconnectNeeded), ("version_gone", RetryLater))],
)
def test_a_login_or_a_version_that_ended_is_told_as_what_it_is(
    tmp_path: Path, slug: str, fault: str, error: type[ChannelError]
):
    with _place(slug) as place:
        post = place.ready(_post(tmp_path, "photo" if slug == "facebook_page" else "carousel"))
        place.server.order("any", fault)
        if fault == "token_ends":
            place.server.heal()
            place.server.end_tokens()
        with pytest.raises(error) as told:
            place.adapter.publish(place.context, post)
        assert "a-token" not in str(told.value) and not place.server.public()


@pytest.mark.parametrize("slug", ["instagram", "threads"])
def test_the_allowance_is_read_and_running_into_it_means_later(tmp_path: Path, slug: str):
    with _place(slug) as place:
        assert isinstance(registry.adapter(slug), HasQuotas)
        quota, *answers = place.adapter.quotas(place.context)
        told = [("replies", 0, place.server.reply_limit, 86_400)] if isinstance(place.server, threads.Threads) else []
        assert [(one.name, one.used, one.total, one.window_s) for one in answers] == told
        assert (quota.used, quota.total, quota.window_s) == (0, place.server.limit, 86_400)
        post = place.ready(_post(tmp_path, "carousel"))
        place.server.order("any", "limit_used")
        assert place.adapter.quotas(place.context)[0].used == place.server.limit
        with pytest.raises(RetryLater):
            place.adapter.publish(place.context, post)


@pytest.mark.parametrize(("slug", "kind"), [("instagram", "feed_image"), ("facebook_page", "photo")])
def test_a_first_comment_is_a_post_of_its_own_that_is_found_read_and_taken_down(tmp_path: Path, slug: str, kind: str):
    with _place(slug) as place:
        post = _post(tmp_path, kind, extra={"first_comment": "More on our site."})
        below = place.adapter.publish(place.context, place.ready(post))
        assert not place.server.comments, "the post alone is out"
        comment = Post(key="k-2", post_type=COMMENT, text="More on our site.", due_at=post.due_at, parent=below)
        assert place.find(comment) is None
        place.server.order("make", "drop_after")
        with pytest.raises(OutcomeUnknown):
            place.adapter.publish(place.context, comment)
        theirs = {"id": "9", "text": "More on our site.", "at": place.server.now(), "number": 10**9, "writer": "a-fan"}
        [mine] = place.server.comments[below.remote_id]
        place.server.comments[below.remote_id].append(theirs)
        found = place.find(comment)
        assert found is not None and found.remote_id == f"comment-{mine['id']}", "a stranger's words are not ours"
        seen = place.adapter.read(place.context, found.remote_id)
        assert seen is not None and seen.text == "More on our site."
        place.adapter.delete(place.context, found.remote_id)
        assert place.adapter.read(place.context, found.remote_id) is None


def test_a_login_without_the_permission_for_comments_costs_no_more_than_the_comment(tmp_path: Path):
    with _place("facebook_page") as place:
        below = place.adapter.publish(place.context, _post(tmp_path, "text_or_link"))
        comment = Post(key="k-2", post_type=COMMENT, text="More.", due_at=datetime.now(UTC), parent=below)
        place.server.may_comment = False
        with pytest.raises(Rejected):
            place.adapter.publish(place.context, comment)
        with pytest.raises(Unsupported):
            place.find(comment)


def test_two_posts_with_the_same_words_are_told_apart(tmp_path: Path):
    with _place("facebook_page") as place:
        first = place.adapter.publish(place.context, _post(tmp_path, "text_or_link"))
        twin = _post(tmp_path, "text_or_link", extra={"claimed": [first.remote_id]})
        assert place.find(twin) is None
        second = place.adapter.publish(place.context, twin)
        found = place.find(twin)
        assert found is not None and found.remote_id == second.remote_id != first.remote_id


def test_a_page_on_which_one_may_not_publish_is_shown_with_the_reason():
    with _place("facebook_page") as place:
        journey = Journey(redirect_uri="https://desk.example/back/", state="s", verifier="v" * 48)
        found = place.adapter.places(place.context, journey, code="c0de", kept={})
        assert [(one.remote_id, bool(one.why_not)) for one in found] == [("77", False), ("78", True), ("79", False)]


def test_instagram_lets_no_program_delete_and_says_so(tmp_path: Path):
    with _place("instagram") as place:
        sent = place.adapter.publish(place.context, place.ready(_post(tmp_path, "feed_image")))
        with pytest.raises(Unsupported):
            place.adapter.delete(place.context, sent.remote_id)
        place.server.rows.clear()
        place.adapter.delete(place.context, sent.remote_id)


@pytest.mark.parametrize("slug", ["instagram", "threads"])
def test_a_file_without_a_public_address_is_refused_before_anything_is_made(tmp_path: Path, slug: str):
    with _place(slug) as place:
        post = _post(tmp_path, "carousel")
        bare = replace(post, media=tuple(replace(one, public_url="") for one in post.media))
        with pytest.raises(Rejected):
            place.ready(bare)
        assert not place.server.boxes


@pytest.mark.parametrize(
    ("code", "subcode", "status", "error"),
    [
        (190, 460, 401, ReconnectNeeded),  # the password was changed
        (200, 0, 403, ReconnectNeeded),  # a permission was taken back
        (4, 0, 400, RetryLater),  # too many calls
        (9, 2207042, 403, RetryLater),  # too many posts
        (9007, 2207027, 400, RetryLater),  # not ready yet
        (2, 0, 500, RetryLater),  # the network's own trouble, where nothing was made
        (2635, 0, 400, RetryLater),  # the version was switched off
        (100, 0, 200, RetryLater),  # an answer that says yes and no at once
        (36003, 2207009, 400, Rejected),  # the picture has a shape it does not take
        (352, 2207026, 400, Rejected),  # the film is of a form it does not take
    ],
)
def test_an_error_means_what_its_code_says(code: int, subcode: int, status: int, error: type[CrosscutError]):
    told = {"message": "(#1) No", "code": code, "error_subcode": subcode, "fbtrace_id": "A1"}
    response = httpx.Response(status, json={"error": told})
    assert type(refusal_of(told, response)) is error


def test_a_limit_says_when_to_come_back():
    usage = '{"77": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 19}]}'
    response = httpx.Response(400, headers={"X-Business-Use-Case-Usage": usage})
    refused = refusal_of({"code": 32, "message": "Page request limit reached"}, response)
    assert isinstance(refused, RetryLater) and refused.after_s == 19 * 60
