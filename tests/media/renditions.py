"""Every way in which the engine makes a film of a film."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.facts import Kind, Span
from crosscut.media import Metadata, plan, probe, render
from crosscut.media.cache import Cache, sha256_of
from crosscut.media.cuts import Clip, Cut, Track, render_cut, smart_cut
from crosscut.media.packs import divide, join, plan_pack, render_pack, render_part
from crosscut.media.reframe import reframe
from crosscut.specs.requirements import requirement

ABOUT = Metadata(
    title="Reef",
    description="A turtle",
    alt_text="A turtle above corals",
    creator=("Ana Núñez", "Bo"),
    copyright="© Reef Trust",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    digital_source_type="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
    ai_system="Model",
    ai_system_version="2",
    ai_prompt="a reef",
    ai_prompt_writer="Bo",
    data_mining="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING",
    latitude_deg=10.0,
    longitude_deg=20.0,
    camera="Maker One",
)
SMALL = replace(requirement("practice/video", Kind.VIDEO), max_width_px=64, loudness_lufs=None)  # type: ignore[type-var]


def rendered(master: Path, out: Path) -> None:
    render(master, plan(probe(master), SMALL), out)


def packed(master: Path, out: Path) -> None:
    pack = plan_pack(probe(master), {"practice/video": SMALL})
    kept = render_pack(master, pack, Cache(out.parent / "cache"), version_sha256=sha256_of(master))
    shutil.copy(next(iter(kept.values())).path, out)


def in_parts(master: Path, out: Path) -> None:
    division = divide(probe(master), plan(probe(master), SMALL), part_s=Fraction(1))
    files = {part.number: out.with_name(f"part{part.number}.mp4") for part in division.parts}
    for part in division.parts:
        render_part(master, division, part, files[part.number])
    join(master, division, files, out)


def reframed(master: Path, out: Path) -> None:
    reframe(master, Fraction(1), out)


def shortened(master: Path, out: Path) -> None:
    smart_cut(master, [Span(start_s=Fraction(1, 2), end_s=Fraction(2))], out)


def cut_anew(master: Path, out: Path) -> None:
    clip = Clip(name=master.name, media=master.name, start_s=Fraction(0), duration_s=Fraction(1))
    render_cut(Cut(name="cut", rate=Fraction(25), tracks=(Track(kind="video", items=(clip,)),)), [master.parent], out)


WAYS: Mapping[str, Callable[[Path, Path], None]] = {
    "rendered": rendered,
    "packed": packed,
    "in parts": in_parts,
    "reframed": reframed,
    "shortened": shortened,
    "cut anew": cut_anew,
}
