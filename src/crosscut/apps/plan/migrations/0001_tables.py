import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from crosscut.apps.tables import CreateTables


class Migration(migrations.Migration):
    replaces = [("plan", "0001_initial"), ("plan", "0002_campaign_revision")]

    initial = True

    dependencies = [
        ("accounts", "0002_tables"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="Audience",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("description", models.TextField(blank=True)),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="audiences",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("workspace", "name"), name="audience_name_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Campaign",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=160)),
                        ("slug", models.SlugField(max_length=80)),
                        ("objective", models.TextField(blank=True)),
                        ("brief", models.TextField(blank=True)),
                        ("starts_on", models.DateField(blank=True, null=True)),
                        ("ends_on", models.DateField(blank=True, null=True)),
                        ("budget_minor", models.BigIntegerField(default=0)),
                        ("currency", models.CharField(default="EUR", max_length=3)),
                        ("revision", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
                        ("audiences", models.ManyToManyField(blank=True, related_name="campaigns", to="plan.audience")),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="owned_campaigns",
                                to="accounts.member",
                            ),
                        ),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="campaigns",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("workspace", "slug"), name="campaign_slug_once"),
                            models.CheckConstraint(
                                condition=models.Q(("budget_minor__gte", 0)), name="campaign_budget_not_negative"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Cost",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("label", models.CharField(max_length=160)),
                        ("amount_minor", models.BigIntegerField(default=0)),
                        ("currency", models.CharField(max_length=3)),
                        ("hours", models.DecimalField(decimal_places=2, default=0, max_digits=8)),
                        ("spent_on", models.DateField()),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="costs", to="plan.campaign"
                            ),
                        ),
                        (
                            "entered_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.member",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["spent_on", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="KeyResult",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=160)),
                        ("metric", models.CharField(max_length=60)),
                        ("goal", models.DecimalField(decimal_places=2, max_digits=16)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="key_results",
                                to="plan.campaign",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "id"],
                    },
                ),
            ],
        ),
    ]
