"""Setting up places from which files come by themselves, and looking into them."""

from collections.abc import Mapping
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.secrets import seal
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library import queries
from crosscut.apps.library.models import WayIn
from crosscut.apps.library.services import bucket, cards, mailbox, watched
from crosscut.kernel.errors import CrosscutError, Invalid
from crosscut.kernel.phrases import phrase

NAME_LIMIT = 100
_KINDS = {
    WayIn.Kind.FOLDER: watched,
    WayIn.Kind.MAIL: mailbox,
    WayIn.Kind.BUCKET: bucket,
    WayIn.Kind.CARD: cards,
}  # each has `checked` and `look`
_log = structlog.get_logger(__name__)


@transaction.atomic
def add_way(by: Member, kind: str, name: str, settings: Mapping[str, Any], *, password: str = "") -> WayIn:
    """A place that is looked into from now on. Raises Invalid with every problem, `where` naming the field."""
    demand(by, "workspace")
    if not name.strip() or len(name) > NAME_LIMIT:
        raise Invalid.at("name", phrase("Give it a name of at most {most} letters.", most=NAME_LIMIT))
    if kind not in WayIn.Kind.values:
        raise Invalid.at("kind", phrase("There are: {values}.", values=", ".join(WayIn.Kind.values)))
    secrets = seal({"password": password}) if password else b""
    way = WayIn.objects.create(
        workspace_id=by.workspace_id,
        kind=kind,
        name=name.strip(),
        settings=_KINDS[WayIn.Kind(kind)].checked(settings, password),
        secrets=secrets,
        created_by=by,
    )
    record("way_in.added", way, by=by, kind=kind)
    return way


@transaction.atomic
def switch(by: Member, way_id: int, *, is_on: bool) -> WayIn:
    """Pauses a place, or goes on with it. What was taken stays, and is not taken again."""
    demand(by, "workspace")
    way = queries.way_for(by, way_id)
    way.is_on, way.problem = is_on, ""
    way.save(update_fields=["is_on", "problem"])
    record("way_in.resumed" if is_on else "way_in.paused", way, by=by)
    return way


@transaction.atomic
def remove_way(by: Member, way_id: int) -> None:
    """Forgets a place. What came from there stays."""
    demand(by, "workspace")
    way = queries.way_for(by, way_id)
    record("way_in.removed", way, by=by)
    way.delete()


def look_everywhere() -> int:
    """Looks into every place that is on; says how many files were taken. What is wrong with one is said of that one."""
    ways = WayIn.objects.filter(is_on=True, created_by__left_at=None).select_related("created_by__workspace")
    return sum(_look(way) for way in ways)


def _look(way: WayIn) -> int:
    try:
        taken = int(_KINDS[WayIn.Kind(way.kind)].look(way))
    except CrosscutError as error:
        WayIn.objects.filter(pk=way.pk).update(problem=str(error)[:1000])
        return 0
    except Exception:  # noqa: BLE001 - a worker loop: one place must not stop the others
        _log.exception("way_in_fault", way=way.pk)
        WayIn.objects.filter(pk=way.pk).update(
            problem=phrase("Something went wrong inside Crosscut. The log has the details.")
        )
        return 0
    fields = {"looked_at": timezone.now(), "problem": "", "taken": way.taken + taken}
    WayIn.objects.filter(pk=way.pk).update(**fields)
    return taken
