"""How migrations make many tables at once."""

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class CreateTables(Operation):
    """The tables of several models, each of which may refer to those before it.

    Django builds all related models anew after every single operation of a migration: with more than a hundred models,
    most of the time in which an empty database is migrated. Here they are built once for all tables of an app.
    """

    def __init__(self, tables: Sequence[CreateModel]) -> None:
        """The models in the order in which their tables are made."""
        self.tables = tables

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        """Its name and arguments, as Django writes it into a file."""
        return type(self).__qualname__, [self.tables], {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The state with all models; built the next time somebody asks for them."""
        state.__dict__.pop("apps", None)
        for table in self.tables:
            table.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Make the tables."""
        for table in self.tables:
            table.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Remove the tables, the last first."""
        for table in reversed(self.tables):
            table.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """What it does, in the words of `migrate`."""
        return f"Create {len(self.tables)} tables"
