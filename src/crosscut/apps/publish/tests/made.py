"""Posts in any state and any number, made without sending anything."""

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils import timezone
from PIL import Image
from tests.cast import Cast

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.library import storage
from crosscut.apps.library.models import Asset, Rendition, Version
from crosscut.apps.plan.models import Campaign
from crosscut.apps.produce.models import Approval, Edition, EditionMedia, Piece
from crosscut.apps.publish.models import Attempt, Copy, Proof, Target
from crosscut.channels.markup import shortened
from crosscut.kernel.records import digest

State = Target.State
TEXTS = (
    "Six things you can do for the reef before breakfast, and why the sea will notice.",
    "Divers at dawn: what they saw where nobody had looked for thirty years.",
    "Half of the reef is gone. The other half has a plan, and it begins with your street.",
    "Episode 12: the sound of a healthy reef, with the people who listen to it for a living.",
)


def an_account(member: Member, channel: str = "practice", name: str = "") -> Account:
    """A connected account of the member's workspace."""
    label = name or channel.title()
    account, _is_new = Account.objects.get_or_create(workspace=member.workspace, channel=channel, name=label)
    return account


def an_asset(member: Member, title: str = "divers-at-dawn.jpg") -> Asset:
    """A picture with a small picture of it, which is stored: two bands, of water and of sand."""
    asset = Asset.objects.create(workspace=member.workspace, title=title, kind="image", alt_text="Two divers")
    facts: dict[str, Any] = {"size_bytes": 10, "kind": "image", "container": "jpeg", "media_type": "image/jpeg"}
    stored = _stored_picture()
    file = {"sha256": stored.sha256, "size_bytes": stored.size_bytes, "media_type": "image/jpeg"}
    asset.current = Version.objects.create(asset=asset, number=1, filename=title, facts=facts, **file)
    asset.save()
    Rendition.objects.create(version=asset.current, purpose="thumbnail", recipe={}, recipe_digest="x", **file)
    return asset


def a_post(
    member: Member, *, state: str = State.SCHEDULED, due_at: datetime | None = None, text: str = TEXTS[0], **fields: Any
) -> Target:
    """One post of the member's. `fields`: `account`, `campaign`, `asset`, `tags`, and those of Target."""
    account = fields.pop("account", None) or an_account(member)
    piece = Piece.objects.create(
        workspace=member.workspace,
        title=shortened(text, 30),
        text=text,
        owner=member,
        campaign=fields.pop("campaign", None),
    )
    content = _content(piece, account, fields.pop("asset", None), fields.pop("tags", []))
    edition = Edition.objects.create(piece=piece, digest=digest(content), content=content, created_by=member)
    EditionMedia.objects.bulk_create(
        EditionMedia(edition=edition, version_id=media["version"], position=at)
        for at, media in enumerate(content["media"])
    )
    return Target.objects.create(**{**_fields(member, piece, edition, account, state, due_at), **fields})


def many_posts(cast: Cast, count: int, *, start: datetime | None = None) -> list[Target]:
    """That many posts, four hours apart, in every state, of two accounts and two campaigns."""
    member, begin = cast.senior, start or timezone.now() - timedelta(days=10)
    accounts = [an_account(member), an_account(member, "site", "Website")]
    campaigns = [a_campaign(member, name) for name in ("Keep the reef", "Winter appeal")]
    asset, states = an_asset(member), list(State)
    pieces = Piece.objects.bulk_create(
        Piece(workspace=cast.workspace, title=f"Post {n}", text=TEXTS[n % 4], owner=member, campaign=campaigns[n % 2])
        for n in range(count)
    )
    contents = [_content(piece, accounts[n % 2], asset if n % 3 else None, []) for n, piece in enumerate(pieces)]
    editions = Edition.objects.bulk_create(
        Edition(piece=piece, digest=digest(content), content=content, created_by=member)
        for piece, content in zip(pieces, contents, strict=True)
    )
    EditionMedia.objects.bulk_create(
        EditionMedia(edition=edition, version=asset.current, position=0)
        for edition in editions
        if edition.content["media"]
    )
    return Target.objects.bulk_create(
        Target(
            **_fields(member, piece, edition, accounts[n % 2], states[n % len(states)], begin + timedelta(hours=4 * n))
        )
        for n, (piece, edition) in enumerate(zip(pieces, editions, strict=True))
    )


def a_campaign(member: Member, name: str = "Keep the reef") -> Campaign:
    """A campaign of the member's."""
    slug = name.lower().replace(" ", "-")
    campaign, _is_new = Campaign.objects.get_or_create(
        workspace=member.workspace, slug=slug, defaults={"name": name, "owner": member}
    )
    return campaign


def a_story(member: Member, *, differs: bool = False) -> Target:
    """A post that was approved, sent, answered and read back."""
    now = timezone.now()
    target = a_post(
        member,
        state=State.SENT if differs else State.PROVEN,
        due_at=now - timedelta(hours=2),
        asset=an_asset(member),
        campaign=a_campaign(member),
        url="https://reef.example/1",
        remote_id="1",
        sent_at=now - timedelta(hours=2),
    )
    before = now - timedelta(hours=5)
    Approval.objects.create(
        edition=target.edition, member=member, role=member.role, decision="approved", note="Lovely.", at=before
    )
    Attempt.objects.create(
        target=target,
        number=1,
        state=Attempt.State.ACCEPTED,
        digest=digest("sent"),
        worker="test",
        deadline_at=now,
        prepared_at=now - timedelta(hours=2, seconds=3),
        sent_at=now - timedelta(hours=2),
        answered_at=now - timedelta(hours=2) + timedelta(seconds=0.8),
        remote_id="1",
        url="https://reef.example/1",
        answer={"id": "1", "url": "https://reef.example/1"},
    )
    seen = TEXTS[0].replace("breakfast", "lunch") if differs else TEXTS[0]
    parts = [
        {"part": "text", "sent": TEXTS[0], "seen": seen, "is_same": not differs, "note": ""},
        {"part": "alt text 1", "sent": "Two divers", "seen": "Two divers", "is_same": True, "note": ""},
    ]
    verdict = Proof.Verdict.DIFFERS if differs else Proof.Verdict.SAME
    Proof.objects.create(target=target, verdict=verdict, url="https://reef.example/1", parts=parts)
    return target


def a_taken_post(member: Member, *, by: Member) -> Target:
    """A post for TikTok with a picture, which somebody has taken to post it by hand."""
    settings = {"profile": "https://www.tiktok.com/@reefwatch"}
    account, _is_new = Account.objects.get_or_create(
        workspace=member.workspace, channel="by_hand_tiktok", name="The reef on TikTok", defaults={"settings": settings}
    )
    asset, due_at = an_asset(member), timezone.now() - timedelta(minutes=5)
    target = a_post(member, state=State.SENDING, account=account, asset=asset, due_at=due_at, post_type="photo")
    target.edition.content["link"] = "https://reef.example/six-things"
    target.edition.content["outlets"]["by_hand_tiktok"]["extra"] = {"note": "With the sound of the reef."}
    target.edition.save()
    now, files = timezone.now(), [asset.current.sha256] if asset.current else []
    told = {"digest": digest("taken"), "files": files, "worker": "test", "deadline_at": now + timedelta(hours=1)}
    Attempt.objects.create(target=target, number=1, state=Attempt.State.SENT, by=by, sent_at=now, **told)
    return target


def a_double(member: Member) -> Target:
    """A post that may be out twice: the answer to an earlier try came late."""
    target = a_story(member)
    Target.objects.filter(pk=target.pk).update(state=State.SENT, needs_person=True, problem="It may be out twice.")
    late = Attempt.objects.create(
        target=target,
        number=2,
        state=Attempt.State.REFUSED,
        digest=digest("sent"),
        worker="test",
        deadline_at=timezone.now(),
        remote_id="late",
        url="https://reef.example/late",
    )
    Copy.objects.create(target=target, attempt=late, remote_id=late.remote_id, url=late.url)
    target.refresh_from_db()
    return target


def _stored_picture() -> storage.Stored:
    picture = Image.new("RGB", (320, 240), "#1d6f8f")
    picture.paste("#d8b679", (0, 150, 320, 240))
    with TemporaryDirectory() as folder:
        path = Path(folder, "reef.jpg")
        picture.save(path, quality=70)
        return storage.keep(path)


def _fields(
    member: Member, piece: Piece, edition: Edition, account: Account, state: str, due_at: datetime | None
) -> dict[str, Any]:
    due = due_at or timezone.now() + timedelta(days=1)
    is_live = state in Target.LIVE_STATES
    return {
        "workspace": member.workspace,
        "piece": piece,
        "edition": edition,
        "account": account,
        "post_type": "text",
        "wall_time": f"{due:%Y-%m-%dT%H:%M:%S}",
        "zone": "UTC",
        "due_at": due,
        "next_at": due,
        "state": state,
        "created_by": member,
        "key": f"key-{edition.pk:013}",
        "problem": "The channel says that the text is too long." if state == State.REFUSED else "",
        **({"sent_at": due, "url": "https://reef.example/1"} if is_live else {}),
    }


def _content(piece: Piece, account: Account, asset: Asset | None, tags: list[str]) -> dict[str, Any]:
    media = [_media(asset)] if asset else []
    return {
        "title": piece.title,
        "text": piece.text,
        "summary": "",
        "link": "",
        "tags": tags,
        "language": "en",
        "media": media,
        "outlets": {
            account.channel: {"post_type": "text", "text": piece.text, "title": piece.title, "extra": {}},
        },
    }


def _media(asset: Asset) -> dict[str, Any]:
    return {
        "asset": asset.pk,
        "version": asset.current_id,
        "sha256": digest(asset.title),
        "kind": "image",
        "filename": asset.title,
        "alt_text": asset.alt_text,
        "is_decorative": False,
        "focus": None,
        "channels": [],
        "credit": "",
        "tracks": [],
    }
