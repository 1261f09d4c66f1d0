from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("publish", "0002_kept")]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="files",
            field=models.JSONField(default=list),
        ),
    ]
