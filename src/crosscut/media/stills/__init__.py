"""Pictures made from pictures: many from one decode, in the wanted colours, cropped where it matters, rights kept.

derive_all(master, {out: Derivative(part=PicturePart(max_width_px=960), media_type="image/avif"), ...})
compare(made, reference)                             how alike two pictures are: SSIM and CIEDE2000
fingerprint(path)                                    what it looks like in a few numbers, to find it again
survey(path, folder)                                 all of a JPEG that comes in: facts, metadata, previews, looks
"""

from crosscut.media.stills.comparing import Likeness, compare
from crosscut.media.stills.derivatives import Derivative, Gamut, MetadataPolicy, Sharpening
from crosscut.media.stills.fingerprints import Fingerprint, Swatch, distance_bits, fingerprint, pixels_sha256
from crosscut.media.stills.making import derive, derive_all, kept_fields
from crosscut.media.stills.surveying import Survey, preview_name, survey

__all__ = [
    "Derivative",
    "Fingerprint",
    "Gamut",
    "Likeness",
    "MetadataPolicy",
    "Sharpening",
    "Survey",
    "Swatch",
    "compare",
    "derive",
    "derive_all",
    "distance_bits",
    "fingerprint",
    "kept_fields",
    "pixels_sha256",
    "preview_name",
    "survey",
]
