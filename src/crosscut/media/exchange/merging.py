"""Brings cuts that say the same in different ways to one way: clips in parts, transitions off their middle."""

from dataclasses import replace
from fractions import Fraction

from crosscut.media.cuts.model import Clip, Cut, Item, Track, Transition, media_of


def merged(cut: Cut) -> Cut:
    """The cut with neighbours that play on without a break as one clip: MLT parts a clip at each cross-fade."""
    return replace(cut, tracks=tuple(_merged(track) for track in cut.tracks))


def _merged(track: Track) -> Track:
    items: list[Item] = []
    for item in track.items:
        last = items[-1] if items else None
        if isinstance(last, Clip) and isinstance(item, Clip) and _plays_on(last, item):
            items[-1] = replace(
                last,
                duration_s=last.duration_s + item.duration_s,
                box=last.box or item.box,  # the part under a cross-fade has no filters
                gain_db=last.gain_db or item.gain_db,
                is_muted=last.is_muted or item.is_muted,
            )
        else:
            items.append(item)
    return replace(track, items=tuple(items))


def _plays_on(first: Clip, second: Clip) -> bool:
    same = media_of(first) == media_of(second) and first.name == second.name and first.speed == second.speed
    return same and first.start_s + first.used_s == second.start_s


def centred(cut: Cut) -> Cut:
    """The cut with the middle of each transition at the border of its two clips; it looks the same.

    Edit decision lists begin a transition at the border. Half a frame goes to the second clip.
    """
    return replace(cut, tracks=tuple(_centred(track, cut.rate) for track in cut.tracks))


def _centred(track: Track, rate: Fraction) -> Track:
    items = list(track.items)
    for place, item in enumerate(items):
        around = items[place - 1 : place + 2] if place else []
        if isinstance(item, Transition) and len(around) == 3:
            front, _, behind = around
            frames = round(item.duration_s * rate)
            later_s = Fraction(frames // 2) / rate - item.before_s
            if isinstance(front, Clip) and isinstance(behind, Clip) and later_s:
                items[place - 1] = replace(front, duration_s=front.duration_s + later_s)
                items[place] = replace(item, before_s=item.before_s + later_s, after_s=item.after_s - later_s)
                items[place + 1] = replace(
                    behind,
                    start_s=behind.start_s + later_s * behind.speed,
                    duration_s=behind.duration_s - later_s,
                )
    return replace(track, items=tuple(items))
