"""Every test run gets its own home and database; see `crosscut.site.tests.session`."""

from crosscut.site.tests.session import django_db_modify_db_settings

__all__ = ["django_db_modify_db_settings"]
