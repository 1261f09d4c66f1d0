"""What people here wrote of an asset, as far as a made file says it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("library", "0003_rows_files")]

    operations = [
        migrations.AddField(
            model_name="rendition",
            name="said",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
