"""How alike two pictures are."""

from dataclasses import dataclass
from pathlib import Path

from crosscut.media import capped
from crosscut.media.sniff import sniff


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """How alike two pictures of the same size are."""

    ssim: float  # structural similarity of the brightness, 1 for equal pictures (Wang et al. 2004)
    worst_ssim: float  # the same of the worst hundredth of the picture
    colour_difference: float  # mean CIEDE2000; below 1 nobody sees it (CIE 142-2001)
    worst_colour_difference: float  # what 99 of 100 pixels stay below


def compare(path: Path, reference: Path) -> Likeness:
    """How alike the picture is to the reference, both upright and in sRGB, transparent parts on white.

    Raises Invalid when their sizes differ, Damaged when one cannot be read.
    """
    return capped.call(
        "stills.comparing:likeness",
        Likeness,
        path=path,
        container=sniff(path).container,
        reference=reference,
        reference_container=sniff(reference).container,
    )
