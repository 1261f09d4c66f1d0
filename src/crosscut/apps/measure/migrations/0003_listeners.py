from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("measure", "0002_initial")]

    operations = [
        migrations.CreateModel(
            name="DaySalt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("salt", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Listener",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(db_index=True)),
                ("mark", models.BinaryField(unique=True)),
            ],
        ),
    ]
