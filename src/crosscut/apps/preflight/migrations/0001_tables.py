import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from crosscut.apps.tables import CreateTables


class Migration(migrations.Migration):
    replaces = [("preflight", "0001_initial"), ("preflight", "0002_closed_times")]

    initial = True

    dependencies = [
        ("accounts", "0002_tables"),
        ("produce", "0001_tables"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="Waiver",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=60)),
                        ("where", models.CharField(blank=True, max_length=120)),
                        ("reason", models.TextField()),
                        ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("ends_on", models.DateField()),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="waivers",
                                to="accounts.member",
                            ),
                        ),
                        (
                            "piece",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="waivers", to="produce.piece"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Check",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("post_type", models.CharField(max_length=80)),
                        ("for_at", models.DateTimeField()),
                        ("findings", models.JSONField(default=list)),
                        ("blocking_count", models.PositiveSmallIntegerField()),
                        ("checked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "edition",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="checks", to="produce.edition"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("edition", "post_type"), name="check_once")],
                    },
                ),
                migrations.CreateModel(
                    name="ClosedTime",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("days", "Blackout dates"), ("hours", "Quiet hours")], max_length=8
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        ("starts_on", models.DateField(blank=True, null=True)),
                        ("ends_on", models.DateField(blank=True, null=True)),
                        (
                            "weekdays",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None
                            ),
                        ),
                        ("from_time", models.TimeField(blank=True, null=True)),
                        ("until_time", models.TimeField(blank=True, null=True)),
                        ("is_strict", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.member",
                            ),
                        ),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="closed_times",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["kind", "starts_on", "from_time", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ends_on__gte", models.F("starts_on")),
                                        ("kind", "days"),
                                        ("starts_on__isnull", False),
                                    ),
                                    models.Q(
                                        ("from_time__isnull", False), ("kind", "hours"), ("until_time__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="closed_time_whole",
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
