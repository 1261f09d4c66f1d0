"""A sound in another form, as an asset of its own: a film that shows it, a finished podcast episode."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crosscut.apps.library import storage
from crosscut.apps.library.models import Asset, Track, Version
from crosscut.apps.library.services.remaking.records import Made, Source
from crosscut.apps.library.services.remaking.sounds import demand_sound
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.media import captions
from crosscut.media.audiogram import Design, Look, audiogram
from crosscut.media.audiogram.look import check as check_look
from crosscut.media.podcast import finish, plan_episode, read_chapters, told
from crosscut.media.recipes import Chapter, Episode

SIZES = {"1:1": (1080, 1080), "9:16": (1080, 1920), "16:9": (1920, 1080), "4:5": (1080, 1350)}
TYPES = {"audio/mpeg": ".mp3", "audio/mp4": ".m4a"}


@dataclass(frozen=True, kw_only=True)
class Audiogram:
    """A film of the sound, for places that take no sound: cover, title, a waveform that fills, captions."""

    title: str
    shape: str = "1:1"  # of SIZES
    cover: int | None = None  # a picture's asset
    has_captions: bool = True  # burnt in, where the sound has a transcript or captions

    def label(self, filename: str) -> str:
        """What is being done."""
        return phrase("Making a film of {filename}", filename=filename)

    def check(self, asset: Asset, version: Version) -> None:
        """Raises Invalid for a title, shape or cover that cannot be, Unsupported without sound."""
        demand_sound(version)
        if self.shape not in SIZES:
            raise Invalid.at("shape", phrase("Choose one of {shapes}.", shapes=", ".join(SIZES)))
        _check_named(self.title)
        check_look(self._look())
        _cover_of(asset, self.cover)

    def make(self, source: Source) -> Made:
        """The film."""
        out = source.folder / "audiogram.mp4"
        cues = _cues(source.version.asset) if self.has_captions else ()
        with _cover_file(source.version.asset, self.cover) as cover:
            design = Design(look=self._look(), cover=cover, cues=cues)
            audiogram(source.master, design, out, report=source.report, should_stop=source.should_stop)
        return Made(path=out, filename=f"{source.stem} audiogram.mp4", title=self.title)

    def _look(self) -> Look:
        width_px, height_px = SIZES[self.shape]
        return Look(width_px=width_px, height_px=height_px, title=self.title)


@dataclass(frozen=True, kw_only=True)
class Finish:
    """A finished podcast episode: -16 LUFS in stereo and -19 in mono, names, chapters and cover in the file."""

    title: str
    show: str = ""
    author: str = ""
    description: str = ""
    number: int | None = None
    cover: int | None = None  # a picture's asset
    media_type: str = "audio/mpeg"  # or "audio/mp4"

    def label(self, filename: str) -> str:
        """What is being done."""
        return phrase("Finishing {filename} as an episode", filename=filename)

    def check(self, asset: Asset, version: Version) -> None:
        """Raises Invalid for a name or cover that cannot be, Unsupported without sound."""
        demand_sound(version)
        _check_named(self.title)
        if self.media_type not in TYPES:
            raise Invalid.at("media_type", phrase("An episode is {types}.", types=" or ".join(TYPES)))
        _cover_of(asset, self.cover)

    def make(self, source: Source) -> Made:
        """The episode."""
        out = source.folder / f"episode{TYPES[self.media_type]}"
        picture = _cover_of(source.version.asset, self.cover)
        named = {"cover_sha256": picture.sha256 if picture else "", "media_type": self.media_type}
        recipe = plan_episode(source.facts, self._episode(source), **named)
        with _cover_file(source.version.asset, self.cover) as cover:
            made = finish(source.master, recipe, out, cover=cover, report=source.report, should_stop=source.should_stop)
        said = told(recipe, source.facts, made)
        return Made(path=out, filename=f"{source.stem} episode{out.suffix}", title=self.title, said=said)

    def _episode(self, source: Source) -> Episode:
        return Episode(
            title=self.title,
            show=self.show,
            author=self.author,
            description=self.description,
            number=self.number,
            language=source.version.asset.workspace.language,
            chapters=_chapters(source.version.asset),
        )


def _check_named(title: str) -> None:
    if not 1 <= len(title.strip()) <= 200:
        raise Invalid.at("title", phrase("Give it a title of at most 200 characters."))


def _cover_of(asset: Asset, cover: int | None) -> Version | None:
    """The picture's current version. Raises Invalid when there is no such picture in the workspace."""
    if cover is None:
        return None
    pictures = Asset.objects.filter(workspace=asset.workspace_id, kind=Asset.Kind.IMAGE, archived_at=None)
    found = pictures.select_related("current").filter(pk=cover).first()
    if found is None or found.current is None:
        raise Invalid.at("cover", phrase("There is no such picture in this workspace."))
    return found.current


@contextmanager
def _cover_file(asset: Asset, cover: int | None) -> Iterator[Path | None]:
    version = _cover_of(asset, cover)
    if version is None:
        yield None
        return
    with storage.local_copy(version.sha256) as path:
        yield path


def _cues(asset: Asset) -> tuple[captions.Cue, ...]:
    """The captions, or else the transcript; in the workspace's language where there are several."""
    tracks = [track for track in asset.tracks.all() if track.kind != Track.Kind.CHAPTERS]
    wanted = (Track.Kind.CAPTIONS, asset.workspace.language)
    tracks.sort(key=lambda track: (track.kind != wanted[0], track.language != wanted[1]))
    return tuple(captions.parse(tracks[0].text)) if tracks else ()


def _chapters(asset: Asset) -> tuple[Chapter, ...]:
    track = asset.tracks.filter(kind=Track.Kind.CHAPTERS).first()
    return read_chapters(track.text) if track else ()
