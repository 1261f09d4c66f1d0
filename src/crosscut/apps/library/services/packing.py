"""Several files of one version at once: as few as serve every post, from one decode."""

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from crosscut.apps.library import storage
from crosscut.apps.library.models import Rendition, Version
from crosscut.apps.library.services.derive import caption_file, facts_of, made_before, note, rendition_for
from crosscut.kernel.errors import Unsupported
from crosscut.kernel.facts import MediaRequirement
from crosscut.kernel.progress import Report, ShouldStop, ignore, never
from crosscut.media.cache import Cache, Kept
from crosscut.media.packs import Control, Pack, Planned, Wish, plan_pack, render_pack
from crosscut.media.packs.planning import alone_for
from crosscut.media.recipes import Focus, Recipe


@dataclass(frozen=True, kw_only=True)
class Want:
    """What one post needs of a version."""

    need: MediaRequirement
    focus: Focus | None = None  # what a crop keeps
    captions: str = ""  # WebVTT or SubRip, that become part of the picture


@dataclass(frozen=True, kw_only=True)
class _Missing:
    """A file that is still to be made."""

    want: Want
    alone: Recipe  # what it would be if nothing were shared: the name under which it is looked for later
    wish: Wish


def renditions_for(
    version: Version, wants: Sequence[Want], *, report: Report = ignore, should_stop: ShouldStop = never
) -> list[Rendition | None]:
    """The file for each want, in their order; None where the master does. Made now, unless it was before.

    Wants share files where the sharing rule of the media engine allows, and a shared file is stored once. What was
    finished before a failure or a stop stays. Call it outside a transaction. Raises as `rendition_for` does, after
    everything that can be made was made.
    """
    missing = _missing(version, wants)
    if len(missing) > 1:
        _make(version, missing, report, should_stop)
    return [
        rendition_for(
            version, want.need, focus=want.focus, captions=want.captions, report=report, should_stop=should_stop
        )
        for want in wants
    ]


def _missing(version: Version, wants: Sequence[Want]) -> dict[str, _Missing]:
    found = {}
    for number, want in enumerate(wants):
        captions = hashlib.sha256(want.captions.encode()).hexdigest() if want.captions else ""
        wish = Wish(requirement=want.need, focus=want.focus, captions=captions)
        try:
            alone = alone_for(facts_of(version), wish)
        except Unsupported:
            continue  # said by rendition_for, in its turn
        if alone and made_before(version, alone, want.need.post_type) is None:
            found[f"{number:04}"] = _Missing(want=want, alone=alone, wish=wish)
    return found


def _make(version: Version, missing: dict[str, _Missing], report: Report, should_stop: ShouldStop) -> None:
    pack: Pack = plan_pack(facts_of(version), {name: one.wish for name, one in missing.items()})

    def keep(planned: Planned, kept: Kept) -> None:
        stored = storage.keep(kept.path, should_stop=should_stop)
        for name in planned.targets:
            one = missing[name]
            note(version, one.alone, stored, purpose=one.want.need.post_type, made=(planned.recipe, kept.facts))

    with (
        storage.plain_disk_errors("make files for the web"),
        storage.local_copy(version.sha256) as master,
        tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="make-") as folder,
    ):
        render_pack(
            master,
            pack,
            Cache(Path(folder) / "made"),
            version_sha256=version.sha256,
            captions=_caption_files(missing, Path(folder)),
            control=Control(report=report, should_stop=should_stop, on_kept=keep),
        )


def _caption_files(missing: dict[str, _Missing], folder: Path) -> dict[str, Path]:
    texts = {one.wish.captions: one.want.captions for one in missing.values() if one.wish.captions}
    return {sha256: caption_file(text, folder, name=sha256) for sha256, text in texts.items()}
