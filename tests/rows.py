"""A workspace with one row of every table, made by machine from the tables themselves: a new table is in it by itself.

Every row that has a number of its own has the number N, so that any address with N in it is one of something of ours,
and every text holds SECRET, so that whoever reads it has read something of ours.
"""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from crosscut.apps.accounts.models import User, Workspace
from crosscut.site.portable.shape import label, path_of
from tests.cast import Cast

N = 70_615_003
SECRET = "kelp615"
HASH = "a615" * 16  # of files that are not there, and of frozen states
KEY = uuid.UUID(int=N)  # of what is named by a UUID

Model = type[models.Model]


def _today() -> date:
    return timezone.now().date()


# What a table's own rules ask for where the first value that comes to mind breaks them. None leaves a field empty.
RULES: Mapping[str, Mapping[str, Any]] = {
    "accounts.auditevent": {"subject": f"asset:{N}"},
    "library.asset": {"kind": "image"},
    "library.collection": {"search": f"reef like:{N}"},
    "library.paper": {"consent": None},
    "library.rightsanswer": {"about": f"edition:{N} practice/images"},
    "library.savedsearch": {"text": f"reef like:{N}"},
    "preflight.closedtime": {"starts_on": _today, "ends_on": _today},
    "produce.edition": {
        "content": {
            **dict.fromkeys(("title", "text", "summary", "link"), SECRET),
            "tags": [],
            "language": "en",
            "media": [{"asset": N, "version": N}],
            "outlets": {},
        }
    },
    "produce.translation": {"agreed": {f"media.{N}.alt": SECRET}},
    "publish.calendarview": {"filters": {"account": str(N), "campaign": str(N), "channel": "practice"}},
    "publish.takedown": {"placement": None},
}


def one_of_each(cast: Cast) -> dict[str, models.Model]:
    """Every row made for the cast's workspace, by the label of its table: "library.asset"."""
    made: dict[Model, models.Model] = {
        Workspace: cast.workspace,
        User: cast.junior.user,
        type(cast.junior): cast.junior,
    }
    for model in _in_order(made):
        made[model] = _row(model, made)
    for model, row in made.items():
        _join(model, row, made)
    return {label(model): row for model, row in made.items()}


def own_models() -> list[Model]:
    """Every table of ours whose rows belong to a workspace."""
    own = [config for config in apps.get_app_configs() if config.name.startswith("crosscut.apps.")]
    found = [model for config in own for model in config.get_models()]
    return [model for model in found if path_of(model)]


def _in_order(made: Mapping[Model, models.Model]) -> list[Model]:
    """The tables, each after those it cannot be without."""
    left, found = [model for model in own_models() if model not in made], []
    while left:
        ready = [model for model in left if not any(_waits(field, left) for field in _keys(model))]
        ready = ready or [model for model in left if not any(_needs(field, left) for field in _keys(model))][:1]
        assert ready, f"these need each other: {left}"
        found += ready
        left = [model for model in left if model not in ready]
    return found


def _waits(field: Any, left: list[Model]) -> bool:
    return field.related_model in left and field.related_model is not field.model


def _needs(field: Any, left: list[Model]) -> bool:
    return not field.null and _waits(field, left)


def _keys(model: Model) -> list[Any]:
    return [field for field in model._meta.concrete_fields if field.is_relation]


def _row(model: Model, made: Mapping[Model, models.Model]) -> models.Model:
    rules = RULES.get(label(model), {})
    values, fields = dict[str, Any](), list[Any](model._meta.concrete_fields)
    for field in fields:
        if field.name in rules:
            rule = rules[field.name]
            values[field.name] = rule() if callable(rule) else rule
        elif field.is_relation:
            if field.related_model in made:
                values[field.name] = made[field.related_model]
        elif field.primary_key:
            values[field.name] = KEY if isinstance(field, models.UUIDField) else N
        elif not isinstance(field, models.GeneratedField) and field.db_default is models.NOT_PROVIDED:
            values[field.name] = _value(field)
    return model._default_manager.create(**values)


def _value(field: Any) -> Any:
    """Something that the field takes; of texts something that can be told from all other words."""
    if field.choices:
        return field.get_default() or field.choices[0][0]
    if isinstance(field, ArrayField):
        return []
    if isinstance(field, models.CharField | models.TextField):
        if "sha256" in field.name or "hash" in field.name or "digest" in field.name:
            return HASH[: field.max_length]
        return field.get_default() or SECRET[: field.max_length]
    if field.has_default() or field.null:
        return field.get_default()
    return _plain(field)


def _plain(field: Any) -> Any:
    if isinstance(field, models.DateTimeField):
        return timezone.now() + timedelta(days=3)
    if isinstance(field, models.DateField):
        return timezone.now().date()
    if isinstance(field, models.TimeField):
        return timezone.now().time()
    if isinstance(field, models.JSONField):
        return {}
    if isinstance(field, models.UUIDField):
        return KEY
    if isinstance(field, models.BinaryField):
        return b"k"
    return 1


def _join(model: Model, row: models.Model, made: Mapping[Model, models.Model]) -> None:
    """Fills in what could only point at rows that were made later."""
    late = [
        field
        for field in _keys(model)
        if field.null and getattr(row, field.attname) is None and field.related_model in made
        and field.related_model is not model
        and field.name not in RULES.get(label(model), {})
    ]  # fmt: skip
    for field in late:
        setattr(row, field.attname, made[field.related_model].pk)
    if late:
        model._default_manager.filter(pk=row.pk).update(
            **{field.attname: getattr(row, field.attname) for field in late}
        )
