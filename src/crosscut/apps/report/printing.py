"""The report as a PDF, set by Typst."""

import json
from importlib import resources
from typing import Any

import typst

_TEMPLATE = "campaign.typ"


def pdf_of(facts: dict[str, Any], *, words: dict[str, str]) -> bytes:
    """The PDF/UA document of a campaign report's facts. `words` are its headings in the reader's language."""
    template = resources.files("crosscut.apps.report").joinpath("templates", "report", _TEMPLATE).read_bytes()
    data = json.dumps({"facts": facts, "words": words}, ensure_ascii=False)
    pdf: bytes = typst.compile(template, sys_inputs={"data": data}, format="pdf", pdf_standards=["ua-1"])
    return pdf
