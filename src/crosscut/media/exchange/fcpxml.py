"""FCPXML 1.9, of Final Cut Pro 10.4.9 and later and of Resolve: written and read.

Apple, "FCPXML Reference" (developer.apple.com/documentation/professional-video-applications/fcpxml-reference, 2024).
Tracks become the spine and lanes of connected clips; sound tracks are the lanes below it.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from lxml import etree

from crosscut.kernel.errors import Invalid, Problem
from crosscut.kernel.phrases import phrase
from crosscut.media.cuts.layout import frame_at
from crosscut.media.cuts.model import (
    Box,
    Clip,
    Cut,
    Gap,
    Item,
    Marker,
    Role,
    Track,
    Transition,
    Words,
    is_called_a_still,
    media_of,
)

VERSION = "1.9"
DISSOLVE_UID = "FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265"  # Cross Dissolve, as Final Cut Pro itself writes it
TITLE_UID = ".../Titles.localized/Bumper:Opener.localized/Basic Title.localized/Basic Title.moti"
CLIPS = frozenset({"asset-clip", "clip", "video", "audio", "sync-clip", "ref-clip", "mc-clip"})
HALF = Fraction(1, 2)


# Writing


def write(cut: Cut) -> str:
    """The cut as FCPXML. What the format has no place for is left out; reading it back shows what."""
    return _Writer(cut).document()


class _Writer:
    def __init__(self, cut: Cut) -> None:
        self.cut = cut
        self.frame = 1 / cut.rate
        self.root = etree.Element("fcpxml", version=VERSION)
        self.resources = etree.SubElement(self.root, "resources")
        self.assets: dict[str, str] = {}
        self.styles = 0

    def document(self) -> str:
        size = {"width": str(self.cut.width_px or 1920), "height": str(self.cut.height_px or 1080)}
        etree.SubElement(self.resources, "format", {"id": "r1", "frameDuration": clock(self.frame), **size})
        etree.SubElement(self.resources, "effect", id="r2", name="Cross Dissolve", uid=DISSOLVE_UID)
        etree.SubElement(self.resources, "effect", id="r3", name="Basic Title", uid=TITLE_UID)
        for clip in self.cut.clips():
            self._asset(clip)
        event = etree.SubElement(etree.SubElement(self.root, "library"), "event", name=self.cut.name or "Crosscut")
        project = etree.SubElement(event, "project", name=self.cut.name or "Crosscut")
        sequence = etree.SubElement(
            project,
            "sequence",
            format="r1",
            duration=clock(self._grid(self.cut.body_s)),
            tcStart=clock(self._grid(self.cut.start_timecode_s)),
            tcFormat="NDF",
            audioLayout="stereo",
            audioRate="48k",
        )
        self._spine(etree.SubElement(sequence, "spine"))
        text = etree.tostring(
            self.root, pretty_print=True, xml_declaration=True, encoding="UTF-8", doctype="<!DOCTYPE fcpxml>"
        )
        return str(text.decode())

    def _grid(self, time_s: Fraction) -> Fraction:
        return frame_at(time_s, self.cut.rate) / self.cut.rate

    def _asset(self, clip: Clip) -> None:
        media = media_of(clip)
        if media in self.assets:
            return
        self.assets[media] = f"r{len(self.assets) + 4}"
        same = [one for one in self.cut.clips() if media_of(one) == media]
        if is_called_a_still(clip):
            self._still(media)
            return
        length_s = clip.media_duration_s or max(one.start_s + one.used_s for one in same)
        heard = any(track.kind == "audio" for track in self.cut.tracks for one in track.items if one in same)
        shown = any(track.kind == "video" for track in self.cut.tracks for one in track.items if one in same)
        kinds = {"hasVideo": "1", "format": "r1"} if shown else {}
        kinds |= {"hasAudio": "1", "audioSources": "1", "audioChannels": "2"} if heard or shown else {}
        times = {"start": clock(clip.origin_s), "duration": clock(self._grid(length_s))}
        asset = etree.SubElement(self.resources, "asset", {"id": self.assets[media], "name": media, **times, **kinds})
        etree.SubElement(asset, "media-rep", kind="original-media", src=media)

    def _still(self, media: str) -> None:
        """A picture as Final Cut has it: without a rate and without a length."""
        if self.root.find("resources/format[@id='still']") is None:
            self.resources.insert(1, etree.Element("format", id="still", name="FFVideoFormatRateUndefined"))
        rules = {"start": "0s", "duration": "0s", "hasVideo": "1", "format": "still"}
        asset = etree.SubElement(self.resources, "asset", {"id": self.assets[media], "name": media, **rules})
        etree.SubElement(asset, "media-rep", kind="original-media", src=media)

    def _spine(self, spine: Any) -> None:
        """The lowest picture track; everything else hangs on its elements."""
        lowest = self.cut.pictures[0] if self.cut.pictures else Track(kind="video", items=())
        rest_s = self.cut.body_s - lowest.duration_s
        items = [*lowest.items, *([Gap(duration_s=rest_s)] if rest_s > 0 else [])]
        at_s = Fraction(0)
        hosts: list[tuple[Fraction, Fraction, Any]] = []
        for item in items:
            begin_s, end_s = self._grid(at_s), self._grid(at_s + item.duration_s)
            if isinstance(item, Transition):
                self._transition(spine, item, at_s)
                continue
            element = self._element(spine, item, begin_s, end_s - begin_s)
            hosts.append((begin_s, end_s, element))
            at_s += item.duration_s
        self._hang(hosts)

    def _element(self, parent: Any, item: Clip | Gap, offset_s: Fraction, length_s: Fraction) -> Any:
        """One clip or gap; its offset is in the time of its parent."""
        where = {"offset": clock(offset_s), "duration": clock(length_s)}
        if isinstance(item, Gap):
            return etree.SubElement(parent, "gap", {"name": "Gap", "start": "0s", **where})
        start = {"start": clock((item.origin_s + item.start_s) / item.speed)}  # in the time after the speed
        element = etree.SubElement(
            parent,
            "video" if is_called_a_still(item) else "asset-clip",
            {"ref": self.assets[media_of(item)], "name": item.name or media_of(item), **where, **start},
        )
        if item.speed != 1:
            whole_s = item.origin_s + item.start_s + item.used_s
            ramp = etree.SubElement(element, "timeMap")
            etree.SubElement(ramp, "timept", time="0s", value="0s", interp="linear")
            etree.SubElement(ramp, "timept", time=clock(whole_s / item.speed), value=clock(whole_s), interp="linear")
        if item.box:
            etree.SubElement(element, "adjust-transform", _transform(item.box, self._aspect))
        if (item.is_muted or item.gain_db) and not is_called_a_still(item):
            amount = "-96dB" if item.is_muted else f"{float(item.gain_db):g}dB"
            etree.SubElement(element, "adjust-volume", amount=amount)
        return element

    @property
    def _aspect(self) -> Fraction:
        return Fraction(self.cut.width_px or 1920, self.cut.height_px or 1080)

    def _transition(self, spine: Any, item: Transition, at_s: Fraction) -> None:
        before_s, after_s = self._grid(item.before_s), self._grid(item.after_s)
        times = {"offset": clock(self._grid(at_s) - before_s), "duration": clock(before_s + after_s)}
        element = etree.SubElement(spine, "transition", {"name": item.name or "Cross Dissolve", **times})
        etree.SubElement(element, "filter-video", ref="r2", name="Cross Dissolve")

    def _hang(self, hosts: list[tuple[Fraction, Fraction, Any]]) -> None:
        lanes = [*enumerate(self.cut.pictures[1:], 1)]
        lanes += [(-number, track) for number, track in enumerate((t for t in self.cut.tracks if t.kind == "audio"), 1)]
        for lane, track in lanes:
            for at_s, item in track.placed():
                if isinstance(item, Clip):
                    length_s = self._grid(at_s + item.duration_s) - self._grid(at_s)
                    host, offset_s = _host(hosts, self._grid(at_s))
                    self._element(host, item, offset_s, length_s).set("lane", str(lane))
        for words in self.cut.words:
            if words.role is not Role.END_CARD and words.start_s < self.cut.body_s:
                self._title(hosts, words, len(self.cut.pictures) + 1)
        for marker in self.cut.markers:
            host, start_s = _host(hosts, self._grid(marker.start_s))
            length = clock(max(self._grid(marker.duration_s), self.frame))
            etree.SubElement(host, "marker", start=clock(start_s), duration=length, value=marker.name or "Marker")
        for _, _, element in hosts:
            element[:] = sorted(element, key=lambda child: _ORDER.get(child.tag, 3))

    def _title(self, hosts: list[tuple[Fraction, Fraction, Any]], words: Words, lane: int) -> None:
        host, offset_s = _host(hosts, self._grid(words.start_s))
        length_s = self._grid(words.start_s + words.duration_s) - self._grid(words.start_s)
        times = {"offset": clock(offset_s), "start": "3600s", "duration": clock(length_s)}
        role = "Lower third" if words.role is Role.LOWER_THIRD else "Title"
        title = etree.SubElement(host, "title", {"ref": "r3", "lane": str(lane), "name": role, **times})
        lines = [words.text, words.second] if words.second else [words.text]
        self.styles += 1
        style_id = f"ts{self.styles}"
        text = etree.SubElement(title, "text")
        for line in lines:
            etree.SubElement(text, "text-style", ref=style_id).text = line
            text[-1].tail = "\n" if line is not lines[-1] else None
        style = etree.SubElement(title, "text-style-def", id=style_id)
        etree.SubElement(style, "text-style", font="Helvetica", fontSize="72", fontColor="1 1 1 1")


_ORDER = {"timeMap": 0, "adjust-transform": 1, "adjust-volume": 2, "marker": 4}  # the order of the document type


def _host(hosts: list[tuple[Fraction, Fraction, Any]], at_s: Fraction) -> tuple[Any, Fraction]:
    """The spine's element at the time, and the time in its own count."""
    for begin_s, end_s, element in hosts:
        if begin_s <= at_s < end_s or (begin_s, end_s, element) == hosts[-1]:
            return element, seconds(element.get("start", "0s")) + at_s - begin_s
    raise Invalid(phrase("The cut is empty: put a clip into it."))


def _transform(box: Box, aspect: Fraction) -> dict[str, str]:
    """Position in percent of the frame's height from the middle, up positive; scale by the box's smaller side."""
    x = (box.x + box.width / 2 - HALF) * aspect * 100
    y = (HALF - box.y - box.height / 2) * 100
    scale = min(box.width, box.height)
    return {"position": f"{float(x):.4f} {float(y):.4f}", "scale": f"{float(scale):.6f} {float(scale):.6f}"}


def clock(time_s: Fraction) -> str:
    """The time as FCPXML writes it.

    >>> clock(Fraction(1001, 30000)), clock(Fraction(3))
    ('1001/30000s', '3s')
    """
    return f"{time_s.numerator}s" if time_s.denominator == 1 else f"{time_s.numerator}/{time_s.denominator}s"


def seconds(text: str) -> Fraction:
    """The time that such a text says. Raises Invalid when it is none."""
    try:
        return Fraction(text.strip().removesuffix("s"))
    except (ValueError, ZeroDivisionError) as fault:
        raise Invalid(phrase('"{text}" is no time of FCPXML.', text=text)) from fault


# Reading


def parse(root: Any) -> Cut:
    """The cut of a document's only sequence; what could not be taken over is in its warnings. Raises Invalid."""
    sequences = [*root.iter("sequence")]
    projects = [*root.iter("project")]
    if len(projects) > 1:
        names = ", ".join(str(project.get("name", "")) for project in projects)
        raise Invalid(
            phrase(
                "The file holds {projects} projects ({names}): export the one you want alone.",
                projects=len(projects),
                names=names,
            )
        )
    sequence = next(projects[0].iter("sequence"), None) if projects else next(iter(sequences), None)
    spine = sequence.find("spine") if sequence is not None else None
    if sequence is None or spine is None:
        raise Invalid(phrase("The file holds no project with a timeline: export the project, not its clips."))
    return _Reader(root).cut(sequence, spine, projects[0].get("name", "") if projects else "")


class _Reader:
    def __init__(self, root: Any) -> None:
        self.resources = {
            one.get("id", ""): one for one in root.iter() if one.get("id", "") and one.tag != "text-style-def"
        }
        self.warnings: list[Problem] = []
        self.hung: dict[int, list[tuple[Fraction, Item]]] = {}
        self.words: list[Words] = []
        self.markers: list[Marker] = []
        self.aspect = Fraction(16, 9)

    def cut(self, sequence: Any, spine: Any, name: str) -> Cut:
        form = self.resources.get(sequence.get("format", ""))
        width, height = (int(form.get(side, "0")) if form is not None else 0 for side in ("width", "height"))
        frame = seconds(form.get("frameDuration", "") or "1/25s") if form is not None else Fraction(1, 25)
        self.aspect = Fraction(width, height) if width and height else self.aspect
        items = tuple(self._spine(spine))
        lanes = [Track(kind="video", items=items)]
        lanes += [Track(kind="video", items=_filled(self.hung[lane])) for lane in sorted(self.hung) if lane > 0]
        lanes += [
            Track(kind="audio", items=_filled(self.hung[lane])) for lane in sorted(self.hung, reverse=True) if lane < 0
        ]
        return Cut(
            name=name,
            rate=1 / frame,
            tracks=tuple(lanes),
            width_px=width or None,
            height_px=height or None,
            words=tuple(self.words),
            markers=tuple(sorted(self.markers, key=lambda marker: marker.start_s)),
            start_timecode_s=seconds(sequence.get("tcStart", "0s")),
            warnings=tuple(self.warnings),
        )

    def _spine(self, spine: Any) -> Iterator[Item]:
        at_s = Fraction(0)
        for element in spine:
            if element.tag == "transition":
                offset_s, length_s = seconds(element.get("offset", "0s")), seconds(element.get("duration", "0s"))
                before_s = min(max(at_s - offset_s, Fraction(0)), length_s)
                yield Transition(before_s=before_s, after_s=length_s - before_s, name=element.get("name", ""))
                continue
            item = self._item(element, at_s)
            if item is not None:
                yield item
                at_s += item.duration_s

    def _item(self, element: Any, at_s: Fraction) -> Clip | Gap | None:
        """A clip or a gap; what hangs on it is remembered."""
        if element.tag == "title":
            self._take_words(element, at_s)
            return Gap(duration_s=seconds(element.get("duration", "0s")))
        if element.tag != "gap" and element.tag not in CLIPS:
            return None
        length_s = seconds(element.get("duration", "0s"))
        self._take_hung(element, at_s, seconds(element.get("start", "0s")))
        if element.tag == "gap":
            return Gap(duration_s=length_s)
        asset = self._asset(element)
        if asset is None:
            self._warn(
                element.get("name", ""),
                phrase("a {tag} cannot be taken apart; a gap of its length stands in", tag=element.tag),
            )
            return Gap(duration_s=length_s, name=element.get("name", ""))
        return self._clip(element, asset, length_s)

    def _asset(self, element: Any) -> Any:
        inner = element if element.get("ref", "") else next((one for one in element if one.get("ref", "")), None)
        found = self.resources.get(inner.get("ref", "")) if inner is not None else None
        return found if found is not None and found.tag == "asset" else None

    def _clip(self, element: Any, asset: Any, length_s: Fraction) -> Clip:
        origin_s, speed = seconds(asset.get("start", "0s")), _speed(element)
        start_s = seconds(element.get("start", "") or asset.get("start", "0s")) * speed
        source = asset.find("media-rep")
        volume = element.find("adjust-volume")
        amount = Fraction(volume.get("amount", "0dB").removesuffix("dB")) if volume is not None else Fraction(0)
        length = asset.get("duration", "")
        return Clip(
            name=element.get("name", ""),
            media=(source.get("src", "") if source is not None else asset.get("src", "")) or asset.get("name", ""),
            start_s=start_s - origin_s,
            duration_s=length_s,
            speed=speed,
            gain_db=Fraction(0) if amount <= -96 else amount,
            is_muted=amount <= -96,
            box=_box(element.find("adjust-transform"), self.aspect),
            origin_s=origin_s,
            media_duration_s=seconds(length) if length else None,
            unknown_effects=tuple(one.get("name", "filter") for one in element if one.tag == "filter-video"),
        )

    def _take_hung(self, element: Any, at_s: Fraction, start_s: Fraction) -> None:
        for child in element:
            begin_s = at_s + seconds(child.get("offset", "0s")) - start_s
            if child.tag == "marker":
                moment_s = at_s + seconds(child.get("start", "0s")) - start_s
                self.markers.append(
                    Marker(
                        start_s=moment_s,
                        name=child.get("value", ""),
                        duration_s=seconds(child.get("duration", "0s")),
                        comment=child.get("note", ""),
                    )
                )
            elif child.tag == "title":
                self._take_words(child, begin_s)
            elif child.get("lane", "") and child.tag in CLIPS:
                item = self._item(child, begin_s)
                if item is not None:
                    self.hung.setdefault(int(child.get("lane", "1")), []).append((begin_s, item))
            elif child.tag == "spine" and child.get("lane", ""):
                self._warn(
                    child.get("name", "") or phrase("secondary storyline"),
                    phrase("it cannot be taken over; it was left out"),
                )

    def _take_words(self, element: Any, at_s: Fraction) -> None:
        lines = "".join(style.text or "" for text in element if text.tag == "text" for style in _styles(text)).split(
            "\n"
        )
        role = Role.LOWER_THIRD if "lower" in element.get("name", "").lower() else Role.TITLE
        self.words.append(
            Words(
                text=lines[0],
                second="\n".join(lines[1:]),
                start_s=at_s,
                duration_s=seconds(element.get("duration", "0s")),
                role=role,
            )
        )

    def _warn(self, where: str, message: str) -> None:
        self.warnings.append(
            Problem(
                code="exchange.not_read",
                where=where,
                message=phrase("{where}: {message}.", where=where, message=message),
            )
        )


def _styles(text: Any) -> list[Any]:
    """The styled parts of a text, each but the last ended by a new line where the file has one."""
    parts = [*text]
    for part in parts[:-1]:
        part.text = (part.text or "") + ("\n" if "\n" in (part.tail or "") else "")
    return parts


def _speed(element: Any) -> Fraction:
    points = list(element.iter("timept"))
    if len(points) < 2:
        return Fraction(1)
    time_s = seconds(points[-1].get("time", "0s")) - seconds(points[0].get("time", "0s"))
    value_s = seconds(points[-1].get("value", "0s")) - seconds(points[0].get("value", "0s"))
    return value_s / time_s if time_s else Fraction(1)


def _box(transform: Any, aspect: Fraction) -> Box | None:
    if transform is None:
        return None
    x, y = (Fraction(part) for part in transform.get("position", "0 0").split())
    scale = Fraction(transform.get("scale", "1 1").split()[0])
    left, top = x / aspect / 100 + HALF - scale / 2, HALF - y / 100 - scale / 2
    return Box(x=_tidy(left), y=_tidy(top), width=_tidy(scale), height=_tidy(scale))


def _tidy(part: Fraction) -> Fraction:
    return part.limit_denominator(1000)


def _filled(placed: list[tuple[Fraction, Item]]) -> tuple[Item, ...]:
    """The items of a lane with gaps between them."""
    items: list[Item] = []
    at_s = Fraction(0)
    for begin_s, item in sorted(placed, key=lambda one: one[0]):
        if begin_s > at_s:
            items.append(Gap(duration_s=begin_s - at_s))
        items.append(item)
        at_s = max(at_s, begin_s) + item.duration_s
    return tuple(items)
