import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.utils.timezone
import uuid
from django.db import migrations, models

from crosscut.apps.tables import CreateTables


class Migration(migrations.Migration):
    replaces = [
        ("library", "0001_initial"),
        ("library", "0002_screening"),
        ("library", "0003_rights"),
        ("library", "0004_fingerprints"),
        ("library", "0005_metadata"),
        ("library", "0006_storage_and_papers"),
        ("library", "0007_heard_framed_signed"),
        ("library", "0008_uploads_and_ways_in"),
        ("library", "0009_searching"),
        ("library", "0010_collections"),
        ("library", "0011_postings"),
        ("library", "0012_duplicates"),
        ("library", "0013_brand_kits"),
        ("library", "0014_smart_collections_and_live"),
        ("library", "0015_more_ways_in"),
        ("library", "0016_meaning"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0002_tables"),
        ("work", "0001_tables"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="ColdFile",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("sha256", models.CharField(max_length=64, unique=True)),
                        ("size_bytes", models.BigIntegerField()),
                        ("moved_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("wanted_at", models.DateTimeField(blank=True, null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="Version",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("sha256", models.CharField(db_index=True, max_length=64)),
                        ("size_bytes", models.BigIntegerField()),
                        ("media_type", models.CharField(max_length=100)),
                        ("filename", models.CharField(max_length=255)),
                        ("facts", models.JSONField(default=dict)),
                        ("metadata", models.JSONField(default=dict)),
                        ("used_on", models.DateField(blank=True, null=True)),
                        ("heard", models.JSONField(null=True)),
                        ("screening", models.JSONField(null=True)),
                        ("provenance", models.JSONField(null=True)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "width_px",
                            models.GeneratedField(
                                db_persist=True,
                                expression=models.Func(
                                    models.F("facts"),
                                    output_field=models.IntegerField(),
                                    template="(coalesce(%(expressions)s->'picture', %(expressions)s->'video'->0)->>'width_px')::int",
                                ),
                                output_field=models.IntegerField(null=True),
                            ),
                        ),
                        (
                            "height_px",
                            models.GeneratedField(
                                db_persist=True,
                                expression=models.Func(
                                    models.F("facts"),
                                    output_field=models.IntegerField(),
                                    template="(coalesce(%(expressions)s->'picture', %(expressions)s->'video'->0)->>'height_px')::int",
                                ),
                                output_field=models.IntegerField(null=True),
                            ),
                        ),
                        (
                            "duration_ms",
                            models.GeneratedField(
                                db_persist=True,
                                expression=models.Func(
                                    models.F("facts"),
                                    output_field=models.IntegerField(),
                                    template="CASE WHEN %(expressions)s->>'duration_s' IS NOT NULL THEN least(split_part(%(expressions)s->>'duration_s', '/', 1)::numeric * 1000 / coalesce(nullif(split_part(%(expressions)s->>'duration_s', '/', 2), '')::numeric, 1), 2147483647)::int END",
                                ),
                                output_field=models.IntegerField(null=True),
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-number"],
                    },
                ),
                migrations.CreateModel(
                    name="Posting",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "workspace_id",
                                "word",
                                "block",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("workspace_id", models.BigIntegerField()),
                        ("word", models.TextField(db_collation="C")),
                        ("block", models.BigIntegerField()),
                        ("assets", models.BinaryField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Arrival",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("filename", models.CharField(max_length=255)),
                        ("path", models.CharField(max_length=1000)),
                        ("size_bytes", models.BigIntegerField()),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("reading", "Being read"),
                                    ("stored", "In the library"),
                                    ("duplicate", "Already in the library"),
                                    ("quarantined", "Set aside"),
                                    ("refused", "Refused"),
                                    ("unpacked", "Unpacked"),
                                ],
                                default="waiting",
                                max_length=12,
                            ),
                        ),
                        ("problem", models.CharField(blank=True, max_length=1000)),
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
                            "inside_of",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="inside",
                                to="library.arrival",
                            ),
                        ),
                        (
                            "job",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="arrivals",
                                to="work.job",
                            ),
                        ),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="arrivals",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["workspace", "state", "-created_at"], name="library_arr_workspa_0d7901_idx"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ArrivalEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "step",
                            models.CharField(
                                choices=[
                                    ("received", "Received"),
                                    ("reading", "Reading begun"),
                                    ("stored", "In the library"),
                                    ("previewed", "Preview made"),
                                    ("duplicate", "Already in the library"),
                                    ("quarantined", "Set aside"),
                                    ("refused", "Refused"),
                                    ("unpacked", "Unpacked"),
                                    ("retried", "Tried again"),
                                    ("sent_again", "Was stuck, sent again"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("words", models.CharField(blank=True, max_length=300)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "arrival",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="events", to="library.arrival"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["at", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="Asset",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("video", "Video"),
                                    ("audio", "Audio"),
                                    ("image", "Picture"),
                                    ("captions", "Captions"),
                                    ("document", "Document"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("description", models.TextField(blank=True)),
                        ("alt_text", models.TextField(blank=True)),
                        ("credit", models.CharField(blank=True, max_length=300)),
                        (
                            "tags",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                            ),
                        ),
                        ("about", models.JSONField(blank=True, default=dict)),
                        ("origins", models.JSONField(blank=True, default=dict)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
                        ("binned_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "rights_needed",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=12), blank=True, default=list, size=None
                            ),
                        ),
                        ("embargo_until", models.DateTimeField(blank=True, null=True)),
                        ("rights_changed_at", models.DateTimeField(null=True)),
                        ("rights_enforced_at", models.DateTimeField(null=True)),
                        ("search", django.contrib.postgres.search.SearchVectorField(null=True)),
                        (
                            "binned_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.member",
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
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="assets",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["search"], name="library_ass_search_ed4bb7_gin"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["tags"], name="library_ass_tags_732f58_gin"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["title"], name="asset_title_trigram", opclasses=["gin_trgm_ops"]
                            ),
                            models.Index(
                                fields=["workspace", "-created_at", "-id"], name="library_ass_workspa_a450ec_idx"
                            ),
                            models.Index(
                                fields=["workspace", "kind", "-created_at", "-id"],
                                name="library_ass_workspa_430d0e_idx",
                            ),
                            models.Index(
                                condition=models.Q(("binned_at__isnull", False)),
                                fields=["binned_at"],
                                name="asset_binned",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BrandKit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        ("voice", models.TextField(blank=True)),
                        ("colours", models.JSONField(default=list)),
                        ("words", models.JSONField(default=list)),
                        ("musts", models.JSONField(default=list)),
                        ("least_contrast", models.FloatField(default=4.5)),
                        (
                            "logo_kinds",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=12), blank=True, default=list, size=None
                            ),
                        ),
                        ("logo_clear_percent", models.PositiveSmallIntegerField(default=0)),
                        ("logo_least_px", models.PositiveSmallIntegerField(default=0)),
                        ("is_usual", models.BooleanField(default=False)),
                        ("revision", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
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
                                related_name="brand_kits",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("archived_at", None)),
                                fields=("workspace", "name"),
                                name="brand_kit_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("archived_at", None), ("is_usual", True)),
                                fields=("workspace",),
                                name="brand_kit_usual_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BrandFile",
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
                                    ("logo", "Logo"),
                                    ("font", "Font"),
                                    ("template", "Template"),
                                    ("picture", "Made with its logo"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("added_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "asset",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="brand_files",
                                to="library.asset",
                            ),
                        ),
                        (
                            "kit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="files", to="library.brandkit"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["role", "id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("kit", "asset", "role"), name="brand_file_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Card",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=16)),
                        ("label", models.CharField(max_length=200)),
                        ("layout", models.CharField(max_length=200)),
                        ("count", models.PositiveIntegerField(default=0)),
                        ("size_bytes", models.BigIntegerField(default=0)),
                        ("first_seen_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("seen_at", models.DateTimeField()),
                        ("compared_at", models.DateTimeField(null=True)),
                        ("lacking", models.JSONField(default=list)),
                        ("state", models.CharField(blank=True, max_length=16)),
                        ("compared_state", models.CharField(blank=True, max_length=16)),
                        (
                            "job",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="work.job"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-seen_at", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="ChangeSet",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "how",
                            models.CharField(
                                choices=[
                                    ("page", "on its page"),
                                    ("several", "on several at once"),
                                    ("sheet", "by spreadsheet"),
                                    ("sidecar", "by XMP sidecar"),
                                    ("import", "by import"),
                                    ("api", "by a program"),
                                    ("merge", "by merging duplicates"),
                                    ("undo", "by undoing"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("label", models.CharField(blank=True, max_length=200)),
                        ("undone_at", models.DateTimeField(blank=True, null=True)),
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
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="change_sets",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["workspace", "-id"], name="library_cha_workspa_e7a5ef_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="Collection",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=120)),
                        ("notes", models.TextField(blank=True)),
                        ("search", models.CharField(blank=True, max_length=1000)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "cover",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="library.asset",
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
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="collections",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-updated_at", "-id"],
                        "indexes": [
                            models.Index(
                                fields=["workspace", "-updated_at", "-id"], name="library_col_workspa_4b2308_idx"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CollectionItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveIntegerField()),
                        ("added_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "added_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.member",
                            ),
                        ),
                        (
                            "asset",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="collected",
                                to="library.asset",
                            ),
                        ),
                        (
                            "collection",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="items",
                                to="library.collection",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("collection", "asset"), name="asset_once_per_collection")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CollectionLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        ("secret_hash", models.CharField(max_length=64, unique=True)),
                        ("password_hash", models.CharField(blank=True, max_length=200)),
                        ("watermark", models.CharField(blank=True, max_length=60)),
                        (
                            "downloads",
                            models.CharField(
                                choices=[
                                    ("none", "Looking only"),
                                    ("web", "In web size"),
                                    ("original", "The originals too"),
                                ],
                                default="none",
                                max_length=8,
                            ),
                        ),
                        ("ends_at", models.DateTimeField()),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "collection",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="links",
                                to="library.collection",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.member"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [models.Index(fields=["collection", "-id"], name="library_col_collect_2cdbdf_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="Consent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("agreed", models.CharField(max_length=300)),
                        (
                            "territories",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2), blank=True, default=list, size=None
                            ),
                        ),
                        (
                            "channels",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                            ),
                        ),
                        (
                            "uses",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=12), blank=True, default=list, size=None
                            ),
                        ),
                        ("starts_on", models.DateField(blank=True, null=True)),
                        ("ends_on", models.DateField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "asset",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="consents",
                                to="library.asset",
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
                    ],
                    options={
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="FieldChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("field", models.CharField(max_length=60)),
                        ("before", models.JSONField(null=True)),
                        ("after", models.JSONField(null=True)),
                        (
                            "asset",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="field_changes",
                                to="library.asset",
                            ),
                        ),
                        (
                            "change_set",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="changes",
                                to="library.changeset",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["asset", "-id"], name="library_fie_asset_i_7b6fa6_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="Fingerprint",
                    fields=[
                        (
                            "version",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="fingerprint",
                                serialize=False,
                                to="library.version",
                            ),
                        ),
                        ("maker", models.PositiveSmallIntegerField()),
                        ("is_film", models.BooleanField(default=False)),
                        ("whole", models.BigIntegerField(default=0)),
                        ("parts", models.BinaryField(default=bytes)),
                        ("sketch", models.BinaryField(default=bytes)),
                        ("colours", models.JSONField(default=list)),
                        ("hues", models.IntegerField(default=0)),
                        ("seen_text", models.TextField(blank=True)),
                        ("reader", models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ("pixels_sha256", models.CharField(blank=True, max_length=64)),
                        ("camera", models.CharField(blank=True, max_length=200)),
                        ("taken_at", models.DateTimeField(null=True)),
                        ("is_compared", models.BooleanField(db_default=False, default=False)),
                        (
                            "written_in",
                            models.BigIntegerField(
                                db_default=django.db.models.functions.comparison.Cast(
                                    django.db.models.functions.comparison.Cast(
                                        models.Func(function="pg_current_xact_id"), models.TextField()
                                    ),
                                    models.BigIntegerField(),
                                )
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("is_compared", False)),
                                fields=["version"],
                                name="fingerprint_not_compared",
                            ),
                            models.Index(fields=["reader", "-version"], name="fingerprint_unread"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Meaning",
                    fields=[
                        (
                            "version",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="meaning",
                                serialize=False,
                                to="library.version",
                            ),
                        ),
                        ("model", models.CharField(max_length=64)),
                        ("seen", models.BinaryField(default=bytes)),
                        (
                            "seen_at_ms",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.IntegerField(), default=list, size=None
                            ),
                        ),
                        ("told", models.BinaryField(default=bytes)),
                        (
                            "told_at_ms",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.IntegerField(), default=list, size=None
                            ),
                        ),
                        ("told_sha256", models.CharField(blank=True, max_length=64)),
                        ("is_told", models.BooleanField(default=False)),
                        (
                            "written_in",
                            models.BigIntegerField(
                                db_default=django.db.models.functions.comparison.Cast(
                                    django.db.models.functions.comparison.Cast(
                                        models.Func(function="pg_current_xact_id"), models.TextField()
                                    ),
                                    models.BigIntegerField(),
                                )
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("is_told", False)), fields=["version"], name="meaning_not_told"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Framing",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("aspect", models.CharField(max_length=20)),
                        ("points", models.JSONField()),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.member",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="framings",
                                to="library.version",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["aspect"],
                        "constraints": [models.UniqueConstraint(fields=("version", "aspect"), name="framing_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Intake",
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
                                choices=[
                                    ("sheet", "Spreadsheet"),
                                    ("sidecars", "XMP sidecars"),
                                    ("lightroom", "Lightroom catalogue"),
                                    ("bynder", "Bynder export"),
                                    ("resourcespace", "ResourceSpace export"),
                                    ("wordpress", "WordPress media library"),
                                ],
                                max_length=13,
                            ),
                        ),
                        ("name", models.CharField(max_length=255)),
                        ("path", models.CharField(blank=True, max_length=1000)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("reading", "Being read"),
                                    ("ready", "Waits for you"),
                                    ("applying", "Being applied"),
                                    ("applied", "Applied"),
                                    ("failed", "Failed"),
                                ],
                                default="reading",
                                max_length=8,
                            ),
                        ),
                        ("mapping", models.JSONField(default=dict)),
                        ("columns", models.JSONField(default=list)),
                        ("takes_conflicts", models.BooleanField(default=False)),
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
                            "change_set",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="library.changeset",
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
                                related_name="intakes",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["workspace", "-id"], name="library_int_workspa_6cea21_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="IntakeRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("name", models.CharField(max_length=255)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("change", "Changes"),
                                    ("same", "Nothing to change"),
                                    ("conflict", "Changed here meanwhile"),
                                    ("problem", "Cannot be taken"),
                                    ("unknown", "No such asset here"),
                                    ("applied", "Applied"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("changes", models.JSONField(default=list)),
                        ("problem", models.CharField(blank=True, max_length=1000)),
                        (
                            "asset",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="library.asset",
                            ),
                        ),
                        (
                            "intake",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="library.intake"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["number"],
                        "constraints": [models.UniqueConstraint(fields=("intake", "number"), name="intake_row_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Licence",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("holder", models.CharField(max_length=200)),
                        ("terms", models.CharField(max_length=200)),
                        ("terms_url", models.URLField(blank=True, max_length=500)),
                        ("credit_line", models.CharField(blank=True, max_length=300)),
                        (
                            "territories",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2), blank=True, default=list, size=None
                            ),
                        ),
                        (
                            "channels",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                            ),
                        ),
                        ("starts_on", models.DateField(blank=True, null=True)),
                        ("ends_on", models.DateField(blank=True, null=True)),
                        (
                            "right",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "The whole work"),
                                    ("sync", "The composition (sync)"),
                                    ("master", "The recording (master)"),
                                ],
                                default="",
                                max_length=12,
                            ),
                        ),
                        (
                            "uses",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=12), blank=True, default=list, size=None
                            ),
                        ),
                        (
                            "edits",
                            models.CharField(
                                choices=[
                                    ("any", "May be changed"),
                                    ("crop", "May be cropped, no other change"),
                                    ("none", "Only as it is"),
                                ],
                                default="any",
                                max_length=4,
                            ),
                        ),
                        ("note", models.TextField(blank=True)),
                        ("cost_minor", models.BigIntegerField(blank=True, null=True)),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        (
                            "renewal",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "Ends by itself"),
                                    ("ask", "Can be renewed: ask in time"),
                                    ("auto", "Goes on unless it is ended in time"),
                                ],
                                default="",
                                max_length=4,
                            ),
                        ),
                        ("notice_on", models.DateField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "asset",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="licences", to="library.asset"
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
                    ],
                    options={
                        "ordering": ["id"],
                        "indexes": [models.Index(fields=["ends_on"], name="library_lic_ends_on_78a5e7_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="LinkEvent",
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
                                choices=[
                                    ("opened", "opened the page"),
                                    ("viewed", "looked at"),
                                    ("downloaded", "downloaded"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("label", models.CharField(blank=True, max_length=200)),
                        ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "asset",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="library.asset",
                            ),
                        ),
                        (
                            "link",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="events",
                                to="library.collectionlink",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [models.Index(fields=["link", "-id"], name="library_lin_link_id_6e9790_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="LiveOn",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("channel", models.CharField(max_length=40)),
                        (
                            "asset",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="live_on", to="library.asset"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("asset", "channel"), name="live_on_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Merge",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("gone", models.JSONField(default=list)),
                        ("carried", models.JSONField(default=dict)),
                        ("moved", models.JSONField(default=list)),
                        ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("undone_at", models.DateTimeField(blank=True, null=True)),
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
                            "change_set",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="library.changeset",
                            ),
                        ),
                        (
                            "kept",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="merges", to="library.asset"
                            ),
                        ),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="merges",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["workspace", "-id"], name="library_mer_workspa_fd6837_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="OtherLook",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("profile", models.CharField(max_length=20)),
                        ("screening", models.JSONField()),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="other_looks",
                                to="library.version",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("version", "profile"), name="other_look_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Paper",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("filename", models.CharField(max_length=255)),
                        ("sha256", models.CharField(db_index=True, max_length=64)),
                        ("size_bytes", models.BigIntegerField()),
                        ("media_type", models.CharField(max_length=100)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "consent",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="papers",
                                to="library.consent",
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
                            "licence",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="papers",
                                to="library.licence",
                            ),
                        ),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="papers",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("licence", None), ("consent", None), _connector="XOR"),
                                name="paper_of_licence_or_consent",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Placement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("place", models.CharField(max_length=200)),
                        ("url", models.URLField(blank=True, max_length=1000)),
                        ("noted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("gone_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "asset",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="placements",
                                to="library.asset",
                            ),
                        ),
                        (
                            "noted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.member",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="Rendition",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("purpose", models.CharField(max_length=40)),
                        ("recipe", models.JSONField()),
                        ("recipe_digest", models.CharField(max_length=64)),
                        ("sha256", models.CharField(db_index=True, max_length=64)),
                        ("size_bytes", models.BigIntegerField()),
                        ("media_type", models.CharField(max_length=100)),
                        ("facts", models.JSONField(default=dict)),
                        ("used_on", models.DateField(blank=True, null=True)),
                        ("freed_at", models.DateTimeField(blank=True, null=True)),
                        ("signed_by", models.CharField(blank=True, max_length=64)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="renditions",
                                to="library.version",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("version", "purpose", "recipe_digest"), name="rendition_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RightsAnswer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("about", models.CharField(max_length=80)),
                        ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("use", models.JSONField()),
                        ("answer", models.JSONField()),
                        ("grounds", models.JSONField()),
                        (
                            "asset",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rights_answers",
                                to="library.asset",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["asset", "about", "-id"], name="library_rig_asset_i_410486_idx")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SavedSearch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        ("text", models.CharField(max_length=1000)),
                        ("sort", models.CharField(blank=True, max_length=12)),
                        ("is_shared", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="saved_searches",
                                to="accounts.member",
                            ),
                        ),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="saved_searches",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "id"],
                        "constraints": [models.UniqueConstraint(fields=("member", "name"), name="saved_search_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Signer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("certificates", models.TextField()),
                        ("sealed_key", models.BinaryField()),
                        ("algorithm", models.CharField(max_length=10)),
                        ("fingerprint", models.CharField(max_length=64)),
                        ("expires_at", models.DateTimeField()),
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
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="signer",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SplitRender",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=64, unique=True)),
                        ("source_sha256", models.CharField(max_length=64)),
                        ("division", models.JSONField()),
                        ("is_stopped", models.BooleanField(default=False)),
                        ("is_paused", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="split_renders",
                                to="library.version",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SplitPart",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("making", "Being made"),
                                    ("done", "Done"),
                                    ("failed", "Failed"),
                                ],
                                default="waiting",
                                max_length=8,
                            ),
                        ),
                        ("token", models.CharField(blank=True, max_length=32)),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("done_permille", models.PositiveSmallIntegerField(default=0)),
                        ("beat_at", models.DateTimeField(null=True)),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        ("problem", models.CharField(blank=True, max_length=1000)),
                        (
                            "render",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="parts",
                                to="library.splitrender",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["number"],
                        "constraints": [models.UniqueConstraint(fields=("render", "number"), name="split_part_once")],
                    },
                ),
                migrations.CreateModel(
                    name="StorageBudget",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "storage_class",
                            models.CharField(
                                choices=[
                                    ("masters", "Masters"),
                                    ("renditions", "Files for posts"),
                                    ("previews", "Previews"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("limit_bytes", models.BigIntegerField()),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="storage_budgets",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("workspace", "storage_class"), name="storage_budget_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StorageDay",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "storage_class",
                            models.CharField(
                                choices=[
                                    ("masters", "Masters"),
                                    ("renditions", "Files for posts"),
                                    ("previews", "Previews"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("day", models.DateField()),
                        ("size_bytes", models.BigIntegerField()),
                        ("file_count", models.IntegerField()),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="storage_days",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["day"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("workspace", "storage_class", "day"), name="storage_day_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Subject",
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
                                choices=[("person", "Person"), ("place", "Place"), ("thing", "Thing or work")],
                                default="person",
                                max_length=6,
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("note", models.TextField(blank=True)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("assets", models.ManyToManyField(related_name="subjects", to="library.asset")),
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
                                related_name="subjects",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "id"],
                        "constraints": [models.UniqueConstraint(fields=("workspace", "name"), name="subject_once")],
                    },
                ),
                migrations.CreateModel(
                    name="FacePlace",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(blank=True, max_length=200)),
                        ("x", models.FloatField()),
                        ("y", models.FloatField()),
                        ("width", models.FloatField()),
                        ("height", models.FloatField()),
                        (
                            "asset",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="faces", to="library.asset"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="faces",
                                to="library.subject",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="Together",
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
                                choices=[
                                    ("pair", "Raw file and picture"),
                                    ("burst", "Burst"),
                                    ("clip", "One recording in several files"),
                                ],
                                max_length=5,
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("is_sure", models.BooleanField(default=True)),
                        (
                            "card",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="groups",
                                to="library.card",
                            ),
                        ),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="groups_of_shots",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("card", "kind", "name"), name="together_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Touched",
                    fields=[
                        ("asset_id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("workspace_id", models.BigIntegerField()),
                        ("written_in", models.BigIntegerField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["workspace_id", "written_in"], name="library_tou_workspa_052c9c_idx")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Track",
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
                                choices=[
                                    ("captions", "Captions"),
                                    ("transcript", "Transcript"),
                                    ("chapters", "Chapters"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("language", models.CharField(default="en", max_length=12)),
                        ("media_type", models.CharField(default="text/vtt", max_length=60)),
                        ("text", models.TextField()),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "asset",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="tracks", to="library.asset"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("asset", "kind", "language"), name="track_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TwinPair",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("tier", models.PositiveSmallIntegerField()),
                        ("bits", models.PositiveSmallIntegerField(default=0)),
                        ("found_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("set_apart_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "one",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="library.version"
                            ),
                        ),
                        (
                            "other",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="library.version"
                            ),
                        ),
                        (
                            "set_apart_by",
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
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.workspace"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(models.F("workspace"), models.F("set_apart_at"), name="twin_pair_open")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.comparison.Least("one", "other"),
                                django.db.models.functions.comparison.Greatest("one", "other"),
                                name="twin_pair_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Unposted",
                    fields=[
                        ("asset_id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("workspace_id", models.BigIntegerField()),
                        ("written_in", models.BigIntegerField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["workspace_id", "asset_id"], name="library_unp_workspa_ad2234_idx")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Upload",
                    fields=[
                        (
                            "key",
                            models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                        ),
                        ("filename", models.CharField(max_length=255)),
                        ("size_bytes", models.BigIntegerField()),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        ("proven_bytes", models.BigIntegerField(null=True)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("expires_at", models.DateTimeField()),
                        (
                            "arrival",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="library.arrival",
                            ),
                        ),
                        (
                            "asset",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="library.asset",
                            ),
                        ),
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
                                related_name="uploads",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["created_by", "-created_at"], name="library_upl_created_c91f97_idx"),
                            models.Index(fields=["expires_at"], name="library_upl_expires_09b08f_idx"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Vocabulary",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("is_for_tags", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="vocabularies",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "vocabularies",
                        "ordering": ["name"],
                        "constraints": [models.UniqueConstraint(fields=("workspace", "name"), name="vocabulary_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Term",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("label", models.CharField(max_length=60)),
                        (
                            "synonyms",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                            ),
                        ),
                        ("code", models.CharField(blank=True, max_length=500)),
                        (
                            "parent",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="children",
                                to="library.term",
                            ),
                        ),
                        (
                            "vocabulary",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="terms",
                                to="library.vocabulary",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["label"],
                        "constraints": [models.UniqueConstraint(fields=("vocabulary", "label"), name="term_once")],
                    },
                ),
                migrations.CreateModel(
                    name="CustomField",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(max_length=40)),
                        ("label", models.CharField(max_length=120)),
                        ("hint", models.CharField(blank=True, max_length=300)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("text", "Text"),
                                    ("long", "Text of several lines"),
                                    ("number", "Number"),
                                    ("date", "Date"),
                                    ("choice", "One of a list"),
                                    ("choices", "Several of a list"),
                                    ("flag", "Yes or no"),
                                ],
                                default="text",
                                max_length=7,
                            ),
                        ),
                        (
                            "choices",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200), blank=True, default=list, size=None
                            ),
                        ),
                        ("is_required", models.BooleanField(default=False)),
                        ("position", models.PositiveIntegerField(default=0)),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="custom_fields",
                                to="accounts.workspace",
                            ),
                        ),
                        (
                            "vocabulary",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="fields",
                                to="library.vocabulary",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("workspace", "slug"), name="custom_field_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WayIn",
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
                                choices=[
                                    ("folder", "Watched folder"),
                                    ("mail", "Mailbox"),
                                    ("bucket", "S3 bucket"),
                                    ("card", "Camera cards"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("name", models.CharField(max_length=100)),
                        ("settings", models.JSONField(default=dict)),
                        ("secrets", models.BinaryField(default=bytes)),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("is_on", models.BooleanField(default=True)),
                        ("looked_at", models.DateTimeField(null=True)),
                        ("problem", models.CharField(blank=True, max_length=1000)),
                        ("taken", models.PositiveIntegerField(default=0)),
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
                                related_name="ways_in",
                                to="accounts.workspace",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="WayItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=1100)),
                        ("mark", models.CharField(max_length=100)),
                        ("noticed_at", models.DateTimeField()),
                        ("is_taken", models.BooleanField(default=False)),
                        (
                            "way",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="items", to="library.wayin"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("way", "name"), name="way_item_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Word",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("word", models.CharField(max_length=40)),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.workspace"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["workspace", "word"], name="library_wor_workspa_dfe43e_idx"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["word"], name="word_trigram", opclasses=["gin_trgm_ops"]
                            ),
                        ],
                    },
                ),
            ],
        ),
        migrations.AddField(
            model_name="arrival",
            name="asset",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="arrivals", to="library.asset"
            ),
        ),
        migrations.AddField(
            model_name="version",
            name="asset",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="library.asset"
            ),
        ),
        migrations.AddField(
            model_name="version",
            name="created_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.member"
            ),
        ),
        migrations.AddField(
            model_name="asset",
            name="current",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="library.version"
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="subject",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="consents", to="library.subject"
            ),
        ),
        migrations.AddField(
            model_name="arrival",
            name="together",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="arrivals", to="library.together"
            ),
        ),
        migrations.AddField(
            model_name="card",
            name="way",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="cards", to="library.wayin"
            ),
        ),
        migrations.AddField(
            model_name="fingerprint",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.workspace"
            ),
        ),
        migrations.AddField(
            model_name="meaning",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.workspace"
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.UniqueConstraint(fields=("asset", "number"), name="version_number_once"),
        ),
        migrations.AddConstraint(
            model_name="card",
            constraint=models.UniqueConstraint(fields=("way", "key"), name="card_once"),
        ),
        migrations.AddIndex(
            model_name="fingerprint",
            index=models.Index(fields=["workspace", "written_in"], name="library_fin_workspa_471cc2_idx"),
        ),
        migrations.AddIndex(
            model_name="fingerprint",
            index=models.Index(
                models.F("workspace"), models.F("camera"), models.F("taken_at"), name="fingerprint_taken"
            ),
        ),
        migrations.AddIndex(
            model_name="meaning",
            index=models.Index(fields=["workspace", "model", "written_in"], name="meaning_written"),
        ),
    ]
