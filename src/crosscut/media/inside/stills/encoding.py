"""Encodes finished pictures, with what may be said of them written in."""

import re

import pyvips
from PIL import Image

from crosscut.kernel.errors import Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.media.inside.rights import xmp_packet
from crosscut.media.metadata import Metadata
from crosscut.media.stills.derivatives import Derivative, Gamut

SAID_ELSEWHERE = re.compile(r"exif-|xmp-|iptc-|photoshop-|jpeg-thumbnail|png-comment|gif-comment|orientation|icc-")
AVIF_BELOW = 35  # AVIF's scale of quality is another: this much less has the SSIM of a WebP (benchmarks/stills)
AVIF_EFFORT = 3  # a seventh of the time of 4, for files of the same SSIM (benchmarks/stills)
EXIF_CAMERA, EXIF_ARTIST, EXIF_COPYRIGHT, EXIF_TAKEN = 0x0110, 0x013B, 0x8298, 0x9003


def encoded(image: pyvips.Image, derivative: Derivative, quality: int, about: Metadata) -> bytes:
    """The bytes of the picture. Raises Unsupported for a media type that is not made."""
    image = _labelled(image, about, keeps_profile=derivative.gamut is Gamut.WIDE)
    match derivative.media_type:
        case "image/jpeg":
            flat = image.flatten(background=_channels(derivative.background)) if image.hasalpha() else image
            data = flat.jpegsave_buffer(Q=quality, keep="all", optimize_coding=True, interlace=True)
        case "image/webp":
            data = image.webpsave_buffer(Q=quality, keep="all", effort=4)
        case "image/avif":
            wanted = max(1, quality - AVIF_BELOW)
            pyvips.concurrency_set(1)  # each thread of the encoder has memory of its own and gains little
            deep = 10 if derivative.bits > 8 and image.format == "ushort" else 8
            data = image.heifsave_buffer(Q=wanted, compression="av1", effort=AVIF_EFFORT, bitdepth=deep, keep="all")
        case "image/png":
            data = image.pngsave_buffer(keep="all", compression=8)
        case _:
            raise Unsupported(
                phrase(
                    "Pictures are made as JPEG, WebP, AVIF or PNG, not as {media_type}.",
                    media_type=derivative.media_type,
                )
            )
    return bytes(data)


def _labelled(image: pyvips.Image, about: Metadata, *, keeps_profile: bool) -> pyvips.Image:
    """The picture with nothing of its master's metadata but what is given; sRGB needs no profile to be said."""
    image = image.copy()
    profile = image.get("icc-profile-data") if keeps_profile and "icc-profile-data" in image.get_fields() else None
    for name in image.get_fields():
        if SAID_ELSEWHERE.match(name):
            image.remove(name)
    if profile:
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", bytes(profile))
    if about != Metadata():
        image.set_type(pyvips.GValue.blob_type, "xmp-data", xmp_packet(about).encode())
        if exif := exif_block(about):
            image.set_type(pyvips.GValue.blob_type, "exif-data", exif)
    return image


def exif_block(about: Metadata) -> bytes:
    """What EXIF can say of it: the camera, the time, the position, whose it is; empty when that is nothing."""
    exif = Image.Exif()
    for tag, text in (
        (EXIF_CAMERA, about.camera),
        (EXIF_ARTIST, "; ".join(about.creator)),
        (EXIF_COPYRIGHT, about.copyright),
    ):
        if text:
            exif[tag] = text.encode()
    if about.created_at:
        exif.get_ifd(0x8769)[EXIF_TAKEN] = about.created_at.strftime("%Y:%m:%d %H:%M:%S")
    if about.latitude_deg is not None and about.longitude_deg is not None:
        exif.get_ifd(0x8825).update(_position(about.latitude_deg, about.longitude_deg))
    return _as_bytes(exif) if len(exif) or exif.get_ifd(0x8769) or exif.get_ifd(0x8825) else b""


def _as_bytes(exif: Image.Exif) -> bytes:
    written = exif.tobytes()
    return written if written.startswith(b"Exif") else b"Exif\0\0" + written


def _position(latitude_deg: float, longitude_deg: float) -> dict[int, object]:
    """EXIF 3.0, 4.6.6: the letter, then degrees, minutes and seconds."""
    return {
        1: "N" if latitude_deg >= 0 else "S",
        2: _sexagesimal(abs(latitude_deg)),
        3: "E" if longitude_deg >= 0 else "W",
        4: _sexagesimal(abs(longitude_deg)),
    }


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    minutes = degrees % 1 * 60
    return float(int(degrees)), float(int(minutes)), round(minutes % 1 * 60, 4)


def _channels(colour: str) -> list[int]:
    return [int(colour[index : index + 2], 16) for index in (1, 3, 5)]
