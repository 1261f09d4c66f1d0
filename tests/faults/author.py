"""Somebody at work in a running installation: connects accounts, schedules posts, tells what the ledger says of them.

A program of its own, because it needs the installation's settings and not those of the tests. It reads one JSON request
a line, answers with one a line, and stays through any loss of the database. Run as `python -m tests.faults.author`.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crosscut.cli import desk

desk.set_up()

from django.db import InterfaceError, OperationalError, connection, transaction  # noqa: E402 Django is set up now

from crosscut.apps.accounts.models import Account, Member, User  # noqa: E402
from crosscut.apps.accounts.secrets import seal, unseal  # noqa: E402
from crosscut.apps.accounts.services.connections import Login, connect_account  # noqa: E402
from crosscut.apps.accounts.services.people import found_workspace  # noqa: E402
from crosscut.apps.library.models import Asset, Version  # noqa: E402
from crosscut.apps.library.services.arrive import ingest_paths  # noqa: E402
from crosscut.apps.library.services.clear import Terms, enter  # noqa: E402
from crosscut.apps.library.services.tracks import put_track  # noqa: E402
from crosscut.apps.produce.services.write import create_piece, set_media, set_outlet  # noqa: E402
from crosscut.apps.publish.models import Attempt, Target  # noqa: E402
from crosscut.apps.publish.services.hold import lift_hold, place_hold  # noqa: E402
from crosscut.apps.publish.services.schedule import schedule  # noqa: E402

EMAIL = "author@example.org"
DATABASE_BACK_WITHIN_S = 90
MEDIA_IN_WITHIN_S = 120
WORDS = {"site": "article", "practice": "text", "bluesky": "text", "mastodon": "text", "wordpress": "post"}
PICTURES = {"site": "article", "practice": "images", "bluesky": "images", "mastodon": "image", "wordpress": "post"}
SOUND = {"podcast": "episode"}
ALT_TEXT = "A yellow leaf against the light, its veins spreading like a river."
Request = dict[str, Any]


def me() -> Member:
    """The member everything is done as: a lead, made the first time."""
    known = Member.objects.select_related("workspace", "user").filter(user__email=EMAIL).first()
    return known or found_workspace("Reef Watch", owner=User.objects.create_user(EMAIL, "coral-and-kelp", name="Ada"))


def connect(request: Request) -> dict[str, Any]:
    """Connects one account; its number and where it lies."""
    login = Login(**{name: request[name] for name in ("channel", "name", "settings", "secrets")})
    account = connect_account(me(), login)
    if request["detour"]:
        account.sealed_secrets = seal({**unseal(account.sealed_secrets), **request["detour"]})
        account.save(update_fields=["sealed_secrets"])
    return {"id": account.pk, "settings": account.settings, "remote_id": account.remote_id}


def ingest(request: Request) -> dict[str, Any]:
    """Brings media in and clears them."""
    by = me()
    job = ingest_paths(by, [Path(path) for path in request["paths"]])
    until = time.monotonic() + MEDIA_IN_WITHIN_S
    while not job.ended_at and time.monotonic() < until:
        time.sleep(0.2)
        job.refresh_from_db()
    for asset in Asset.objects.filter(workspace=by.workspace, licences=None):
        enter(asset, Terms(holder="Reef Watch", terms="Own work"), by=by)
    for asset in Asset.objects.filter(workspace=by.workspace, versions__filename="inaugural.flac"):
        put_track(by, asset.pk, Path(request["transcript"]), kind="transcript", language="en")
    return {"assets": Asset.objects.filter(workspace=by.workspace).count(), "problem": job.problem}


@transaction.atomic
def schedule_round(request: Request) -> dict[str, Any]:
    """One piece of words, one with a picture and one with sound, each to every account that takes it, due in a moment.

    Safe to repeat: when the marker is known, nothing is made.
    """
    by, marker = me(), request["marker"]
    if not Target.objects.filter(piece__title__startswith=marker).exists():
        at = (datetime.now(UTC) + timedelta(seconds=request["in_s"])).replace(tzinfo=None)
        _schedule(by, f"{marker} words", WORDS, at)
        _schedule(by, f"{marker} picture", PICTURES, at, media="leaf.jpg")
        _schedule(by, f"{marker} sound", SOUND, at, media="inaugural.flac")
    return {"posts": Target.objects.filter(piece__title__startswith=marker).count()}


def _schedule(by: Member, title: str, types: dict[str, str], at: datetime, *, media: str = "") -> None:
    accounts = [account for account in Account.objects.filter(workspace=by.workspace) if account.channel in types]
    if not accounts:
        return
    piece = create_piece(by, title=title, text=f"{title}: the reef is waking up.", summary="How the reef is.")
    if media:
        version = Version.objects.filter(asset__workspace=by.workspace, filename=media).latest("pk")
        set_media(by, piece, version.asset, alt_text=ALT_TEXT if version.asset.kind == Asset.Kind.IMAGE else "")
    for account in accounts:
        set_outlet(by, piece, channel_slug=account.channel, post_type=types[account.channel])
    for account in accounts:
        schedule(by, piece, account, wall_time=at, zone="UTC")


def tell(request: Request) -> dict[str, Any]:
    """What the ledger says of every post of a round."""
    rows = Target.objects.filter(piece__title__startswith=request["marker"]).select_related("account", "piece")
    return {"posts": [_as_data(row) for row in rows.prefetch_related("attempts", "proofs").order_by("pk")]}


def _as_data(target: Target) -> dict[str, Any]:
    return {
        "title": target.piece.title,
        "channel": target.account.channel,
        "account": target.account_id,
        "key": target.key,
        "state": target.state,
        "problem": target.problem,
        "needs_person": target.needs_person,
        "remote_id": target.remote_id,
        "sent_at": target.sent_at.isoformat() if target.sent_at else "",
        "attempts": [[attempt.state, attempt.remote_id, attempt.problem] for attempt in target.attempts.all()],
        "proofs": [proof.verdict for proof in target.proofs.all()],
    }


def hold(request: Request) -> dict[str, Any]:
    """Stops everything, or lets go of that stop."""
    by = me()
    if request["is_on"]:
        return {"id": place_hold(by, reason="A storm.").pk}
    lift_hold(by, request["id"])
    return {}


def workers(request: Request) -> dict[str, Any]:
    """The processes that are sending posts of a round at this moment."""
    busy = Attempt.objects.filter(
        target__piece__title__startswith=request["marker"], state__in=["prepared", "sent"], target__state="sending"
    )
    rows = busy.values_list("worker", "state", "target__account__channel", "target__piece__title")
    return {"busy": [dict(zip(("worker", "state", "channel", "title"), row, strict=True)) for row in rows]}


def patiently(work: Callable[[Request], dict[str, Any]], request: Request) -> dict[str, Any]:
    """The answer, through any loss of the database."""
    until = time.monotonic() + DATABASE_BACK_WITHIN_S
    while True:
        try:
            return work(request)
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    for line in sys.stdin:
        asked = json.loads(line)
        sys.stdout.write(f"{json.dumps(patiently(globals()[asked.pop('do')], asked))}\n")
        sys.stdout.flush()
