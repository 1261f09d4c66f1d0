from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plan", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="revision",
            field=models.PositiveIntegerField(default=1),
        ),
    ]
