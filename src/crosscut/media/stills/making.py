"""Derives pictures from pictures: upright, in the wanted colours, cropped and sized, rights kept, places dropped."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import capped, metadata
from crosscut.media.metadata import Metadata
from crosscut.media.recipes import PicturePart
from crosscut.media.sniff import SizeLimits, sniff
from crosscut.media.stills.derivatives import Derivative, MetadataPolicy, Order

RIGHTS_FIELDS = (
    "title",
    "headline",
    "description",
    "alt_text",
    "extended_description",
    "creator",
    "credit",
    "copyright",
    "licence_url",
    "usage_terms",
    "licensor",
    "licensor_url",
    "source",
    "digital_source_type",
    "ai_system",
    "ai_system_version",
    "ai_prompt",
    "ai_prompt_writer",
    "data_mining",
)
POLICY_FIELDS = {
    "keeps_rights": RIGHTS_FIELDS,
    "keeps_keywords": ("keywords",),
    "keeps_place": ("latitude_deg", "longitude_deg", "place"),
    "keeps_time": ("created_at",),
    "keeps_camera": ("camera",),
}

RIGHTS_ONLY = MetadataPolicy()


def derive(
    path: Path,
    part: PicturePart,
    out: Path,
    *,
    media_type: str = "image/jpeg",
    rights: Metadata | None = None,
    should_stop: ShouldStop = never,
) -> None:
    """Writes the picture that the part describes to `out`, replacing what is there.

    The rights fields and alternative texts of the master, or of `rights` when given, are written into it; EXIF,
    positions and thumbnails are not. Raises Damaged, or Invalid when the size limit cannot be met.
    """
    derivative = Derivative(part=part, media_type=media_type)
    derive_all(path, {out: derivative}, about=rights, should_stop=should_stop)


def derive_all(
    path: Path,
    wanted: Mapping[Path, Derivative],
    *,
    policy: MetadataPolicy = RIGHTS_ONLY,
    about: Metadata | None = None,
    should_stop: ShouldStop = never,
) -> dict[Path, int]:
    """The size in bytes of each picture, all made from one decode of the master and put where they are wanted.

    All are made or none: a failure leaves what was at the places before. What the master says of itself, or `about`
    when given, goes into each as far as the policy lets it. Raises Damaged, Unsupported (media type), Cancelled, or
    Invalid when a size limit cannot be met or the master has too many pixels.
    """
    container = sniff(path).container
    kept = kept_fields(metadata.read(path) if about is None else about, policy)
    half_done = {out: out.with_name(f".making-{secrets.token_hex(4)}-{out.name}") for out in wanted}
    try:
        sizes_bytes = capped.call(
            "stills.deriving:make_all",
            list[int],
            should_stop=should_stop,
            path=path,
            container=container,
            limit_px=SizeLimits().picture_px,
            orders=[Order(derivative=derivative, out=half_done[out]) for out, derivative in wanted.items()],
            about=kept,
        )
        for out, made in half_done.items():
            made.replace(out)
    finally:
        for made in half_done.values():
            made.unlink(missing_ok=True)
    return dict(zip(wanted, sizes_bytes, strict=True))


def kept_fields(found: Metadata, policy: MetadataPolicy = RIGHTS_ONLY) -> Metadata:
    """What the policy lets through: by default what says whose it is, what may be done with it and what it shows.

    >>> kept_fields(Metadata(title="Reef", latitude_deg=10, camera="One")) == Metadata(title="Reef")
    True
    """
    fields = [name for switch, names in POLICY_FIELDS.items() if getattr(policy, switch) for name in names]
    return replace(Metadata(), **{name: getattr(found, name) for name in fields})
