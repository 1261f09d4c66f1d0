"""The FFmpeg program: its arguments from a recipe, its progress, and its complaints as our errors.

It is the full static build inside the imageio-ffmpeg wheel. Every run is capped, without network, and may read plain
files of known formats only, so that no crafted playlist can make it open others.
"""

import os
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path

import imageio_ffmpeg

from crosscut.kernel.errors import Damaged, Unavailable
from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import capped, sound
from crosscut.media.caps import RENDER
from crosscut.media.formats import DEMUXERS
from crosscut.media.metadata import Metadata
from crosscut.media.recipes import Purpose, Recipe, SoundPart, VideoPart

CAPTIONS_NAME = "captions.ass"  # in the folder it runs in: no foreign name ever reaches a filter
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
MAX_THREADS = 8  # beyond this x264 gains little and takes memory for each
KEPT_COMPLAINTS = 20
SAY = ("-nostdin", "-hide_banner", "-loglevel", "error", "-progress", "pipe:1", "-stats_period", "0.5", "-y")
SAFE_INPUT = ("-protocol_whitelist", "file,pipe,fd", "-format_whitelist", DEMUXERS)
SAME_EVERY_TIME = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1")
TONE_MAP = "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv"
VIDEO_ENCODERS = {
    "h264": ("-c:v", "libx264", "-profile:v", "high"),
    "hevc": ("-c:v", "libx265", "-tag:v", "hvc1", "-x265-params", "log-level=error"),
    "vp9": ("-c:v", "libvpx-vp9", "-row-mt", "1", "-b:v", "0", "-deadline", "good", "-cpu-used", "4"),
}
SOUND_ENCODERS = {"aac": "aac", "mp3": "libmp3lame", "opus": "libopus", "flac": "flac", "pcm_s16le": "pcm_s16le"}
LOSSLESS = frozenset({"flac", "pcm_s16le"})
KEY_FRAME_S = 2  # a seek never waits longer; the usual figure of the networks' own guides
TAGS = (("title", "title"), ("copyright", "copyright"), ("description", "comment"))


@cache
def program() -> str:
    """Where the FFmpeg program is. Raises Unavailable when the wheel has none for this machine."""
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as fault:
        raise Unavailable("FFmpeg is missing: reinstall the imageio-ffmpeg package.") from fault


def has_fonts() -> bool:
    """Whether the machine has any font to write captions with; without one FFmpeg burns in nothing and says nothing."""
    return any(next(folder.rglob("*.[to]tf"), None) for folder in FONT_FOLDERS if folder.is_dir())


def run(
    path: Path,
    arguments: list[str],
    *,
    cwd: Path | None = None,
    on_time: Callable[[Fraction], None] = lambda done_s: None,
    should_stop: ShouldStop = never,
) -> None:
    """Runs FFmpeg on the file to its end; on_time hears how many seconds of the result are done.

    Raises Damaged with FFmpeg's own words, Unavailable when the disk is full, or Cancelled.
    """
    complaints: list[str] = []

    def hear(line: str) -> None:
        key, _, value = line.partition("=")
        if key == "out_time_us" and value.isdigit():
            on_time(Fraction(int(value), 1_000_000))
        elif line and " " in line and len(complaints) < KEPT_COMPLAINTS:
            complaints.append(line)

    ended = capped.run([program(), *arguments], caps=RENDER, cwd=cwd, each_line=hear, should_stop=should_stop)
    if ended.exit_code == 0:
        return
    words = " ".join(complaints)
    if "No space left on device" in words:
        raise Unavailable("The disk is full: make room and try again.")
    reason = capped.why(ended, RENDER) if ended.exit_code is None or not words else f"FFmpeg says: {words[:400]}"
    raise Damaged(path, reason.replace(str(path), path.name), code="media.render_failed")


def frame_arguments(path: Path, moment_s: Fraction, still: Path, facts: MediaFacts) -> list[str]:
    """For one frame as PNG, upright and in square pixels."""
    chain = [TONE_MAP] if facts.video and facts.video[0].is_hdr else []
    chain += ["scale='trunc(iw*sar/2)*2':ih", "setsar=1"]
    source = ["-ss", f"{float(moment_s):.3f}", "-i", f"file:{path}"]
    return [*SAY, *SAFE_INPUT, *source, "-map", "0:V:0", "-frames:v", "1", "-vf", ",".join(chain), f"file:{still}"]


def film_arguments(
    path: Path, recipe: Recipe, facts: MediaFacts, *, gain: sound.Gain | None, rights: Metadata, result: Path
) -> list[str]:
    """For a film or a sound by the recipe."""
    threads = str(min(MAX_THREADS, os.cpu_count() or 1))
    arguments = [*SAY, "-threads", threads, *SAFE_INPUT, "-i", f"file:{path}", *SAME_EVERY_TIME, "-threads", threads]
    if recipe.length_s is not None:
        arguments += ["-t", f"{float(recipe.length_s):.6f}"]
    if recipe.video:
        preset = "veryfast" if recipe.purpose is Purpose.PROXY else "medium"
        arguments += ["-map", "0:V:0", *_video(recipe.video, facts, preset)]
    if recipe.sound:
        arguments += ["-map", "0:a:0", *_sound(recipe.sound, gain)]
        if facts.audio and facts.audio[0].language:
            arguments += ["-metadata:s:a:0", f"language={facts.audio[0].language}"]
    for field, tag in TAGS:
        if text := getattr(rights, field):
            arguments += ["-metadata", f"{tag}={text}"]
    if rights.creator:
        arguments += ["-metadata", f"artist={', '.join(rights.creator)}"]
    if recipe.media_type in ("video/mp4", "audio/mp4"):
        arguments += ["-movflags", "+faststart"]
    return [*arguments, f"file:{result}"]


def _video(part: VideoPart, facts: MediaFacts, preset: str) -> list[str]:
    if part.codec == "copy":
        return ["-c:v", "copy"]
    rate = part.frame_rate or (facts.video[0].frame_rate if facts.video else None) or Fraction(25)
    arguments = ["-vf", ",".join(_video_filters(part, facts)), *VIDEO_ENCODERS[part.codec], "-crf", str(part.crf)]
    arguments += ["-pix_fmt", "yuv420p", "-g", str(max(1, round(rate * KEY_FRAME_S)))]
    if part.codec != "vp9":
        arguments += ["-preset", preset]
    if part.max_bit_rate_bps:
        ceiling = str(part.max_bit_rate_bps)
        arguments += ["-b:v", ceiling] if part.codec == "vp9" else ["-maxrate", ceiling, "-bufsize", ceiling]
    return arguments


def _video_filters(part: VideoPart, facts: MediaFacts) -> list[str]:
    """In the order they act: FFmpeg itself turns the picture upright before the first."""
    chain = ["yadif=deint=interlaced"] if part.is_deinterlaced else []
    chain += [TONE_MAP] if part.is_tone_mapped else []
    if part.crop:
        crop = part.crop
        chain += ["scale='trunc(iw*sar/2)*2':ih", "setsar=1"]
        chain += [f"crop={crop.width_px}:{crop.height_px}:{crop.x_px}:{crop.y_px}"]
    size = f"{part.width_px}:{part.height_px}"
    if part.is_padded:
        chain += [f"scale={size}:force_original_aspect_ratio=decrease:force_divisible_by=2:reset_sar=1"]
        chain += [f"pad={size}:(ow-iw)/2:(oh-ih)/2:black"]
    else:
        chain += [f"scale={size}:flags=lanczos"]
    chain += ["setsar=1"]
    chain += [f"fps={part.frame_rate}"] if part.frame_rate else []
    chain += [f"subtitles={CAPTIONS_NAME}"] if part.burns_captions else []
    return [*chain, _colour_tags(part, facts)]


def _colour_tags(part: VideoPart, facts: MediaFacts) -> str:
    """Says which colours these are: the master's own; where it has none, what players guess from the size."""
    stream = facts.video[0] if facts.video else None
    if part.is_tone_mapped or stream is None:
        primaries = transfer = space = "bt709"
    else:
        guess = "bt709" if stream.height_px >= 720 else "smpte170m"
        primaries = stream.colour_primaries or guess
        transfer = stream.colour_transfer or guess
        space = stream.colour_space or guess
    return f"setparams=color_primaries={primaries}:color_trc={transfer}:colorspace={space}"


def _sound(part: SoundPart, gain: sound.Gain | None) -> list[str]:
    if part.codec == "copy":
        return ["-c:a", "copy"]
    layout = "mono" if part.channels == 1 else "stereo"
    chain = [f"aformat=channel_layouts={layout}", *(sound.filters(gain) if gain else ())]
    arguments = ["-af", ",".join(chain), "-c:a", SOUND_ENCODERS[part.codec], "-ar", str(part.rate_hz)]
    return arguments if part.codec in LOSSLESS else [*arguments, "-b:a", str(part.bit_rate_bps)]
