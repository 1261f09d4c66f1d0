"""Understanding what pictures, films and texts mean, after everything anybody waits for, so that they are found."""

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import structlog
from django.db import transaction
from django.db.models import Q, QuerySet

from crosscut.apps.accounts.models import Member
from crosscut.apps.library import queries, storage
from crosscut.apps.library.meanings import model_in_use
from crosscut.apps.library.models import Asset, Meaning, Track
from crosscut.apps.library.models.likeness import now_writing
from crosscut.apps.library.nearness import packed
from crosscut.apps.library.services.fingerprints import SEEN_KINDS
from crosscut.apps.library.spoken import cues_in
from crosscut.kernel.errors import CrosscutError, Damaged, Invalid, NotFound, Unavailable, Unsupported
from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import meaning
from crosscut.media.meaning import Model, Towers, View

AT_ONCE = 1000  # assets of one run, or as many as it does in RUN_S
RUN_S = 50.0
STRETCH_WORDS = 40  # some sixty tokens: what the models read at once
MOST_STRETCHES = 400  # of one asset: an hour and a half of speech
_AT_ONCE_TEXTS = 64
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Said:
    """A stretch of what is said about an asset or in it."""

    at_ms: int  # when it begins; -1 of a description
    text: str


@dataclass(frozen=True, kw_only=True)
class State:
    """How far the understanding of a workspace is."""

    model: str  # the first digits of the model's hash; empty without one
    problem: str  # why the named model cannot be used; empty
    understood: int  # assets
    waiting: int  # assets that the next runs look at


def make_some(*, limit: int = AT_ONCE, should_stop: ShouldStop = never) -> int:
    """Understands assets that the model in use has not understood, or of which something else is said now; how many.

    None without a model. What is wrong with one is logged, and said by `state_for`.
    """
    try:
        return _made_some(limit, should_stop)
    except (Unavailable, Unsupported, NotFound) as error:
        _log.warning("meaning.not_understood", problem=str(error))
        return 0


def _made_some(limit: int, should_stop: ShouldStop) -> int:
    model = model_in_use()
    rows = list(_waiting(model, Asset.objects.all()).select_related("current", "workspace")[:limit]) if model else []
    if model is None or not rows:
        return 0
    made, until_s = 0, time.monotonic() + RUN_S
    with Towers(model) as towers:
        for asset in rows:
            if should_stop() or time.monotonic() > until_s:
                break
            _understand(towers, asset)
            made += 1
    return made


def state_for(member: Member) -> State:
    """How far the understanding of the member's workspace is. Raises NotAllowed for guests."""
    queries.refuse_guests(member)
    problem = ""
    try:
        model = model_in_use()
    except CrosscutError as error:
        model, problem = None, str(error)
    if model is None:
        return State(model="", problem=problem, understood=0, waiting=0)
    assets = queries.assets_for(member)
    understood = assets.filter(current__meaning__model=model.sha256, current__meaning__is_told=True).count()
    waiting = _waiting(model, assets).count()
    return State(model=model.sha256[:12], problem="", understood=understood, waiting=waiting)


def texts_of(asset: Asset) -> list[Said]:
    """What is said about the asset and in it, in stretches that a model can read at once."""
    about = [asset.title if _is_named(asset) else "", asset.description, asset.alt_text, ", ".join(asset.tags)]
    words = ". ".join(part.strip() for part in about if part.strip())
    found = list(_stretches([Said(at_ms=-1, text=words)]))
    for track in Track.objects.filter(asset=asset).exclude(kind=Track.Kind.CHAPTERS).order_by("pk"):
        cues = [Said(at_ms=round(cue.at_s * 1000), text=cue.words) for cue in cues_in(track.text)]
        found += _stretches(cues or [Said(at_ms=-1, text=track.text)])
    return found[:MOST_STRETCHES]


def _waiting(model: Model, assets: QuerySet[Asset]) -> QuerySet[Asset]:
    """The newest first: what just came is looked for soonest."""
    has_none = Q(current__meaning=None) | ~Q(current__meaning__model=model.sha256)
    rows = assets.filter(has_none | Q(current__meaning__is_told=False), binned_at=None, current__isnull=False)
    return rows.order_by("-pk")


def _understand(towers: Towers, asset: Asset) -> None:
    """Makes the asset's row, or what is old of it."""
    version, sha256 = asset.current, towers.model.sha256
    if version is None:
        return
    before = Meaning.objects.filter(version=version, model=sha256).first()
    fields: dict[str, object] = {"workspace_id": asset.workspace_id, "model": sha256, "written_in": now_writing()}
    if before is None:
        views = _views(asset, towers.model)
        vectors = packed(towers.of_pictures(views)) if views else b""
        fields |= {"seen": vectors, "seen_at_ms": [view.at_ms for view in views]}
    said = texts_of(asset)
    told_sha256 = _sha256(said)
    if before is None or before.told_sha256 != told_sha256:
        texts = [one.text for one in said]
        parts = [towers.of_texts(texts[at : at + _AT_ONCE_TEXTS]) for at in range(0, len(texts), _AT_ONCE_TEXTS)]
        told = packed(np.concatenate(parts)) if parts else b""
        fields |= {"told": told, "told_at_ms": [one.at_ms for one in said], "told_sha256": told_sha256}
    with transaction.atomic():
        now = Asset.objects.select_for_update(of=("self",)).filter(pk=asset.pk, current=version).first()
        if now is not None:  # else it went meanwhile, or has another version: the next run sees that
            fields["is_told"] = _sha256(texts_of(now)) == told_sha256
            Meaning.objects.update_or_create(version=version, defaults=fields)


def _views(asset: Asset, model: Model) -> Sequence[View]:
    """What cannot be seen has none, so that nobody tries it again and again."""
    if asset.kind not in SEEN_KINDS or asset.current is None:
        return ()
    try:
        with storage.local_copy(asset.current.sha256) as path:
            return meaning.views(path, model)
    except (Damaged, Invalid, Unsupported, NotFound):
        return ()


def _is_named(asset: Asset) -> bool:
    """Whether the title is more than the file's name: "IMG 0041" means nothing."""
    stem = asset.current.filename.rpartition(".")[0] if asset.current else ""
    return _letters(asset.title) != _letters(stem)


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _stretches(said: Sequence[Said]) -> Iterator[Said]:
    """The texts, one after the other, in stretches of some words, each with when its first word is said."""
    words = [(one.at_ms, word) for one in said for word in one.text.split()]
    for start in range(0, len(words), STRETCH_WORDS):
        some = words[start : start + STRETCH_WORDS]
        yield Said(at_ms=some[0][0], text=" ".join(word for _at_ms, word in some))


def _sha256(said: Sequence[Said]) -> str:
    return hashlib.sha256("\0".join(f"{one.at_ms} {one.text}" for one in said).encode()).hexdigest()
