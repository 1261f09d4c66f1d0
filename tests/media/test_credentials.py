"""What a master says of its origin stays in the chain of everything that is made of it: renditions, cuts, stills."""

import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from crosscut.media import PicturePart, derive
from crosscut.media.cuts import Clip, Cut, Track, render_cut
from crosscut.media.provenance import Action, SigningKey, State, read, sign, sign_composite
from tests.media.renditions import WAYS

pytestmark = pytest.mark.xdist_group("renditions")


@pytest.mark.parametrize("how", WAYS)
def test_a_rendition_signed_last_has_its_master_s_statement_in_it(
    made: Callable[[str], Path], film: Path, key: SigningKey, tmp_path: Path, how: str
) -> None:
    out = Path(shutil.copy(made(how), tmp_path / "out.mp4"))
    assert read(out).state is State.NONE  # a statement about other bytes is not carried over as if it were of these
    sign(out, key=key, parent=film, actions=[Action.TRANSCODED])
    found = read(out, anchors=key.certificates.with_name("anchors.pem"))
    assert (found.state, found.problems) == (State.TRUSTED, ())
    own, inside = found.manifests
    assert [(part.relationship, part.manifest) for part in own.ingredients] == [("parentOf", inside.label)]
    assert inside.is_ai and own.actions == ("c2pa.opened", "c2pa.transcoded")


def test_a_cut_of_a_film_and_a_still_has_both_in_its_chain(film: Path, key: SigningKey, tmp_path: Path) -> None:
    photo, plain = tmp_path / "photo.jpg", tmp_path / "plain.jpg"
    Image.new("RGB", (160, 90), (20, 90, 140)).save(plain)
    derive(plain, PicturePart(max_width_px=80), photo)
    sign(photo, key=key, parent=plain)
    clips = [
        Clip(name=one.name, media=one.name, start_s=Fraction(0), duration_s=Fraction(1, 5)) for one in (film, photo)
    ]
    cut = Cut(name="", rate=Fraction(25), tracks=(Track(kind="video", items=tuple(clips)),))
    out = tmp_path / "cut.mp4"
    render_cut(cut, [film.parent, tmp_path], out)
    sign_composite(out, key=key, components=[film, photo], actions=[Action.EDITED])
    found = read(out, anchors=key.certificates.with_name("anchors.pem"))
    assert found.state is State.TRUSTED and len(found.manifests) == 3
    assert [part.title for part in found.manifests[0].ingredients] == ["master.mp4", "photo.jpg"]
    assert all(part.relationship == "componentOf" and part.manifest for part in found.manifests[0].ingredients)
