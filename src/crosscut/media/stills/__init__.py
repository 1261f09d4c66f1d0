"""Pictures made from pictures: many from one decode, in the wanted colours, cropped where it matters, rights kept.

derive_all(master, {out: Derivative(part=PicturePart(max_width_px=960), media_type="image/avif"), ...})
compare(made, reference)                             how alike two pictures are: SSIM and CIEDE2000
"""

from crosscut.media.stills.comparing import Likeness, compare
from crosscut.media.stills.derivatives import Derivative, Gamut, MetadataPolicy, Sharpening
from crosscut.media.stills.making import derive, derive_all, kept_fields

__all__ = [
    "Derivative",
    "Gamut",
    "Likeness",
    "MetadataPolicy",
    "Sharpening",
    "compare",
    "derive",
    "derive_all",
    "kept_fields",
]
