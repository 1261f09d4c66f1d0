"""What the test run itself stands on."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_django_reaches_the_runs_own_server():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_setting('fsync')")
        name, fsync = cursor.fetchone()
    assert name.startswith("test_")
    assert fsync == "off"
