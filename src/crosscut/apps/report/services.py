"""Making a campaign's report as a file."""

import json

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.queries import today_in
from crosscut.apps.plan.models import Campaign
from crosscut.apps.report.facts import as_facts
from crosscut.apps.report.printing import pdf_of
from crosscut.apps.report.queries import report_on
from crosscut.kernel.errors import Unsupported
from crosscut.kernel.phrases import phrase


def write_report(member: Member, campaign: Campaign, *, form: str = "pdf") -> bytes:
    """The campaign's report as `pdf` or `json`. Raises Unsupported for another form."""
    facts = as_facts(report_on(member, campaign))
    if form == "json":
        return json.dumps(facts, ensure_ascii=False, indent=2).encode()
    if form == "pdf":
        return pdf_of(facts, words=_words())
    raise Unsupported(phrase("A report can be a .pdf or a .json file, not {form}.", form=repr(form)))


def report_name(campaign: Campaign, form: str) -> str:
    """The file's name: whose report, as of which day where the workspace is."""
    return f"{campaign.slug}-report-{today_in(campaign.workspace):%Y-%m-%d}.{form}"


def _words() -> dict[str, str]:
    return {
        "language": (get_language() or "en").split("-")[0],
        "title": _("Campaign report"),
        "subtitle": _("Campaign report"),
        "made_at": _("as of"),
        "audience": _("For"),
        "planned": _("Posts planned"),
        "live": _("Live"),
        "proven": _("Proven as sent"),
        "spent": _("Spent"),
        "key_results": _("Key results"),
        "no_key_results": _("No key results were set."),
        "nothing_measured": _("nothing measured yet"),
        "told_by": _("Told by"),
        "of": _("of"),
        "posts": _("posts"),
        "as_of": _("As of"),
        "source": _("Source"),
        "published": _("What was planned and published"),
        "no_posts": _("Nothing has been scheduled yet."),
        "post": _("Post"),
        "account": _("Account"),
        "due": _("Due (UTC)"),
        "state": _("State"),
        "proof": _("Proof"),
        "none": _("none yet"),
        "cost": _("Cost"),
        "budget": _("Budget"),
        "hours": _("Hours"),
        "what": _("What"),
        "amount": _("Amount"),
        "date": _("Date"),
    }
