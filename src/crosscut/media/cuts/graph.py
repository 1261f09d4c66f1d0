"""The FFmpeg arguments that render one window of a cut: which files, from where, and the graph of filters.

Frame-exact by construction: every source is opened at a whole second before the wanted moment, the rest of the way is
exact arithmetic in the graph, and each stretch is trimmed to its count of frames and of sound samples. No name and no
word of a person ever reaches the graph: files are inputs, words come from a file with a name of ours.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.facts import MediaFacts
from crosscut.media.cuts.layout import SOUND_RATE_HZ, Stretch, Use, Window, sample_at
from crosscut.media.cuts.model import Box, Style, media_of
from crosscut.media.ffmpeg import SAFE_INPUT, TONE_MAP, words_filter

WORDS_NAME = "words.ass"  # in the folder FFmpeg runs in
FONTS_NAME = "fonts"
SEEKABLE = frozenset({"mp4", "mov", "matroska", "webm", "avi", "mxf", "wav", "flac"})  # others are read from the start
LEAD_S = 1  # how much earlier a source is opened, so that the frame on show at the wanted moment is met
TAIL_S = 2  # how much longer it is read: a transition or the last frame may need it
XFADES = {
    Style.DISSOLVE: "fade",
    Style.FADE_BLACK: "fadeblack",
    Style.FADE_WHITE: "fadewhite",
    Style.WIPE_LEFT: "wipeleft",
    Style.WIPE_RIGHT: "wiperight",
    Style.SLIDE_LEFT: "slideleft",
    Style.SLIDE_RIGHT: "slideright",
}


@dataclass(frozen=True, kw_only=True)
class Source:
    """A medium of the cut, found and probed."""

    path: Path
    facts: MediaFacts
    drawn: Path | None = None  # of a still: the PNG it was drawn as, upright, in sRGB and no larger than is needed

    @property
    def is_still(self) -> bool:
        """Whether it is a picture that lasts as long as it is wanted; an animation is none."""
        return self.facts.picture is not None and not self.facts.video and not self.facts.duration_s


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What the result looks like."""

    width_px: int
    height_px: int
    rate: Fraction

    @property
    def matrix(self) -> str:
        """The colours that players guess for this size."""
        return "bt709" if self.height_px >= 720 else "smpte170m"


@dataclass
class Graph:
    """Inputs and filter chains, collected."""

    frame: Frame
    sources: Mapping[str, Source]  # by the medium's name in the cut
    inputs: list[str] = field(default_factory=list)
    chains: list[str] = field(default_factory=list)
    _opened: dict[tuple[str, Fraction, Fraction], tuple[int, Fraction]] = field(default_factory=dict)
    _labels: int = 0

    @property
    def grid(self) -> str:
        """The filter after which a time stamp is the number of a frame: whole numbers, so nothing is rounded."""
        return f"settb={1 / self.frame.rate}"

    def label(self) -> str:
        """A name for a pad that no other has."""
        self._labels += 1
        return f"[p{self._labels}]"

    def chain(self, text: str) -> str:
        """Adds a chain and returns the pad it ends in."""
        pad = self.label()
        self.chains.append(f"{text}{pad}")
        return pad

    def source(self, use: Use, duration_s: Fraction) -> tuple[int, Fraction]:
        """The number of the input that plays it, and how far into that input the wanted moment is."""
        key = (media_of(use.clip), use.from_s, duration_s * use.clip.speed)
        if key not in self._opened:
            source = self.sources[media_of(use.clip)]
            if source.drawn:
                self.inputs += ["-f", "png_pipe", "-i", f"file:{source.drawn}"]
                self._opened[key] = (len(self._opened), Fraction(0))
                return self._opened[key]
            seeks = source.facts.container in SEEKABLE
            opened_s = max(0, math.floor(use.from_s) - LEAD_S) if seeks else 0
            until_s = math.ceil(use.from_s + duration_s * use.clip.speed) + TAIL_S
            seek = ["-ss", str(opened_s)] if opened_s else []
            length = ["-t", str(until_s - opened_s)]
            self.inputs += [*seek, *length, *SAFE_INPUT, "-i", f"file:{source.path}"]
            self._opened[key] = (len(self._opened), use.from_s - opened_s)
        return self._opened[key]


def window_arguments(
    window: Window, frame: Frame, sources: Mapping[str, Source], *, has_words: bool, has_fonts: bool
) -> tuple[list[str], str, str]:
    """The input and graph arguments, and the pads of the finished picture and the finished sound."""
    graph = Graph(frame=frame, sources=sources)
    picture = _pictures(graph, window)
    sound = _sounds(graph, window)
    if has_words:
        moved = f"{graph.grid},setpts=PTS+{window.start}"  # words know the time of the whole cut
        picture = graph.chain(f"{picture}{moved},{words_filter(WORDS_NAME, FONTS_NAME if has_fonts else '')}")
    matrix = frame.matrix
    tags = f"setparams=range=tv:color_primaries={matrix}:color_trc={matrix}:colorspace={matrix}"
    picture = graph.chain(f"{picture}{graph.grid},setpts=N,format=yuv420p,{tags}")
    return [*graph.inputs, "-filter_complex", ";".join(graph.chains)], picture, sound


# Pictures


def _pictures(graph: Graph, window: Window) -> str:
    """The tracks laid over each other, lowest first."""
    lowest, *upper = window.pictures or ((),)
    parts = [_base(graph, stretch) for stretch in lowest]
    base = joined(graph, parts, is_sound=False) if parts else _plain(graph, window.end - window.start)
    for track in upper:
        for stretch in track:
            if stretch.first or stretch.second:
                base = _overlaid(graph, base, stretch, window.start)
    return base


def joined(graph: Graph, pads: list[str], *, is_sound: bool) -> str:
    """The pads one after the other."""
    kind = "v=0:a=1" if is_sound else "v=1:a=0"
    return pads[0] if len(pads) == 1 else graph.chain(f"{''.join(pads)}concat=n={len(pads)}:{kind}")


def _plain(graph: Graph, frames: int, colour: str = "black") -> str:
    frame = graph.frame
    size = f"{frame.width_px}x{frame.height_px}"
    return graph.chain(f"color={colour}:s={size}:r={frame.rate},format=yuv420p,setsar=1,trim=end_frame={frames}")


def _base(graph: Graph, stretch: Stretch) -> str:
    first = _shown(graph, stretch.first, stretch.frames)
    if stretch.style is None:
        return first
    return _blended(graph, first, _shown(graph, stretch.second, stretch.frames), stretch)


def _blended(graph: Graph, first: str, second: str, stretch: Stretch) -> str:
    """The one becoming the other; both are as long as the transition."""
    duration_s = f"{float(stretch.frames / graph.frame.rate):.6f}"
    name = XFADES[stretch.style or Style.DISSOLVE]
    trim = f"trim=end_frame={stretch.frames}"
    return graph.chain(f"{first}{second}xfade=transition={name}:duration={duration_s}:offset=0,{trim}")


def _shown(graph: Graph, use: Use | None, frames: int) -> str:
    """The clip on the whole frame, of exactly so many frames; black without a clip."""
    if use is None:
        return _plain(graph, frames)
    frame, source = graph.frame, graph.sources[media_of(use.clip)]
    size = f"{frame.width_px}:{frame.height_px}"
    steps = [_timed(graph, use, frames)]
    if source.is_still:
        steps += ["format=gbrap,premultiply=inplace=1,format=gbrp"]  # what is see-through is black
    if use.clip.is_filling:
        steps += [_scale(graph, use, size, "increase"), f"crop={size}"]
    else:
        steps += [_scale(graph, use, size, "decrease"), f"pad={size}:(ow-iw)/2:(oh-ih)/2:black"]
    return graph.chain(",".join([*steps, "setsar=1,format=yuv420p", *_held(graph, use, frames)]))


def _held(graph: Graph, use: Use, frames: int) -> list[str]:
    """What makes the one picture of a still, or of a film that stands still, so many frames; [] for what moves."""
    if use.clip.speed and not graph.sources[media_of(use.clip)].is_still:
        return []
    rate = graph.frame.rate
    return [f"loop=loop=-1:size=1,{graph.grid},setpts=N,fps={rate}:start_time=0,trim=end_frame={frames}"]


def _timed(graph: Graph, use: Use, frames: int) -> str:
    """The beginning of a chain: the right frames at the cut's rate, whatever the medium's rate is."""
    rate, source = graph.frame.rate, graph.sources[media_of(use.clip)]
    number, offset_s = graph.source(use, frames / rate)
    if source.is_still:
        return f"[{number}:v:0]setpts=0"
    stream = source.facts.video[0]
    steps = ["yadif=deint=interlaced"] if stream.is_interlaced else []
    steps += [f"setpts=(PTS-{offset_s}/TB)/({use.clip.speed or 1})"]
    steps += [
        f"fps={rate}:start_time=0:round=near",
        "tpad=stop=-1:stop_mode=clone",
        f"trim=end_frame={frames if use.clip.speed else 1}",
    ]
    steps += [TONE_MAP] if stream.is_hdr else []
    return f"[{number}:v:0]{','.join(steps)}"


def _scale(graph: Graph, use: Use, size: str, how: str) -> str:
    matrix = _matrix(graph.sources[media_of(use.clip)])
    fit = f"force_original_aspect_ratio={how}:force_divisible_by=2:reset_sar=1"
    return (
        f"scale={size}:{fit}:flags=lanczos:in_color_matrix={matrix}:out_color_matrix={graph.frame.matrix}:out_range=tv"
    )


def _matrix(source: Source) -> str:
    """How the medium's colours are coded: as it says, after tone mapping BT.709, else what players guess."""
    stream = source.facts.video[0] if source.facts.video else None
    if stream is None or stream.is_hdr:  # a still is drawn in red, green and blue: nothing is to be decoded
        return "bt709"
    guess = "bt709" if stream.height_px >= 720 else "smpte170m"
    return stream.colour_space if stream.colour_space in ("bt709", "smpte170m", "bt470bg", "bt2020") else guess


def _overlaid(graph: Graph, base: str, stretch: Stretch, window_start: int) -> str:
    """The base with one stretch of an upper track on it; what is faded from or to nothing becomes see-through."""
    begin = stretch.start - window_start
    if stretch.first and stretch.second and stretch.style:
        layers = [(stretch.first, "out"), (stretch.second, "in")]
    elif stretch.style:
        layers = [(stretch.first, "out")] if stretch.first else [(stretch.second or _never(), "in")]
    else:
        layers = [(stretch.first or _never(), "")]
    for use, fade in layers:
        base = _layer(graph, base, use, fade=fade, frames=stretch.frames, begin=begin)
    return base


def _never() -> Use:
    raise AssertionError("A stretch without a clip is not laid over anything.")


def _layer(graph: Graph, base: str, use: Use, *, fade: str, frames: int, begin: int) -> str:
    frame = graph.frame
    box = use.clip.box or Box(x=Fraction(0), y=Fraction(0), width=Fraction(1), height=Fraction(1))
    width, height = _even(box.width * frame.width_px), _even(box.height * frame.height_px)
    left, top = round(box.x * frame.width_px), round(box.y * frame.height_px)
    how = "increase" if use.clip.is_filling else "decrease"
    steps = [_timed(graph, use, frames), _scale(graph, use, f"{width}:{height}", how), "setsar=1"]
    steps += [f"crop={width}:{height}"] if use.clip.is_filling else []
    steps += _held(graph, use, frames)
    steps += [f"format=yuva420p,fade=t={fade}:s=0:n={frames}:alpha=1"] if fade else []
    layer = graph.chain(f"{','.join(steps)},{graph.grid},setpts=PTS+{begin}")
    place = f"x={left}+({width}-w)/2:y={top}+({height}-h)/2"
    return graph.chain(f"{base}{layer}overlay={place}:eof_action=pass")


def _even(length: Fraction) -> int:
    return max(2, round(length / 2) * 2)


# Sounds


def _sounds(graph: Graph, window: Window) -> str:
    """All tracks mixed, without lowering any."""
    samples = _samples(graph, window.start, window.end)
    tracks = [joined(graph, [_heard(graph, part) for part in track], is_sound=True) for track in window.sounds if track]
    if not tracks:
        return _silence(graph, samples)
    if len(tracks) == 1:
        return tracks[0]
    return graph.chain(f"{''.join(tracks)}amix=inputs={len(tracks)}:normalize=0:dropout_transition=0")


def _samples(graph: Graph, start: int, end: int) -> int:
    return sample_at(end, graph.frame.rate) - sample_at(start, graph.frame.rate)


def _silence(graph: Graph, samples: int) -> str:
    return graph.chain(f"anullsrc=r={SOUND_RATE_HZ}:cl=stereo,aformat=sample_fmts=fltp,atrim=end_sample={samples}")


def _heard(graph: Graph, stretch: Stretch) -> str:
    samples = _samples(graph, stretch.start, stretch.end)
    first = played(graph, stretch.first, samples, stretch.frames)
    if stretch.style is None:
        return first
    second = played(graph, stretch.second, samples, stretch.frames)
    falling = graph.chain(f"{first}afade=t=out:ss=0:ns={samples}:curve=qsin")  # equal power: the loudness stays
    rising = graph.chain(f"{second}afade=t=in:ss=0:ns={samples}:curve=qsin")
    return graph.chain(f"{falling}{rising}amix=inputs=2:normalize=0:dropout_transition=0")


def played(graph: Graph, use: Use | None, samples: int, frames: int) -> str:
    """The clip's sound in stereo at 48 kHz, of exactly so many samples."""
    source = graph.sources[media_of(use.clip)] if use else None
    if use is None or source is None or use.clip.is_muted or not use.clip.speed or not source.facts.audio:
        return _silence(graph, samples)
    number, offset_s = graph.source(use, frames / graph.frame.rate)
    steps = [f"aresample={SOUND_RATE_HZ}:async=1:first_pts=0"]
    # A copy into both channels keeps the level; FFmpeg's own way from mono lowers it by 3 dB.
    steps += ["pan=stereo|c0=c0|c1=c0"] if source.facts.audio[0].channels == 1 else ["aformat=channel_layouts=stereo"]
    begin = round(offset_s * SOUND_RATE_HZ)
    steps += [f"aformat=sample_fmts=fltp,atrim=start_sample={begin},asetpts=N/SR/TB"]
    steps += _tempo(use.clip.speed)
    steps += [f"volume={float(use.clip.gain_db):.3f}dB"] if use.clip.gain_db else []
    steps += [f"apad=whole_len={samples},atrim=end_sample={samples},asetpts=N/SR/TB"]
    return graph.chain(f"[{number}:a:0]{','.join(steps)}")


def _tempo(speed: Fraction) -> list[str]:
    """The filters that play it faster or slower at the same pitch; each does at most a halving.

    >>> _tempo(Fraction(1, 4))
    ['atempo=0.5', 'atempo=0.500000']
    """
    steps = []
    while speed < Fraction(1, 2):
        steps.append("atempo=0.5")
        speed *= 2
    return steps if speed == 1 else [*steps, f"atempo={float(speed):.6f}"]
