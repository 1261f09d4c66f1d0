"""What belongs to a workspace: which tables travel, how a row leads to its workspace, in which order they are read.

Every table of Crosscut's own apps either travels or stands in LEFT_OUT with its reason; a test holds that. A table of a
new app travels by itself as soon as it leads to a workspace.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import QuerySet

from crosscut.apps.accounts.models import User, Workspace

Model = type[models.Model]

# What stays behind, and why.
LEFT_OUT = {
    "accounts.apitoken": "a secret",
    "accounts.invitation": "a secret",
    "accounts.signinfailure": "of the installation",
    "accounts.trip": "a secret, under way",
    "library.arrival": "work under way",
    "library.arrivalevent": "work under way",
    "library.card": "what was inserted into this installation's machine",
    "library.coldfile": "where this installation keeps its files",
    "library.fingerprint": "follows from the files",
    "library.intake": "work under way",
    "library.intakerow": "work under way",
    "library.liveon": "follows from the posts",
    "library.merge": "what undoing needs, by this installation's numbers",
    "library.meaning": "follows from the files and texts",
    "library.posting": "follows from the words, and is made anew by the database",
    "library.rowsfile": "what this installation's processes have in memory",
    "library.signer": "a secret",
    "library.splitpart": "work under way",
    "library.splitrender": "work under way",
    "library.together": "what lay on such a card",
    "library.unposted": "work under way",
    "library.touched": "what this installation's processes must read again",
    "library.word": "follows from the assets",
    "library.storageday": "what this installation's disk held",
    "library.upload": "work under way",
    "library.wayin": "a place of this installation, with a secret",
    "library.wayitem": "what was seen in such a place",
    "measure.daysalt": "of one day",
    "measure.listener": "of one day",
    "preflight.foreigncalendar": "its address is a secret",
    "preflight.foreignevent": "what was read at such an address",
    "produce.editionlink": "follows from the posts",
    "produce.linkcheck": "what other places answered this installation",
    "publish.allowance": "what a channel told this installation's login",
    "publish.calendarfeed": "a secret",
    "publish.canary": "of the installation",
    "publish.postimport": "work under way",
    "publish.postimportrow": "work under way",
    "publish.replacement": "its way back names rows by this installation's numbers",
    "readers.jointry": "of one day",
    "readers.readertable": "work under way",
    "readers.returnslook": "what was seen in such a place",
    "work.job": "work under way",
}

# Fields that do not travel, and what stands in their place where something must.
SECRET: dict[str, dict[str, Any]] = {
    "accounts.user": {"password": "!"},  # no password fits: it is set anew
    "accounts.account": {
        "sealed_secrets": b"",
        "scopes": [],
        "token_expires_at": None,
        "renew_at": None,
        "renewing_since": None,
        "login_ends_at": None,
    },
    "library.collectionlink": {"password_hash": ""},
    "produce.guestlink": {"password_hash": ""},
    "produce.linkrules": {"short_host": ""},  # a name that leads to one installation
    "readers.reader": {"confirm_code": "", "confirm_until": None},  # somebody who has not confirmed asks again
}
MADE_ANEW = {  # follow from the rest
    "library.asset": ("search",),
    "library.version": ("width_px", "height_px", "duration_ms"),
    "produce.edition": ("digest",),
    "publish.target": ("noted_live",),
    "publish.attempt": ("job",),
}
FRESH = {
    "library.collectionlink": ("secret_hash",),
    "produce.guestlink": ("secret_hash",),
    "readers.reader": ("code",),
}  # unique and secret: every installation makes its own


@cache
def travelling() -> tuple[Model, ...]:
    """The tables that travel, each after those it cannot be without; the users and the workspace first."""
    found: list[Model] = [User, Workspace, *(model for model in _own_models() if path_of(model))]
    return tuple(_in_order([model for model in found if label(model) not in LEFT_OUT]))


def label(model: Model) -> str:
    """How files and references call the table: "library.asset"."""
    return model._meta.label_lower


def _own_models() -> list[Model]:
    own = [config for config in apps.get_app_configs() if config.name.startswith("crosscut.apps.")]
    return [model for config in own for model in config.get_models()]


@cache
def path_of(model: Model) -> str | None:
    """How a row leads to its workspace: "asset__workspace"; empty for the workspace itself, None for no way."""
    return _search(model, seen=frozenset())


def _search(model: Model, seen: frozenset[Model]) -> str | None:
    if model is Workspace:
        return ""
    keys = [field for field in foreign_keys(model) if field.related_model not in seen]
    direct = [field for field in keys if field.related_model is Workspace]
    for field in (*direct, *(field for field in keys if not field.null)):
        rest = _search(_model(field), seen | {model})
        if rest is not None:
            return f"{field.name}__{rest}".rstrip("_")
    return None


def rows_of(model: Model, workspace: Workspace) -> QuerySet[Any]:
    """The workspace's rows of that table, in the order in which they were made."""
    rows: QuerySet[Any] = model._default_manager.all()
    if model is User:
        return rows.filter(memberships__workspace=workspace).order_by("email").distinct()
    path = path_of(model)
    return rows.filter(**({path: workspace} if path else {"pk": workspace.pk})).order_by("pk")


def foreign_keys(model: Model) -> list[Any]:
    """The fields that point at other rows."""
    return [field for field in model._meta.concrete_fields if field.is_relation]


def plain_fields(model: Model) -> list[Any]:
    """The fields that travel as they are."""
    name = label(model)
    left = {*SECRET.get(name, {}), *MADE_ANEW.get(name, ()), *FRESH.get(name, ())}
    return [
        field
        for field in model._meta.concrete_fields
        if not field.is_relation and not field.primary_key and field.name not in left
    ]


def lists_of(model: Model) -> list[Any]:
    """The lists of other rows that a row has."""
    fields: list[Any] = list(model._meta.local_many_to_many)
    return [field for field in fields if field.remote_field.through._meta.auto_created]


def travels(model: Any) -> bool:
    """Whether rows of that table travel."""
    return model in travelling()


def _model(field: Any) -> Model:
    model: Model = field.related_model
    return model


def _in_order(found: list[Model]) -> Iterator[Model]:
    """Each after those its keys point at; where tables point at each other, what may be empty is filled in later."""
    left = list(found)
    while left:
        ready = [model for model in left if not any(_waits(field, left) for field in foreign_keys(model))]
        if not ready:
            ready = [model for model in left if not any(_needs(field, left) for field in foreign_keys(model))][:1]
        if not ready:
            raise RuntimeError(f"These tables need each other: {', '.join(label(model) for model in left)}")
        yield from ready
        left = [model for model in left if model not in ready]


def _waits(field: Any, left: list[Model]) -> bool:
    return field.related_model in left and field.related_model is not field.model


def _needs(field: Any, left: list[Model]) -> bool:
    return not field.null and _waits(field, left)
