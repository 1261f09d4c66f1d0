"""Colour management: from whatever a master is in to sRGB or Display P3."""

import io

import pyvips
from PIL import ImageCms

from crosscut.media.stills.derivatives import Gamut

# The corners of sRGB in xy as ICC profiles hold them, adapted to D50 (sRGB v4 ICC profile, registry.color.org)
SRGB_CORNERS = ((0.6484, 0.3309), (0.3212, 0.5979), (0.1559, 0.0660))
WIDER = 1.05  # times sRGB's area; cameras' and scanners' own sRGB variants differ by less


def in_gamut(image: pyvips.Image, gamut: Gamut, bits: int) -> pyvips.Image:
    """The picture in sRGB, or in Display P3 where that is asked for and the master has more than sRGB.

    Follows the embedded profile with relative intent and black point compensation; without a usable profile, CMYK is
    read by libvips' own generic one and everything else as sRGB.
    """
    profile = profile_of(image)
    target = "p3" if gamut is Gamut.WIDE and is_wide(profile) else "srgb"
    if profile:
        try:
            return image.icc_transform(
                target, embedded=True, intent="relative", black_point_compensation=True, depth=bits
            )
        except pyvips.Error:  # the profile is broken or of another kind of colour than the picture
            image = image.copy()
            image.remove("icc-profile-data")
    space = "rgb16" if bits == 16 and image.interpretation in ("rgb16", "grey16") else "srgb"
    return image if image.interpretation == space else image.colourspace(space)


def profile_of(image: pyvips.Image) -> bytes:
    """The embedded ICC profile, or nothing."""
    return bytes(image.get("icc-profile-data")) if "icc-profile-data" in image.get_fields() else b""


def is_wide(profile: bytes) -> bool:
    """Whether the profile has clearly more colours than sRGB; False for CMYK, grey and unreadable ones."""
    try:
        parsed = ImageCms.ImageCmsProfile(io.BytesIO(profile)).profile
    except (ImageCms.PyCMSError, OSError, ValueError):
        return False
    primaries = (parsed.red_primary, parsed.green_primary, parsed.blue_primary)
    corners = tuple((primary[1][0], primary[1][1]) for primary in primaries if primary)
    return len(corners) == 3 and _area(corners) > _area(SRGB_CORNERS) * WIDER


def _area(corners: tuple[tuple[float, float], ...]) -> float:
    (ax, ay), (bx, by), (cx, cy) = corners
    return abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2
