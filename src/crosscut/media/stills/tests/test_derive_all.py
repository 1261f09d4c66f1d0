# mypy: disable-error-code="union-attr,arg-type,operator,type-var,comparison-overlap"
# A None where a value belongs fails the test by itself.
"""Many pictures from one decode: each in its colours, depth and size, with what the policy lets through."""

import io
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageCms

from crosscut.kernel.errors import Invalid
from crosscut.media import Focus, Metadata, PicturePart, probe, read_metadata
from crosscut.media.stills import Derivative, Gamut, MetadataPolicy, Sharpening, compare, derive_all

EVERYTHING = MetadataPolicy(keeps_keywords=True, keeps_place=True, keeps_time=True, keeps_camera=True)
TYPES = ("image/jpeg", "image/webp", "image/avif", "image/png")


def test_it_makes_every_picture_in_its_size_and_type(photo, tmp_path):
    wanted = {
        tmp_path / f"{kind[6:]}-{width}": Derivative(part=PicturePart(max_width_px=width), media_type=kind)
        for kind in TYPES
        for width in (300, 120)
    }
    sizes = derive_all(photo, wanted)
    for out, derivative in wanted.items():
        facts = probe(out)
        assert (facts.media_type, facts.width_px) == (derivative.media_type, derivative.part.max_width_px)
        assert sizes[out] == facts.size_bytes
    assert {path.name for path in tmp_path.iterdir()} == {out.name for out in wanted}


def test_each_looks_like_the_master_at_its_size(photo, tmp_path):
    with Image.open(photo) as master:
        master.resize((200, 133), Image.Resampling.LANCZOS).save(tmp_path / "reference.png")
    wanted = {
        tmp_path / kind[6:]: Derivative(part=PicturePart(max_width_px=200), media_type=kind) for kind in TYPES
    } | {tmp_path / "large.jpg": Derivative(part=PicturePart(max_width_px=600))}
    derive_all(photo, wanted)
    for kind in TYPES:
        likeness = compare(tmp_path / kind[6:], tmp_path / "reference.png")
        assert likeness.ssim > 0.97 and likeness.colour_difference < 2, (kind, likeness)


def test_all_are_made_or_none(photo, tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"before")
    impossible = Derivative(part=PicturePart(max_size_bytes=100))
    with pytest.raises(Invalid, match="does not fit"):
        derive_all(photo, {tmp_path / "a.jpg": Derivative(part=PicturePart()), tmp_path / "b.jpg": impossible})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.jpg": b"before"}


def test_each_crop_keeps_its_own_focus(photo, tmp_path):
    def around(x: float) -> Derivative:
        focus = Focus(x=Fraction(x), y=Fraction(1, 2))
        return Derivative(part=PicturePart(aspect=Fraction(1, 2), focus=focus, max_width_px=80))

    derive_all(photo, {tmp_path / "left.jpg": around(0), tmp_path / "disc.jpg": around(0.8)})
    assert np.asarray(Image.open(tmp_path / "left.jpg")).max() < 120
    assert np.asarray(Image.open(tmp_path / "disc.jpg")).max() > 220
    assert probe(tmp_path / "left.jpg").aspect == Fraction(1, 2)


def test_a_turned_master_is_cropped_upright(photo, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(photo).save(tmp_path / "turned.jpg", exif=exif)
    top = Derivative(part=PicturePart(aspect=Fraction(1), focus=Focus(x=Fraction(1, 2), y=Fraction(0))))
    derive_all(tmp_path / "turned.jpg", {tmp_path / "top.jpg": top, tmp_path / "all.avif": all_of("image/avif")})
    assert (probe(tmp_path / "all.avif").width_px, probe(tmp_path / "all.avif").height_px) == (400, 600)
    assert np.asarray(Image.open(tmp_path / "top.jpg")).max() < 120  # the disc came to the bottom


def all_of(kind: str = "image/png", **settings: object) -> Derivative:
    return Derivative(part=PicturePart(), media_type=kind, **settings)


def p3_patch(path) -> bytes:
    """A picture of one colour in Display P3; its profile."""
    image = pyvips.Image.black(40, 40, bands=3).copy(interpretation="srgb")
    image = image.icc_transform("p3", input_profile="srgb")
    patch = (image * 0 + [210, 90, 60]).cast("uchar").copy(interpretation="srgb")
    patch.pngsave(str(path), keep="icc")
    return bytes(image.get("icc-profile-data"))


def test_wide_gamut_becomes_srgb_as_another_engine_computes_it(tmp_path):
    profile = p3_patch(tmp_path / "wide.png")
    derive_all(tmp_path / "wide.png", {tmp_path / "srgb.png": all_of(), tmp_path / "p3.png": all_of(gamut=Gamut.WIDE)})
    expected = ImageCms.profileToProfile(
        Image.new("RGB", (1, 1), (210, 90, 60)),
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
    ).getpixel((0, 0))
    with Image.open(tmp_path / "srgb.png") as made:
        assert "icc_profile" not in made.info
        assert np.abs(np.subtract(made.getpixel((9, 9)), expected)).max() <= 2
    with Image.open(tmp_path / "p3.png") as kept:
        assert "P3" in ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(kept.info["icc_profile"])))
        assert np.abs(np.subtract(kept.getpixel((9, 9)), (210, 90, 60))).max() <= 1


def test_wide_is_not_claimed_of_a_master_in_srgb(photo, tmp_path):
    derive_all(photo, {tmp_path / "out.png": all_of(gamut=Gamut.WIDE)})
    assert probe(tmp_path / "out.png").picture.colour_profile == ""


@pytest.mark.parametrize("has_profile", [True, False])
def test_cmyk_becomes_the_colours_it_shows(tmp_path, has_profile):
    green = pyvips.Image.new_from_array(np.full((30, 30, 3), (60, 160, 90), np.uint8)).copy(interpretation="srgb")
    press = green.icc_transform("cmyk", input_profile="srgb", black_point_compensation=has_profile)
    press.jpegsave(str(tmp_path / "press.jpg"), Q=95, keep="icc" if has_profile else "none")
    assert probe(tmp_path / "press.jpg").picture.bands == 4
    derive_all(tmp_path / "press.jpg", {tmp_path / "out.png": all_of()})
    with Image.open(tmp_path / "out.png") as made:
        assert np.abs(np.subtract(made.getpixel((15, 15)), (60, 160, 90))).max() <= 8


def test_a_broken_profile_does_not_stop_the_picture(photo, tmp_path):
    Image.open(photo).save(tmp_path / "odd.jpg", icc_profile=b"not a profile" * 20)
    derive_all(tmp_path / "odd.jpg", {tmp_path / "out.png": all_of()})
    assert compare(tmp_path / "out.png", photo).ssim > 0.98


def test_sixteen_bits_stay_where_they_are_asked_for(tmp_path):
    ramp = np.tile(np.linspace(0, 65535, 512).astype(np.uint16)[None, :, None], (16, 1, 3))
    pyvips.Image.new_from_array(ramp).copy(interpretation="rgb16").pngsave(str(tmp_path / "deep.png"))
    wanted = {
        tmp_path / "deep-out.png": all_of(bits=16),
        tmp_path / "deep.avif": all_of("image/avif", bits=10),
        tmp_path / "flat.png": all_of(),
    }
    derive_all(tmp_path / "deep.png", wanted)
    assert [probe(out).picture.bits for out in wanted] == [16, 16, 8]
    made = pyvips.Image.new_from_file(str(tmp_path / "deep-out.png")).numpy()
    assert len(np.unique(made[..., 0])) > 400
    assert np.abs(made.astype(int) - ramp.astype(int)).max() < 300


def test_hidden_colours_do_not_bleed_into_transparent_edges(tmp_path):
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[...] = (255, 0, 0, 0)  # transparent, and red beneath
    pixels[:, 32:] = (0, 0, 255, 255)
    Image.fromarray(pixels).save(tmp_path / "edge.png")
    derive_all(
        tmp_path / "edge.png",
        {tmp_path / "out.png": Derivative(part=PicturePart(max_width_px=22), media_type="image/png")},
    )
    made = np.asarray(Image.open(tmp_path / "out.png"))
    assert made[made[..., 3] > 20][:, 0].max() < 10


@pytest.mark.parametrize("media_type", TYPES)
def test_the_policy_says_what_is_kept(photo, tmp_path, media_type):
    about = Metadata(
        title="Reef",
        creator=("Ana Núñez",),
        copyright="© Ana",
        keywords=("turtle", "coral"),
        latitude_deg=-33.859833,
        longitude_deg=151.2,
        place="Bondi, Sydney",
        created_at=datetime(2026, 2, 16, 12, 55, 41),
        camera="Maker One",
        digital_source_type="http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
    )
    derive_all(photo, {tmp_path / "plain": all_of(media_type)}, about=about)
    derive_all(photo, {tmp_path / "full": all_of(media_type)}, about=about, policy=EVERYTHING)
    derive_all(photo, {tmp_path / "bare": all_of(media_type)}, about=about, policy=MetadataPolicy(keeps_rights=False))
    plain, full, bare = (read_metadata(tmp_path / name) for name in ("plain", "full", "bare"))
    assert (plain.title, plain.creator, plain.copyright) == ("Reef", ("Ana Núñez",), "© Ana")
    assert (plain.keywords, plain.latitude_deg, plain.place, plain.created_at, plain.camera) == ((), None, "", None, "")
    assert plain.digital_source_type.endswith("digitalCapture")
    assert (full.keywords, full.place, full.camera) == (("turtle", "coral"), "Bondi, Sydney", "Maker One")
    assert (full.latitude_deg, full.longitude_deg) == (pytest.approx(-33.859833, abs=1e-5), pytest.approx(151.2))
    assert full.created_at == datetime(2026, 2, 16, 12, 55, 41)
    assert not any(text in str(bare.raw) for text in ("Ana", "Reef", "Maker", "Bondi"))


def test_sharpening_lifts_edges_of_what_was_shrunk_and_only_of_that(photo, tmp_path):
    def widths(name: str, sharpening: Sharpening) -> dict[Path, Derivative]:
        return {
            tmp_path / f"{name}-{width}": Derivative(
                part=PicturePart(max_width_px=width), media_type="image/png", sharpening=sharpening
            )
            for width in (600, 100)
        }

    derive_all(photo, widths("soft", Sharpening.NONE) | widths("crisp", Sharpening.SHRUNK))

    def steepest(name: str) -> int:
        return int(np.abs(np.diff(np.asarray(Image.open(tmp_path / name).convert("L"), int), axis=1)).max())

    assert steepest("crisp-100") > steepest("soft-100")
    assert compare(tmp_path / "crisp-600", tmp_path / "soft-600").ssim == 1


def test_derivatives_are_named_by_what_they_are():
    assert all_of().digest == all_of().digest
    assert all_of().digest != all_of(gamut=Gamut.WIDE).digest


def test_likeness_falls_with_damage_and_needs_equal_sizes(photo, tmp_path):
    picture = Image.open(photo)
    picture.save(tmp_path / "poor.jpg", quality=10)
    picture.resize((300, 200)).save(tmp_path / "small.png")
    same, poor = compare(photo, photo), compare(tmp_path / "poor.jpg", photo)
    assert (same.ssim, same.colour_difference) == (1, 0)
    assert poor.ssim < 0.99 and poor.worst_ssim < poor.ssim and poor.worst_colour_difference > poor.colour_difference
    with pytest.raises(Invalid, match="same size"):
        compare(tmp_path / "small.png", photo)
