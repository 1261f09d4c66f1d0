"""One run of the bench: two posts with the same words on one account, faults, deaths and clocks drawn by a seed.

The ledger is driven as the ticker drives it, through the jobs' own functions and in one process; a death is followed by
what the ticker does for dead workers. In the end the faults stop, and the ledger has to come to the truth by itself.
"""

import contextlib
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.queries import accounts_to_renew
from crosscut.apps.accounts.secrets import seal
from crosscut.apps.accounts.services import connections, renewing
from crosscut.apps.library.models import Asset, Version
from crosscut.apps.publish import tasks
from crosscut.apps.publish.due import due_posts, due_targets
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services import claim, going_on, parts, schedule, send, settle
from crosscut.apps.publish.services import post as posts
from crosscut.apps.publish.services.going_on import send_the_rest
from crosscut.apps.publish.services.look import look_again
from crosscut.apps.publish.services.recall import ask_recall
from crosscut.apps.publish.tests import made
from crosscut.apps.publish.tests.world import most_out
from crosscut.apps.publish.timing import timing
from crosscut.channels.builtin.tiktok import posting as films_on_tiktok
from crosscut.channels.builtin.x import media as files_on_x
from crosscut.channels.builtin.youtube import film as films_on_youtube
from crosscut.channels.logins import Tokens
from crosscut.kernel.errors import Conflict, Invalid
from crosscut.kernel.facts import Kind, MediaFacts
from crosscut.kernel.records import as_data
from tests.cast import Cast
from tests.faults.bench import (
    bluesky,
    discord,
    drupal,
    facebook,
    ghost,
    google,
    graph,
    instagram,
    linkedin,
    mastodon,
    pinterest,
    reddit,
    slack,
    teams,
    telegram,
    threads,
    tiktok,
    x,
    youtube,
)
from tests.faults.bench.clock import Clock, installed
from tests.faults.bench.killing import MOMENTS, Killed, death_at
from tests.faults.bench.rotating import Rotating
from tests.faults.bench.strict import KeepsFiles, Made, Strict, serving

State = Target.State
Shapes = Mapping[str, Sequence[tuple[str, int]]]
WORDS = "Half of the reef is gone. The other half has a plan."
STARTS = (
    datetime(2026, 11, 22, 9, 0, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 59, 30, tzinfo=UTC),  # 02:59:30 in Berlin, for the first time
    datetime(2026, 10, 25, 1, 29, 30, tzinfo=UTC),  # 02:29:30, for the second time
    datetime(2027, 3, 28, 0, 59, 30, tzinfo=UTC),  # 01:59:30; half a minute later clocks show 03:00
)
JOBS = {
    State.STAGING: tasks.stage_target.func,
    State.PARTLY: going_on.go_on,
    State.UNKNOWN: tasks.settle_target.func,
    State.SENT: tasks.prove_target.func,
    State.PROVEN: tasks.prove_target.func,
    State.RECALLING: tasks.recall_target.func,
}
TOKEN = "a-token"
OWN_LOGINS = {
    teams.Teams: teams.SIGNATURE,
    telegram.Telegram: telegram.TOKEN,
    ghost.Ghost: ghost.KEY,
    drupal.Drupal: drupal.PASSWORD,
}
# Who is behind a login that rotates, and what is kept with it.
WHO: dict[type[Strict], tuple[str, dict[str, str]]] = {
    x.X: (x.USER, {"user_id": x.USER}),
    tiktok.TikTok: (tiktok.OPEN_ID, {"username": tiktok.NAME}),
    pinterest.Pinterest: (pinterest.USER, {}),
}
AT_ONCE = (mastodon.Mastodon, bluesky.Bluesky)  # one request makes the post
# Of these the last of several requests makes it.
IN_STEPS = (
    instagram.Instagram,
    threads.Threads,
    facebook.Facebook,
    x.X,
    linkedin.LinkedIn,
    youtube.YouTube,
    tiktok.TikTok,
    pinterest.Pinterest,
    reddit.Reddit,
    slack.Slack,
)
ENDED = (State.PROVEN, State.REFUSED, State.CANCELLED, State.RECALLED)
# The kinds of post of each network that are played, and how many files each has.
SHAPES = {
    "mastodon": (("text", 0), ("text", 0), ("images", 1)),
    "bluesky": (("text", 0), ("text", 0), ("images", 1)),
    "discord": (("message", 0), ("message", 1), ("message", 2)),
    "slack": (("message", 0), ("message", 1), ("message", 2)),
    "teams": (("message", 0),),
    "telegram": (("text", 0), ("photo", 1), ("album", 2)),
    "instagram": (("feed_image", 1), ("carousel", 2), ("reel", 1)),
    "threads": (("text", 0), ("image", 1), ("carousel", 2)),
    "drupal": (("node", 0), ("node", 1), ("node", 2)),
    "ghost": (("post", 0), ("post", 1), ("post", 2)),
    "google_business_profile": (("standard", 0), ("standard", 1)),
    "facebook_page": (("text_or_link", 0), ("photo", 1), ("photo", 2), ("reel", 1)),
    "linkedin": (("text", 0), ("image", 1), ("multi_image", 2), ("video", 1)),
    "pinterest": (("image", 1), ("carousel", 2), ("video", 1)),
    "reddit": (("self_text", 0), ("image", 1), ("gallery", 2)),
    "tiktok": (("video", 1),),
    "youtube": (("video", 1), ("short", 1)),
    "x": (("text", 0), ("image", 1), ("image", 2), ("video", 1)),
}
# Stories, and films of networks that take them beside other posts; played apart, so that a seed stays the same run.
FILMS = {
    "instagram": (("story_image", 1), ("story_video", 1)),
    "facebook_page": (("video", 1), ("reel", 1)),
    "mastodon": (("video", 1),),
    "telegram": (("video", 1),),
}
FILM_TYPES = ("reel", "video", "short", "story_video")
EXTRAS = {"tiktok": {"privacy": "PUBLIC_TO_EVERYONE"}}  # what a network wants a person to say of each post
ROUNDS_IN_TROUBLE, ROUNDS_IN_STEPS, ROUNDS_TO_SETTLE = 12, 18, 60  # those with steps take longer to get anywhere
PATIENCE_S = 0.15  # of real time: how long the bench's client waits for an answer


@dataclass(kw_only=True)
class Run:
    """What one run was, and what became of it."""

    seed: int
    network: str = ""
    faults: list[str] = field(default_factory=list)  # that were met
    deaths: list[str] = field(default_factory=list)
    clocks: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)  # of the posts
    wrong: list[str] = field(default_factory=list)  # every way in which ledger and world are not as promised
    asked: int = 0  # posts about which a person is asked

    def __str__(self) -> str:
        return f"seed {self.seed} ({self.network}): {self.wrong}; {self.faults} {self.deaths} {self.clocks} {self.ends}"


class Bench:
    """One account at one strict server, its posts, and the dice."""

    def __init__(
        self,
        cast: Cast,
        server: Strict,
        clock: Clock,
        dice: random.Random,
        run: Run,
        *,
        shapes: Shapes,
        parts: int = 1,
        comment: str = "",
    ) -> None:
        self.parts, self.comment = parts, comment
        self.cast, self.server, self.clock, self.dice, self.run = cast, server, clock, dice, run
        self.account = _account(cast, server)
        self.is_in_steps = isinstance(server, IN_STEPS)
        self.good = State.SENT if isinstance(server, teams.Teams) else State.PROVEN  # the best that can be known there
        self.post_type, self.files = dice.choice(shapes[server.slug])
        asset = _asset(cast, Kind.VIDEO if self.post_type in FILM_TYPES else Kind.IMAGE)
        self.targets = [self._target(asset, number) for number in range(dice.choice((1, 2)))]
        self._click_twice()
        self.due_at = {target.pk: target.due_at for target in self.targets}

    def _target(self, asset: Any, number: int) -> Target:
        text = f"{WORDS} {number}" if number and getattr(self.server, "refuses_twins", False) else WORDS
        if self.post_type.startswith("story"):
            text = ""  # stories have none
        zone = self.dice.choice(("UTC", "Europe/Berlin"))
        wall_time, zone = _soon(self.clock.now(), zone)
        due_at = schedule.due_moment(wall_time, zone)
        told = {"account": self.account, "asset": asset, "post_type": self.post_type}
        told |= {"part_count": self.parts + bool(self.comment), "has_comment": bool(self.comment)}
        when = {"due_at": due_at, "wall_time": wall_time.isoformat(), "zone": zone}
        post = made.a_post(self.cast.senior, text=text, key=f"{self.dice.getrandbits(104):026x}", **told, **when)
        files = [{**media, "kind": str(asset.kind)} for media in post.edition.content["media"]]
        post.edition.content["media"] = files * self.files
        self._go_on_with(post, files)
        shown = post.edition.content["outlets"][self.account.channel]
        shown["post_type"] = self.post_type
        shown["extra"] |= EXTRAS.get(self.server.slug, {}) | ({"first_comment": self.comment} if self.comment else {})
        post.edition.save()
        return post

    def _go_on_with(self, post: Target, files: list[dict[str, Any]]) -> None:
        """The further parts of a thread: alike where words may stand twice, and the last has the files."""
        slug, content, is_alone = (
            self.account.channel,
            post.edition.content,
            getattr(self.server, "refuses_twins", False),
        )
        further = [
            {"text": f"Read on. {post.pk}.{part}" if is_alone else "Read on.", "post_type": "text"}
            for part in range(2, self.parts + 1)
        ]
        if further and self.files and self.post_type != "video":
            further[-1]["post_type"] = self.post_type
            content["media"] += [{**media, "parts": {slug: self.parts}} for media in files * self.files]
        content["outlets"][slug] |= {"further": further} if further else {}

    def _click_twice(self) -> None:
        """A second request for the same post, which the database has to refuse."""
        for target in self.targets:
            twin = Target.objects.get(pk=target.pk)
            twin.pk, twin.key = None, f"{self.dice.getrandbits(104):026x}"
            with contextlib.suppress(Conflict):
                schedule._created(twin)

    def get_into_trouble(self) -> None:
        """Faults, deaths and clocks, while the posts are on their way."""
        for _ in range(ROUNDS_IN_STEPS if self.is_in_steps else ROUNDS_IN_TROUBLE):
            self._order_faults()
            self._move_clocks()
            if self.is_in_steps and self.dice.random() < 0.3:
                self._be_the_person()
            self._change_minds()
            self.tick(may_die=True)
            self.judge_now()

    def come_to_the_truth(self) -> None:
        """Nothing fails any more; a person connects the account again and sends what was blocked."""
        self.server.heal()
        for _ in range(ROUNDS_TO_SETTLE * (self.parts + bool(self.comment))):
            if all(row.state in (self.good, *ENDED) or row.needs_person for row in self.rows()):
                break
            self._be_the_person()
            self.clock.go_on(47)
            self.tick(may_die=False)
        self.judge_now()
        self.judge_the_end()

    def tick(self, *, may_die: bool) -> None:
        """One look at the ledger, and every job it hands out."""
        settle.lose_overdue()
        for account_id in accounts_to_renew(self.clock.now()):
            self._renew(account_id, may_die=may_die)
        for target_id, state in due_targets(self.clock.now()):
            likely = 0.2 if state == State.STAGING else 0.5
            job = JOBS[State(state)]
            self._work(job.__name__.partition("_")[0], partial(job, target_id=target_id), likely if may_die else 0)
        if due_posts(self.clock.now()).exists():
            self._work("send", send.send_due, 0.5 if may_die else 0)

    def _work(self, name: str, work: Callable[[], object], likely: float) -> None:
        """Does the work, and as likely as that dies of it."""
        if self.dice.random() >= likely:
            work()
            return
        with self._death(name) as died:
            try:
                work()
            except Killed:
                self.run.deaths += died
                self._sweep()

    def _renew(self, account_id: int, *, may_die: bool) -> None:
        """A login that rotates is used up once, whoever dies meanwhile."""
        if not may_die or self.dice.random() < 0.8:
            renewing.renew(account_id)
            return
        with self._death("renew") as died, contextlib.suppress(Killed):
            renewing.renew(account_id)
        self.run.deaths += died

    def _death(self, work: str) -> contextlib.AbstractContextManager[list[str]]:
        works = ("send", "stage", "any") if work == "go" else (work, "any")
        step, moment = self.dice.choice([one for one in MOMENTS if one[0].partition(":")[0] in works])
        skip = self.dice.choice((0, 0, 1, 2)) if step.startswith("any") else 0
        return death_at(step, moment, skip=skip)

    def _sweep(self) -> None:
        """What the ticker does for a dead worker, some time later; or the deadline alone finds it."""
        self.clock.go_on(self.dice.choice((1, 12, 30)))
        if self.dice.random() < 0.7:
            for target in self.targets:
                settle.lose(target.pk, "The worker stopped.")
                settle.hurry(target.pk)

    def _order_faults(self) -> None:
        for kind, (known, likely) in self.server.faults_known.items():
            if self.dice.random() < likely:
                self.server.order(kind, self.dice.choice(known))
        if self.dice.random() < 0.2:
            self.server.delay_s = self.dice.choice((1.0, 8.0, 20.0))

    def _move_clocks(self) -> None:
        self.clock.go_on(self.dice.choice((1, 5, 11, 20, 47, 61)))
        rows = self.rows() if self.is_in_steps else []
        if any(row.state == State.SENDING for row in rows):  # the sweeper comes by in seconds
            rows = []
        waiting = [row.next_at for row in rows if row.state in (*JOBS, State.SCHEDULED)]
        if waiting and self.dice.random() < 0.7:  # they wait for minutes between their steps: no round is for nothing
            self.clock.go_on(max(0, (min(waiting) - self.clock.now()).total_seconds()))
        if self.dice.random() < 0.1:
            step_s = self.dice.choice((-5, 5, 12))  # less than the quiet time, as the promise says
            self.clock.step(step_s)
            self.run.clocks.append(f"stepped {step_s} s")

    def _change_minds(self) -> None:
        """Seldom, a post that is live is to be taken down."""
        for row in self.rows():
            if row.state in (State.PARTLY, *Target.LIVE_STATES) and self.dice.random() < 0.05:
                ask_recall(self.cast.senior, row, reason="Wrong picture.")

    def _be_the_person(self) -> None:
        """Connects the account again, sends what was blocked, looks at what was not seen; and the sweeper comes by."""
        keyed = mastodon.Mastodon | discord.Discord | graph.Graph | linkedin.LinkedIn | youtube.YouTube | slack.Slack
        keyed |= reddit.Reddit | google.Google
        if isinstance(self.server, keyed):
            self.server.token = TOKEN
        elif isinstance(self.server, teams.Teams | telegram.Telegram | ghost.Ghost | drupal.Drupal):
            self.server.token = OWN_LOGINS[type(self.server)]
        elif isinstance(self.server, Rotating) and not Account.objects.filter(pk=self.account.pk, state="connected"):
            _say_yes(self.account, self.server)
        Account.objects.filter(pk=self.account.pk).update(state=Account.State.CONNECTED)
        for row in self.rows():
            if row.state == State.BLOCKED:
                now = self.clock.now()
                is_late = now - row.due_at > timedelta(seconds=timing().late_s)
                due_at = now if is_late else row.due_at  # "Send it now or choose another time."
                Target.objects.filter(pk=row.pk).update(state=State.SCHEDULED, next_at=now, due_at=due_at)
            elif row.state == State.PARTLY and row.needs_person:
                with contextlib.suppress(Conflict):
                    send_the_rest(self.cast.senior, row)
            elif row.state == State.SENDING:
                settle.lose(row.pk, "The worker that was sending it gave up.")
            elif row.state == State.SENT:
                look_again(self.cast.senior, row)

    def rows(self) -> list[Target]:
        found = Target.objects.select_related("account").in_bulk([target.pk for target in self.targets])
        return [found[target.pk] for target in self.targets]

    def judge_now(self) -> None:
        """What may never be, at no moment."""
        rows, public = self.rows(), self.server.public()
        if len(public) > sum(map(most_out, rows)) and not any(row.needs_person for row in rows):
            self._wrong(f"{len(public)} posts are out for {[(row.state, row.parts_out) for row in rows]}")
        names = {one.remote_id for one in public}
        for row in rows:
            if row.state in Target.LIVE_STATES and self.server.known_as(row.remote_id) not in names:
                self._wrong(f"{row.state} and not there: {row.remote_id}")
        if self.parts > 1 or self.comment:
            self._judge_threads(rows, public)
        live = [self.server.known_as(row.remote_id) for row in rows if row.state in Target.LIVE_STATES]
        if len(set(live)) < len(live):
            self._wrong(f"two posts go by one name: {live}")
        earliest = min(self.due_at.values()) - timedelta(seconds=1 + 12 * len(self.run.clocks))
        if any(one.at < earliest for one in public):
            self._wrong("it went out before it was due")
        if getattr(self.server, "used_twice", 0):
            self._wrong("a login that works once was used twice")

    def _judge_threads(self, rows: list[Target], public: list[Made]) -> None:
        """Every part that is told to be out is there, in its place, and none is there twice."""
        there = {one.remote_id: one for one in public}
        for row in rows:
            if row.state not in (State.PARTLY, *Target.LIVE_STATES):
                continue
            names = [made.remote_id for made in parts.out_of(row).values()]
            answers = [there[name].answers if name in there else "not there" for name in names]
            if answers != ["", *names][: len(names)]:
                self._wrong(f"{row.state}, {row.parts_out} parts: {names} answer {answers}")
        answered = Counter(one.answers for one in public if one.answers)
        if any(count > 1 for count in answered.values()) and not any(row.needs_person for row in rows):
            self._wrong(f"a part is there twice: {answered}")

    def judge_the_end(self) -> None:
        """Once nothing fails any more."""
        rows, public = self.rows(), self.server.public()
        self.run.ends = [f"{row.state}{' asks' if row.needs_person else ''}" for row in rows]
        self.run.asked = sum(row.needs_person for row in rows)
        for row in rows:
            if row.state not in (self.good, *ENDED) and not row.needs_person:
                self._wrong(f"it never ended: {row.state}, {row.problem}")
            if row.state == State.REFUSED:
                self._wrong(f"a good post was refused: {row.problem}")
        if not self.run.asked and len(public) != sum(row.part_count for row in rows if row.state == self.good):
            self._wrong(f"{len(public)} posts are out for {self.run.ends}")

    def _wrong(self, words: str) -> None:
        if words not in self.run.wrong:
            self.run.wrong.append(words)


def play(
    cast: Cast,
    seed: int,
    networks: Sequence[type[Strict]] = AT_ONCE,
    *,
    shapes: Shapes = SHAPES,
    parts: int = 1,
    comment: str = "",
) -> Run:
    """One run on one of the networks, of which nothing stays in the database.

    With threads of so many parts, or with that first comment below each post.
    """
    dice = random.Random(seed)
    clock, run = Clock(dice.choice(STARTS)), Run(seed=seed)
    server = dice.choice(networks)(clock)
    run.network = server.slug
    if isinstance(server, mastodon.Mastodon):
        server.keeps_keys, server.media_polls = dice.random() < 0.5, dice.choice((0, 0, 2))
    elif isinstance(server, discord.Discord):
        server.keeps_keys = dice.random() < 0.5
    elif isinstance(server, graph.Graph | KeepsFiles | google.Google):
        server.looks = dice.choice((0, 1, 3))
    if isinstance(server, youtube.YouTube):
        server.unit_bytes = 100
    elif isinstance(server, tiktok.TikTok):
        server.least_bytes = 100
    if isinstance(server, KeepsFiles) and not isinstance(server, slack.Slack):
        server.refuses_twins = dice.random() < 0.5
    server.ahead_s = dice.choice((0.0, 0.0, -45.0, 45.0))
    with installed(clock), serving(server), _our_side(), transaction.atomic():
        bench = Bench(cast, server, clock, dice, run, shapes=shapes, parts=parts, comment=comment)
        bench.get_into_trouble()
        bench.come_to_the_truth()
        run.faults = server.met
        transaction.set_rollback(True)
    return run


@contextlib.contextmanager
def _our_side() -> Iterator[None]:
    """The real services and the real client, impatient; checks and rendering have tests of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections, "_ANSWER_S", PATIENCE_S)
        patch.setattr(files_on_x, "PART_BYTES", 200)
        patch.setattr(films_on_youtube, "PART_BYTES", 200)
        patch.setattr(films_on_tiktok, "PART_BYTES", 200)
        patch.setattr(posts, "requirement", lambda key, kind: None)
        patch.setattr(posts, "_poster", lambda *given: None)
        patch.setattr(claim, "blocking_of", lambda asked: [()] * len(asked))
        yield


def _account(cast: Cast, server: Strict) -> Account:
    settings, secrets = _talking(server) or _given(server)
    told = {"settings": settings, "sealed_secrets": seal(secrets), "state": Account.State.CONNECTED}
    name = {"channel": server.slug, "name": server.slug.title()}
    account = Account.objects.create(workspace=cast.workspace, **name, **told)
    if isinstance(server, Rotating):
        _say_yes(account, server)
    return account


def _given(server: Strict) -> tuple[dict[str, str], dict[str, str]]:
    """Settings and secrets of an account on a network."""
    if isinstance(server, linkedin.LinkedIn | youtube.YouTube | reddit.Reddit | google.Google | Rotating):
        return _by_own_app(server)
    if isinstance(server, graph.Graph):
        upload = {"upload_url": server.url} if isinstance(server, facebook.Facebook) else {}
        settings = {"app_id": "123456789", "graph_url": server.url, **upload}
        return settings, {"access_token": TOKEN, "app_secret": "an-app-secret"}
    if isinstance(server, ghost.Ghost):
        return {"site_url": server.url}, {"admin_api_key": ghost.KEY}
    if isinstance(server, drupal.Drupal):
        fields = {"picture_field": "field_photos", "media_type": "image"}
        return {"site_url": server.url, "username": drupal.USER, **fields}, {"password": drupal.PASSWORD}
    if isinstance(server, bluesky.Bluesky):
        urls = {"service_url": server.url, "appview_url": "", "video_service_url": ""}
        return {"handle": bluesky.HANDLE, **urls}, {"app_password": bluesky.PASSWORD}
    return {"instance_url": server.url}, {"access_token": TOKEN}


def _talking(server: Strict) -> tuple[dict[str, str], dict[str, str]] | None:
    """The same where people talk; None for all others."""
    if isinstance(server, telegram.Telegram):
        settings = {"chat": f"@{telegram.NAME}", "api_url": server.url, "public_url": server.url}
        return settings, {"bot_token": telegram.TOKEN}
    if isinstance(server, teams.Teams):
        return {"place": "Reef Watch", "origin": server.url}, {"webhook_url": server.address}
    if isinstance(server, slack.Slack):
        return {"channel_id": slack.CHANNEL, "api_url": f"{server.url}/api"}, {"bot_token": TOKEN}
    if isinstance(server, discord.Discord):
        return {"channel_id": discord.CHANNEL, "api_url": f"{server.url}/api/v10"}, {"bot_token": TOKEN}
    return None


def _by_own_app(server: Strict) -> tuple[dict[str, str], dict[str, str]]:
    """Settings and credentials of an account that is used through an app of the person's own."""
    app, places = {"client_id": "a-client-id"}, {"api_url": server.url}
    if isinstance(server, linkedin.LinkedIn):
        secrets = {"access_token": TOKEN, "author": linkedin.PAGE, "client_secret": "an-app-secret"}
        return {**app, **places, "product": "pages"}, secrets
    if isinstance(server, youtube.YouTube):
        secrets = {"access_token": TOKEN, "channel": youtube.CHANNEL, "uploads": youtube.UPLOADS}
        return {**app, **places, "public_url": server.url}, secrets
    if isinstance(server, google.Google):
        places |= {"accounts_url": server.url, "places_url": server.url}
        return {**app, **places}, {"access_token": TOKEN, "place": google.PLACE}
    if isinstance(server, reddit.Reddit):
        told = {
            "login_url": f"{server.url}/api/v1",
            "public_url": server.url,
            "owner": "ana-reef",
            "community": "r/reef",
        }
        return {**app, **places, **told}, {"access_token": TOKEN, "username": reddit.NAME}
    if isinstance(server, tiktok.TikTok):
        return {"client_key": "a-client-key", **places, "public_url": server.url}, {}
    if isinstance(server, pinterest.Pinterest):
        return {**app, "api_url": f"{server.url}/v5", "public_url": server.url, "board": "Reefs"}, {}
    return {**app, **places}, {}


def _say_yes(account: Account, server: Rotating) -> None:
    """A login for ten minutes, as the page gives one for a person's yes; it has to be renewed several times a run."""
    server.life_s = 600
    account.remote_id, told = WHO[type(server)]
    account.sealed_secrets = seal({**server.log_in(), **told})
    connections.note_tokens(account, Tokens(secrets={}, expires_at=server.token_ends_at))
    account.save()


def _asset(cast: Cast, kind: Kind) -> Asset:
    asset = made.an_asset(cast.senior)
    container, media_type = ("mp4", "video/mp4") if kind is Kind.VIDEO else ("jpeg", "image/jpeg")
    facts = MediaFacts(kind=kind, container=container, media_type=media_type, size_bytes=10)
    Version.objects.filter(pk=asset.current_id).update(facts=as_data(facts), media_type=media_type)
    asset.kind = kind
    asset.save()
    return asset


def _soon(now: datetime, zone: str) -> tuple[datetime, str]:
    """A moment from now as clocks in the zone show it; in UTC where it would be another moment, or none."""
    wall_time = (now + timedelta(seconds=40)).astimezone(ZoneInfo(zone)).replace(tzinfo=None, microsecond=0)
    try:
        schedule.due_moment(wall_time, zone)
    except Invalid:
        return (now + timedelta(seconds=40)).replace(tzinfo=None, microsecond=0), "UTC"
    return wall_time, zone


def score(runs: list[Run]) -> str:
    """What the runs come to, as a table."""
    faults = Counter(fault for run in runs for fault in run.faults)
    networks = ", ".join(f"{n} {name}" for name, n in sorted(Counter(run.network for run in runs).items()))
    deaths = Counter(death for run in runs for death in run.deaths)
    ends = Counter(end for run in runs for end in run.ends)
    lines = [
        "| | |",
        "|---|---|",
        f"| runs | {len(runs)}: {networks} |",
        f"| posts | {sum(len(run.ends) for run in runs)} |",
        f"| faults met | {sum(faults.values())} of {len(faults)} kinds |",
        f"| deaths | {sum(deaths.values())} at {len(deaths)} moments of {len(MOMENTS)} |",
        f"| clocks stepped | {sum(len(run.clocks) for run in runs)} |",
        f"| ended | {', '.join(f'{n} {end}' for end, n in ends.most_common())} |",
        f"| there twice, lost, or shown as something they are not | {sum(bool(run.wrong) for run in runs)} |",
    ]
    return "\n".join(lines) + "\n"
