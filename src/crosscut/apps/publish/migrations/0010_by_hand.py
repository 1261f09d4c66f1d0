import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_logins"),
        ("publish", "0009_post_import"),
    ]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.member",
            ),
        ),
        migrations.AlterField(
            model_name="proof",
            name="verdict",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="target",
            name="state",
            field=models.CharField(
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
    ]
