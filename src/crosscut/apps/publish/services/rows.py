"""Writing many rows, each with values of its own, in one statement.

Django's `bulk_update` does the same by a CASE for each row and field: that costs more computing than all else there is
to sending, and cuts what is too long for its column without a word.
"""

from collections.abc import Sequence

from django.db import connection, models


def write_each(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Writes these fields of all the rows, which are of one table. Raises DataError for what a column cannot hold."""
    if not rows:
        return
    meta, named = rows[0]._meta, {field.name: field for field in rows[0]._meta.concrete_fields}
    columns = [named[name] for name in ("id", *fields)]
    names = [connection.ops.quote_name(str(column.column)) for column in columns]
    kinds = [str(column.db_type(connection)).partition("(")[0] for column in columns]
    first = ", ".join(f"%s::{kind}" for kind in kinds)
    others = f", ({', '.join(['%s'] * len(columns))})" * (len(rows) - 1)
    table = connection.ops.quote_name(meta.db_table)
    changes = ", ".join(f"{name} = new.{name}" for name in names[1:])
    values = [column.get_db_prep_save(getattr(row, column.attname), connection) for row in rows for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {changes} FROM (VALUES ({first}){others}) AS new ({', '.join(names)})"  # noqa: S608
            f" WHERE {table}.id = new.id",
            values,
        )
