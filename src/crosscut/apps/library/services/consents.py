"""Who and what can be recognised in assets, and what they agreed to. Consents are withdrawn, never deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.models import Asset, Consent, Subject
from crosscut.apps.library.queries import asset_for, assets_for, consent_for, subject_for
from crosscut.apps.library.services import scope
from crosscut.apps.library.services.holdings import note_change
from crosscut.kernel.errors import Invalid, Problem
from crosscut.kernel.phrases import phrase


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """A consent as a person enters it."""

    agreed: str  # "Release signed on paper, folder 12"
    territories: Sequence[str] = ()  # ISO 3166-1; empty: worldwide
    channels: Sequence[str] = ()  # slugs; empty: every channel
    uses: Sequence[str] = ()  # of Licence.Use; empty: every use
    starts_on: date | None = None
    ends_on: date | None = None  # the last day it may be live


@transaction.atomic
def show_subject(by: Member, asset_id: int, name: str, *, kind: str = Subject.Kind.PERSON) -> Subject:
    """Who or what can be recognised in the asset, from now on; one of that name is taken, or made.

    Without a consent that covers it, nothing with this asset goes out any more. Raises Invalid.
    """
    demand(by, "clear")
    asset = asset_for(by, asset_id)
    wanted = " ".join(name.split())
    if not 0 < len(wanted) <= 120 or "\0" in wanted:
        raise Invalid.at("name", phrase("Give a name of at most 120 characters."), code="subject.name")
    if kind not in Subject.Kind.values:
        raise Invalid.at("kind", phrase("Say whether it is a person, a place or a thing."), code="subject.kind")
    subject, _is_new = Subject.objects.get_or_create(
        workspace_id=by.workspace_id, name=wanted, defaults={"kind": kind, "created_by": by}
    )
    subject.assets.add(asset)
    note_change([asset.pk])
    record("subject.shown", asset, by=by, subject=subject.pk, name=subject.name)
    return subject


@transaction.atomic
def hide_subject(by: Member, asset_id: int, subject_id: int) -> Subject:
    """The subject cannot be recognised in the asset after all."""
    demand(by, "clear")
    asset, subject = asset_for(by, asset_id), subject_for(by, subject_id)
    subject.assets.remove(asset)
    note_change([asset.pk])
    record("subject.not_shown", asset, by=by, subject=subject.pk, name=subject.name)
    return subject


@transaction.atomic
def give_consent(by: Member, subject_id: int, agreement: Agreement, *, asset_id: int | None = None) -> Consent:
    """What the subject agreed to: for one asset, or for all that show it. Raises Invalid with all that is wrong."""
    demand(by, "clear")
    subject = subject_for(by, subject_id)
    asset = asset_for(by, asset_id) if asset_id is not None else None
    consent = Consent.objects.create(subject=subject, asset=asset, created_by=by, **_checked(agreement))
    note_change(_touched(consent))
    record("consent.given", subject, by=by, consent=consent.pk, agreed=consent.agreed)
    return consent


@transaction.atomic
def withdraw_consent(by: Member, consent_id: int, *, reason: str = "") -> Consent:
    """Ends a consent: what is planned with it alone is blocked, what is live is taken down, within a minute."""
    demand(by, "clear")
    consent = consent_for(by, consent_id)
    consent.withdrawn_at = timezone.now()
    consent.save(update_fields=["withdrawn_at"])
    note_change(_touched(consent))
    record("consent.withdrawn", consent.subject, by=by, consent=consent.pk, reason=reason.strip()[:1000])
    return consent


@transaction.atomic
def reinstate_consent(by: Member, consent_id: int) -> Consent:
    """Undoes a withdrawal that was a mistake. What was taken down meanwhile stays down."""
    demand(by, "clear")
    consent = consent_for(by, consent_id)
    consent.withdrawn_at = None
    consent.save(update_fields=["withdrawn_at"])
    note_change(_touched(consent))
    record("consent.reinstated", consent.subject, by=by, consent=consent.pk)
    return consent


@transaction.atomic
def withdraw_all(by: Member, subject_id: int, *, reason: str = "") -> int:
    """Withdraws everything the subject ever agreed to. Returns how many consents that were."""
    demand(by, "clear")
    subject = subject_for(by, subject_id)
    kept = list(subject.consents.filter(withdrawn_at=None).values_list("pk", flat=True))
    for consent_id in kept:
        withdraw_consent(by, consent_id, reason=reason)
    return len(kept)


def assets_of(by: Member, subject_id: int) -> list[Asset]:
    """The assets in which the subject can be recognised, newest first."""
    subject = subject_for(by, subject_id)
    return list(assets_for(by).filter(subjects=subject).select_related("current"))


def _touched(consent: Consent) -> list[int]:
    """The assets whose rights depend on the consent."""
    if consent.asset_id is not None:
        return [consent.asset_id]
    return list(consent.subject.assets.values_list("pk", flat=True))


def _checked(agreement: Agreement) -> dict[str, object]:
    """The fields of the row. Raises Invalid with every problem."""
    agreed = agreement.agreed.strip()
    problems = scope.problems(agreement, of="consent")
    if not 0 < len(agreed) <= 300 or "\0" in agreed:
        message = phrase("Say what was agreed and where that is kept, in at most 300 characters.")
        problems.append(Problem(code="consent.agreed", where="agreed", message=message))
    if problems:
        raise Invalid(problems=problems)
    return {"agreed": agreed, **scope.tidied(agreement)}
