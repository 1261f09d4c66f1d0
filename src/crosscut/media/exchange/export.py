"""Reads cuts from the formats of other programs and writes them; each export is read back and says what it lost."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.errors import Problem
from crosscut.media import capped
from crosscut.media.beside import making_beside
from crosscut.media.cuts.model import Clip, Cut, Gap, Item, Track, Transition, is_called_a_still
from crosscut.media.exchange import edl, fcpxml, mlt
from crosscut.media.exchange.comparing import losses
from crosscut.media.exchange.formats import Format, format_of, format_to_write
from crosscut.media.exchange.merging import merged

STILL_START_S = Fraction(3600)  # where Final Cut begins stills


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A cut in another program's format."""

    path: Path
    format: Format
    lost: tuple[Problem, ...]  # what reading it back did not find; () when everything is there


def read(path: Path, *, rate: Fraction | None = None) -> Cut:
    """The cut in a file of any known format; what could not be taken over is in its warnings.

    `rate` counts for edit decision lists, which do not say theirs. Raises NotFound, Unsupported, Damaged or Invalid.
    """
    return _read(path, format_of(path), rate)


def _read(path: Path, form: Format, rate: Fraction | None) -> Cut:
    cut = capped.call("exchange:read", Cut, path=path, form=form, rate=rate)
    return merged(cut) if form is Format.MLT else cut  # MLT parts a clip at each cross-fade


def write(cut: Cut, path: Path) -> Exported:
    """Writes the cut in the format that the name asks for, reads it back, and says what the format did not carry.

    Raises Unsupported for a name or a cut that cannot be written so; then nothing is left and `path` is as it was.
    """
    form = format_to_write(path)
    with making_beside(path) as folder:
        made = folder / path.name
        made.write_text(text_of(cut, path, form), encoding="utf-8")
        lost = losses(cut, _read(made, form, cut.rate))
        made.replace(path)
    return Exported(path=path, format=form, lost=lost)


def text_of(cut: Cut, path: Path, form: Format) -> str:
    """What such a file holds."""
    if form is Format.FCPXML:
        return fcpxml.write(onward(cut))
    if form is Format.MLT:
        return mlt.write(onward(cut))
    if form is Format.EDL:
        return edl.write(for_lists(_with_stills_begun(cut)))
    return capped.call("cuts.writing:text", str, path=path, cut=cut, form=form.value)


def for_lists(cut: Cut) -> Cut:
    """The part of a cut that an edit decision list has a place for: the lowest picture track, plain transitions."""
    return replace(cut, tracks=tuple(_for_lists(track) for track in cut.pictures[:1]))


def _for_lists(track: Track) -> Track:
    """Without transitions at a gap or at an end, which no list can say."""
    items: list[Item] = []
    for number, item in enumerate(track.items):
        around = (*track.items[max(0, number - 1) : number], *track.items[number + 1 : number + 2])
        if isinstance(item, Transition) and not (len(around) == 2 and all(isinstance(one, Clip) for one in around)):
            continue
        items.append(item)
    while items and isinstance(items[-1], Gap):
        items.pop()
    return replace(track, items=tuple(items))


def onward(cut: Cut) -> Cut:
    """The cut with clips that stand still or run backwards at their plain speed: reading back says that it is lost."""

    def item(each: Item) -> Item:
        return replace(each, speed=Fraction(1)) if isinstance(each, Clip) and each.speed <= 0 else each

    return _each(_with_stills_begun(cut), item)


def _with_stills_begun(cut: Cut) -> Cut:
    """The cut with stills as other programs have them: at plain speed, begun where a transition has room before it."""

    def item(each: Item) -> Item:
        if isinstance(each, Clip) and is_called_a_still(each):
            return replace(each, speed=Fraction(1), start_s=STILL_START_S, origin_s=Fraction(0))
        return each

    return _each(cut, item)


def _each(cut: Cut, change: Callable[[Item], Item]) -> Cut:
    return replace(cut, tracks=tuple(replace(track, items=tuple(map(change, track.items))) for track in cut.tracks))
