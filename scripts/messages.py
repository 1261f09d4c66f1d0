"""Write the catalogue's template, django.pot, into src/crosscut/locale (or the folder named), for translators."""

import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crosscut.site.settings")
django.setup()

from crosscut.site.catalogue import PACKAGE, collect, write  # noqa: E402 (Django is set up first)

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PACKAGE / "locale"
found = collect()
(folder / "django.pot").write_text(write(found), encoding="utf-8")
print(f"{len(found)} messages in {folder / 'django.pot'}")
