"""The before and after that the guides show is what the engine really makes."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_guide_to_captions_shows_what_mending_makes_of_them() -> None:
    """After a change, scripts/captions_sheet.py writes it anew."""
    script = runpy.run_path(str(ROOT / "scripts" / "captions_sheet.py"))
    assert "".join(script["sheet"]()) == script["SHEET"].read_text(encoding="utf-8")
