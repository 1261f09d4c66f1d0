"""The before and after that the guides show is what the engine really makes."""

import runpy
from pathlib import Path

from crosscut.media.stills import compare

ROOT = Path(__file__).parents[2]


def test_the_guide_to_captions_shows_what_mending_makes_of_them() -> None:
    """After a change, scripts/captions_sheet.py writes it anew."""
    script = runpy.run_path(str(ROOT / "scripts" / "captions_sheet.py"))
    assert "".join(script["sheet"]()) == script["SHEET"].read_text(encoding="utf-8")


def test_the_guide_to_other_shapes_shows_where_the_camera_really_looks(tmp_path: Path) -> None:
    """After a change, scripts/reframe_sheet.py draws it anew."""
    script = runpy.run_path(str(ROOT / "scripts" / "reframe_sheet.py"))
    script["sheet"](tmp_path / "sheet.png")
    assert compare(tmp_path / "sheet.png", script["SHEET"]).ssim > 0.98
