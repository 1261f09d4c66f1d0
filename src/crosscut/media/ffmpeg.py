"""The FFmpeg program: its arguments from a recipe, its progress, and its complaints as our errors.

It is the full static build inside the imageio-ffmpeg wheel. Every run is capped, without network, and may read plain
files of known formats only, so that no crafted playlist can make it open others.
"""

import os
import signal
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path

import imageio_ffmpeg

from crosscut.kernel.errors import Damaged, Problem, Unavailable
from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.phrases import phrase
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
OUT_OF_MEMORY = "media.out_of_memory"
MEMORY_WORDS = ("Cannot allocate memory", "malloc of size", "bad_alloc", "Out of memory")  # FFmpeg, x264, x265, both
ENOMEM_EXIT = 256 - 12  # FFmpeg leaves with its negative error number, of which a byte remains
SAY = ("-nostdin", "-hide_banner", "-loglevel", "error", "-progress", "pipe:1", "-stats_period", "0.5", "-y")
SAFE_INPUT = ("-protocol_whitelist", "file,pipe,fd", "-format_whitelist", DEMUXERS)
SAME_EVERY_TIME = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1")
TONE_MAP = "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv"
# With x264's lookahead in a thread of its own the load of the machine decides what it sees: one of eight was another.
VIDEO_ENCODERS = {
    "h264": ("-c:v", "libx264", "-profile:v", "high", "-x264-params", "sync-lookahead=0"),
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
        raise Unavailable(phrase("FFmpeg is missing: reinstall the imageio-ffmpeg package.")) from fault


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
    should_pause: ShouldStop = never,
) -> None:
    """Runs FFmpeg on the file to its end; on_time hears how many seconds of the result are done.

    Raises Damaged with FFmpeg's own words, Unavailable when the disk is full or the memory (the problem's code is
    OUT_OF_MEMORY), or Cancelled.
    """
    complaints: list[str] = []

    def hear(line: str) -> None:
        key, _, value = line.partition("=")
        if key == "out_time_us" and value.isdigit():
            on_time(Fraction(int(value), 1_000_000))
        elif line and " " in line and len(complaints) < KEPT_COMPLAINTS:
            complaints.append(line)

    ended = capped.run(
        [program(), *arguments],
        caps=RENDER,
        cwd=cwd,
        each_line=hear,
        should_stop=should_stop,
        should_pause=should_pause,
    )
    if ended.exit_code == 0:
        return
    words = " ".join(complaints)
    if "No space left on device" in words:
        raise Unavailable(phrase("The disk is full: make room and try again."))
    if is_out_of_memory(ended, words):
        message = phrase("There is not enough memory to encode this now: try again when less is running.")
        raise Unavailable(message, after_s=60, problems=[Problem(code=OUT_OF_MEMORY, where=path.name, message=message)])
    reason = (
        capped.why(ended, RENDER)
        if ended.exit_code is None or not words
        else phrase("FFmpeg says: {words}", words=words[:400])
    )
    raise Damaged(path, reason.replace(str(path), path.name), code="media.render_failed")


def is_out_of_memory(ended: capped.Ended, words: str) -> bool:
    """Whether a run of FFmpeg that failed did so for lack of memory: by its words, its exit, or the system's kill."""
    is_killed = ended.signal == signal.SIGKILL and not ended.reason and ended.cpu_s < RENDER.cpu_s * 0.9
    return is_killed or ended.exit_code == ENOMEM_EXIT or any(sign in words for sign in MEMORY_WORDS)


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
    arguments = [*SAY, *source(path), *SAME_EVERY_TIME, "-threads", threads()]
    if recipe.length_s is not None:
        arguments += ["-t", f"{float(recipe.length_s):.6f}"]
    if recipe.video:
        chain = ",".join([*shared_filters(recipe.video), *picture_filters(recipe.video, facts)])
        filters = [] if recipe.video.codec == "copy" else ["-vf", chain]
        arguments += ["-map", "0:V:0", *filters, *picture_encoder(recipe.video, facts, preset_of(recipe))]
    if recipe.sound:
        filters = [] if recipe.sound.codec == "copy" else ["-af", ",".join(sound_filters(recipe.sound, gain))]
        arguments += ["-map", "0:a:0", *filters, *sound_encoder(recipe.sound)]
    return [*arguments, *wrapping(recipe, facts, rights), f"file:{result}"]


def threads() -> str:
    """How many threads a decoder or an encoder gets."""
    return str(min(MAX_THREADS, os.cpu_count() or 1))


def source(path: Path, *, encodes: int = 1) -> list[str]:
    """The master as input, decoded as it is or not at all, and by nothing that opens other files.

    Where several encode what is decoded, they are what takes time: one thread of the decoder keeps up with them, and
    holds one frame less.
    """
    return ["-threads", threads() if encodes < 2 else "1", *SAFE_INPUT, "-i", f"file:{path}"]


def preset_of(recipe: Recipe) -> str:
    """How hard the encoder tries: previews are for now, posts are for good."""
    return "veryfast" if recipe.purpose is Purpose.PROXY else "medium"


def wrapping(recipe: Recipe, facts: MediaFacts, rights: Metadata) -> list[str]:
    """What the file says about itself, and how it is laid out."""
    arguments: list[str] = []
    if recipe.sound and facts.audio and facts.audio[0].language:
        arguments += ["-metadata:s:a:0", f"language={facts.audio[0].language}"]
    for field, tag in TAGS:
        if text := getattr(rights, field):
            arguments += ["-metadata", f"{tag}={text}"]
    if rights.creator:
        arguments += ["-metadata", f"artist={', '.join(rights.creator)}"]
    if recipe.media_type in ("video/mp4", "audio/mp4"):
        arguments += ["-movflags", "+faststart"]
    return arguments


def picture_encoder(part: VideoPart, facts: MediaFacts, preset: str) -> list[str]:
    """The encoder and its settings; what is copied has none."""
    if part.codec == "copy":
        return ["-c:v", "copy"]
    rate = part.frame_rate or (facts.video[0].frame_rate if facts.video else None) or Fraction(25)
    arguments = [*VIDEO_ENCODERS[part.codec], "-crf", str(part.crf)]
    arguments += ["-pix_fmt", "yuv420p", "-g", str(key_interval(rate))]
    if part.codec != "vp9":
        arguments += ["-preset", preset]
    if part.max_bit_rate_bps:
        ceiling = str(part.max_bit_rate_bps)
        arguments += ["-b:v", ceiling] if part.codec == "vp9" else ["-maxrate", ceiling, "-bufsize", ceiling]
    return arguments


def key_interval(rate: Fraction) -> int:
    """The most frames from one key frame to the next.

    >>> key_interval(Fraction(30000, 1001))
    60
    """
    return max(1, round(rate * KEY_FRAME_S))


def shared_filters(part: VideoPart) -> list[str]:
    """The first filters, which are the same for all that is made of one master: whole frames, standard range.

    FFmpeg itself turns the picture upright before the first.
    """
    chain = ["yadif=deint=interlaced"] if part.is_deinterlaced else []
    return [*chain, TONE_MAP] if part.is_tone_mapped else chain


def picture_filters(part: VideoPart, facts: MediaFacts, *, captions: str = CAPTIONS_NAME) -> list[str]:
    """The filters after those, in the order they act. `captions` is a file in the folder that FFmpeg runs in."""
    chain: list[str] = []
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
    chain += [words_filter(captions)] if part.burns_captions else []
    return [*chain, _colour_tags(part, facts)]


def words_filter(script: str, fonts: str = "") -> str:
    """The filter that sets the words of an ASS script; script and folder of fonts lie where FFmpeg runs.

    Lines break as Unicode says (UAX #14), so that Chinese and Japanese, which have no spaces, stay in the picture.

    >>> words_filter("words.ass", "fonts")
    'subtitles=words.ass:wrap_unicode=1:fontsdir=fonts'
    """
    return f"subtitles={script}:wrap_unicode=1{f':fontsdir={fonts}' if fonts else ''}"


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


def sound_filters(part: SoundPart, gain: sound.Gain | None) -> list[str]:
    """The filters of a sound that is encoded, in the order they act."""
    layout = "mono" if part.channels == 1 else "stereo"
    return [f"aformat=channel_layouts={layout}", *(sound.filters(gain) if gain else ())]


def sound_encoder(part: SoundPart) -> list[str]:
    """The encoder and its settings; what is copied has none."""
    if part.codec == "copy":
        return ["-c:a", "copy"]
    arguments = ["-c:a", SOUND_ENCODERS[part.codec], "-ar", str(part.rate_hz)]
    return arguments if part.codec in LOSSLESS else [*arguments, "-b:a", str(part.bit_rate_bps)]
