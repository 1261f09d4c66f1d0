"""What is made of an asset is bound by what binds the asset: licences, consents, embargo, credit and tags.

What a licence cost stays with the asset it was bought for: sums count it once.
"""

from collections.abc import Sequence

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Asset, Consent, Licence, Subject
from crosscut.apps.library.services.holdings import note_change

_FREE: dict[str, object] = {"cost_minor": None, "currency": ""}


def pass_on(source: Asset, made: Asset, *, by: Member | None) -> None:
    """Everything that holds for the source holds for what was made of it. Safe to do again."""
    if made.licences.exists() or made.subjects.exists():
        return
    for licence in source.licences.filter(withdrawn_at=None):
        Licence.objects.create(**terms_of(licence) | _FREE, asset=made, created_by=by)
    made.subjects.set(source.subjects.all())
    made.credit, made.tags = source.credit, source.tags
    made.rights_needed, made.embargo_until = source.rights_needed, source.embargo_until
    made.save(update_fields=["credit", "tags", "rights_needed", "embargo_until"])
    note_change([made.pk])


def pass_on_all(sources: Sequence[Asset], made: Asset, *, by: Member | None) -> None:
    """The same of what was made of several: everybody shown in one is shown, and every embargo holds.

    Licences of several do not add up, for each of them would allow what another forbids: none goes on, and a person
    enters what may be done with the whole.
    """
    if len(sources) == 1:
        pass_on(sources[0], made, by=by)
        return
    made.subjects.set(Subject.objects.filter(assets__in=sources).distinct())
    made.credit = "; ".join(dict.fromkeys(one.credit for one in sources if one.credit))[:300]
    made.rights_needed = list(dict.fromkeys(right for one in sources for right in one.rights_needed))
    made.embargo_until = max((one.embargo_until for one in sources if one.embargo_until), default=None)
    made.save(update_fields=["credit", "rights_needed", "embargo_until"])
    note_change([made.pk])


def terms_of(row: Licence | Consent) -> dict[str, object]:
    """What the licence or consent says, without what names its own row."""
    own = {"id", "asset", "created_by", "created_at", "withdrawn_at"}
    return {field.name: getattr(row, field.name) for field in row._meta.fields if field.name not in own}
