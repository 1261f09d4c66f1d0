from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from crosscut.apps.produce.threads import first_comment

# Of these nothing has been handed over: their first comment becomes a part. What was being sent keeps the old way.
_WAITING = ("scheduled", "staging", "blocked")


def count_first_comments(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    rows = apps.get_model("publish", "Target").objects.filter(state__in=_WAITING, part_count=1)
    for row in rows.select_related("edition", "account").iterator():
        if row.account.channel in row.edition.content["outlets"]:
            row.has_comment = bool(first_comment(row.edition.content, row.account.channel))
        if row.has_comment:
            row.part_count = 2
            row.save(update_fields=["has_comment", "part_count"])


class Migration(migrations.Migration):
    dependencies = [
        ("publish", "0006_many_at_once"),
    ]

    operations = [
        migrations.AddField(
            model_name="target",
            name="has_comment",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(count_first_comments, migrations.RunPython.noop),
    ]
