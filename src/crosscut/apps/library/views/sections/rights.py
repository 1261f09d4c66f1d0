"""What may be done with the asset, and who is shown in it."""

from typing import Any

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.forms.rights import EmbargoForm, LicenceForm, SubjectForm
from crosscut.apps.library.models import Asset, Licence, Subject
from crosscut.apps.library.rights import consent_sentence, licence_sentence


def context(member: Member, asset: Asset) -> dict[str, Any]:
    """Licences, those withdrawn, who is shown and what they agreed to, and the forms for more."""
    licences = list(asset.licences.all())
    return {
        "licences": [(licence, licence_sentence(licence)) for licence in licences if not licence.withdrawn_at],
        "withdrawn": [licence for licence in licences if licence.withdrawn_at],
        "subjects": [(subject, _agreed(subject, asset)) for subject in asset.subjects.all()],
        "placements": [placement for placement in asset.placements.all() if not placement.gone_at],
        "licence_form": LicenceForm.proposed(asset),
        "embargo_form": EmbargoForm.of(asset),
        "subject_form": SubjectForm(prefix="subject"),
        "rights_needed": [(*choice, choice[0] in asset.rights_needed) for choice in Licence.Right.choices if choice[0]],
        "is_music_possible": asset.kind in (Asset.Kind.AUDIO, Asset.Kind.VIDEO),
    }


def _agreed(subject: Subject, asset: Asset) -> list[str]:
    """What they agreed to for this asset, as sentences; empty when nothing counts."""
    about = [consent for consent in subject.consents.all() if consent.asset_id in (None, asset.pk)]
    return [consent_sentence(consent) for consent in about if not consent.withdrawn_at]
