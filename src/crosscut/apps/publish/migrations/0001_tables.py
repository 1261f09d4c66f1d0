import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from crosscut.apps.tables import CreateTables


class Migration(migrations.Migration):
    replaces = [
        ("publish", "0001_initial"),
        ("publish", "0002_kept"),
        ("publish", "0003_attempt_files"),
        ("publish", "0004_copies"),
        ("publish", "0005_staging"),
        ("publish", "0006_takedowns"),
        ("publish", "0007_replacements"),
        ("publish", "0008_planning"),
        ("publish", "0009_post_import"),
        ("publish", "0010_by_hand"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0002_tables"),
        ("library", "0001_tables"),
        ("plan", "0001_tables"),
        ("produce", "0001_tables"),
        ("work", "0001_tables"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="Attempt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("prepared", "Prepared"),
                                    ("sent", "Sent"),
                                    ("accepted", "Accepted"),
                                    ("confirmed", "Confirmed by reading back"),
                                    ("unknown", "Unknown"),
                                    ("refused", "Not made"),
                                ],
                                default="prepared",
                                max_length=12,
                            ),
                        ),
                        ("digest", models.CharField(max_length=64)),
                        ("files", models.JSONField(default=list)),
                        ("worker", models.CharField(max_length=120)),
                        ("deadline_at", models.DateTimeField()),
                        ("prepared_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        ("absences", models.PositiveSmallIntegerField(default=0)),
                        ("remote_id", models.CharField(blank=True, max_length=300)),
                        ("url", models.URLField(blank=True, max_length=1000)),
                        ("answer", models.JSONField(default=dict)),
                        ("problem", models.CharField(blank=True, max_length=1000)),
                        (
                            "by",
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
                        "ordering": ["number"],
                    },
                ),
                migrations.CreateModel(
                    name="CalendarFeed",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("secret_hash", models.CharField(max_length=64, unique=True)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("read_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "member",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="calendar_feed",
                                to="accounts.member",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Canary",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("due_at", models.DateTimeField()),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["-due_at"], name="publish_can_due_at_e2cdc0_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="PostImport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=255)),
                        ("path", models.CharField(max_length=1000)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("reading", "Being read"),
                                    ("ready", "Waits for you"),
                                    ("making", "Being made"),
                                    ("made", "Made"),
                                    ("failed", "Failed"),
                                    ("undoing", "Being undone"),
                                    ("undone", "Undone"),
                                ],
                                default="reading",
                                max_length=8,
                            ),
                        ),
                        ("columns", models.JSONField(default=list)),
                        ("mapping", models.JSONField(default=dict)),
                        ("layout", models.CharField(blank=True, max_length=40)),
                        ("choices", models.JSONField(default=dict)),
                        ("counts", models.JSONField(default=dict)),
                        ("problem", models.CharField(blank=True, max_length=1000)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.member",
                            ),
                        ),
                        (
                            "job",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="work.job"
                            ),
                        ),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="post_imports",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["workspace", "-id"], name="publish_pos_workspa_660788_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="PostImportRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("key", models.CharField(max_length=64)),
                        ("values", models.JSONField(default=dict)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("ready", "Becomes a post"),
                                    ("problem", "Cannot be taken"),
                                    ("same", "Was brought before"),
                                    ("made", "Made"),
                                    ("undone", "Undone"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("notes", models.JSONField(default=list)),
                        (
                            "piece",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="produce.piece",
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rows",
                                to="publish.postimport",
                            ),
                        ),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.workspace"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["number"],
                        "constraints": [
                            models.UniqueConstraint(fields=("source", "number"), name="post_import_row_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "made")),
                                fields=("workspace", "key"),
                                name="post_import_made_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Replacement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("media", models.JSONField(default=list)),
                        ("posts", models.JSONField(default=list)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("undone_at", models.DateTimeField(blank=True, null=True)),
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
                            "new",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="replaced", to="library.asset"
                            ),
                        ),
                        (
                            "old",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="replaced_by",
                                to="library.asset",
                            ),
                        ),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="replacements",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [models.Index(fields=["old", "-id"], name="publish_rep_old_id_ba0eff_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="Target",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("occurrence", models.PositiveIntegerField(default=0)),
                        ("post_type", models.CharField(max_length=40)),
                        ("key", models.CharField(max_length=40, unique=True)),
                        ("wall_time", models.CharField(max_length=19)),
                        ("zone", models.CharField(max_length=64)),
                        ("due_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("scheduled", "Scheduled"),
                                    ("staging", "Being made ready there"),
                                    ("handed", "Waits for a person"),
                                    ("blocked", "Blocked"),
                                    ("sending", "Sending"),
                                    ("sent", "Sent"),
                                    ("proven", "Proven live"),
                                    ("unknown", "Unknown"),
                                    ("refused", "Refused"),
                                    ("cancelled", "Cancelled"),
                                    ("recalling", "Being taken down"),
                                    ("recalled", "Taken down"),
                                ],
                                default="scheduled",
                                max_length=12,
                            ),
                        ),
                        ("problem", models.CharField(blank=True, max_length=1000)),
                        ("next_at", models.DateTimeField()),
                        ("needs_person", models.BooleanField(default=False)),
                        ("remote_id", models.CharField(blank=True, max_length=300)),
                        ("url", models.URLField(blank=True, max_length=1000)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        ("kept", models.JSONField(default=dict)),
                        ("staging_since", models.DateTimeField(blank=True, null=True)),
                        ("staged_at", models.DateTimeField(blank=True, null=True)),
                        ("stagings", models.PositiveSmallIntegerField(default=0)),
                        ("proof_tries", models.PositiveSmallIntegerField(default=0)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="targets",
                                to="accounts.account",
                            ),
                        ),
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
                            "edition",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="targets",
                                to="produce.edition",
                            ),
                        ),
                        (
                            "piece",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="targets", to="produce.piece"
                            ),
                        ),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="targets",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["state", "next_at"], name="publish_tar_state_69e3b1_idx"),
                            models.Index(fields=["workspace", "due_at"], name="publish_tar_workspa_f56492_idx"),
                            models.Index(fields=["account", "-sent_at"], name="publish_tar_account_7e2d16_idx"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["refused", "cancelled", "recalled"]), _negated=True),
                                fields=("piece", "account", "occurrence"),
                                name="target_once_per_account",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Takedown",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reason", models.CharField(max_length=1000)),
                        ("due_at", models.DateTimeField()),
                        ("opened_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        ("note", models.CharField(blank=True, max_length=1000)),
                        (
                            "closed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.member",
                            ),
                        ),
                        (
                            "placement",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="takedowns",
                                to="library.placement",
                            ),
                        ),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="takedowns",
                                to="accounts.workspace",
                            ),
                        ),
                        (
                            "target",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="takedowns",
                                to="publish.target",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["workspace", "due_at"], name="publish_tak_workspa_d9301a_idx")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("target", None), ("placement", None), _connector="XOR"),
                                name="takedown_of_post_or_place",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("closed_at", None)),
                                fields=("target",),
                                name="takedown_open_once_per_post",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("closed_at", None)),
                                fields=("placement",),
                                name="takedown_open_once_per_place",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Proof",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "verdict",
                            models.CharField(
                                choices=[
                                    ("same", "As sent"),
                                    ("partly", "As sent, as far as it can be read"),
                                    ("differs", "Differs"),
                                    ("missing", "Not there"),
                                    ("unreadable", "Could not be read"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("url", models.URLField(blank=True, max_length=1000)),
                        ("parts", models.JSONField(default=list)),
                        (
                            "target",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="proofs", to="publish.target"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-id"],
                        "indexes": [models.Index(fields=["target", "-at"], name="publish_pro_target__582b18_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="Forecast",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("findings", models.JSONField(default=list)),
                        ("blocking_count", models.PositiveSmallIntegerField()),
                        ("judged_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField()),
                        ("account_state", models.CharField(max_length=16)),
                        ("specs", models.CharField(max_length=64)),
                        (
                            "target",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="forecast",
                                to="publish.target",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["judged_at"], name="publish_for_judged__83f3b3_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="Copy",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("remote_id", models.CharField(blank=True, max_length=300)),
                        ("url", models.URLField(blank=True, max_length=1000)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "To be looked at"),
                                    ("removing", "Being taken down"),
                                    ("removed", "Taken down"),
                                    ("left", "Left alone"),
                                ],
                                default="open",
                                max_length=12,
                            ),
                        ),
                        ("found_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "attempt",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="copies", to="publish.attempt"
                            ),
                        ),
                        (
                            "target",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="copies", to="publish.target"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [models.UniqueConstraint(fields=("target", "remote_id"), name="copy_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Timetable",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("zone", models.CharField(max_length=64)),
                        (
                            "account",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="timetable",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="timetables",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("account", None)),
                                fields=("workspace",),
                                name="timetable_once_per_workspace",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Slot",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("weekday", models.PositiveSmallIntegerField()),
                        ("at", models.TimeField()),
                        (
                            "timetable",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="slots",
                                to="publish.timetable",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["weekday", "at"],
                        "constraints": [
                            models.UniqueConstraint(fields=("timetable", "weekday", "at"), name="slot_once"),
                            models.CheckConstraint(condition=models.Q(("weekday__lte", 6)), name="slot_weekday"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Allowance",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=40)),
                        ("used", models.PositiveIntegerField()),
                        ("total", models.PositiveIntegerField()),
                        ("window_s", models.PositiveIntegerField()),
                        ("told_at", models.DateTimeField()),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="allowances",
                                to="accounts.account",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name"],
                        "constraints": [models.UniqueConstraint(fields=("account", "name"), name="allowance_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Hold",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "scope",
                            models.CharField(
                                choices=[
                                    ("workspace", "Everything"),
                                    ("campaign", "One campaign"),
                                    ("channel", "One channel"),
                                    ("topic", "One topic"),
                                ],
                                default="workspace",
                                max_length=12,
                            ),
                        ),
                        ("value", models.CharField(blank=True, max_length=60)),
                        ("reason", models.CharField(max_length=300)),
                        ("placed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("lifted_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "campaign",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="holds",
                                to="plan.campaign",
                            ),
                        ),
                        (
                            "lifted_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.member",
                            ),
                        ),
                        (
                            "placed_by",
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
                                related_name="holds",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("lifted_at", None)), fields=["workspace"], name="hold_active"
                            )
                        ],
                    },
                ),
            ],
        ),
        migrations.AddField(
            model_name="attempt",
            name="target",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="attempts", to="publish.target"
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.UniqueConstraint(fields=("target", "number"), name="attempt_number_once"),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "refused"), _negated=True), fields=("target",), name="attempt_one_open"
            ),
        ),
    ]
