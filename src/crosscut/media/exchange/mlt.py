"""MLT XML, of melt, Shotcut and Kdenlive: written and read.

MLT Framework, "MLT XML" (mltframework.org/docs/mltxml, version 7). A cross-fade is a small tractor of the two clips in
the playlist; speed is the producer `timewarp`; level and place are filters on the playlist's entry.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from lxml import etree

from crosscut.kernel.errors import Invalid, Problem
from crosscut.kernel.phrases import phrase
from crosscut.media.cuts.layout import Stretch, Use, frame_at, stretches
from crosscut.media.cuts.model import Box, Clip, Cut, Gap, Item, Marker, Track, Transition, is_called_a_still, media_of

VERSION = "7.12.0"
SILENT_DB = -96
STILL_FRAMES = 10_000_000  # how long melt may show a still: without it 15,000 frames
DEPTH = 6  # of tractors in tractors
MIXED = {"luma", "mix", "frei0r.cairoblend", "qtblend"}


# Writing


def write(cut: Cut) -> str:
    """The cut as MLT XML. What the format has no place for is left out; reading it back shows what."""
    root = etree.Element("mlt", LC_NUMERIC="C", version=VERSION, producer="main")
    _profile(root, cut)
    writer = _Writer(cut, root)
    frames = frame_at(cut.body_s, cut.rate)
    for number, track in enumerate(cut.tracks):
        writer.playlist(track, number, frames)
    writer.main(frames)
    text = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")
    return str(text.decode())


def _profile(root: Any, cut: Cut) -> None:
    width, height = cut.width_px or 1920, cut.height_px or 1080
    etree.SubElement(
        root,
        "profile",
        description="Crosscut",
        width=str(width),
        height=str(height),
        progressive="1",
        sample_aspect_num="1",
        sample_aspect_den="1",
        display_aspect_num=str(width),
        display_aspect_den=str(height),
        frame_rate_num=str(cut.rate.numerator),
        frame_rate_den=str(cut.rate.denominator),
        colorspace="709" if height >= 720 else "601",
    )


class _Writer:
    def __init__(self, cut: Cut, root: Any) -> None:
        self.cut = cut
        self.root = root
        self.producers: dict[tuple[str, Fraction], str] = {}
        self.mixes = 0

    def playlist(self, track: Track, number: int, frames: int) -> None:
        parts = [(part, self._mix(part)) for part in stretches(track, self.cut.rate, frames)]
        for part, _ in parts:
            for use in (part.first, part.second):
                if use:
                    self._producer(use)
        playlist = etree.SubElement(self.root, "playlist", id=f"track{number}")
        for part, mix in parts:
            if mix is not None:
                etree.SubElement(playlist, "entry", producer=mix, attrib={"in": "0", "out": str(part.frames - 1)})
            elif part.first:
                self._entry(playlist, part.first, part.frames)
            elif part.second:
                self._entry(playlist, part.second, part.frames)
            else:
                etree.SubElement(playlist, "blank", length=str(part.frames))

    def _producer(self, use: Use) -> str:
        key = (media_of(use.clip), use.clip.speed)
        if key in self.producers:
            return self.producers[key]
        self.producers[key] = name = f"media{len(self.producers)}"
        media, speed = key
        if is_called_a_still(use.clip):
            rules = {"resource": media, "length": str(STILL_FRAMES)}  # melt itself knows what reads this picture
        elif speed == 1:
            rules = {"resource": media, "mlt_service": "avformat"}
        else:
            rules = {"resource": f"{float(speed):.6f}:{media}", "mlt_service": "timewarp"}
            rules |= {"warp_speed": f"{float(speed):.6f}", "warp_resource": media, "warp_pitch": "1"}
        element = etree.SubElement(self.root, "producer", id=name)
        _properties(element, rules)
        return name

    def _span(self, use: Use, frames: int) -> dict[str, str]:
        begin = frame_at(use.from_s / use.clip.speed, self.cut.rate)
        return {"in": str(begin), "out": str(begin + frames - 1)}

    def _entry(self, playlist: Any, use: Use, frames: int) -> None:
        clip = use.clip
        entry = etree.SubElement(playlist, "entry", producer=self._producer(use), attrib=self._span(use, frames))
        if clip.gain_db or clip.is_muted:
            level = str(SILENT_DB) if clip.is_muted else f"{float(clip.gain_db):g}"
            _properties(etree.SubElement(entry, "filter"), {"mlt_service": "volume", "level": level})
        if clip.box:
            box = clip.box
            parts = " ".join(f"{float(part * 100):g}%" for part in (box.x, box.y, box.width, box.height))
            rules = {"mlt_service": "affine", "background": "colour:0", "transition.rect": f"{parts} 1"}
            _properties(etree.SubElement(entry, "filter"), rules)

    def _mix(self, part: Stretch) -> str | None:
        """The name of the tractor of a cross-fade; None when there is none."""
        if not (part.style and part.first and part.second):
            return None
        tracks = [(self._producer(use), self._span(use, part.frames)) for use in (part.first, part.second)]
        name = f"mix{self.mixes}"
        self.mixes += 1
        whole = {"in": "0", "out": str(part.frames - 1)}
        tractor = etree.SubElement(self.root, "tractor", id=name, attrib=whole)
        multitrack = etree.SubElement(tractor, "multitrack")
        for producer, span in tracks:
            etree.SubElement(multitrack, "track", producer=producer, attrib=span)
        for service, rules in (("luma", {}), ("mix", {"start": "-1", "accepts_blanks": "1"})):
            transition = etree.SubElement(tractor, "transition", attrib=whole)
            _properties(transition, {"a_track": "0", "b_track": "1", "mlt_service": service, **rules})
        return name

    def main(self, frames: int) -> None:
        tractor = etree.SubElement(self.root, "tractor", id="main", attrib={"in": "0", "out": str(max(0, frames - 1))})
        _properties(tractor, {"title": self.cut.name} if self.cut.name else {})
        multitrack = etree.SubElement(tractor, "multitrack")
        heard = self.cut.sounds
        for number, track in enumerate(self.cut.tracks):
            element = etree.SubElement(multitrack, "track", producer=f"track{number}")
            if track.kind == "audio":
                element.set("hide", "video")
            elif track not in heard:
                element.set("hide", "audio")
        for number, track in list(enumerate(self.cut.tracks))[1:]:
            service = "mix" if track.kind == "audio" else "composite"
            places = {"a_track": "0", "b_track": str(number), "always_active": "1"}
            rules = {"mlt_service": "mix", "sum": "1", **places}
            _properties(etree.SubElement(tractor, "transition"), rules)
            if service == "composite":
                look = {"mlt_service": "composite", "geometry": "0%/0%:100%x100%:100", "progressive": "1"}
                _properties(etree.SubElement(tractor, "transition"), {**look, **places})
        for number, marker in enumerate(self.cut.markers):
            rules = {"text": marker.name, "start": _timecode(marker.start_s), "end": _timecode(marker.start_s)}
            if number == 0:
                holder = etree.SubElement(tractor, "properties", name="shotcut:markers")
            _properties(etree.SubElement(holder, "properties", name=str(number)), rules)


def _properties(element: Any, values: dict[str, str]) -> None:
    for name, value in values.items():
        etree.SubElement(element, "property", name=name).text = value


def _timecode(time_s: Fraction) -> str:
    whole_ms = round(time_s * 1000)
    minutes, rest = divmod(whole_ms, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"


# Reading


def parse(root: Any) -> Cut:
    """The cut of an MLT document; what could not be taken over is in its warnings. Raises Invalid."""
    return _Reader(root).cut()


class _Reader:
    def __init__(self, root: Any) -> None:
        self.root = root
        self.by_id = {element.get("id", ""): element for element in root.iter() if element.get("id", "")}
        profile = root.find("profile")
        rate = Fraction(25)
        if profile is not None:
            rate = Fraction(int(profile.get("frame_rate_num", "25")), int(profile.get("frame_rate_den", "1")))
        self.profile, self.rate = profile, rate
        self.folder = root.get("root", "")
        self.warnings: list[Problem] = []

    def cut(self) -> Cut:
        tractors = [element for element in self.root if element.tag == "tractor"]
        main = self.by_id.get(self.root.get("producer", "")) if self.root.get("producer", "") else None
        main = main if main is not None and main.tag == "tractor" else (tractors[-1] if tractors else None)
        if main is None:
            raise Invalid(phrase("The file holds no timeline, only clips."))
        tracks = [track for element in main.iter("track") if (track := self._track(element)) and track.items]
        size = (
            [int(self.profile.get(side, "0")) for side in ("width", "height")] if self.profile is not None else [0, 0]
        )
        return Cut(
            name=_property(main, "title") or _property(main, "shotcut:projectName"),
            rate=self.rate,
            tracks=tuple(tracks),
            width_px=size[0] or None,
            height_px=size[1] or None,
            markers=tuple(self._markers(main)),
            warnings=tuple(self.warnings),
        )

    def _track(self, element: Any) -> Track | None:
        source = self.by_id.get(element.get("producer", ""))
        if source is None or source.tag in ("producer", "chain"):
            return None  # the black ground that editors lay under everything
        hidden = element.get("hide", "")
        items = tuple(self._items(source, 0))
        clips = [item for item in items if isinstance(item, Clip)]
        if clips and all(clip.media.startswith(("black", "colour:", "color:")) for clip in clips):
            return None
        return Track(kind="audio" if hidden == "video" else "video", items=_without_end_gap(items))

    def _items(self, source: Any, depth: int) -> Iterator[Item]:
        if source.tag == "tractor":  # Kdenlive wraps two playlists into each track
            inner = [self.by_id.get(track.get("producer", "")) for track in source.iter("track")]
            for one in inner[:1] if depth < DEPTH else []:
                if one is not None:
                    yield from self._items(one, depth + 1)
            return
        for entry in source:
            if entry.tag == "blank":
                yield Gap(duration_s=self._frames(entry.get("length", "0")) / self.rate)
            elif entry.tag == "entry":
                yield from self._entry(entry)

    def _entry(self, entry: Any) -> Iterator[Item]:
        source = self.by_id.get(entry.get("producer", ""))
        if source is None:
            return
        begin, end = self._span(entry, source)
        if source.tag == "tractor":
            mixed = self._mixed(source, end - begin)
            if mixed:
                yield from mixed
                return
        if source.tag in ("tractor", "playlist"):
            name = source.get("id", "")
            self._warn(name, phrase("it is a timeline inside the timeline; a gap of its length stands in"))
            yield Gap(duration_s=(end - begin) / self.rate, name=name)
            return
        yield self._clip(source, begin, end, entry)

    def _span(self, entry: Any, source: Any) -> tuple[int, int]:
        begin = self._frames(entry.get("in", "") or source.get("in", "") or "0")
        last = entry.get("out", "") or source.get("out", "")
        return begin, (self._frames(last) + 1 if last else begin)

    def _mixed(self, tractor: Any, frames: int) -> list[Item]:
        """A cross-fade as the tail of one clip, a transition and the head of the next; [] when it is something else."""
        tracks = [*tractor.iter("track")]
        services = {_property(one, "mlt_service") for one in tractor.iter("transition")}
        sources = [self.by_id.get(track.get("producer", "")) for track in tracks]
        if len(tracks) != 2 or not services & MIXED or any(one is None or one.tag == "tractor" for one in sources):
            return []
        first, second = (self._span(track, source)[0] for track, source in zip(tracks, sources, strict=True))
        half = frames // 2
        before, after = half / self.rate, (frames - half) / self.rate
        return [
            self._clip(sources[0], first, first + half, None),
            Transition(before_s=Fraction(before), after_s=Fraction(after)),
            self._clip(sources[1], second + half, second + frames, None),
        ]

    def _clip(self, source: Any, begin: int, end: int, entry: Any) -> Clip:
        speed = Fraction(_property(source, "warp_speed") or 1).limit_denominator(10_000)
        media = _property(source, "warp_resource") or _property(source, "resource")
        filters = [one for one in entry if one.tag == "filter"] if entry is not None else []
        levels = [
            Fraction(_property(one, "level") or 0) for one in filters if _property(one, "mlt_service") == "volume"
        ]
        rects = [_property(one, "transition.rect") for one in filters if _property(one, "mlt_service") == "affine"]
        known = ("volume", "affine")
        return Clip(
            name=_property(source, "shotcut:caption") or media.replace("\\", "/").rsplit("/", 1)[-1],
            media=media,
            start_s=begin / self.rate * speed,
            duration_s=(end - begin) / self.rate,
            speed=speed,
            gain_db=sum((level for level in levels if level > SILENT_DB), Fraction(0)),
            is_muted=any(level <= SILENT_DB for level in levels),
            box=_box(rects[0]) if rects else None,
            unknown_effects=tuple(
                service for one in filters if (service := _property(one, "mlt_service")) not in known
            ),
        )

    def _frames(self, text: str) -> int:
        """A time of MLT in frames: a number of them, or h:mm:ss.mmm."""
        try:
            if ":" not in text:
                return int(text)
            hours, minutes, rest = text.split(":")
            return frame_at(int(hours) * 3600 + int(minutes) * 60 + Fraction(rest.replace(",", ".")), self.rate)
        except ValueError as fault:
            raise Invalid(phrase('"{text}" is no time of MLT.', text=text)) from fault

    def _markers(self, main: Any) -> Iterator[Marker]:
        for holder in main.iter("properties"):
            if holder.get("name", "") == "shotcut:markers":
                for one in holder:
                    start = Fraction(self._frames(_property(one, "start") or "0")) / self.rate
                    yield Marker(start_s=start, name=_property(one, "text"))

    def _warn(self, where: str, message: str) -> None:
        self.warnings.append(
            Problem(
                code="exchange.not_read",
                where=where,
                message=phrase("{where}: {message}.", where=where, message=message),
            )
        )


def _property(element: Any, name: str) -> str:
    for one in element:
        if one.tag == "property" and one.get("name", "") == name:
            return one.text or ""
    return ""


def _box(rect: str) -> Box | None:
    parts = rect.split()[:4]
    if len(parts) < 4 or not all(part.endswith("%") for part in parts):
        return None
    x, y, width, height = (Fraction(part.removesuffix("%")).limit_denominator(10_000) / 100 for part in parts)
    return Box(x=x, y=y, width=width, height=height)


def _without_end_gap(items: tuple[Item, ...]) -> tuple[Item, ...]:
    return items[:-1] if items and isinstance(items[-1], Gap) else items
