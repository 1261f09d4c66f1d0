"""What one post type of one place accepts, in records.

`None` means that no figure is known or published, never that there is no limit; `()` is known to be empty. Words in
place of a boolean ("ads_only", "if_admin") say what a plain yes or no would hide. Units are in the names; aspects are
width over height; megabytes are decimal.
"""

from dataclasses import dataclass

from crosscut.kernel.findings import Level
from crosscut.specs.citations import cite, trust


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What all blocks of a post type share."""

    source: tuple[str, ...]  # keys of the sources, the one that carries the figures first
    note: str | None = None  # what the figures leave out


@dataclass(frozen=True, kw_only=True)
class TextRule(Rule):
    """The words of the post."""

    max: int | None = None  # in `unit`
    unit: str | None = None  # "chars", "graphemes", "weighted", "utf8_bytes", "utf16_units", "graphemes_or_chars"
    counting: str | None = None  # a method of counting.yaml; None is read as "unspecified_chars"
    min: int | None = None
    soft_max: int | None = None  # above it only advice
    forbids: str | None = None  # signs the place refuses, one after the other: "<>"


@dataclass(frozen=True, kw_only=True)
class TitleRule(Rule):
    """The title, where there is one."""

    max: int | None = None
    unit: str | None = None  # as of TextRule
    counting: str | None = None
    required: bool | None = None
    forbids: str | None = None  # as of TextRule


@dataclass(frozen=True, kw_only=True)
class HashtagRule(Rule):
    """Topics."""

    max: int | None = None
    max_chars: int | None = None  # of those beside the text, together; one with a space in it counts two more
    soft_max: int | None = None  # above it only advice
    counts: str | None = None  # "tags": only those beside the text count, not the hashtags in it


@dataclass(frozen=True, kw_only=True)
class MentionRule(Rule):
    """People named in the text."""

    max: int | None = None


@dataclass(frozen=True, kw_only=True)
class LinkRule(Rule):
    """Addresses in the text."""

    max: int | None = None
    counted_as: int | None = None  # characters one address counts, whatever its length
    clickable: bool | None = None
    card: str | None = None  # how a preview comes about
    counts: str | None = None  # "link": only the link field counts, not the addresses in the text


@dataclass(frozen=True, kw_only=True)
class MediaRule(Rule):
    """Which files, and how many."""

    required: bool | None = None
    min_items: int | None = None
    max_items: int | None = None
    max_images: int | None = None
    max_videos: int | None = None
    max_audios: int | None = None
    needs: tuple[str, ...] | None = None  # kinds of which there must be one: "audio"
    mix_images_and_video: bool | None = None


@dataclass(frozen=True, kw_only=True)
class ImageRule(Rule):
    """Still pictures."""

    formats: tuple[str, ...] | None = None  # "jpeg", "image/*"
    max_bytes: int | None = None
    min_width_px: int | None = None
    max_width_px: int | None = None
    min_height_px: int | None = None
    max_height_px: int | None = None
    max_pixels: int | None = None
    aspect_min: float | None = None
    aspect_max: float | None = None
    aspect_recommended: str | None = None  # "2:3"
    color_space: str | None = None  # "sRGB"
    animated: bool | None = None
    gif_max_bytes: int | None = None
    gif_max_frames: int | None = None


@dataclass(frozen=True, kw_only=True)
class VideoRule(Rule):
    """Moving pictures."""

    containers: tuple[str, ...] | None = None  # "mp4"
    video_codecs: tuple[str, ...] | None = None  # "h264", "hevc"
    audio_codecs: tuple[str, ...] | None = None  # "aac", "aac_lc"
    min_bytes: int | None = None
    max_bytes: int | None = None
    min_seconds: float | None = None
    max_seconds: float | None = None
    min_fps: float | None = None
    max_fps: float | None = None
    min_width_px: int | None = None
    min_height_px: int | None = None
    max_width_px: int | None = None
    max_height_px: int | None = None
    aspect_min: float | None = None
    aspect_max: float | None = None
    aspect_recommended: str | None = None
    max_video_bitrate_bps: int | None = None
    max_audio_bitrate_bps: int | None = None
    max_audio_sample_rate_hz: int | None = None
    max_audio_channels: int | None = None
    gop: str | None = None
    scan: str | None = None  # "progressive"
    chroma: str | None = None  # "4:2:0"
    moov_front: bool | None = None  # the index must stand before the data
    edit_lists_allowed: bool | None = None


@dataclass(frozen=True, kw_only=True)
class AudioRule(Rule):
    """Sound without pictures."""

    formats: tuple[str, ...] | None = None  # "mp3"
    codecs: tuple[str, ...] | None = None
    max_bytes: int | None = None
    soft_max_bytes: int | None = None  # above it only advice
    min_seconds: float | None = None
    max_seconds: float | None = None
    max_sample_rate_hz: int | None = None
    max_channels: int | None = None
    loudness_lufs: float | None = None  # integrated, wanted
    loudness_tolerance_lu: float | None = None
    max_true_peak_dbtp: float | None = None


@dataclass(frozen=True, kw_only=True)
class DocumentRule(Rule):
    """Files with pages."""

    formats: tuple[str, ...] | None = None
    max_bytes: int | None = None
    max_pages: int | None = None
    title_required: bool | None = None


@dataclass(frozen=True, kw_only=True)
class ThumbnailRule(Rule):
    """The still that stands for a film."""

    supported: bool | None = None
    modes: tuple[str, ...] | None = None
    formats: tuple[str, ...] | None = None
    max_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class AltTextRule(Rule):
    """Words for those who do not see the picture."""

    images: bool | None = None  # there is a field for it
    video: bool | None = None
    max_chars: int | None = None
    is_required: bool | None = None  # the place itself demands it


@dataclass(frozen=True, kw_only=True)
class CaptionRule(Rule):
    """Caption or transcript files beside the media."""

    supported: bool | None = None
    formats: tuple[str, ...] | None = None
    max_bytes: int | None = None
    max_tracks: int | None = None


@dataclass(frozen=True, kw_only=True)
class CreditRule(Rule):
    """Whether the place prints who made a file by itself."""

    shown: bool | None = None


@dataclass(frozen=True, kw_only=True)
class SafeZoneRule(Rule):
    """Where the player draws over the picture, in percent of the frame."""

    documented: bool | str | None = None
    top_pct: float | None = None
    bottom_pct: float | None = None
    left_pct: float | None = None
    right_pct: float | None = None
    basis: str | None = None


@dataclass(frozen=True, kw_only=True)
class ScheduleRule(Rule):
    """Whether the place itself can hold a post back."""

    native: bool | None = None
    min_lead_seconds: int | None = None
    max_lead_seconds: int | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeRule(Rule):
    """Whether a post can be changed, or taken down, from outside."""

    api: bool | str | None = None


@dataclass(frozen=True, kw_only=True)
class UploadRule(Rule):
    """How the bytes get there."""

    flows: tuple[str, ...] | None = None
    resumable: bool | str | None = None
    chunk_min_bytes: int | None = None
    chunk_max_bytes: int | None = None
    pull_from_url: bool | str | None = None
    push_bytes: bool | str | None = None


@dataclass(frozen=True, kw_only=True)
class PostType:
    """One kind of post of one place. A block that is None does not apply, or nothing is known of it."""

    platform: str  # "bluesky"
    slug: str  # "images"
    platform_name: str  # "Bluesky"
    label: str  # for a person: "Images"
    text: TextRule | None = None
    title: TitleRule | None = None
    hashtags: HashtagRule | None = None
    mentions: MentionRule | None = None
    links: LinkRule | None = None
    media: MediaRule | None = None
    image: ImageRule | None = None
    video: VideoRule | None = None
    audio: AudioRule | None = None
    document: DocumentRule | None = None
    thumbnail: ThumbnailRule | None = None
    alt_text: AltTextRule | None = None
    captions: CaptionRule | None = None
    credit: CreditRule | None = None
    safe_zone: SafeZoneRule | None = None
    schedule: ScheduleRule | None = None
    edit: ChangeRule | None = None
    delete: ChangeRule | None = None
    upload: UploadRule | None = None
    weak_sections: tuple[str, ...] = ()  # blocks that rest on hearsay: they advise and never block
    source: tuple[str, ...] = ()
    as_of: str | None = None

    @property
    def key(self) -> str:
        """The name findings and requirements use: "bluesky/images"."""
        return f"{self.platform}/{self.slug}"

    def rule(self, section: str) -> Rule | None:
        """The block of that name, or None."""
        found: Rule | None = getattr(self, section)
        return found

    def level(self, section: str) -> Level:
        """How much a breach of that block weighs: hearsay and blocks without a source only advise."""
        rule = self.rule(section)
        if rule is None or section in self.weak_sections:
            return Level.ADVICE
        return trust(rule.source)

    def cite(self, section: str) -> str:
        """Where that block's figures come from, on one line."""
        rule = self.rule(section)
        return cite(rule.source if rule else self.source)
