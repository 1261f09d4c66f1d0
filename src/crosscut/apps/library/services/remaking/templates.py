"""A picture made from a brand kit's template: its words, pictures and colours filled in, its rules held against it."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import QuerySet

from crosscut.apps.library import storage
from crosscut.apps.library.models import Asset, BrandFile, BrandKit, Version
from crosscut.apps.library.services.remaking.records import Made, Source
from crosscut.kernel.errors import Invalid, Problem, Unsupported
from crosscut.kernel.findings import Finding
from crosscut.kernel.phrases import phrase
from crosscut.media.graphics import Graphic, LogoRule, Slot, make_all, slots_of

MOST_SLOTS = 60
LONGEST = 2_000
Roles = BrandFile.Role


@dataclass(frozen=True, kw_only=True)
class FillTemplate:
    """A picture of the template with this in its slots, written in the kit's fonts."""

    title: str
    kit: int
    words: Mapping[str, str] = field(default_factory=dict)  # by slot: words, or a colour as #rrggbb
    pictures: Mapping[str, int] = field(default_factory=dict)  # by slot: a picture's asset

    def label(self, filename: str) -> str:
        """What is being done."""
        return phrase("Making a picture from {filename}", filename=filename)

    def check(self, asset: Asset, version: Version) -> None:
        """Raises Invalid for a kit without this template, and for what cannot stand in a slot."""
        if not 1 <= len(self.title.strip()) <= 200:
            raise Invalid.at("title", phrase("Give it a title of at most 200 characters."))
        if not _kit_files(self.kit, asset).filter(asset=asset, role=Roles.TEMPLATE).exists():
            raise Invalid.at("kit", phrase("This is no template of that brand kit."))
        if len(self.words) + len(self.pictures) > MOST_SLOTS or any(
            len(text) > LONGEST for text in self.words.values()
        ):
            raise Invalid.at("words", phrase("That is too much for a picture."))
        known = Asset.objects.filter(
            workspace=asset.workspace_id, kind=Asset.Kind.IMAGE, binned_at=None, pk__in=self.pictures.values()
        )
        if known.count() < len(set(self.pictures.values())):
            raise Invalid.at("pictures", phrase("There is no such picture in this workspace."))

    def make(self, source: Source) -> Made:
        """The picture. Raises Invalid with everything that must not go out so: then nothing is made."""
        template, kit = source.folder / "template", BrandKit.objects.get(pk=self.kit)
        (template / "fonts").mkdir(parents=True)
        shutil.copyfile(source.master, template / "picture.svg")
        for file in kit.files.filter(role=Roles.FONT).select_related("asset__current"):
            _copy(file.asset, template / "fonts", f"{file.pk}-")
        slots = slots_of(template / "picture.svg")
        self._refuse_unknown(slots)
        pictures = Asset.objects.select_related("current").in_bulk(set(self.pictures.values()))
        names = {slot: _copy(pictures[pk], source.folder, f"{pk}-") for slot, pk in self.pictures.items()}
        table = source.folder / "row.json"
        table.write_text(json.dumps([{**self.words, **names}]), encoding="utf-8")
        rule = LogoRule(clear_percent=kit.logo_clear_percent, least_px=kit.logo_least_px)
        out = source.folder / "made"
        batch = make_all(template, table, out, logo=rule, report=source.report, should_stop=source.should_stop)
        (graphic,) = batch.graphics
        if graphic.findings or not graphic.file:
            raise Invalid(problems=_problems(graphic))
        logos = set(kit.files.filter(role=Roles.LOGO).values_list("asset_id", flat=True))
        shows_logo = bool(logos & set(self.pictures.values())) or any(slot.name.lower() == "logo" for slot in slots)
        return Made(
            path=out / graphic.file,
            filename=f"{self.title[:120]}.png",
            title=self.title,
            alt_text=". ".join(self.words[slot.name].strip() for slot in slots if self._says(slot)),
            sources=tuple(sorted(set(self.pictures.values()) - logos)),
            shows_logo_of=kit.pk if shows_logo else None,
            said=[phrase("It keeps what {brand} asks of its pictures.", brand=kit.name)],
        )

    def _says(self, slot: Slot) -> bool:
        return slot.kind == "words" and bool(self.words.get(slot.name, "").strip())

    def _refuse_unknown(self, slots: list[Slot]) -> None:
        known = {slot.name for slot in slots}
        if unknown := sorted({*self.words, *self.pictures} - known):
            raise Invalid.at("words", phrase("The template has no slots {names}.", names=", ".join(unknown)[:200]))


def template_slots(version: Version) -> list[Slot]:
    """The named places of a drawing of the library. Raises Unsupported for what is none."""
    if version.media_type != "image/svg+xml":
        raise Unsupported(phrase("A template is an SVG drawing."))
    with storage.local_copy(version.sha256) as path:
        return slots_of(path)


def _kit_files(kit: int, asset: Asset) -> QuerySet[BrandFile]:
    return BrandFile.objects.filter(kit=kit, kit__workspace=asset.workspace_id, kit__archived_at=None)


def _copy(asset: Asset, folder: Path, prefix: str) -> str:
    """Puts the asset's current file into the folder under a name of its own; gives the name."""
    version = asset.current
    if version is None:
        raise Invalid.at("pictures", phrase("“{title}” has no file.", title=asset.title))
    name = f"{prefix}{version.sha256[:12]}{Path(version.filename).suffix.lower()[:8]}"
    with storage.local_copy(version.sha256) as path:
        shutil.copyfile(path, folder / name)
    return name


def _problems(graphic: Graphic) -> list[Problem]:
    """What its checks said, each at its slot."""
    found = [_problem(finding) for finding in graphic.findings]
    return found or [Problem(code="graphics.nothing", where="template", message=phrase("Nothing could be made of it."))]


def _problem(finding: Finding) -> Problem:
    slot = finding.where.rpartition(" · ")[2]
    parts = {"slot": slot, "message": finding.message, "repair": finding.repair}
    return Problem(code=finding.code, where=slot, message=phrase("{slot}: {message} {repair}", **parts))
