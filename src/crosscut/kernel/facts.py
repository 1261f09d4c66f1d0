"""What is true of a media file, as measured. Media measures, specs judge, both speak in these records.

Times are rational seconds (`fractions.Fraction`), never float; sizes are bytes; widths and heights are pixels as a
person sees them, that is after rotation.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from crosscut.kernel.errors import Problem


class Depth(StrEnum):
    """How closely a film or a sound is read."""

    QUICK = "quick"  # the header, the packets of small files, the first frames
    EXACT = "exact"  # every packet: exact duration, frame count and frame rates
    DEEP = "deep"  # every packet decoded as well: damage in the middle, samples, interlacing as it looks


class Kind(StrEnum):
    """What a file is to a person."""

    VIDEO = "video"
    AUDIO = "audio"
    IMAGE = "image"
    CAPTIONS = "captions"
    DOCUMENT = "document"


@dataclass(frozen=True, kw_only=True)
class VideoStream:
    """One moving-picture stream."""

    codec: str  # FFmpeg's name: "h264", "vp9"
    width_px: int  # as displayed, after rotation and pixel aspect
    height_px: int  # as displayed
    rotation_deg: int = 0  # clockwise turn a player applies: 0, 90, 180, 270
    frame_rate: Fraction | None = None  # average frames per second
    has_variable_rate: bool = False  # frames are not evenly spaced
    frame_count: int | None = None  # exact where the container says, else None
    duration_s: Fraction | None = None
    bit_rate_bps: int | None = None
    pixel_format: str = ""  # "yuv420p"
    colour_primaries: str = ""  # "bt709"; empty when the file does not say
    colour_transfer: str = ""  # "bt709", "smpte2084"
    colour_space: str = ""  # "bt709"
    is_hdr: bool = False
    is_interlaced: bool = False
    has_alpha: bool = False
    time_base: Fraction | None = None  # seconds of one tick of its time stamps
    min_frame_rate: Fraction | None = None  # of the longest step between two frames looked at
    max_frame_rate: Fraction | None = None  # of the shortest
    hdr_format: str = ""  # "pq", "hdr10", "hdr10+", "hlg", "dolby vision"; empty for standard range
    field_order: str = ""  # "progressive", "top first", "bottom first", by the container or the codec
    interlaced_share: float | None = None  # of the frames with combed lines, measured; None until asked for


@dataclass(frozen=True, kw_only=True)
class AudioStream:
    """One sound stream."""

    codec: str  # "aac", "mp3", "flac"
    rate_hz: int
    channels: int
    layout: str = ""  # "stereo", "5.1"
    duration_s: Fraction | None = None
    bit_rate_bps: int | None = None
    language: str = ""  # BCP 47 where the file says
    time_base: Fraction | None = None  # seconds of one tick of its time stamps
    sample_count: int | None = None  # per channel, exact; None until asked for


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A still image."""

    width_px: int  # as displayed, after orientation
    height_px: int
    orientation: int = 1  # the EXIF value found, 1 to 8
    bands: int = 3  # colour channels with alpha
    bits: int = 8  # per channel
    has_alpha: bool = False
    frame_count: int = 1  # more than one when it is animated or has pages
    colour_profile: str = ""  # the embedded ICC profile's name
    loop_count: int | None = None  # an animation's plays, 0 for ever; None where nothing moves or says
    layers: tuple[str, ...] = ()  # the names of a layered document's layers, topmost last
    print_size_mm: tuple[Fraction, Fraction] | None = None  # width and height of a page on paper


@dataclass(frozen=True, kw_only=True)
class Loudness:
    """EBU R128 figures of a sound stream."""

    integrated_lufs: float
    true_peak_dbtp: float
    range_lu: float


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of time in a film or a sound."""

    start_s: Fraction
    end_s: Fraction

    @property
    def duration_s(self) -> Fraction:
        """How long it is."""
        return self.end_s - self.start_s


@dataclass(frozen=True, kw_only=True)
class MediaFacts:
    """What a file is, by its content and never by its name."""

    kind: Kind
    media_type: str  # IANA name: "video/mp4"
    container: str  # "mp4", "webm", "flac", "jpeg"
    size_bytes: int
    duration_s: Fraction | None = None  # of the whole file; None for stills and where it cannot be known
    video: tuple[VideoStream, ...] = ()
    audio: tuple[AudioStream, ...] = ()
    picture: Picture | None = None
    loudness: Loudness | None = None  # None until measured
    warnings: tuple[Problem, ...] = ()  # what is odd and did not stop the reading
    damage: tuple[Span, ...] | None = None  # what does not decode in the middle; None until looked for

    @property
    def width_px(self) -> int | None:
        """The displayed width of the picture or of the first video stream."""
        if self.picture:
            return self.picture.width_px
        return self.video[0].width_px if self.video else None

    @property
    def height_px(self) -> int | None:
        """The displayed height of the picture or of the first video stream."""
        if self.picture:
            return self.picture.height_px
        return self.video[0].height_px if self.video else None

    @property
    def aspect(self) -> Fraction | None:
        """Width over height."""
        return Fraction(self.width_px, self.height_px) if self.width_px and self.height_px else None


@dataclass(frozen=True, kw_only=True)
class MediaRequirement:
    """What a post type accepts of one kind of media. `None` and `()` mean that no limit is known."""

    post_type: str  # "bluesky/images"
    kind: Kind
    media_types: tuple[str, ...] = ()  # accepted IANA names, the preferred one first
    video_codecs: tuple[str, ...] = ()  # the preferred one first
    audio_codecs: tuple[str, ...] = ()
    max_size_bytes: int | None = None
    min_duration_s: Fraction | None = None
    max_duration_s: Fraction | None = None
    min_width_px: int | None = None
    max_width_px: int | None = None
    min_height_px: int | None = None
    max_height_px: int | None = None
    min_aspect: Fraction | None = None  # width over height
    max_aspect: Fraction | None = None
    max_frame_rate: Fraction | None = None
    max_bit_rate_bps: int | None = None
    audio_rate_hz: int | None = None  # highest accepted
    max_audio_channels: int | None = None
    loudness_lufs: float | None = None  # target integrated loudness
    max_true_peak_dbtp: float | None = None
    source: str = ""  # where the figures come from


class Seen(StrEnum):
    """What a look through a film or a sound can find."""

    BLACK = "black"  # nearly all of the picture is black
    FREEZE = "freeze"  # the picture stands still
    SILENCE = "silence"
    CLIPPING = "clipping"  # samples stick at full scale
    OFFSET = "offset"  # sound and picture do not begin or end together
    DRIFT = "drift"  # sound and its time stamps run apart
    FLASH = "flash"  # general flashes, more than is safe
    RED_FLASH = "red_flash"  # flashes of saturated red, more than is safe
    LONG_FLASH = "long_flash"  # fewer a second than is forbidden, but for seconds on end
    NEAR_FLASH = "near_flash"  # only just within the limits


class RepairKind(StrEnum):
    """What can be done about a finding."""

    DIM = "dim"  # amount: the part of the brightness that is kept
    DESATURATE = "desaturate"  # amount: the part of the colour that is kept
    SLOW = "slow"  # amount: frames a second to play it at
    CUT = "cut"
    SHIFT_SOUND = "shift_sound"  # amount: seconds, later when positive
    STRETCH_SOUND = "stretch_sound"  # amount: the factor of its length
    DECLIP = "declip"


@dataclass(frozen=True, kw_only=True)
class Repair:
    """One way to mend a finding."""

    kind: RepairKind
    span: Span  # what it is done to
    amount: Fraction | None = None  # how much, as the kind says


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """One thing found, when, how bad, and what can be done, the least harmful first."""

    kind: Seen
    span: Span
    per_second: Fraction | None = None  # flashes: the most within a second, each a pair of changes
    share: float | None = None  # flashes: the largest part of the field that flashed
    change: float | None = None  # flashes: the largest swing, in the measure of the profile (luminance or red)
    offset_s: Fraction | None = None  # offset and drift: seconds by which the sound is late
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Screening:
    """What a look through a whole film or sound found. A screening, not a certificate."""

    checked_s: Fraction  # how much was looked through
    black: tuple[Span, ...] = ()  # nearly all of the picture is black
    silence: tuple[Span, ...] = ()
    flashes: tuple[Span, ...] = ()  # more general or red flashes over a larger area than the profile allows
    near_flashes: tuple[Span, ...] = ()  # only just within those limits, or long: look at them yourself
    profile: str = "wcag"  # the rule the flashes were judged by: a name in media/screens/profiles.toml
    freezes: tuple[Span, ...] = ()  # the picture stands still and is not black
    clipping: tuple[Span, ...] = ()  # samples stick at full scale
    start_offset_s: Fraction | None = None  # how much later the sound begins than the picture; None without both
    end_offset_s: Fraction | None = None  # how much later it ends
    drift_s: Fraction | None = None  # how much shorter its samples are than its time stamps say; None without sound
    broken_packets: int = 0  # that could not be decoded and were stepped over
    frame_rate: Fraction | None = None  # average frames a second of the picture looked at
    sightings: tuple[Sighting, ...] = ()  # everything above that matters, in order of time, with repairs
