"""Every test run gets its own home and database, see `crosscut.site.tests.session`, and the same people."""

from tests.cast import cast

from crosscut.apps.publish.tests.in_turn import in_turn
from crosscut.site.tests.session import django_db_modify_db_settings

__all__ = ["cast", "django_db_modify_db_settings", "in_turn"]
