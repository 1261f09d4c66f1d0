"""Reads cuts in the formats of other programs. Runs in a capped child: the files may come from anywhere."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from crosscut.kernel.errors import Damaged, Problem, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.media.cuts.model import Cut
from crosscut.media.exchange import edl, fcpxml, mlt
from crosscut.media.exchange.formats import Format
from crosscut.media.inside.cuts import reading

RATES = tuple(
    Fraction(rate) for rate in (24, 25, 30, "24000/1001", "30000/1001", 48, 50, 60, "60000/1001")
)  # tried in this order for a list that does not say its own


def read(path: Path, form: Format, rate: Fraction | None = None) -> Cut:
    """The cut in the file. `rate` counts for edit decision lists, which do not say theirs.

    Raises Damaged, Unsupported or Invalid.
    """
    if path.stat().st_size > reading.LARGEST_BYTES:
        raise Unsupported(phrase("This file is larger than any timeline."))
    if form is Format.OTIO:
        return reading.read(path)
    if form is Format.EDL:
        return _edl(path, rate)
    return _xml(path, form)


def _xml(path: Path, form: Format) -> Cut:
    data = path.read_bytes()
    try:
        # FCPXML has a document type of one name; entities and outside files stay forbidden.
        root = ElementTree.fromstring(data, forbid_dtd=False)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as fault:
        raise Damaged(path, phrase("This is no XML that can be read: {fault}.", fault=fault)) from fault
    if form is Format.FCPXML:
        return fcpxml.parse(root)
    if form is Format.MLT:
        return mlt.parse(root)
    try:
        found = otio.adapters.read_from_string(data.decode("utf-8"), adapter_name="fcp_xml")
    except (otio.exceptions.OTIOError, ValueError, KeyError, AttributeError, TypeError, IndexError) as fault:
        raise Damaged(path, phrase("This is no Final Cut Pro 7 XML that can be read: {fault}.", fault=fault)) from fault
    return reading.from_timeline(reading.only_timeline(found))


def _edl(path: Path, rate: Fraction | None) -> Cut:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        text = path.read_text(encoding="latin-1")
    if not edl.has_events(text):
        raise Damaged(path, phrase("This is no edit decision list: it holds no event."))
    fault: Exception | None = None
    for tried in (rate,) if rate else RATES:
        try:
            found = otio.adapters.read_from_string(
                text, adapter_name="cmx_3600", rate=float(tried), ignore_timecode_mismatch=True
            )
            timeline = found[0] if isinstance(found, otio.schema.SerializableCollection) else found
            read_cut = reading.from_timeline(reading.only_timeline(timeline), rate=tried)
            guess = () if rate else (_guessed(tried),)
            warnings = (*read_cut.warnings, *guess)
            return replace(read_cut, rate=tried, start_timecode_s=edl.begins_at(text, tried), warnings=warnings)
        except (otio.exceptions.OTIOError, ValueError, KeyError, AttributeError, TypeError, IndexError) as error:
            fault = fault or error
    words = "" if rate else phrase(" Say its frame rate if you know it.")
    raise Damaged(
        path, phrase("This is no edit decision list that can be read: {fault}.{words}", fault=fault, words=words)
    ) from fault


def _guessed(rate: Fraction) -> Problem:
    message = phrase(
        "The list does not say its frame rate; {rate:g} frames a second were taken. Say it if that is wrong.",
        rate=float(rate),
    )
    return Problem(code="exchange.rate_guessed", where="timeline", message=message)
