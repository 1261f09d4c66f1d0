"""Renders a film through a moving window: every frame as the camera says, the sound as it is, whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from crosscut.kernel.errors import Invalid, Unsupported
from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop, ignore, never
from crosscut.media import capped, ffmpeg, metadata, stills
from crosscut.media.beside import making_beside
from crosscut.media.caps import ANALYSE
from crosscut.media.carrying import carry_on
from crosscut.media.metadata import Metadata
from crosscut.media.probe import probe
from crosscut.media.recipes import Purpose, Recipe, SoundPart, VideoPart
from crosscut.media.reframe.looking import track
from crosscut.media.reframe.records import CameraPath, Reframed, Side

COMMANDS_NAME = "camera.cmd"  # in the folder FFmpeg runs in: no foreign name reaches a filter
COPIED_INTO_MP4 = frozenset({"aac", "mp3", "ac3", "eac3", "alac", "opus", "flac"})
SAME_LOOK_CRF = 18  # x264's: no loss that is seen in play


@dataclass(frozen=True, kw_only=True)
class _Job:
    """What one rendering works with."""

    path: Path
    facts: MediaFacts
    camera: CameraPath
    begins_s: Fraction  # its first frame
    moves: bool  # the camera does; sendcmd refuses an empty file
    rights: Metadata
    crf: int
    result: Path


def reframe(
    path: Path,
    aspect: Fraction,
    out: Path,
    *,
    camera: CameraPath | None = None,
    report: Report = ignore,
    should_stop: ShouldStop = never,
) -> Reframed:
    """Makes an MP4 (H.264) of the film in another aspect at `out`, seen through the camera or one tracked for it.

    Every frame of the master is in it at its own moment, and nothing is enlarged. The sound is copied where MP4 can
    hold it. Raises Invalid (a camera of another film or aspect, a name that is no .mp4), Damaged, Unsupported,
    Unavailable or Cancelled; then nothing is left behind and `out` is as it was.
    """
    if out.suffix.lower() != ".mp4":
        raise Invalid.at("out", phrase("A reframed film is an MP4: name the result .mp4."), code="reframe.type")
    facts = probe(path)
    if not facts.video:
        raise Unsupported(
            phrase("{name} has no moving pictures; for a still there is `suggest_crops`.", name=path.name)
        )
    report(Progress(done=Fraction(0), label="Looking"))
    camera = camera or track(path, aspect, should_stop=should_stop)
    _check(camera, aspect, facts)
    times = capped.call("reframe.looking:frame_times", list[Fraction], caps=ANALYSE, should_stop=should_stop, path=path)
    with making_beside(out) as folder:
        moves = commands(camera, times)
        (folder / COMMANDS_NAME).write_text(moves, encoding="ascii")
        job = _Job(
            path=path.resolve(),
            facts=facts,
            camera=camera,
            begins_s=times[0] if times else Fraction(0),
            moves=bool(moves),
            rights=stills.kept_fields(metadata.read(path)),
            crf=SAME_LOOK_CRF,
            result=folder / "result.mp4",
        )
        duration_s = facts.duration_s or (times[-1] if times else Fraction(1))

        def tell(done_s: Fraction) -> None:
            report(Progress(done=min(Fraction(1), done_s / max(duration_s, Fraction(1, 100))), label="Rendering"))

        ffmpeg.run(job.path, _arguments(job), cwd=folder, on_time=tell, should_stop=should_stop)
        carry_on(job.result, job.rights)
        made = probe(job.result)
        frames = capped.call("reframe.looking:frame_times", list[Fraction], caps=ANALYSE, path=job.result)
        job.result.replace(out)
    report(Progress(done=Fraction(1), label="Done"))
    return Reframed(facts=made, frames=len(frames), camera=camera, sound=_sound_word(facts))


def _check(camera: CameraPath, aspect: Fraction, facts: MediaFacts) -> None:
    stream = facts.video[0]
    if camera.aspect != aspect:
        message = phrase(
            "The camera is for {aspect} and not for {wanted}: track the film for this aspect.",
            aspect=camera.aspect,
            wanted=aspect,
        )
        raise Invalid.at("camera", message, code="reframe.other_aspect")
    if (camera.width_px, camera.height_px) != (stream.width_px, stream.height_px):
        size = f"{camera.width_px} x {camera.height_px}"
        message = phrase(
            "The camera is for a film of {size} and this one has {width_px} x {height_px} pixels.",
            size=size,
            width_px=stream.width_px,
            height_px=stream.height_px,
        )
        raise Invalid.at("camera", message, code="reframe.other_film")


def commands(camera: CameraPath, times: Sequence[Fraction]) -> str:
    """The moves as a file for FFmpeg's sendcmd: one line for each frame at which the window is elsewhere.

    Each is due halfway between the frame before and its own, so that no rounding of times can move it to another frame.
    """
    name = "x" if camera.window.side is Side.ACROSS else "y"
    lines = []
    starts_px = [_start_px(camera, at_s) for at_s in times]
    for (before_s, after_s), (before_px, after_px) in zip(pairwise(times), pairwise(starts_px), strict=True):
        if after_px != before_px:
            lines.append(f"{float(before_s + after_s) / 2:.6f} crop {name} {after_px};")
    return "".join(line + "\n" for line in lines)


def _start_px(camera: CameraPath, at_s: Fraction) -> int:
    crop = camera.crop_at(at_s)
    return crop.x_px if camera.window.side is Side.ACROSS else crop.y_px


def _arguments(job: _Job) -> list[str]:
    window, first = job.camera.window, job.camera.crop_at(job.begins_s)
    stream = job.facts.video[0]
    part = VideoPart(
        width_px=window.width_px,
        height_px=window.height_px,
        crf=job.crf,
        is_deinterlaced=stream.is_interlaced,
        is_tone_mapped=stream.is_hdr,
    )
    size = f"{job.camera.width_px}:{job.camera.height_px}"
    moving = [f"scale={size}", "setsar=1"]
    moving += [f"sendcmd=f={COMMANDS_NAME}"] if job.moves else []
    # exact: on odd pixels too. In steps of two, a slow pan is seen to jump.
    moving += [f"crop={window.width_px}:{window.height_px}:{first.x_px}:{first.y_px}:exact=1"]
    chain = ",".join([*ffmpeg.shared_filters(part), *moving, *ffmpeg.picture_filters(part, job.facts)])
    sound = SoundPart(codec="copy" if _sound_word(job.facts) == "copied" else "aac") if job.facts.audio else None
    recipe = Recipe(purpose=Purpose.POST, media_type="video/mp4", video=part, sound=sound)
    arguments = [*ffmpeg.SAY, *ffmpeg.source(job.path), *ffmpeg.SAME_EVERY_TIME, "-threads", ffmpeg.threads()]
    arguments += ["-map", "0:V:0", "-vf", chain, *ffmpeg.picture_encoder(part, job.facts, "medium")]
    arguments += ["-fps_mode:v", "passthrough", "-enc_time_base:v", "demux"]
    if sound:
        arguments += ["-map", "0:a:0", *ffmpeg.sound_encoder(sound)]
    return [*arguments, *ffmpeg.wrapping(recipe, job.facts, job.rights), f"file:{job.result}"]


def _sound_word(facts: MediaFacts) -> str:
    if not facts.audio:
        return "none"
    return "copied" if facts.audio[0].codec in COPIED_INTO_MP4 else "encoded"
