"""Finds the media that a cut names, and says what of the cut cannot be made from them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from crosscut.kernel.errors import Invalid, Problem
from crosscut.kernel.facts import AudioStream, MediaFacts, VideoStream
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop
from crosscut.media.cuts.graph import Frame, Source
from crosscut.media.cuts.layout import Stretch, Use, stretches
from crosscut.media.cuts.model import Clip, Cut, media_of
from crosscut.media.probe import probe
from crosscut.media.recipes import PicturePart
from crosscut.media.stills import derive

HALF = Fraction(1, 2)


def find_media(cut: Cut, folders: Sequence[Path]) -> dict[str, Path]:
    """Where each medium of the cut is, by the name the cut has for it. Only these folders and those in them are read.

    A medium is found by its path below a folder or else by its file name, whatever machine the path came from.
    Raises Invalid with every medium that is in none of the folders or in several places.
    """
    found: dict[str, Path] = {}
    problems: list[Problem] = []
    for media, asker in _wanted(cut).items():
        try:
            found[media] = _find(media, asker, folders)
        except Invalid as missing:
            problems += missing.problems
    if problems:
        raise Invalid(problems=problems)
    return found


def components_of(cut: Cut, folders: Sequence[Path]) -> list[Path]:
    """The films, stills and sounds that the cut is made of, each once. Raises what `find_media` raises."""
    found = find_media(cut, folders)
    names = [media_of(clip) for clip in cut.clips()] + ([cut.music.media] if cut.music else [])
    return list(dict.fromkeys(found[name] for name in names))


def _wanted(cut: Cut) -> dict[str, str]:
    """Each name of a medium with who asks for it first."""
    wanted = {media_of(clip): clip.name for clip in reversed(list(cut.clips()))}
    if cut.captions:
        wanted[cut.captions] = "captions"
    if cut.music:
        wanted[cut.music.media] = "music"
    return wanted


def _find(media: str, asker: str, folders: Sequence[Path]) -> Path:
    parts = [part for part in _path_of(media).parts if part not in ("/", "..", ".")]
    if not parts:
        raise Invalid.at(
            asker or "clip", phrase("The timeline names no medium for it: relink it."), code="cuts.media_missing"
        )
    for folder in folders:
        for start in range(len(parts)):
            path = folder.joinpath(*parts[start:])
            if path.is_file():
                return path
    deeper = sorted({path.resolve() for folder in folders for path in folder.rglob("*") if path.name == parts[-1]})
    if len(deeper) == 1 and deeper[0].is_file():
        return deeper[0]
    looked = ", ".join(str(folder) for folder in folders) or phrase("no folder")
    several = (
        phrase("is there {n} times: give the folder of the right one", n=len(deeper))
        if deeper
        else phrase("is not in {looked}", looked=looked)
    )
    message = phrase("{parts} {several}. Put it there or name its folder.", parts=parts[-1], several=several)
    raise Invalid.at(asker or parts[-1], message, code="cuts.media_missing", media=media)


def _path_of(media: str) -> PurePosixPath:
    """The path in an address, or in what a Windows machine calls one.

    >>> _path_of("file://localhost/D%3a/media/sc01.mov"), _path_of("D:\\\\media\\\\a b.mov")
    (PurePosixPath('/D:/media/sc01.mov'), PurePosixPath('D:/media/a b.mov'))
    """
    text = unquote(urlsplit(media).path) if media.startswith(("file:", "http:", "https:")) else media
    return PurePosixPath(text.replace("\\", "/"))


def sources_of(cut: Cut, found: Mapping[str, Path]) -> dict[str, Source]:
    """The media of the clips, probed. Raises what `probe` raises, and Invalid when the cut cannot be made of them."""
    names = {media_of(clip) for clip in cut.clips()}
    sources = {name: Source(path=found[name].resolve(), facts=probe(found[name])) for name in sorted(names)}
    problems = [*_wrong_kinds(cut, sources), *_wrong_clips(cut, sources)]
    if not problems:
        problems = list(_out_of_range(cut, sources))
    if problems:
        raise Invalid(problems=problems)
    return sources


def _wrong_kinds(cut: Cut, sources: Mapping[str, Source]) -> Iterable[Problem]:
    for track in cut.tracks:
        for _, item in track.placed():
            if isinstance(item, Clip):
                source = sources[media_of(item)]
                if track.kind == "video" and not source.facts.video and not source.is_still:
                    yield _problem(
                        "no_picture",
                        item,
                        phrase("its medium has no picture; make a film of an animation first"),
                    )
                if track.kind == "audio" and not source.facts.audio:
                    yield _problem("no_sound", item, phrase("its medium has no sound; take it out of the sound track"))


def _wrong_clips(cut: Cut, sources: Mapping[str, Source]) -> Iterable[Problem]:
    for clip in cut.clips():
        if clip.unknown_effects:
            names = ", ".join(clip.unknown_effects)
            yield _problem(
                "unknown_effect",
                clip,
                phrase("the effect {names} is not known here; take it out or render it", names=names),
            )
        if clip.speed and not sources[media_of(clip)].is_still:  # what stands still has no speed to be wrong
            yield from _wrong_speed(clip)
        if clip.duration_s <= 0:
            yield _problem("empty", clip, phrase("it has no length; take it out"))


def _wrong_speed(clip: Clip) -> Iterable[Problem]:
    if clip.speed < 0:
        yield _problem("speed", clip, phrase("it runs backwards, which cannot be made here; render it"))
    elif not Fraction(1, 100) <= clip.speed <= 100:
        yield _problem("speed", clip, phrase("its speed is not between 1/100 and 100"))


def _out_of_range(cut: Cut, sources: Mapping[str, Source]) -> Iterable[Problem]:
    """Each clip once, for the most it asks for, transitions included; half a frame is forgiven."""
    told: set[tuple[str, str]] = set()
    for track in cut.tracks:
        for stretch in stretches(track, cut.rate, 0):
            for use in _uses(stretch):
                source = sources[media_of(use.clip)]
                if source.is_still:
                    continue
                words = _beyond(use, stretch.frames / cut.rate * use.clip.speed, source.facts, HALF / cut.rate)
                if words and (use.clip.name, words) not in told:
                    told.add((use.clip.name, words))
                    yield _problem("out_of_range", use.clip, words)


def _uses(stretch: Stretch) -> list[Use]:
    return [use for use in (stretch.first, stretch.second) if use]


def _beyond(use: Use, needed_s: Fraction, facts: MediaFacts, slack_s: Fraction) -> str:
    """What is wrong with the stretch of the medium; "" when it is there."""
    streams: list[VideoStream | AudioStream] = [*facts.video[:1], *facts.audio[:1]]
    lengths = [stream.duration_s for stream in streams if stream.duration_s]
    length_s = max(lengths, default=facts.duration_s)
    if use.from_s < -slack_s:
        missing_s = float(-use.from_s)
        return phrase(
            "it begins {missing_s:.2f} s before its medium does; start it later or shorten the transition",
            missing_s=missing_s,
        )
    if length_s is not None and use.from_s + needed_s > length_s + slack_s:
        end_s, there_s = float(use.from_s + needed_s), float(length_s)
        remedy = phrase("end it earlier or shorten the transition")
        return phrase(
            "it needs its medium up to {end_s:.2f} s and that ends at {there_s:.2f} s; {remedy}",
            end_s=end_s,
            there_s=there_s,
            remedy=remedy,
        )
    return ""


def _problem(code: str, clip: Clip, words: str) -> Problem:
    name = clip.name or clip.media or "a clip"
    return Problem(
        code=f"cuts.{code}",
        where=name,
        message=phrase("{name}: {words}.", name=name, words=words),
        values={"clip": name},
    )


def with_stills_drawn(
    sources: Mapping[str, Source], frame: Frame, folder: Path, *, should_stop: ShouldStop
) -> dict[str, Source]:
    """The sources; of each still with the picture that FFmpeg is given, drawn into the folder. Raises Damaged."""
    side_px = 2 * max(frame.width_px, frame.height_px)  # enough to fill the frame with a part of it
    part = PicturePart(max_width_px=side_px, max_height_px=side_px)
    drawn = dict(sources)
    for number, (name, source) in enumerate(sources.items()):
        if source.is_still:
            picture = folder / f"still{number}.png"
            derive(source.path, part, picture, media_type="image/png", should_stop=should_stop)
            drawn[name] = replace(source, drawn=picture)
    return drawn


def check_rate(rate: Fraction) -> None:
    """Raises Invalid for a rate nobody plays."""
    if not 1 <= rate <= 240:
        raise Invalid.at(
            "rate", phrase("A cut has 1 to 240 frames a second, not {rate}.", rate=rate), code="cuts.wrong_rate"
        )
