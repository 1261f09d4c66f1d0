"""What of a cut is not in another one: how an export's losses are found, by reading it back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any

from crosscut.kernel.errors import Problem
from crosscut.kernel.phrases import phrase
from crosscut.media.cuts.layout import frame_at
from crosscut.media.cuts.model import Clip, Cut, Role, Transition, is_called_a_still, media_of
from crosscut.media.exchange.merging import centred, merged


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """A clip at its place on the grid."""

    kind: str
    start: int
    clip: Clip

    @property
    def label(self) -> str:
        """What a person calls it."""
        return self.clip.name or media_of(self.clip)


def losses(cut: Cut, back: Cut) -> tuple[Problem, ...]:
    """What the second cut lacks of the first, clip by clip, in plain words; () when it has everything.

    Times are compared by frames of the first cut. A second cut with more than the first is not looked at.
    """
    cut, back = centred(merged(cut)), centred(merged(back))
    return (*_of_the_whole(cut, back), *_of_clips(cut, back), *_of_transitions(cut, back), *_of_words(cut, back))


def _of_the_whole(cut: Cut, back: Cut) -> Iterator[Problem]:
    if back.rate != cut.rate:
        yield _lost(
            "rate",
            "timeline",
            phrase(
                "The frame rate became {rate:g} instead of {wanted:g}.", rate=float(back.rate), wanted=float(cut.rate)
            ),
        )
    told = (cut.width_px, cut.height_px)
    if all(told) and told != (back.width_px, back.height_px):
        yield _lost(
            "size",
            "timeline",
            phrase(
                "The frame size {width_px} x {height_px} is not in it: set it in the other program.",
                width_px=told[0],
                height_px=told[1],
            ),
        )
    if abs(back.start_timecode_s - cut.start_timecode_s) * cut.rate >= 1:
        yield _lost("timecode", "timeline", phrase("The timecode of the first frame is not in it."))


def _of_clips(cut: Cut, back: Cut) -> Iterator[Problem]:
    found = list(_seen(back))
    for wanted in _seen(cut):
        match = next((one for one in found if _is_same(wanted, one)), None)
        if match is None:
            place = f"at {float(wanted.start / cut.rate):.2f} s"
            yield _lost("clip", wanted.label, phrase("{label} {place} is not in it.", label=wanted.label, place=place))
            continue
        found.remove(match)
        yield from _of_clip(wanted, match, cut)


def _is_same(wanted: _Seen, one: _Seen) -> bool:
    names = {_stem(one.clip.name), _stem(one.clip.media)} - {""}
    return (
        wanted.kind == one.kind
        and wanted.start == one.start
        and bool(names & {_stem(wanted.clip.name), _stem(wanted.clip.media)})
    )


def _stem(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).stem.lower()


_CHECKS: tuple[tuple[str, str, Callable[[Clip], Any]], ...] = (
    ("speed", phrase("its speed is not carried"), lambda clip: round(clip.speed, 3)),
    ("level", phrase("its level is not carried"), lambda clip: (round(clip.gain_db, 2), clip.is_muted)),
    ("box", phrase("its place in the picture is not carried"), lambda clip: _rounded_box(clip)),
    ("fill", phrase("that it fills the frame is not carried"), lambda clip: clip.is_filling),
)


def _rounded_box(clip: Clip) -> Any:
    box = clip.box
    return box and tuple(round(part, 2) for part in (box.x, box.y, box.width, box.height))


def _of_clip(wanted: _Seen, match: _Seen, cut: Cut) -> Iterator[Problem]:
    clip, other = wanted.clip, match.clip
    if frame_at(other.duration_s, cut.rate) != frame_at(clip.duration_s, cut.rate):
        yield _lost(
            "length",
            wanted.label,
            phrase(
                "{label}: it is {duration_s:.2f} s long there.", label=wanted.label, duration_s=float(other.duration_s)
            ),
        )
    moves = not is_called_a_still(clip)
    if moves and abs(other.start_s + other.origin_s - clip.start_s - clip.origin_s) * cut.rate * 2 >= 1:
        began_s = float(other.start_s + other.origin_s)
        yield _lost(
            "start",
            wanted.label,
            phrase("{label}: it begins at {began_s:.2f} s of its medium there.", label=wanted.label, began_s=began_s),
        )
    for code, words, of in _CHECKS:
        if of(clip) != of(other) and (moves or code != "speed"):
            yield _lost(code, wanted.label, phrase("{label}: {words}.", label=wanted.label, words=words))
    if clip.media and not other.media:
        yield _lost(
            "media",
            wanted.label,
            phrase("{label}: where its medium is, is not carried; relink it by name.", label=wanted.label),
        )


def _seen(cut: Cut) -> Iterator[_Seen]:
    for track in cut.tracks:
        for at_s, item in track.placed():
            if isinstance(item, Clip):
                yield _Seen(kind=track.kind, start=frame_at(at_s, cut.rate), clip=item)


def _of_transitions(cut: Cut, back: Cut) -> Iterator[Problem]:
    there = dict(_transitions(back))
    for place, transition in _transitions(cut):
        kind, frame = place
        where = f"{float(frame / cut.rate):.2f} s"
        match = there.get(place)
        if match is None:
            yield _lost(
                "transition",
                where,
                phrase("The transition at {where} of the {word} is not in it.", where=where, word=_WORD[kind]),
            )
        elif frame_at(match.duration_s, cut.rate) != frame_at(transition.duration_s, cut.rate):
            yield _lost(
                "transition_length",
                where,
                phrase(
                    "The transition at {where} is {duration_s:.2f} s long there.",
                    where=where,
                    duration_s=float(match.duration_s),
                ),
            )
        elif match.style is not transition.style:
            yield _lost(
                "transition_style",
                where,
                phrase("The transition at {where} became a {value}.", where=where, value=match.style.value),
            )


_WORD = {"video": "picture", "audio": "sound"}


def _transitions(cut: Cut) -> Iterator[tuple[tuple[str, int], Transition]]:
    for track in cut.tracks:
        at_s = Fraction(0)
        for item in track.items:
            if isinstance(item, Transition):
                yield (track.kind, frame_at(at_s, cut.rate)), item
            else:
                at_s += item.duration_s


def _of_words(cut: Cut, back: Cut) -> Iterator[Problem]:
    kept = {(words.text, words.second, frame_at(words.start_s, cut.rate)) for words in back.words}
    cards = {words.text for words in back.words if words.role is Role.END_CARD}
    for words in cut.words:
        is_card = words.role is Role.END_CARD
        if not (
            words.text in cards if is_card else (words.text, words.second, frame_at(words.start_s, cut.rate)) in kept
        ):
            name = words.role.value.replace("_", " ")
            yield _lost(
                "words",
                words.text,
                phrase('The {name} "{text}" is not in it: set it in the other program.', name=name, text=words.text),
            )
    if cut.captions and back.captions != cut.captions:
        yield _lost(
            "captions", cut.captions, phrase("That {captions} is to be burnt in is not carried.", captions=cut.captions)
        )
    if cut.music and back.music != cut.music:
        yield _lost(
            "music",
            cut.music.media,
            phrase("The music bed {media} with its ducking is not in it.", media=cut.music.media),
        )
    marked = {(marker.name, frame_at(marker.start_s, cut.rate)) for marker in back.markers}
    missing = [marker.name for marker in cut.markers if (marker.name, frame_at(marker.start_s, cut.rate)) not in marked]
    if missing:
        yield _lost(
            "markers", "timeline", phrase("These markers are not in it: {missing}.", missing=", ".join(missing))
        )


def _lost(code: str, where: str, message: str) -> Problem:
    return Problem(code=f"exchange.{code}_lost", where=where, message=message)
