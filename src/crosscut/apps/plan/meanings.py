"""Which metrics a key result can be tied to, and the number a campaign's money is."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from crosscut.kernel.errors import NotFound
from crosscut.specs.metrics import Definition, definition, definitions


def metric_choices() -> list[Definition]:
    """Every definition in force today that counts something, by its key. Money is the budget's affair."""
    today = timezone.localdate()
    in_force = (meaning for meanings in definitions().values() for meaning in meanings if meaning.holds_on(today))
    return [meaning for meaning in in_force if meaning.unit != "currency"]


def check_metric(key: str) -> str:
    """What speaks against tying a key result to this metric; empty when nothing does."""
    try:
        found = definition(key, timezone.localdate())
    except NotFound:
        return _("There is no such metric. There are: %(known)s.") % {"known": ", ".join(_keys(metric_choices()))}
    return _("Money belongs to the budget and the costs.") if found.unit == "currency" else ""


def _keys(found: Iterable[Definition]) -> list[str]:
    return [one.key for one in found]
