"""Second posts get rows of their own, and what a person settled by hand loses the address it had for a name."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models
from django.utils import timezone

BY_HAND = "by hand"


def forget_names_by_hand(apps, schema_editor):
    """An address is no name on the channel: proving looks for the name."""
    target, attempt = apps.get_model("publish", "Target"), apps.get_model("publish", "Attempt")
    confirmed = attempt.objects.filter(state="confirmed", remote_id=models.F("url"), remote_id__startswith="http")
    confirmed = confirmed | attempt.objects.filter(state="confirmed", remote_id=BY_HAND)
    ids = list(confirmed.values_list("pk", "target_id"))
    attempt.objects.filter(pk__in=[pk for pk, _ in ids]).update(remote_id="")
    live = target.objects.filter(pk__in=[target_id for _, target_id in ids], state__in=["sent", "proven"])
    live.update(remote_id="", next_at=timezone.now(), proof_tries=0)


def note_copies(apps, schema_editor):
    """What late answers named, where nobody has looked yet."""
    target, copy = apps.get_model("publish", "Target"), apps.get_model("publish", "Copy")
    for row in target.objects.filter(state__in=["sent", "proven"], needs_person=True):
        for late in row.attempts.filter(state="refused").exclude(remote_id__in=["", row.remote_id]):
            told = {"attempt": late, "url": late.url}
            copy.objects.get_or_create(target=row, remote_id=late.remote_id, defaults=told)


class Migration(migrations.Migration):
    dependencies = [("publish", "0003_attempt_files")]

    operations = [
        migrations.CreateModel(
            name="Copy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
            options={"ordering": ["id"]},
        ),
        migrations.AddConstraint(
            model_name="copy",
            constraint=models.UniqueConstraint(fields=("target", "remote_id"), name="copy_once"),
        ),
        migrations.RunPython(forget_names_by_hand, migrations.RunPython.noop),
        migrations.RunPython(note_copies, migrations.RunPython.noop),
    ]
