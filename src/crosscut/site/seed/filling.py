"""Fills a workspace of its own with campaigns, assets, pieces, posts and samples, the same every time."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection, models, transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Account, Member, User, Workspace
from crosscut.apps.accounts.services.people import found_workspace
from crosscut.apps.library.models import Asset, Licence, Rendition, Version
from crosscut.apps.library.services.index import refresh_search
from crosscut.apps.measure.models import PageCount, Sample
from crosscut.apps.plan.models import Campaign, KeyResult
from crosscut.apps.produce.models import Edition, EditionMedia, Outlet, Piece, PieceMedia
from crosscut.apps.publish.models import Attempt, Proof, Target
from crosscut.kernel.records import digest
from crosscut.site.seed.files import SeedFile, seed_files
from crosscut.site.seed.words import sentence, title

NAME, SLUG, EMAIL = "Full House", "full-house", "lead@full-house.example"
_BATCH = 2000
Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """How much of everything."""

    assets: int = 10_000
    pieces: int = 5_000
    campaigns: int = 40
    days: int = 365  # how far back posts and samples go; a tenth of the posts lies ahead


def fill(amounts: Amounts, *, password: str, say: Callable[[str], None]) -> Workspace:
    """The workspace, filled. Raises IntegrityError when it is there already; nothing is half-filled then."""
    rng = random.Random(20261122)  # noqa: S311 - the same fullness every time
    with transaction.atomic():
        user = User.objects.create_user(EMAIL, password, name="Lou Ferreira")
        lead = found_workspace(NAME, owner=user, time_zone="Europe/Berlin")
        say("Campaigns and accounts")
        campaigns = list(_keep(_campaigns(lead, amounts, rng)))
        accounts = list(_keep(_accounts(lead)))
        say(f"{amounts.assets:,} assets")
        versions = _assets(lead, amounts, rng)
        say(f"{amounts.pieces:,} pieces")
        targets = _pieces(lead, campaigns, accounts, versions, amounts=amounts, rng=rng)
        say("A year of samples")
        _samples(lead, targets, rng)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the database does by itself within a minute or two
    return lead.workspace


def _keep(rows: Iterator[Row] | Sequence[Row]) -> list[Row]:
    kept = list(rows)
    return list(type(kept[0])._default_manager.bulk_create(kept, batch_size=_BATCH)) if kept else []


def _campaigns(lead: Member, amounts: Amounts, rng: random.Random) -> Iterator[Campaign]:
    today = timezone.now().date()
    for number in range(amounts.campaigns):
        starts_on = today - timedelta(days=rng.randrange(amounts.days))
        yield Campaign(
            workspace=lead.workspace,
            name=f"{title(rng)} {number + 1}",
            slug=f"campaign-{number + 1}",
            objective=sentence(rng),
            owner=lead,
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=60),
            budget_minor=rng.randrange(1000, 20_000) * 100,
        )


def _accounts(lead: Member) -> Iterator[Account]:
    now = timezone.now()
    for channel in ("site", "podcast", "practice", "bluesky", "mastodon"):
        yield Account(
            workspace=lead.workspace,
            channel=channel,
            name=f"Full House {channel}",
            handle="@fullhouse",
            connected_at=now,
            last_exchange_at=now,
            last_success_at=now,
        )


def _assets(lead: Member, amounts: Amounts, rng: random.Random) -> list[Version]:
    files, now = seed_files(), timezone.now()
    assets = _keep([_asset(lead, rng.choice(files), now, rng=rng) for _ in range(amounts.assets)])
    by_kind = {file.kind: file for file in files}
    versions = _keep([_version(asset, by_kind[asset.kind], lead) for asset in assets])
    for asset, version in zip(assets, versions, strict=True):
        asset.current = version
    Asset.objects.bulk_update(assets, ["current"], batch_size=_BATCH)
    _keep([_thumbnail(version, by_kind[version.asset.kind]) for version in versions])
    _keep([_licence(asset, rng, now) for asset in assets if rng.random() < 0.9])
    refresh_search([asset.pk for asset in assets])
    return versions


def _asset(lead: Member, file: SeedFile, now: datetime, *, rng: random.Random) -> Asset:
    return Asset(
        workspace=lead.workspace,
        title=title(rng),
        kind=file.kind,
        description=sentence(rng),
        alt_text=sentence(rng) if rng.random() < 0.8 else "",
        credit="Full House",
        tags=rng.sample(["sea", "forest", "city", "people", "winter", "summer", "archive"], 2),
        created_by=lead,
        created_at=now - timedelta(minutes=rng.randrange(60 * 24 * 365)),
    )


def _version(asset: Asset, file: SeedFile, lead: Member) -> Version:
    return Version(
        asset=asset,
        number=1,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        media_type=file.media_type,
        filename=f"{asset.pk}-{file.filename}",
        facts=file.facts,
        created_by=lead,
    )


def _thumbnail(version: Version, file: SeedFile) -> Rendition:
    return Rendition(
        version=version,
        purpose="thumbnail",
        recipe={"purpose": "thumbnail"},
        recipe_digest=digest({"seed": version.sha256}),
        sha256=file.thumbnail_sha256,
        size_bytes=file.thumbnail_size_bytes,
        media_type="image/jpeg",
        facts=file.thumbnail_facts,
    )


def _licence(asset: Asset, rng: random.Random, now: datetime) -> Licence:
    ends_on = now.date() + timedelta(days=rng.randrange(-30, 700)) if rng.random() < 0.4 else None
    return Licence(asset=asset, holder="Full House", terms="Own work", ends_on=ends_on)


def _pieces(
    lead: Member,
    campaigns: list[Campaign],
    accounts: list[Account],
    versions: list[Version],
    *,
    amounts: Amounts,
    rng: random.Random,
) -> list[Target]:
    now = timezone.now()
    pieces = _keep(
        [
            Piece(
                workspace=lead.workspace,
                campaign=rng.choice(campaigns),
                title=title(rng),
                text=f"{sentence(rng)}\n\n{sentence(rng)}",
                owner=lead,
                updated_at=now - timedelta(minutes=rng.randrange(60 * 24 * amounts.days)),
            )
            for _ in range(amounts.pieces)
        ]
    )
    chosen = [(piece, rng.choice(versions), rng.choice(accounts)) for piece in pieces]
    _keep([PieceMedia(piece=piece, asset_id=version.asset_id) for piece, version, _ in chosen])
    _keep([Outlet(piece=piece, channel=account.channel, post_type=_type(account)) for piece, _, account in chosen])
    editions = _keep([_edition(piece, version, account, lead) for piece, version, account in chosen])
    _keep(
        [
            EditionMedia(edition=edition, version=version, position=0)
            for edition, (_, version, _) in zip(editions, chosen, strict=True)
        ]
    )
    plans = zip(editions, [account for _, _, account in chosen], strict=True)
    targets = _keep([_target(edition, account, lead, amounts=amounts, rng=rng) for edition, account in plans])
    live = [target for target in targets if target.state in Target.LIVE_STATES]
    _keep([_attempt(target) for target in live])
    _keep([Proof(target=target, verdict=Proof.Verdict.SAME, url=target.url, at=target.due_at) for target in live])
    return live


def _type(account: Account) -> str:
    return {"site": "article", "podcast": "episode", "mastodon": "image"}.get(account.channel, "images")


def _edition(piece: Piece, version: Version, account: Account, lead: Member) -> Edition:
    content = {
        "title": piece.title,
        "text": piece.text,
        "summary": "",
        "link": "",
        "tags": [],
        "language": "en",
        "media": [
            {
                "asset": version.asset_id,
                "version": version.pk,
                "sha256": version.sha256,
                "kind": version.asset.kind,
                "filename": version.filename,
                "alt_text": version.asset.alt_text,
                "is_decorative": False,
                "focus": None,
                "channels": [],
                "credit": "Full House",
                "tracks": [],
            }
        ],
        "outlets": {
            account.channel: {"post_type": _type(account), "text": piece.text, "title": piece.title, "extra": {}}
        },
    }
    return Edition(piece=piece, digest=digest(content), content=content, created_by=lead)


def _target(edition: Edition, account: Account, lead: Member, *, amounts: Amounts, rng: random.Random) -> Target:
    now = timezone.now()
    ahead = rng.random() < 0.1
    minutes = rng.randrange(60 * 24 * (60 if ahead else amounts.days))
    due_at = now + timedelta(minutes=minutes + 60) if ahead else now - timedelta(minutes=minutes)
    # What lies ahead is blocked and not scheduled: the accounts are not real, and a running ticker must not try them.
    state = Target.State.BLOCKED if ahead else rng.choices(["proven", "refused", "cancelled"], [95, 2, 3])[0]
    return Target(
        workspace=lead.workspace,
        piece=edition.piece,
        edition=edition,
        account=account,
        post_type=_type(account),
        key=f"seed-{edition.pk:024d}",
        wall_time=due_at.replace(microsecond=0, tzinfo=None).isoformat(),
        zone="UTC",
        due_at=due_at,
        state=state,
        problem="Only for looking at: this account is not real." if state == "blocked" else "",
        next_at=now + timedelta(days=3650),
        remote_id=f"seed-{edition.pk}",
        url=f"https://full-house.example/{edition.pk}/" if state == "proven" else "",
        sent_at=due_at if state == "proven" else None,
        created_by=lead,
    )


def _attempt(target: Target) -> Attempt:
    return Attempt(
        target=target,
        number=1,
        state=Attempt.State.CONFIRMED,
        digest=target.edition.digest,
        worker="seed",
        deadline_at=target.due_at,
        prepared_at=target.due_at,
        sent_at=target.due_at,
        answered_at=target.due_at,
        remote_id=target.remote_id,
        url=target.url,
    )


def _samples(lead: Member, targets: list[Target], rng: random.Random) -> None:
    now, samples, counts = timezone.now(), [], []
    for target in targets:
        likes = rng.randrange(1, 40)
        metric = f"{target.account.channel}.likes" if target.account.channel in ("practice", "bluesky") else None
        for step in range(24 if metric else 0):
            at = target.due_at + timedelta(hours=2**step if step < 10 else 24 * 14 * (step - 9))
            if metric and at < now:
                samples.append(Sample(target=target, metric=metric, value=likes * (step + 1), sampled_at=at))
        if target.account.channel == "site":
            days = min((now - target.due_at).days, 60)
            counts += [
                PageCount(
                    workspace=lead.workspace,
                    path=f"/{target.edition_id}/",
                    day=(target.due_at + timedelta(days=day)).date(),
                    metric="site.page_views",
                    value=rng.randrange(1, 200),
                )
                for day in range(days)
            ]
    _keep(samples)
    _keep(counts)
    for campaign in Campaign.objects.filter(workspace=lead.workspace):
        KeyResult.objects.create(campaign=campaign, name="Page views", metric="site.page_views", goal=20_000)
        KeyResult.objects.create(campaign=campaign, name="Likes", metric="bluesky.likes", goal=500, position=1)
