"""When a login ends for good, whatever is renewed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_logins"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="login_ends_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
