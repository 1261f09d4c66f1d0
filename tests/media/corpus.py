"""Where real files of others and published document types are: never shipped, so tests of them skip where they are not.

CROSSCUT_CORPUS names the folder of files; without it, `../shared/corpus` beside the checkout is looked for.
"""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).parents[3] / "shared"


def corpus() -> Path:
    """The folder of real media, captions and timelines. Skips the test where there is none."""
    folder = Path(os.environ.get("CROSSCUT_CORPUS") or BESIDE / "corpus")
    if not folder.is_dir():
        pytest.skip("Set CROSSCUT_CORPUS to the folder of example media and timelines.")
    return folder


def document_type(name: str) -> Path:
    """Apple's document type of that name, which may not be passed on. Skips the test where it is not."""
    found = corpus().parent / "contracts" / "fcpxml" / name
    if not found.is_file():
        pytest.skip(f"{name} of Apple is not beside the corpus: it may not be passed on.")
    return found
