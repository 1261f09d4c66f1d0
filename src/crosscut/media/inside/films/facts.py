"""Reads what a film or a sound is: containers, streams, packets, and the first decoded second."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path
from statistics import median
from typing import Any

import av
from av.error import FFmpegError

from crosscut.kernel.errors import Damaged, Problem
from crosscut.kernel.facts import AudioStream, Depth, Kind, MediaFacts, VideoStream
from crosscut.kernel.phrases import phrase
from crosscut.media.formats import DEMUXERS
from crosscut.media.inside.films.deep import deepened
from crosscut.media.sniff import Sniffed

OPTIONS = {"protocol_whitelist": "file", "format_whitelist": DEMUXERS}

READ_WHOLE_BYTES = 64 * 1024 * 1024  # up to here every packet is read
RATE_SAMPLE = 400  # packets looked at for an uneven frame rate
DECODED_FRAMES = 12  # enough to meet interlacing and the display matrix
SHORTFALL = Fraction(9, 10)  # less than this part of the promised duration is a file cut off

# ISO/IEC 23091-2 code points, in FFmpeg's spelling
PRIMARIES = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    9: "bt2020",
    11: "smpte431",
    12: "smpte432",
}
TRANSFERS = {
    1: "bt709",
    4: "gamma22",
    5: "gamma28",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    18: "arib-std-b67",
}
SPACES = {0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc", 10: "bt2020c"}
FIELD_ORDERS = {1: "progressive", 2: "top first", 3: "bottom first", 4: "top first", 5: "bottom first"}  # AVFieldOrder
DOLBY_VISION_TAGS = frozenset({"dvh1", "dvhe", "dva1", "dvav", "dav1"})  # Dolby Vision streams within ISOBMFF, 2.2
HDR_TRANSFERS = frozenset({"smpte2084", "arib-std-b67"})  # PQ and HLG, ITU-R BT.2100

# ISO 639-2 to BCP 47 where a two-letter code exists (RFC 5646, 2.2.1); the rest keep their three letters
_PAIRS = [
    "eng",
    "en",
    "fra",
    "fr",
    "fre",
    "fr",
    "deu",
    "de",
    "ger",
    "de",
    "spa",
    "es",
    "ita",
    "it",
    "por",
    "pt",
    "nld",
    "nl",
    "dut",
    "nl",
    "pol",
    "pl",
    "rus",
    "ru",
    "ukr",
    "uk",
    "ara",
    "ar",
    "hin",
    "hi",
    "jpn",
    "ja",
    "kor",
    "ko",
    "zho",
    "zh",
    "chi",
    "zh",
    "tur",
    "tr",
    "swe",
    "sv",
    "dan",
    "da",
    "nor",
    "no",
    "fin",
    "fi",
    "ces",
    "cs",
    "cze",
    "cs",
    "ell",
    "el",
    "gre",
    "el",
    "heb",
    "he",
    "hun",
    "hu",
    "ron",
    "ro",
    "rum",
    "ro",
    "vie",
    "vi",
    "tha",
    "th",
    "ind",
    "id",
]
TWO_LETTERS = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True)) | {"und": ""}

AUDIO_TYPES = {
    "mp4": "audio/mp4",
    "mov": "audio/mp4",
    "webm": "audio/webm",
    "matroska": "audio/matroska",
    "3gp": "audio/3gpp",
    "asf": "audio/x-ms-wma",
}


@dataclass
class Counted:
    """What the packets of one stream add up to."""

    packets: int = 0
    size_bytes: int = 0
    first_s: Fraction | None = None
    end_s: Fraction = Fraction(0)
    times: list[int] = field(default_factory=list)  # of the packets looked at, in the stream's time base

    @property
    def duration_s(self) -> Fraction | None:
        return self.end_s - self.first_s if self.first_s is not None else None

    @property
    def bit_rate_bps(self) -> int | None:
        return int(self.size_bytes * 8 / self.duration_s) if self.duration_s else None


def read(path: Path, sniffed: Sniffed, depth: Depth = Depth.QUICK) -> MediaFacts:
    """The facts of a film or a sound. Raises Damaged when nothing of it can be decoded or when it was cut off."""
    try:
        with open_media(path) as container:
            facts = _facts(path, sniffed, container, depth)
        if depth is not Depth.DEEP:
            return facts
        with open_media(path) as container:
            return deepened(facts, container, [*real_video(container), *container.streams.audio])
    except FFmpegError as fault:
        raise Damaged(path, phrase("The file cannot be read: {strerror}.", strerror=fault.strerror)) from fault


def open_media(path: Path) -> Any:
    """The container, opened so that it cannot lead to any other file or address."""
    return av.open(f"file:{path}", container_options=OPTIONS)


def real_video(container: Any) -> list[Any]:
    """The moving pictures: cover art counts as an attachment, not as video."""
    return [stream for stream in container.streams.video if not stream.disposition & av.stream.Disposition.attached_pic]


def _facts(path: Path, sniffed: Sniffed, container: Any, depth: Depth) -> MediaFacts:
    videos, sounds = real_video(container), list(container.streams.audio)
    if not videos and not sounds:
        raise Damaged(path, phrase("The file holds neither picture nor sound."))
    promised_s = Fraction(container.duration, av.time_base) if container.duration else None
    is_whole = depth is not Depth.QUICK or sniffed.size_bytes <= READ_WHOLE_BYTES or promised_s is None
    counted = _count(container, [*videos, *sounds], is_whole)
    problems = [*sniffed.warnings, *_check_length(path, promised_s, counted, is_whole)]
    duration_s = _counted_length(counted) if promised_s is None or depth is not Depth.QUICK else promised_s
    pictures = [_video(path, stream, counted[stream.index], is_whole) for stream in videos]
    if depth is not Depth.QUICK:
        pictures = [_exact(each, counted[stream.index]) for each, stream in zip(pictures, videos, strict=True)]
    tones = [_audio(stream, counted[stream.index], is_whole) for stream in sounds]
    problems += _decode_start(path, container, [*videos, *sounds], pictures)
    return MediaFacts(
        kind=Kind.VIDEO if videos else Kind.AUDIO,
        media_type=sniffed.media_type if videos else AUDIO_TYPES.get(sniffed.container, sniffed.media_type),
        container=sniffed.container,
        size_bytes=sniffed.size_bytes,
        duration_s=duration_s,
        video=tuple(pictures),
        audio=tuple(tones),
        warnings=tuple(problems),
    )


def _count(container: Any, streams: list[Any], is_whole: bool) -> dict[int, Counted]:  # noqa: FBT001 - said twice above
    counted = {stream.index: Counted() for stream in streams}
    for packet in container.demux(streams):
        one = counted[packet.stream.index]
        time = packet.pts if packet.pts is not None else packet.dts
        if time is None:
            continue
        start_s = time * packet.time_base
        one.packets += 1
        one.size_bytes += packet.size
        one.first_s = start_s if one.first_s is None else min(one.first_s, start_s)
        one.end_s = max(one.end_s, start_s + (packet.duration or 0) * packet.time_base)
        if is_whole or len(one.times) < RATE_SAMPLE:
            one.times.append(time)
        if not is_whole and all(len(each.times) >= RATE_SAMPLE for each in counted.values()):
            break
    for stream in streams:
        _give_length_to_last(stream, counted[stream.index])
    return counted


def _give_length_to_last(stream: Any, counted: Counted) -> None:
    """Some containers give a frame no length: the last one is up as long as the usual one."""
    steps = [later - earlier for earlier, later in pairwise(sorted(counted.times))]
    if stream.type == "video" and steps and counted.end_s == max(counted.times) * stream.time_base:
        counted.end_s += Fraction(median(steps)) * stream.time_base


def _counted_length(counted: dict[int, Counted]) -> Fraction | None:
    """From the first time stamp, where that is not a start-up before zero, to the end of the last packet."""
    ends = [each.end_s for each in counted.values() if each.packets]
    starts = [max(each.first_s, Fraction(0)) for each in counted.values() if each.first_s is not None]
    return max(ends) - min(starts) if ends and starts else None


def _exact(facts: VideoStream, counted: Counted) -> VideoStream:
    """With what counting every packet tells, instead of what the container says."""
    return replace(facts, frame_count=counted.packets, duration_s=counted.duration_s or facts.duration_s)


def _check_length(
    path: Path,
    promised_s: Fraction | None,
    counted: dict[int, Counted],
    is_whole: bool,  # noqa: FBT001
) -> Iterator[Problem]:
    end_s = max((each.end_s for each in counted.values()), default=Fraction(0))
    if is_whole and not any(each.packets for each in counted.values()):
        raise Damaged(path, phrase("The file has a header but no picture or sound in it: it was probably cut off."))
    if is_whole and promised_s and end_s < promised_s * SHORTFALL:
        seconds = phrase(
            "after {end_s:.1f} s although it says that it lasts {promised_s:.1f} s",
            end_s=float(end_s),
            promised_s=float(promised_s),
        )
        raise Damaged(path, phrase("The file was cut off: it ends {seconds}.", seconds=seconds), code="media.truncated")
    if promised_s is None:
        message = phrase("The container does not say how long it is; the duration was counted from its packets.")
        yield Problem(code="media.no_duration", where=path.name, message=message)


def _video(path: Path, stream: Any, counted: Counted, is_whole: bool) -> VideoStream:  # noqa: FBT001
    codec = stream.codec_context
    if not codec or not codec.width or not codec.height:
        raise Damaged(path, phrase("The picture's size cannot be read."))
    transfer = TRANSFERS.get(codec.color_trc, "")
    rates = rates_of(counted.times, stream.time_base)
    return VideoStream(
        codec=codec.codec.canonical_name,
        width_px=round(codec.width * (stream.sample_aspect_ratio or 1)),
        height_px=codec.height,
        frame_rate=stream.average_rate,
        has_variable_rate=is_uneven(counted.times),
        frame_count=stream.frames or (counted.packets if is_whole else None),
        duration_s=_own_duration(stream) or (counted.duration_s if is_whole else None),
        bit_rate_bps=codec.bit_rate or (counted.bit_rate_bps if is_whole else None),
        pixel_format=codec.pix_fmt or "",
        colour_primaries=PRIMARIES.get(codec.color_primaries, ""),
        colour_transfer=transfer,
        colour_space=SPACES.get(codec.colorspace, ""),
        is_hdr=transfer in HDR_TRANSFERS,
        has_alpha=_has_alpha(stream),
        time_base=stream.time_base,
        min_frame_rate=rates[0] if rates else None,
        max_frame_rate=rates[1] if rates else None,
        field_order=FIELD_ORDERS.get(int(codec.field_order), ""),
    )


def rates_of(times: list[int], time_base: Fraction) -> tuple[Fraction, Fraction] | None:
    """The lowest and the highest frame rate between two frames; None for fewer than two.

    >>> rates_of([0, 40, 80, 200], Fraction(1, 1000))
    (Fraction(25, 3), Fraction(25, 1))
    """
    steps = [later - earlier for earlier, later in pairwise(sorted(times)) if later > earlier]
    return (1 / (max(steps) * time_base), 1 / (min(steps) * time_base)) if steps else None


def _audio(stream: Any, counted: Counted, is_whole: bool) -> AudioStream:  # noqa: FBT001
    codec = stream.codec_context
    language = stream.metadata.get("language", "")
    return AudioStream(
        codec=codec.codec.canonical_name,
        rate_hz=codec.sample_rate,
        channels=codec.layout.nb_channels,
        layout=codec.layout.name,
        duration_s=_own_duration(stream) or (counted.duration_s if is_whole else None),
        bit_rate_bps=codec.bit_rate or (counted.bit_rate_bps if is_whole else None),
        language=TWO_LETTERS.get(language, language),
        time_base=stream.time_base,
    )


def _own_duration(stream: Any) -> Fraction | None:
    return stream.duration * stream.time_base if stream.duration else None


def _has_alpha(stream: Any) -> bool:
    components = stream.format.components if stream.format else ()
    return stream.metadata.get("alpha_mode") == "1" or any(component.is_alpha for component in components)


def is_uneven(times: list[int]) -> bool:
    """Whether frames are unevenly spaced: over one in twenty is off the usual step by a tenth and two ticks.

    Two ticks are the rounding of a time base, such as WebM's milliseconds.

    >>> is_uneven([0, 42, 83, 125, 167]), is_uneven([0, 40, 80, 200, 240])
    (False, True)
    """
    steps = [later - earlier for earlier, later in pairwise(sorted(times))]
    if len(steps) < 3:
        return False
    usual = median(steps)
    allowed = max(2, usual / 10)
    return sum(abs(step - usual) > allowed for step in steps) * 20 > len(steps)


def _decode_start(path: Path, container: Any, streams: list[Any], pictures: list[VideoStream]) -> list[Problem]:
    """Decodes the start of each stream, completes the video facts, and tells of streams that do not decode."""
    problems, decoded = [], 0
    for stream in streams:
        frames, words = _first_frames(container, stream)
        if not frames:
            message = phrase("The {type} stream cannot be decoded: {words}.", type=stream.type, words=words)
            problems.append(Problem(code="media.stream_unreadable", where=f"stream {stream.index}", message=message))
            continue
        decoded += 1
        if stream.type == "video":
            place = [each.index for each in streams].index(stream.index)
            pictures[place] = _completed(pictures[place], frames, stream.codec_context.codec_tag)
    if not decoded:
        raise Damaged(path, phrase("Nothing in the file can be decoded ({message})", message=problems[0].message))
    return problems


def _first_frames(container: Any, stream: Any) -> tuple[list[Any], str]:
    try:
        container.seek(0)
        frames = list(islice(container.decode(stream), DECODED_FRAMES))
    except FFmpegError as fault:
        return [], str(fault.strerror)
    return frames, phrase("it holds no whole frame")


def _completed(facts: VideoStream, frames: list[Any], codec_tag: str) -> VideoStream:
    """With what only decoded frames tell: the turn a player applies, and interlacing."""
    rotation_deg = -round(frames[0].rotation) % 360  # the display matrix counts the other way round
    is_turned = rotation_deg in (90, 270)
    return replace(
        facts,
        rotation_deg=rotation_deg,
        width_px=facts.height_px if is_turned else facts.width_px,
        height_px=facts.width_px if is_turned else facts.height_px,
        is_interlaced=sum(frame.interlaced_frame for frame in frames) * 2 > len(frames),
        hdr_format=_hdr_format(facts.colour_transfer, codec_tag, {each.type.name for each in frames[0].side_data}),
    )


def _hdr_format(transfer: str, codec_tag: str, beside: set[str]) -> str:
    """The name that people use, from the transfer, the codec's tag in the container and what lies beside a frame.

    >>> _hdr_format("smpte2084", "hvc1", {"MASTERING_DISPLAY_METADATA"}), _hdr_format("bt709", "avc1", set())
    ('hdr10', '')
    """
    if codec_tag in DOLBY_VISION_TAGS or beside & {"DOVI_METADATA", "DOVI_RPU_BUFFER"}:
        return "dolby vision"
    if transfer == "arib-std-b67":
        return "hlg"
    if transfer != "smpte2084":
        return ""
    if "DYNAMIC_HDR_PLUS" in beside:
        return "hdr10+"
    return "hdr10" if "MASTERING_DISPLAY_METADATA" in beside else "pq"
