# mypy: disable-error-code="union-attr,arg-type,operator,type-var,comparison-overlap"
# A None where a value belongs fails the test by itself.
"""Camera raw, Photoshop, PDF and animations are read, measured and shown."""

import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from psd_tools import PSDImage

from crosscut.kernel.errors import Damaged, Invalid
from crosscut.kernel.facts import Kind
from crosscut.media import PicturePart, SizeLimits, derive, probe, render, thumbnail
from crosscut.media.stills.tests.raws import dng


def shown(path, out) -> np.ndarray:
    derive(path, PicturePart(max_width_px=64, max_height_px=64), out)
    return np.asarray(Image.open(out).convert("RGB"), float)


def test_it_develops_a_raw_file(tmp_path):
    raw = dng(tmp_path / "a.dng")
    facts = probe(raw)
    assert (facts.kind, facts.media_type) == (Kind.IMAGE, "image/x-adobe-dng")
    assert (facts.width_px, facts.height_px, facts.warnings) == (256, 256, ())
    red, green, blue = shown(raw, tmp_path / "out.jpg")[20:40, 20:40].mean(axis=(0, 1))
    assert red > 200 > max(green, blue)


def test_of_a_raw_file_that_breaks_off_it_shows_the_preview_and_says_so(tmp_path):
    raw = dng(tmp_path / "a.dng", preview=True)
    assert probe(raw).warnings == ()
    raw.write_bytes(raw.read_bytes()[:-60_000])
    facts = probe(raw)
    assert (facts.width_px, facts.height_px) == (120, 80)
    assert [warning.code for warning in facts.warnings] == ["media.raw_preview"]
    red, green, _blue = shown(raw, tmp_path / "out.jpg").mean(axis=(0, 1))
    assert green > 120 > red


def test_a_raw_file_with_nothing_left_in_it_is_damaged(tmp_path):
    raw = dng(tmp_path / "a.dng")
    raw.write_bytes(raw.read_bytes()[:2000])
    with pytest.raises(Damaged, match="no preview"):
        probe(raw)


@pytest.mark.skipif("CROSSCUT_CORPUS" not in os.environ, reason="CROSSCUT_CORPUS names no folder of real files")
@pytest.mark.parametrize("name", ["CanonRaw.cr2", "DNG.dng", "Nikon.nef"])
def test_real_raw_headers_without_data_are_damaged(name):
    with pytest.raises(Damaged, match="no preview"):
        probe(Path(os.environ["CROSSCUT_CORPUS"]) / "image" / "exiftool" / name)


@pytest.mark.skipif("CROSSCUT_CORPUS" not in os.environ, reason="CROSSCUT_CORPUS names no folder of real files")
def test_a_phone_s_heic_is_shown_upright_in_srgb(tmp_path):
    heic = Path(os.environ["CROSSCUT_CORPUS"]) / "image" / "iphone_13_pro_max.HEIC"
    facts = probe(heic)
    assert (facts.width_px, facts.height_px, facts.picture.colour_profile) == (3024, 4032, "Display P3")
    assert shown(heic, tmp_path / "out.jpg").shape == (64, 48, 3)


def layered(path: Path) -> Path:
    document = PSDImage.new("RGB", (90, 60), color=(10, 20, 200))
    document.create_pixel_layer(Image.new("RGB", (90, 60), (200, 30, 40)), name="Coral reef")
    document.save(path)
    return path


def test_it_reads_a_photoshop_document_and_names_its_layers(tmp_path):
    flat = tmp_path / "flat.psd"
    PSDImage.frompil(Image.new("RGB", (300, 200), (200, 30, 40))).save(flat)
    facts = probe(flat)
    assert (facts.media_type, facts.width_px, facts.height_px) == ("image/vnd.adobe.photoshop", 300, 200)
    assert np.abs(shown(flat, tmp_path / "out.jpg").mean(axis=(0, 1)) - (200, 30, 40)).max() < 5
    assert probe(layered(tmp_path / "layers.psd")).picture.layers == ("Coral reef",)


def test_a_photoshop_document_is_refused_when_too_large_or_broken(tmp_path):
    flat = tmp_path / "flat.psd"
    PSDImage.frompil(Image.new("RGB", (300, 200))).save(flat)
    with pytest.raises(Invalid, match="too large"):
        probe(flat, limits=SizeLimits(picture_px=1000))
    flat.write_bytes(flat.read_bytes()[:60])
    with pytest.raises(Damaged):
        probe(flat)


def pages(path: Path, *sizes: tuple[float, float]) -> Path:
    document = pypdfium2.PdfDocument.new()
    for width_pt, height_pt in sizes:
        document.new_page(width_pt, height_pt)
    document.save(str(path))
    return path


def test_it_measures_a_pdf_and_shows_its_first_page(tmp_path):
    facts = probe(pages(tmp_path / "a.pdf", (595.276, 841.89), (100, 100)))
    assert (facts.kind, facts.picture.frame_count, facts.warnings) == (Kind.DOCUMENT, 2, ())
    assert (facts.width_px, facts.height_px) == (794, 1123)
    assert [round(float(side)) for side in facts.picture.print_size_mm] == [210, 297]
    assert shown(tmp_path / "a.pdf", tmp_path / "out.jpg").min() > 250


def test_an_illustrator_file_is_read_as_the_pdf_it_holds(tmp_path):
    facts = probe(pages(tmp_path / "logo.ai", (200, 100)))
    assert (facts.picture.frame_count, facts.width_px, facts.warnings) == (1, 267, ())


def test_a_broken_pdf_is_damaged(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n" + bytes(200))
    with pytest.raises(Damaged):
        probe(tmp_path / "a.pdf")


@pytest.mark.parametrize(("suffix", "loops"), [("gif", 4), ("webp", 3), ("png", 3), ("avif", None)])
def test_it_says_how_an_animation_moves(tmp_path, suffix, loops):
    path = tmp_path / f"moving.{suffix}"
    frames = [Image.new("RGB", (60, 40), (index * 40, 0, 90)) for index in range(5)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=80, loop=3)
    facts = probe(path)
    assert (facts.picture.frame_count, facts.duration_s, facts.picture.loop_count) == (5, Fraction(2, 5), loops)
    assert shown(path, tmp_path / "out.jpg").shape == (40, 60, 3)


def test_it_counts_the_pages_of_a_tiff(tmp_path):
    sheets = [Image.new("RGB", (60, 40)) for _ in range(3)]
    sheets[0].save(tmp_path / "scan.tif", save_all=True, append_images=sheets[1:])
    facts = probe(tmp_path / "scan.tif")
    assert (facts.picture.frame_count, facts.duration_s) == (3, None)


@pytest.mark.parametrize("make", [dng, layered, lambda path: pages(path, (300, 200))])
def test_each_has_a_thumbnail(tmp_path, make):
    path = make(tmp_path / "master.dng")
    recipe = thumbnail(probe(path))
    made = render(path, recipe, tmp_path / "small.jpg")
    assert made.media_type == "image/jpeg" and max(made.width_px, made.height_px) <= 480
