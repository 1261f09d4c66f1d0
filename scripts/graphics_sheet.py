"""Makes the picture of docs/howto/graphics.md anew from the example: .venv/bin/python scripts/graphics_sheet.py"""

import shutil
import tempfile
from pathlib import Path

from crosscut.media.graphics import make_all

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "graphics"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        batch = make_all(EXAMPLE / "quote", EXAMPLE / "quotes.csv", Path(folder))
        shutil.copy(Path(folder) / batch.sheet, ROOT / "docs" / "images" / "graphics.jpg")


if __name__ == "__main__":
    main()
