"""What belongs to duplicates besides their fields, and goes on with the one that is kept: rights, words, places.

Nothing that binds is lost: licences and consents of all stay, each as it was given; whoever was shown in one is shown
in the kept one; the latest embargo and every right that needs a licence hold.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Asset, CollectionItem, Consent, Licence, Paper, Placement, Subject, Track
from crosscut.apps.library.services.holdings import consent_record, holdings_of, licence_record, note_change
from crosscut.apps.library.services.inheriting import terms_of
from crosscut.specs.rights import Holdings


@dataclass(frozen=True, kw_only=True)
class Cargo:
    """What the kept asset gets of the others."""

    licences: tuple[Licence, ...]  # those that say what none of its own says
    consents: tuple[Consent, ...]  # given for one of the others alone
    subjects: tuple[Subject, ...]
    rights_needed: tuple[str, ...]  # of all together
    embargo_until: datetime | None  # the latest
    tracks: tuple[Track, ...]  # captions, transcripts and chapters that it lacks
    placements: tuple[Placement, ...]
    items: tuple[CollectionItem, ...]  # places in collections that it is not in

    def binds(self, keep: Asset) -> bool:
        """Whether it changes what may be done with the kept asset, to either side."""
        is_stricter = set(self.rights_needed) != set(keep.rights_needed) or self.embargo_until != keep.embargo_until
        return bool(self.licences or self.consents or self.subjects) or is_stricter

    @property
    def needs_clearing(self) -> bool:
        """Whether it brings permissions, which only who may enter licences can do."""
        return bool(self.licences or self.consents)


def cargo_of(keep: Asset, gone: Sequence[Asset]) -> Cargo:
    """What would go on with the kept asset; nothing twice."""
    embargoes = [one.embargo_until for one in (keep, *gone) if one.embargo_until]
    return Cargo(
        licences=tuple(_news(keep.licences.filter(withdrawn_at=None), Licence.objects.filter(_active(gone)))),
        consents=tuple(_news(keep.consents.filter(withdrawn_at=None), Consent.objects.filter(_active(gone)))),
        subjects=tuple(Subject.objects.filter(assets__in=gone).exclude(assets=keep.pk).distinct().order_by("pk")),
        rights_needed=tuple(dict.fromkeys(right for one in (keep, *gone) for right in one.rights_needed)),
        embargo_until=max(embargoes, default=None),
        tracks=tuple(_lacking(keep, gone)),
        placements=tuple(Placement.objects.filter(asset__in=gone).order_by("pk")),
        items=tuple(_places(keep, gone)),
    )


def holdings_with(keep: Asset, cargo: Cargo) -> Holdings:
    """What the kept asset's rights would be judged by."""
    held = holdings_of(keep)
    shown = (*held.subjects, *(subject.name for subject in cargo.subjects))
    given = Consent.objects.filter(subject__in=cargo.subjects, asset=None).select_related("subject")
    consents = (*given, *cargo.consents)
    return Holdings(
        licences=(*held.licences, *(licence_record(row) for row in cargo.licences)),
        rights=cargo.rights_needed,
        subjects=shown,
        consents=(*held.consents, *(consent_record(row, row.subject.name) for row in consents)),
        embargo_until=cargo.embargo_until,
    )


def carry(by: Member, keep: Asset, cargo: Cargo) -> dict[str, Any]:
    """Gives all of it to the kept asset; says what undoing needs."""
    before = {"rights_needed": keep.rights_needed, "embargo_until": _text(keep.embargo_until)}
    licences = [_copied_licence(row, keep, by) for row in cargo.licences]
    consents = [Consent.objects.create(**terms_of(row), asset=keep, created_by=by) for row in cargo.consents]
    for copy, row in zip(consents, cargo.consents, strict=True):
        _copy_papers(row.papers.all(), consent=copy)
    keep.subjects.add(*cargo.subjects)
    keep.rights_needed, keep.embargo_until = list(cargo.rights_needed), cargo.embargo_until
    keep.save(update_fields=["rights_needed", "embargo_until"])
    tracks = [_copied_track(row, keep) for row in cargo.tracks]
    placements = {str(row.pk): row.asset_id for row in cargo.placements}
    Placement.objects.filter(pk__in=[row.pk for row in cargo.placements]).update(asset=keep)
    items = {str(row.pk): row.asset_id for row in cargo.items}
    CollectionItem.objects.filter(pk__in=[row.pk for row in cargo.items]).update(asset=keep)
    note_change([keep.pk, *placements.values()])
    return {
        "before": before,
        "after": {"rights_needed": keep.rights_needed, "embargo_until": _text(keep.embargo_until)},
        "licences": [row.pk for row in licences],
        "consents": [row.pk for row in consents],
        "subjects": [row.pk for row in cargo.subjects],
        "tracks": [row.pk for row in tracks],
        "placements": placements,
        "items": items,
    }


def unload(keep: Asset, carried: Mapping[str, Any]) -> None:
    """Takes away what `carry` gave. The originals are with their own assets, where they always were."""
    keep.licences.filter(pk__in=carried.get("licences", [])).delete()
    keep.consents.filter(pk__in=carried.get("consents", [])).delete()
    keep.subjects.remove(*Subject.objects.filter(pk__in=carried.get("subjects", [])))
    keep.tracks.filter(pk__in=carried.get("tracks", [])).delete()
    for placement, asset in carried.get("placements", {}).items():
        Placement.objects.filter(pk=placement, asset=keep).update(asset=asset)
    for item, asset in carried.get("items", {}).items():
        row = CollectionItem.objects.filter(pk=item, asset=keep).first()
        if row and not row.collection.items.filter(asset=asset).exists():
            CollectionItem.objects.filter(pk=item).update(asset=asset)
    now = {"rights_needed": keep.rights_needed, "embargo_until": _text(keep.embargo_until)}
    for name, value in carried.get("before", {}).items():
        if now[name] == carried["after"][name]:  # nobody said otherwise since
            setattr(keep, name, datetime.fromisoformat(value) if name == "embargo_until" and value else value)
    keep.save(update_fields=["rights_needed", "embargo_until"])
    note_change([keep.pk])


def _active(gone: Sequence[Asset]) -> Q:
    return Q(asset__in=gone, withdrawn_at=None)


def _news(mine: Iterable[Any], theirs: Iterable[Any]) -> list[Any]:
    """Those that say what none of mine says, nor one before them."""
    known = [terms_of(row) for row in mine]
    found = []
    for row in theirs:
        terms = terms_of(row)
        if terms not in known:
            known.append(terms)
            found.append(row)
    return found


def _places(keep: Asset, gone: Sequence[Asset]) -> list[CollectionItem]:
    """One in each collection that shows others of them and not the kept one."""
    rows = CollectionItem.objects.filter(asset__in=gone).exclude(collection__items__asset=keep.pk).order_by("-pk")
    return list({row.collection_id: row for row in rows}.values())


def _lacking(keep: Asset, gone: Sequence[Asset]) -> list[Track]:
    known = set(keep.tracks.values_list("kind", "language"))
    found = []
    for row in Track.objects.filter(asset__in=gone).order_by("-pk"):
        if (row.kind, row.language) not in known:
            known.add((row.kind, row.language))
            found.append(row)
    return found


def _copied_licence(row: Licence, keep: Asset, by: Member) -> Licence:
    copy = Licence.objects.create(**terms_of(row), asset=keep, created_by=by)
    _copy_papers(row.papers.all(), licence=copy)
    return copy


def _copied_track(row: Track, keep: Asset) -> Track:
    said = {"kind": row.kind, "language": row.language, "media_type": row.media_type, "text": row.text}
    return Track.objects.create(asset=keep, **said)


def _copy_papers(papers: Iterable[Paper], **of: Any) -> None:
    """The same stored file, as evidence of the copy, too."""
    names = ("workspace_id", "filename", "sha256", "size_bytes", "media_type", "created_by_id")
    Paper.objects.bulk_create(Paper(**{name: getattr(row, name) for name in names}, **of) for row in papers)


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
