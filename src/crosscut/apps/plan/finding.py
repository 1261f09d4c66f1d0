"""Campaigns in the search over everything."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crosscut.apps.accounts.finding import Finder, Hit, called_like
from crosscut.apps.accounts.models import Member
from crosscut.apps.plan.queries import campaigns_for


def find_campaigns(member: Member, words: tuple[str, ...], limit: int) -> list[Hit]:
    """Campaigns by name or objective, archived ones left out."""
    rows = called_like(campaigns_for(member), words, name="name", also=("objective",))
    return [
        Hit(
            pk=row.pk,
            title=row.name,
            about=row.objective or _("No objective yet"),
            url=reverse("campaign", args=[row.pk]),
        )
        for row in rows[:limit]
    ]


CAMPAIGNS = Finder(
    kind="campaigns", label=gettext_lazy("Campaigns"), icon="target-arrow", order=30, find=find_campaigns
)
