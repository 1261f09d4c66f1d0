import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from crosscut.apps.tables import CreateTables


class Migration(migrations.Migration):
    replaces = [("accounts", "0002_initial"), ("accounts", "0003_logins"), ("accounts", "0004_login_ends")]

    initial = True

    dependencies = [
        ("accounts", "0001_extensions"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="Workspace",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("slug", models.SlugField(unique=True)),
                        ("time_zone", models.CharField(default="UTC", max_length=64)),
                        ("language", models.CharField(default="en", max_length=12)),
                        ("territory", models.CharField(blank=True, default="", max_length=2)),
                        ("currency", models.CharField(default="EUR", max_length=3)),
                        (
                            "approval_rule",
                            models.CharField(
                                choices=[
                                    ("juniors", "Juniors, and specialists outside their own campaigns"),
                                    ("everyone", "Everyone"),
                                ],
                                default="juniors",
                                max_length=12,
                            ),
                        ),
                        ("is_demo", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ],
                ),
                migrations.CreateModel(
                    name="User",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                        ("email", models.EmailField(max_length=254, unique=True)),
                        ("name", models.CharField(max_length=120)),
                        ("language", models.CharField(default="en", max_length=12)),
                        ("time_zone", models.CharField(blank=True, max_length=64)),
                        ("is_active", models.BooleanField(default=True)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("email"), name="user_email_without_case"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Member",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("guest", "Guest"),
                                    ("junior", "Junior"),
                                    ("specialist", "Specialist"),
                                    ("senior", "Senior"),
                                    ("lead", "Lead"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("joined_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("left_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="members",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("workspace", "user"), name="member_once_per_workspace")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApiToken",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        ("secret_hash", models.CharField(max_length=64, unique=True)),
                        ("hint", models.CharField(max_length=12)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("last_used_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="tokens", to="accounts.member"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SignInFailure",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("email", models.CharField(max_length=254)),
                        ("address", models.GenericIPAddressField(null=True)),
                        ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["email", "at"], name="accounts_si_email_45824a_idx"),
                            models.Index(fields=["address", "at"], name="accounts_si_address_c5f45f_idx"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("guest", "Guest"),
                                    ("junior", "Junior"),
                                    ("specialist", "Specialist"),
                                    ("senior", "Senior"),
                                    ("lead", "Lead"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("secret_hash", models.CharField(max_length=64, unique=True)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("expires_at", models.DateTimeField()),
                        ("accepted_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.member"
                            ),
                        ),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="invitations",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="AuditEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("verb", models.CharField(max_length=60)),
                        ("subject", models.CharField(max_length=60)),
                        ("label", models.CharField(max_length=200)),
                        ("detail", models.JSONField(default=dict)),
                        (
                            "member",
                            models.ForeignKey(
                                blank=True,
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
                                related_name="audit_events",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["workspace", "-at"], name="accounts_au_workspa_7e5a56_idx"),
                            models.Index(fields=["workspace", "subject"], name="accounts_au_workspa_a2e11f_idx"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Account",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("channel", models.CharField(max_length=40)),
                        ("name", models.CharField(max_length=120)),
                        ("handle", models.CharField(blank=True, max_length=200)),
                        ("url", models.URLField(blank=True, max_length=500)),
                        ("remote_id", models.CharField(blank=True, max_length=300)),
                        ("settings", models.JSONField(default=dict)),
                        ("sealed_secrets", models.BinaryField(default=bytes)),
                        ("limits", models.JSONField(default=dict)),
                        ("can", models.JSONField(default=list)),
                        ("scopes", models.JSONField(default=list)),
                        ("token_expires_at", models.DateTimeField(blank=True, null=True)),
                        ("renew_at", models.DateTimeField(blank=True, null=True)),
                        ("login_ends_at", models.DateTimeField(blank=True, null=True)),
                        ("renewing_since", models.DateTimeField(blank=True, null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("connected", "Connected"),
                                    ("reconnect", "Needs connecting again"),
                                    ("disconnected", "Disconnected"),
                                ],
                                default="connected",
                                max_length=16,
                            ),
                        ),
                        ("problem", models.CharField(blank=True, max_length=500)),
                        ("connected_at", models.DateTimeField(blank=True, null=True)),
                        ("last_exchange_at", models.DateTimeField(blank=True, null=True)),
                        ("last_success_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="accounts",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("workspace", "channel", "name"), name="account_name_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Trip",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("channel", models.CharField(max_length=40)),
                        ("state_hash", models.CharField(max_length=64, unique=True)),
                        ("session_hash", models.CharField(blank=True, max_length=64)),
                        ("sealed", models.BinaryField()),
                        ("began_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("expires_at", models.DateTimeField()),
                        ("back_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("problem", models.CharField(blank=True, max_length=500)),
                        (
                            "account",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.member"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["expires_at"], name="accounts_tr_expires_a5f770_idx")],
                    },
                ),
            ],
        ),
    ]
