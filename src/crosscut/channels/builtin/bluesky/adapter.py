"""The conversation with an account server of the AT Protocol."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from crosscut.channels.builtin.bluesky import names, record, seen, session
from crosscut.channels.builtin.bluesky.media import VideoService
from crosscut.channels.builtin.bluesky.session import Session
from crosscut.channels.builtin.bluesky.settings import Settings
from crosscut.channels.builtin.bluesky.xrpc import Server, is_called
from crosscut.channels.protocol import Context, Count, Post, Profile, Seen, Sent
from crosscut.kernel.errors import ChannelError, Invalid, OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

Answer = TypeVar("Answer")
PAGE = 100  # most that listRecords gives at once, lexicon 2026-08-20
MAX_PAGES = 10
METRICS = {
    "bluesky.likes": "likeCount",
    "bluesky.reposts": "repostCount",
    "bluesky.replies": "replyCount",
    "bluesky.quotes": "quoteCount",
}


class Bluesky:
    """One post is one record under a key of our own choosing, which the account server gives away only once."""

    def connect(self, context: Context) -> Profile:
        """Who we are, with a fresh session to keep."""
        settings = _settings(context)
        ours = session.refreshed(context, settings)
        return Profile(
            remote_id=ours.did,
            name=_display_name(context, settings, ours) or ours.handle,
            handle=f"@{ours.handle}",
            url=f"{settings.web_url}/profile/{ours.handle}",
            can=("publish posts", "upload pictures and videos", "delete posts"),
            secrets=session.to_keep(ours, context, settings),
            limits=_video_limits(context, settings, ours),
        )

    def publish(self, context: Context, post: Post) -> Sent:
        """Upload the media, then create the record. A repeat gets the record that is there already."""
        return _as_account(context, lambda ours: self._publish(context, post, ours))

    def _publish(self, context: Context, post: Post, ours: Session) -> Sent:
        server, rkey = ours.server(context), names.record_key(post.key)
        created_at = context.now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        video = _video_service(context, ours, post)
        body = {
            "repo": ours.did,
            "collection": names.POSTS,
            "rkey": rkey,
            "validate": True,
            "record": record.record(post, server, video, created_at=created_at),
        }
        try:
            answer = server.make("com.atproto.repo.createRecord", body, key=post.key)
        except OutcomeUnknown as error:
            if there := _taken(error, server, ours, rkey, _settings(context)):
                return there
            raise
        if not answer.get("uri"):
            raise OutcomeUnknown(phrase("The account server took the post and did not say where it is."), key=post.key)
        return _sent(_settings(context), ours, answer)

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """The record under the post's own key; else one with the same words that somebody else made since."""
        return _as_account(context, lambda ours: self._find(context, post, since, ours))

    def _find(self, context: Context, post: Post, since: datetime, ours: Session) -> Sent | None:
        settings, server = _settings(context), ours.server(context)
        return _there(server, ours, names.record_key(post.key), settings) or _same_words(
            server, ours, post, since, settings
        )

    def at_address(self, context: Context, url: str) -> Sent | None:
        """Our record at that address: `https://bsky.app/profile/name/post/key`."""
        return _as_account(context, lambda ours: self._at_address(context, url, ours))

    def _at_address(self, context: Context, url: str, ours: Session) -> Sent | None:
        who, rkey = names.parts_of_page(url)
        if who not in (ours.did, ours.handle):
            raise Invalid.at("url", phrase("{url} is not a post of this account.", url=url))
        return _there(ours.server(context), ours, rkey, _settings(context))

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The post from the public view; from the account server where the view does not have it."""
        settings = _settings(context)
        did, rkey = names.parts(remote_id)
        url = f"{settings.web_url}/profile/{did}/post/{rkey}"
        view = _view(context, settings, remote_id)
        if view:
            return seen.from_view(context.http, view, url)
        pds_url = context.secrets.get("pds_url") or settings.service_url
        answer = _record(Server(http=context.http, url=pds_url), did, rkey)
        return seen.from_record(pds_url, did, answer, url) if answer else None

    def delete(self, context: Context, remote_id: str) -> None:
        """Remove the record. The server says yes when there is none."""
        did, rkey = names.parts(remote_id)
        body = {"repo": did, "collection": names.POSTS, "rkey": rkey}
        _as_account(context, lambda ours: ours.server(context).call("com.atproto.repo.deleteRecord", body))

    def counts(self, context: Context, remote_id: str) -> tuple[Count, ...]:
        """Likes, reposts, replies and quotes from the public view; nothing where there is no view."""
        view = _view(context, _settings(context), remote_id)
        return tuple(
            Count(metric=metric, value=int(view[name]))
            for metric, name in METRICS.items()
            if view.get(name) is not None
        )


def _settings(context: Context) -> Settings:
    return Settings.model_validate(context.settings, from_attributes=True)


def _as_account(context: Context, work: Callable[[Session], Answer]) -> Answer:
    """What the work gives, done with the kept session, or with a new one where the server no longer takes that."""
    settings = _settings(context)
    kept = session.stored(context, settings)
    if kept:
        try:
            return work(kept)
        except ReconnectNeeded:
            pass  # nothing was done; the app password may still be good
    return work(session.signed_in(context, settings))


def _sent(settings: Settings, ours: Session, answer: Mapping[str, Any]) -> Sent:
    _, rkey = names.parts(str(answer["uri"]))
    receipt = {name: answer[name] for name in ("uri", "cid", "commit", "validationStatus") if name in answer}
    url = f"{settings.web_url}/profile/{ours.handle}/post/{rkey}"
    return Sent(remote_id=str(answer["uri"]), url=url, answer=receipt)


def _record(server: Server, did: str, rkey: str) -> dict[str, Any] | None:
    """The record under a key as the account server gives it to anybody, or None when it has none there."""
    try:
        answer = server.query("com.atproto.repo.getRecord", repo=did, collection=names.POSTS, rkey=rkey)
    except Rejected as error:
        if is_called(error, "RecordNotFound"):
            return None
        raise RetryLater(phrase("The account server cannot be read: {error}", error=str(error))) from error
    return _holding(answer, "uri", "value")


def _holding(answer: dict[str, Any], *names: str) -> dict[str, Any]:
    """The answer, where it says what was asked: a gateway's page with a good status tells nothing about a post."""
    if missing := [name for name in names if name not in answer]:
        raise RetryLater(
            phrase("The account server cannot be read: its answer has no {missing}.", missing=", ".join(missing))
        )
    return answer


def _taken(error: OutcomeUnknown, server: Server, ours: Session, rkey: str, settings: Settings) -> Sent | None:
    """The post, where the server answered an error because its key is taken: it says 500 to that."""
    if error.__cause__:
        return None  # the server did not answer at all
    try:
        return _there(server, ours, rkey, settings)
    except ChannelError:
        return None


def _there(server: Server, ours: Session, rkey: str, settings: Settings) -> Sent | None:
    found = _record(server, ours.did, rkey)
    return _sent(settings, ours, found) if found else None


def _same_words(server: Server, ours: Session, post: Post, since: datetime, settings: Settings) -> Sent | None:
    """A post with the same words and as many files, made since by another app, whose keys follow the clock."""
    oldest, cursor = names.key_at(since), ""
    for _ in range(MAX_PAGES):
        after = {"cursor": cursor} if cursor else {}
        asked = {"repo": ours.did, "collection": names.POSTS, "limit": PAGE, **after}
        page = _holding(server.query("com.atproto.repo.listRecords", **asked), "records")
        for found in page["records"]:
            if names.parts(found["uri"])[1] < oldest:
                return None
            if _says(found["value"], post):
                return _sent(settings, ours, found)
        cursor = str(page.get("cursor", ""))
        if not cursor or len(page["records"]) < PAGE:
            return None
    raise RetryLater(
        phrase("More than {most} posts were made since then: look for this one by hand.", most=PAGE * MAX_PAGES)
    )


def _says(value: dict[str, Any], post: Post) -> bool:
    """Whether a record has the post's words, as many files, and answers the same post."""
    is_answer_to = post.parent.remote_id if post.parent else ""
    has_same = value.get("text") == record.words(post) and record.media_count(value) == len(post.media)
    return has_same and record.answered(value) == is_answer_to


def _view(context: Context, settings: Settings, remote_id: str) -> Mapping[str, Any]:
    """The post in the public view; empty where there is no view, or it does not show the post, or does not answer."""
    if not settings.appview_url:
        return {}
    try:
        answer = Server(http=context.http, url=settings.appview_url).query("app.bsky.feed.getPosts", uris=remote_id)
    except ChannelError:
        return {}
    return next(iter(answer.get("posts", ())), {})


def _display_name(context: Context, settings: Settings, ours: Session) -> str:
    if not settings.appview_url:
        return ""
    try:
        view = Server(http=context.http, url=settings.appview_url)
        return str(view.query("app.bsky.actor.getProfile", actor=ours.did).get("displayName", ""))
    except ChannelError:
        return ""  # a new account is not in the view yet


def _video_service(context: Context, ours: Session, post: Post) -> VideoService | None:
    url = _settings(context).video_service_url
    kept = post.extra.get("kept", {})
    return VideoService(url=url, did=ours.did, now=context.now(), kept=kept) if url else None


def _video_limits(context: Context, settings: Settings, ours: Session) -> Mapping[str, Any]:
    """What the video service lets this account upload today (app.bsky.video.getUploadLimits), where it tells."""
    if not settings.video_service_url:
        return {}
    method = "app.bsky.video.getUploadLimits"
    try:
        permit = ours.server(context).query(
            "com.atproto.server.getServiceAuth", aud=f"did:web:{settings.video_service_url.split('://')[1]}", lxm=method
        )
        token = str(permit.get("token", ""))
        return Server(http=context.http, url=settings.video_service_url, token=token).query(method)
    except ChannelError:
        return {}
