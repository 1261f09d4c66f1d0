import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from crosscut.apps.tables import CreateTables


class Migration(migrations.Migration):
    replaces = [("measure", "0001_initial"), ("measure", "0002_initial"), ("measure", "0003_listeners")]

    initial = True

    dependencies = [
        ("accounts", "0002_tables"),
        ("publish", "0001_tables"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="DaySalt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("day", models.DateField(unique=True)),
                        ("salt", models.BinaryField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Listener",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("day", models.DateField(db_index=True)),
                        ("mark", models.BinaryField(unique=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="PageCount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", models.CharField(max_length=300)),
                        ("day", models.DateField()),
                        ("metric", models.CharField(max_length=60)),
                        ("value", models.PositiveIntegerField(default=0)),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="page_counts",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("workspace", "path", "day", "metric"), name="page_count_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Sample",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("metric", models.CharField(max_length=60)),
                        ("value", models.BigIntegerField()),
                        ("sampled_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "target",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="samples", to="publish.target"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["target", "metric", "-sampled_at"], name="measure_sam_target__95ec05_idx"
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
