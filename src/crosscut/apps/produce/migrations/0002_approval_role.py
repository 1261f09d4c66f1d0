"""Every word about a piece keeps the role it was said in."""

from typing import Any, ClassVar

from django.db import migrations, models

ROLES = [
    ("guest", "Guest"),
    ("junior", "Junior"),
    ("specialist", "Specialist"),
    ("senior", "Senior"),
    ("lead", "Lead"),
]


def fill(apps: Any, editor: Any) -> None:
    """Only seniors could say more than a request, so whoever did was at least one; a request may have been anybody's."""
    approvals = apps.get_model("produce", "Approval").objects
    approvals.exclude(decision="requested").update(role="senior")
    approvals.filter(decision="requested").update(role="junior")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("produce", "0001_initial")]
    operations: ClassVar = [
        migrations.AddField("approval", "role", models.CharField(choices=ROLES, default="", max_length=12), False),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
