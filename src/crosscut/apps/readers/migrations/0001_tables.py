import crosscut.apps.readers.models

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from crosscut.apps.tables import CreateTables


class Migration(migrations.Migration):
    replaces = [("readers", "0001_readers")]

    initial = True

    dependencies = [
        ("accounts", "0002_tables"),
        ("publish", "0001_tables"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="Mailing",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("going", "Being sent"), ("done", "Sent"), ("stopped", "Stopped")],
                                default="going",
                                max_length=8,
                            ),
                        ),
                        ("problem", models.CharField(blank=True, max_length=1000)),
                        ("next_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("begun_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "target",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="mailing", to="publish.target"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["state", "next_at"], name="readers_mai_state_78b8c5_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="Reader",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("address", models.CharField(max_length=254)),
                        ("address_key", models.CharField(max_length=254)),
                        ("name", models.CharField(blank=True, max_length=120)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("asked", "Has not confirmed"),
                                    ("reads", "Reads"),
                                    ("left", "Left"),
                                    ("barred", "Cannot be reached"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "came_by",
                            models.CharField(
                                choices=[
                                    ("form", "Signed up and confirmed"),
                                    ("table", "From a table"),
                                    ("hand", "Entered by hand"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("consent", models.CharField(max_length=300)),
                        (
                            "code",
                            models.CharField(default=crosscut.apps.readers.models.new_code, max_length=64, unique=True),
                        ),
                        ("confirm_code", models.CharField(blank=True, db_index=True, max_length=64)),
                        ("confirm_until", models.DateTimeField(blank=True, null=True)),
                        ("question_at", models.DateTimeField(blank=True, null=True)),
                        ("added_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("joined_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_why", models.CharField(blank=True, max_length=300)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="readers",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "added_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.member",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["account", "state", "address_key"], name="readers_rea_account_032f6a_idx"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("account", "address_key"), name="reader_once_per_account")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Letter",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=40)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waits"),
                                    ("sent", "Being handed over"),
                                    ("accepted", "Taken by the mail server"),
                                    ("unknown", "Unknown"),
                                    ("refused", "Refused"),
                                    ("returned", "Came back"),
                                    ("skipped", "Not sent"),
                                ],
                                default="waiting",
                                max_length=8,
                            ),
                        ),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("next_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("first_at", models.DateTimeField(blank=True, null=True)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        ("deadline_at", models.DateTimeField(blank=True, null=True)),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        ("answer", models.CharField(blank=True, max_length=400)),
                        (
                            "settled_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.member",
                            ),
                        ),
                        (
                            "mailing",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="letters",
                                to="readers.mailing",
                            ),
                        ),
                        (
                            "reader",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="letters",
                                to="readers.reader",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["mailing", "state", "next_at"], name="readers_let_mailing_17708d_idx"),
                            models.Index(fields=["state", "deadline_at"], name="readers_let_state_5ad9ed_idx"),
                            models.Index(fields=["reader"], name="readers_let_reader__393492_idx"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("mailing", "reader"), name="letter_once_per_reader")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReaderTable",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=255)),
                        ("consent", models.CharField(max_length=300)),
                        ("rows", models.JSONField(default=list)),
                        ("added", models.PositiveIntegerField(null=True)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reader_tables",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.member",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "-id"],
                    },
                ),
                migrations.CreateModel(
                    name="ReturnsLook",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("until", models.CharField(blank=True, max_length=80)),
                        ("looked_at", models.DateTimeField(blank=True, null=True)),
                        ("problem", models.CharField(blank=True, max_length=500)),
                        (
                            "account",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="returns_look",
                                to="accounts.account",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Forgotten",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("address_mark", models.CharField(max_length=64)),
                        ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="forgotten",
                                to="accounts.account",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "address_mark"), name="forgotten_once_per_account"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="JoinTry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("address_hash", models.CharField(max_length=64)),
                        ("place", models.GenericIPAddressField(null=True)),
                        ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.account"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["account", "at"], name="readers_joi_account_744a21_idx"),
                            models.Index(fields=["place", "at"], name="readers_joi_place_c23a63_idx"),
                        ],
                    },
                ),
            ],
        ),
    ]
