"""The smart cut: only the frames around a cut are encoded, all others are copied. Frame-exact and in step."""

import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.errors import Invalid
from crosscut.kernel.facts import MediaFacts, Span
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop, ignore, never
from crosscut.media import capped, ffmpeg, metadata, stills
from crosscut.media.beside import making_beside
from crosscut.media.caps import ANALYSE
from crosscut.media.carrying import carry_on
from crosscut.media.cuts.graph import Frame, Source
from crosscut.media.cuts.layout import SOUND_RATE_HZ, Use
from crosscut.media.cuts.model import Clip, Cut, Track
from crosscut.media.cuts.pieces import CarriedSound, Kept, Piece, SmartPlan
from crosscut.media.cuts.render import PLAIN, RAW_SOUND, SAY, Encoding, MadeCut, render_cut
from crosscut.media.cuts.soundtrack import sound_arguments
from crosscut.media.probe import probe

SOUNDS_AT_ONCE = 24  # stretches in one FFmpeg
SAME_LOOK_CRF = 18  # what is encoded sits between the master's own frames: the seam must not show
LIKE = 0.98  # SSIM to the master that every encoded frame has, where x264 can reach it
FINER, FINEST_CRF = 6, 2  # steps of crf down to nearly lossless: where grain is coarse, more bits
LIKENESS_NAME = "likeness.log"  # in the folder FFmpeg runs in


@dataclass(frozen=True, kw_only=True)
class _Job:
    path: Path
    facts: MediaFacts
    plan: SmartPlan
    folder: Path
    encoding: Encoding
    report: Report
    should_stop: ShouldStop


@dataclass(frozen=True, kw_only=True)
class _Made:
    film: Path
    sound: CarriedSound
    likeness: float  # the lowest SSIM of an encoded frame


def smart_cut(
    path: Path,
    keep: Sequence[Span],
    out: Path,
    *,
    encoding: Encoding | None = None,
    report: Report = ignore,
    should_stop: ShouldStop = never,
) -> MadeCut:
    """Makes an MP4 at `out` of just these stretches of a film, in their order, with as little encoding as can be.

    A stretch begins with the first frame at or after its start and ends before the first one at or after its end. What
    cannot be cut so (other codecs than H.264, interlaced pictures, settings that change) is encoded whole, and
    `reasons` says why. Raises Invalid, Damaged, Unsupported, Unavailable or Cancelled; then `out` is as it was.
    """
    facts = probe(path)
    _check(path, keep, facts)
    encoding = encoding or Encoding(crf=SAME_LOOK_CRF)
    plan = _plan(path, keep, facts, should_stop)
    if plan.obstacle:
        whole = render_cut(
            _whole_cut(path, keep, facts), [path.parent], out, encoding=encoding, report=report, should_stop=should_stop
        )
        return replace(whole, reasons=(phrase("All of it was encoded: {obstacle}.", obstacle=plan.obstacle),))
    with making_beside(out) as folder:
        job = _Job(
            path=path.resolve(),
            facts=facts,
            plan=plan,
            folder=folder,
            encoding=encoding,
            report=report,
            should_stop=should_stop,
        )
        made = _make(job)
        carry_on(made.film, stills.kept_fields(metadata.read(path)))
        made_facts = probe(made.film)
        made.film.replace(out)
    report(Progress(done=Fraction(1), label="Done"))
    hindrance = made.sound.obstacle
    return MadeCut(
        facts=made_facts,
        frames=plan.frames,
        encoded_frames=plan.encoded_frames,
        lowest_ssim=round(made.likeness, 4),
        sound=("encoded" if hindrance else "copied") if facts.audio else "none",
        sound_moved_s=made.sound.moved_s,
        reasons=(phrase("The sound is encoded whole: {obstacle}.", obstacle=hindrance),) if hindrance else (),
    )


def _check(path: Path, keep: Sequence[Span], facts: MediaFacts) -> None:
    if not facts.video:
        raise Invalid.at(path.name, phrase("It has no moving picture to cut."), code="cuts.no_picture")
    if not keep:
        raise Invalid.at("keep", phrase("Nothing is to be kept: name at least one stretch."), code="cuts.empty")
    length_s = facts.video[0].duration_s or facts.duration_s
    for span in keep:
        if span.start_s < 0 or span.end_s <= span.start_s:
            message = phrase(
                "{start_s:.3f} s to {end_s:.3f} s is no stretch of time.",
                start_s=float(span.start_s),
                end_s=float(span.end_s),
            )
            raise Invalid.at("keep", message, code="cuts.empty")
        if length_s and span.end_s > length_s + Fraction(1, 10):
            there_s, asked_s = float(length_s), float(span.end_s)
            message = phrase(
                "{name} ends at {there_s:.3f} s; a stretch to keep goes on to {asked_s:.3f} s.",
                name=path.name,
                there_s=there_s,
                asked_s=asked_s,
            )
            raise Invalid.at("keep", message, code="cuts.out_of_range")


def _plan(path: Path, keep: Sequence[Span], facts: MediaFacts, should_stop: ShouldStop) -> SmartPlan:
    if facts.video[0].is_interlaced:
        return SmartPlan(obstacle=phrase("its picture is interlaced"))
    return capped.call("cuts.smart:plan", SmartPlan, caps=ANALYSE, should_stop=should_stop, path=path, keep=list(keep))


def _whole_cut(path: Path, keep: Sequence[Span], facts: MediaFacts) -> Cut:
    clips = tuple(
        Clip(name=path.name, media=path.name, start_s=span.start_s, duration_s=span.end_s - span.start_s)
        for span in keep
    )
    return Cut(
        name=path.stem, rate=facts.video[0].frame_rate or Fraction(25), tracks=(Track(kind="video", items=clips),)
    )


def _make(job: _Job) -> _Made:
    encoded = [piece for part in job.plan.kept for piece in part.pieces if not piece.is_copied]
    films: list[Path] = []
    likeness = 1.0
    for number, piece in enumerate(encoded):
        film, lowest = _encode(job, piece, number)
        films.append(film)
        likeness = min(likeness, lowest)
        job.report(Progress(done=Fraction(number + 1, len(encoded) + 2), label="Encoding around the cuts"))
    picture = job.folder / "picture.mp4"
    capped.call(
        "cuts.smart:join",
        int,
        caps=ANALYSE,
        should_stop=job.should_stop,
        path=job.path,
        plan=job.plan,
        films=films,
        out=picture,
    )
    result, carried = _with_sound(job, picture)
    return _Made(film=result, sound=carried, likeness=likeness)


def _encode(job: _Job, piece: Piece, number: int) -> tuple[Path, float]:
    """A film of the piece's frames and how alike they are; finer than asked where the seam would show otherwise."""
    film = job.folder / f"piece{number}.mp4"
    likeness = 0.0
    for crf in range(job.encoding.crf, min(FINEST_CRF, job.encoding.crf) - 1, -FINER):
        _encode_once(job, piece, film, crf)
        likeness = _lowest_likeness(job.folder / LIKENESS_NAME)
        if likeness >= LIKE:
            break
    return film, likeness


def _encode_once(job: _Job, piece: Piece, film: Path, crf: int) -> None:
    """Writes the film with parameter sets of a number that the master does not use, and decodes it to compare it."""
    half_s = piece.gap_s / 2  # between two frames nothing depends on rounding
    opened_s = max(0, math.floor(piece.start_s - job.plan.begin_s) - 1)
    trim = f"trim=start={_clock(piece.start_s - half_s)}:end={_clock(piece.end_s - half_s)},setpts=PTS-STARTPTS"
    quality = ["-crf", str(crf), "-preset", job.encoding.preset, "-profile:v", job.plan.profile]
    same = ["-level", job.plan.level, "-x264-params", f"sps-id={job.plan.set_id}"]
    ffmpeg.run(
        job.path,
        [
            *(*SAY, *(["-ss", str(opened_s)] if opened_s else []), "-copyts", "-noautorotate", *ffmpeg.SAFE_INPUT),
            *("-i", f"file:{job.path}", "-filter_complex", f"[0:V:0]{trim},split[shown][wanted]"),
            *("-map", "[shown]", "-c:v", "libx264", "-pix_fmt", "yuv420p", *quality, *same, "-fps_mode", "passthrough"),
            *(*PLAIN, f"file:{film}", "-dec", "0:0"),
            *(
                "-filter_complex",
                f"[dec:0]setpts=N[seen];[wanted]setpts=N[due];[seen][due]ssim=f={LIKENESS_NAME}[same]",
            ),
            *("-map", "[same]", "-fps_mode", "passthrough", "-f", "null", "-"),
        ],
        cwd=job.folder,
        should_stop=job.should_stop,
    )


def _lowest_likeness(log: Path) -> float:
    """The lowest structural similarity of brightness in what FFmpeg's ssim filter wrote: "n:1 Y:0.998 U:…" a line."""
    return min((float(line.split("Y:")[1].split()[0]) for line in log.read_text().splitlines()), default=1.0)


def _clock(time_s: Fraction) -> str:
    return f"{float(time_s):.6f}"


def _with_sound(job: _Job, picture: Path) -> tuple[Path, CarriedSound]:
    result = job.folder / "result.mp4"
    carried, sound, streams = _sound(job) if job.facts.audio else (CarriedSound(), [], [])
    ffmpeg.run(
        picture,
        [
            *(*SAY, "-i", f"file:{picture}", *sound, "-map", "0:v:0", "-c:v", "copy", *streams, *PLAIN),
            *("-movflags", "+faststart", f"file:{result}"),
        ],
        cwd=job.folder,
        should_stop=job.should_stop,
    )
    return result, carried


def _sound(job: _Job) -> tuple[CarriedSound, list[str], list[str]]:
    """How the sound was carried over, and the arguments that bring it in: copied, or encoded from its samples."""
    sound = job.folder / "sound.mp4"
    carried = CarriedSound(obstacle=phrase("so it was asked"))
    if job.encoding.copies_sound:
        carried = capped.call(
            "cuts.sound:carry",
            CarriedSound,
            caps=ANALYSE,
            should_stop=job.should_stop,
            path=job.path,
            kept=list(job.plan.kept),
            out=sound,
        )
    if not carried.obstacle:
        return carried, ["-i", f"file:{sound}"], ["-map", "1:a:0", "-c:a", "copy"]
    sound = job.folder / "sound.f32"
    _write_sound(job, sound)
    encode = ["-c:a", "aac", "-b:a", str(job.encoding.sound_bit_rate_bps)]
    return carried, [*RAW_SOUND, "-i", f"file:{sound}"], ["-map", "1:a:0", *encode]


def _write_sound(job: _Job, sound: Path) -> None:
    """The stretches' samples one after the other, counted from the beginning so that nothing drifts."""
    source = Source(path=job.path, facts=job.facts)
    frame = Frame(width_px=16, height_px=16, rate=Fraction(SOUND_RATE_HZ))
    uses = list(_uses(job.plan.kept, job.path.name, job.plan.begin_s))
    with sound.open("wb") as whole:
        for number in range(0, len(uses), SOUNDS_AT_ONCE):
            part = job.folder / "part.f32"
            arguments, pad = sound_arguments(uses[number : number + SOUNDS_AT_ONCE], frame, {job.path.name: source})
            ffmpeg.run(
                job.path,
                [*SAY, *arguments, "-map", pad, *RAW_SOUND, f"file:{part}"],
                cwd=job.folder,
                should_stop=job.should_stop,
            )
            with part.open("rb") as written:
                shutil.copyfileobj(written, whole, 1 << 20)


def _uses(kept: Sequence[Kept], name: str, begin_s: Fraction) -> list[tuple[Use, int]]:
    """Each stretch as a use of the medium, with its number of samples."""
    found, at_s = [], Fraction(0)
    for part in kept:
        length_s = part.end_s - part.start_s
        clip = Clip(name=name, media=name, start_s=part.start_s - begin_s, duration_s=length_s)
        samples = round((at_s + length_s) * SOUND_RATE_HZ) - round(at_s * SOUND_RATE_HZ)
        found.append((Use(clip=clip, from_s=clip.start_s), samples))
        at_s += length_s
    return found
