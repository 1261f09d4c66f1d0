"""Camera cards: what is new on one is copied and taken in, what belongs together is noted, and all of it compared.

A card may be pulled out once its files are copied: they are read from our own disk. Whether it may be formatted is said
only after every shot on it was read once more and its hash found among the library's whole files.
"""

import hashlib
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library import incoming, queries, storage
from crosscut.apps.library.models import Arrival, Card, Together, Version, WayIn, WayItem
from crosscut.apps.library.services import arrive, watched
from crosscut.apps.library.services.turns import FOLDER, lane
from crosscut.apps.work.models import Job
from crosscut.apps.work.services import plan_job
from crosscut.kernel.errors import Cancelled, Conflict, CrosscutError, NotFound
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop
from crosscut.media import cards

COMPARE = "library.compare_card"  # the task's name
AT_ONCE = 500  # files copied by one look; the next look copies the next
AT_ONCE_BYTES = 20_000_000_000
MOST_LACKING = 1000  # named after a comparison
_CHUNK_BYTES = 1 << 20


def checked(settings: Mapping[str, Any], password: str) -> dict[str, Any]:
    """The settings: a folder that is a card when one is inserted, or in which cards appear. Raises Invalid."""
    return watched.checked(settings, password)


def look(way: WayIn) -> int:
    """How many files are taken in by this look, of all cards that are inserted.

    Raises NotFound without the folder and for a card that was pulled out meanwhile, and what `media.cards` raises.
    """
    root = Path(checked(way.settings, "")["path"])
    try:
        return sum(_take_new(way, place, card) for place, card in _inserted(root))
    except OSError as fault:
        words = phrase("A card could not be read to its end: {strerror}. Was it pulled out?", strerror=fault.strerror)
        raise NotFound(words) from fault


@transaction.atomic
def ask_comparison(by: Member, card_id: int) -> Job:
    """A job that reads the card once more and compares it with the library. Raises NotFound, and Conflict twice."""
    demand(by, "draft")
    card = Card.objects.select_for_update(of=("self",)).get(pk=queries.card_for(by, card_id).pk)
    if card.job and not card.job.ended_at:
        raise Conflict(phrase("{card} is being compared already.", card=card.label))
    card.job = plan_job(by, kind="card", label=f"Comparing {card.label} with the library", subject="library")
    card.save(update_fields=["job"])
    record("card.comparison_asked", card, by=by)
    app.configure_task(COMPARE, queue="media", lock=lane("folder", card.job.pk), priority=FOLDER).defer(
        job_id=card.job.pk, card_id=card.pk
    )
    return card.job


def compare(card_id: int, report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """Reads every shot on the card and looks for its bytes in the library. Raises NotFound when it is not inserted."""
    row = Card.objects.select_related("way").get(pk=card_id)
    place, card = _found(row)
    lacking: list[str] = list(card.unknown)
    for number, shot in enumerate(card.shots):
        if should_stop():
            raise Cancelled(phrase("Stopped on request."))
        report(Progress(done=Fraction(number, len(card.shots)), label=shot.path))
        if not _is_kept(row.way.workspace_id, place / shot.path):
            lacking.append(shot.path)
    fields = {"compared_at": timezone.now(), "lacking": lacking[:MOST_LACKING], "compared_state": card.state}
    Card.objects.filter(pk=card_id).update(**fields, **_seen(card))
    return {"shots": len(card.shots), "lacking": len(lacking)}


def _inserted(root: Path) -> list[tuple[Path, cards.Card]]:
    """The cards that are there now: the folder itself, or those in it."""
    if not root.is_dir():
        raise NotFound(phrase("{folder} is not there any more. Is its disk connected?", folder=str(root)))
    places = [root] if cards.layout_of(root) else sorted(one for one in root.iterdir() if _is_open(one))
    found = [(place, cards.read_card(place)) for place in places]
    return [(place, card) for place, card in found if card is not None]


def _is_open(place: Path) -> bool:
    return place.is_dir() and not place.is_symlink() and not place.name.startswith(".")


def _found(row: Card) -> tuple[Path, cards.Card]:
    for place, card in _inserted(Path(checked(row.way.settings, "")["path"])):
        if card.key == row.key:
            return place, card
    raise NotFound(phrase("{card} is not inserted. Insert it and try again.", card=row.label))


def _take_new(way: WayIn, place: Path, card: cards.Card) -> int:
    fields = {"label": place.name[:200], "layout": card.layout, "seen_at": timezone.now(), **_seen(card)}
    row, _is_new = Card.objects.update_or_create(way=way, key=card.key, defaults=fields)
    known = dict(way.items.filter(name__startswith=f"{card.key}/", is_taken=True).values_list("name", "mark"))
    groups = {path: group for group in card.groups for path in group.paths}
    taken = room = 0
    for shot in [one for one in card.shots if known.get(_name(row, one)) != _mark(one)][:AT_ONCE]:
        room += shot.size_bytes
        if taken and room > AT_ONCE_BYTES:
            break
        _take(row, place, shot, groups.get(shot.path))
        taken += 1
    return taken


def _take(row: Card, place: Path, shot: cards.Shot, group: cards.Group | None) -> None:
    """Copies the file, hands it on and notes that it was taken: the last two both or neither."""
    kept, sha256 = _copy(place / shot.path)
    try:
        with transaction.atomic():
            fields = {"mark": _mark(shot), "noticed_at": timezone.now(), "is_taken": True}
            WayItem.objects.update_or_create(way=row.way, name=_name(row, shot), defaults=fields)
            file = arrive.Incoming(path=kept, filename=kept.name, sha256=sha256)
            (arrival,) = arrive.receive(row.way.created_by, [file])
            if group:
                Arrival.objects.filter(pk=arrival.pk).update(together=_together(row, group))
    except BaseException:
        incoming.forget(kept)
        raise


def _copy(source: Path) -> tuple[Path, str]:
    """Where the copy lies, and the hash of what was read. Raises Unavailable when the disk is full."""
    place, digest, name = incoming.new_place(), hashlib.sha256(), incoming.safe_name(source.name)
    try:
        with storage.plain_disk_errors(phrase("copy {file}", file=name)):
            with source.open("rb") as file, place.open("xb") as target:
                for chunk in iter(lambda: file.read(_CHUNK_BYTES), b""):
                    digest.update(chunk)
                    target.write(chunk)
            return incoming.adopt(place, name), digest.hexdigest()
    finally:
        place.unlink(missing_ok=True)


def _together(row: Card, group: cards.Group) -> Together:
    fields = {"workspace": row.way.workspace, "is_sure": group.is_sure}
    found, _is_new = Together.objects.get_or_create(card=row, kind=group.kind, name=group.name[:200], defaults=fields)
    return found


def _is_kept(workspace_id: int, path: Path) -> bool:
    """Whether exactly these bytes are in the workspace's library, as they are on the card now, and whole."""
    try:
        sha256 = storage.hash_of(path)
        has_row = Version.objects.filter(asset__workspace=workspace_id, asset__binned_at=None, sha256=sha256).exists()
        return has_row and (storage.is_cold(sha256) or storage.is_whole(sha256))
    except (CrosscutError, OSError):
        return False


def _seen(card: cards.Card) -> dict[str, Any]:
    size_bytes = sum(shot.size_bytes for shot in card.shots)
    return {"count": len(card.shots), "size_bytes": size_bytes, "state": card.state}


def _name(row: Card, shot: cards.Shot) -> str:
    return f"{row.key}/{shot.path}"[:1100]


def _mark(shot: cards.Shot) -> str:
    return f"{shot.size_bytes}:{shot.modified_ns}"
