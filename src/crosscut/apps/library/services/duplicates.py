"""Finding what is in the library twice, ahead of anybody asking; and remembering what people said about it."""

from collections.abc import Iterable
from time import monotonic

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.models import Fingerprint, TwinPair, Version
from crosscut.apps.library.queries import assets_for
from crosscut.apps.library.services.twins import twins_of
from crosscut.kernel.errors import Invalid, NotFound
from crosscut.kernel.phrases import phrase

COMPARE_AT_ONCE = 500  # versions of one run
COMPARE_FOR_S = 20  # of each minute at most: among a million one takes a tenth of a second


def compare_new(*, limit: int = COMPARE_AT_ONCE) -> int:
    """Compares versions that nobody compared yet with all there are, the newest first; says how many."""
    rows = Version.objects.filter(fingerprint__is_compared=False).select_related("asset").order_by("-pk")[:limit]
    ends_at, compared = monotonic() + COMPARE_FOR_S, 0
    for version in rows:
        if monotonic() > ends_at:
            break
        try:
            compare(version)
        except NotFound:  # its file is gone: whoever looks at it anew has it compared anew
            Fingerprint.objects.filter(version=version).update(is_compared=True)
        compared += 1
    return compared


@transaction.atomic
def compare(version: Version) -> list[TwinPair]:
    """Keeps what the version is like. Whichever of two comes last finds the other, so each pair is found once."""
    pairs = [
        TwinPair(
            workspace_id=version.asset.workspace_id, one=version, other=twin.version, tier=twin.tier, bits=twin.bits
        )
        for twin in twins_of(version)
    ]
    made = TwinPair.objects.bulk_create(pairs, ignore_conflicts=True)
    Fingerprint.objects.filter(version=version).update(is_compared=True)
    return made


@transaction.atomic
def set_apart(by: Member, asset_ids: Iterable[int], *, only: int | None = None) -> int:
    """Remembers that these assets are no duplicates of each other; says of how many pairs that was news.

    With `only`, that this one of them is none of the others.
    """
    pairs = list(_pairs_among(by, asset_ids, only).filter(set_apart_at=None))
    now = timezone.now()
    for pair in pairs:
        pair.set_apart_at, pair.set_apart_by = now, by
    return _keep(by, pairs, asset_ids, verb="twins.set_apart")


@transaction.atomic
def put_together(by: Member, asset_ids: Iterable[int], *, only: int | None = None) -> int:
    """Takes that back: they are shown as duplicates again. Says of how many pairs."""
    pairs = list(_pairs_among(by, asset_ids, only).exclude(set_apart_at=None))
    for pair in pairs:
        pair.set_apart_at, pair.set_apart_by = None, None
    return _keep(by, pairs, asset_ids, verb="twins.put_together")


def _pairs_among(by: Member, asset_ids: Iterable[int], only: int | None) -> QuerySet[TwinPair]:
    demand(by, "draft")
    wanted = set(asset_ids) | ({only} if only else set())
    if len(wanted) < 2:
        raise Invalid.at("assets", phrase("Choose at least two files."))
    if assets_for(by).filter(pk__in=wanted).count() < len(wanted):
        raise NotFound(phrase("Some of the chosen assets are not in this workspace. Nothing was changed."))
    rows = TwinPair.objects.filter(workspace=by.workspace_id, one__asset__in=wanted, other__asset__in=wanted)
    rows = rows.filter(Q(one__asset=only) | Q(other__asset=only)) if only else rows
    return rows.order_by("pk").select_for_update(of=("self",))


def _keep(by: Member, pairs: list[TwinPair], asset_ids: Iterable[int], *, verb: str) -> int:
    TwinPair.objects.bulk_update(pairs, ["set_apart_at", "set_apart_by"], batch_size=1000)
    if pairs:
        record(verb, by.workspace, by=by, assets=sorted(set(asset_ids))[:100])
    return len(pairs)
