"""The documentation of piece files says what the code does."""

import json
import re
from pathlib import Path

import pytest

from crosscut.kernel.piece_file import CampaignFile, MediaEntry, PieceFile, parse, schema

ROOT = Path(__file__).parents[5]
PAGE = ROOT / "docs" / "howto" / "piece-files.md"


@pytest.mark.parametrize(("name", "model"), [("piece", PieceFile), ("campaign", CampaignFile)])
def test_the_written_schema_is_that_of_the_code(name: str, model: type):
    written = json.loads((ROOT / "docs" / "reference" / f"{name}.schema.json").read_text())
    assert written == json.loads(json.dumps(schema(model), default=str)), "run: make docs"


@pytest.mark.parametrize("name", ["photo", "episode", "campaign"])
def test_its_examples_are_those_that_are_played(name: str):
    example = (ROOT / "examples" / "reef" / f"{name}.yaml").read_text().strip()
    assert f"```yaml\n{example}\n```" in PAGE.read_text()
    if name == "campaign":
        parse(example, CampaignFile)
    else:
        parse(example, PieceFile)


def test_it_names_every_field_of_a_piece():
    named = set(re.findall(r"`(?:media\[\]\.)?([a-z_]+)`", PAGE.read_text()))
    fields = {*PieceFile.model_fields, *MediaEntry.model_fields} - {"file"}
    assert fields - named == set()
