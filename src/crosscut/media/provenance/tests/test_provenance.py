"""Who made a file is read and verified; what we make is signed with its master inside, and any later change shows."""

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from crosscut.kernel.errors import Conflict, Invalid, Unsupported
from crosscut.media import Metadata, PicturePart, derive
from crosscut.media.ffmpeg import program
from crosscut.media.inside.rights import write_rights
from crosscut.media.provenance import Action, SigningKey, State, make_authority, read, sign, sign_composite

DATA = Path(__file__).parent / "data"
MADE_BY_MODEL = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return make_authority(tmp_path_factory.mktemp("key"), organisation="Reef Trust")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "made.jpg"
    Image.fromarray(np.random.default_rng(3).integers(0, 255, (60, 90, 3), np.uint8)).save(path)
    return path


def codes(found) -> set[str]:
    return {problem.code.removeprefix("provenance.") for problem in found.problems}


@pytest.mark.parametrize(
    ("name", "broken_by", "words"),
    [  # the codes are those of the reports published beside the files
        ("E-dat-CA", "assertion.dataHash.mismatch", "changed after it was signed"),
        ("E-sig-CA", "claimSignature.mismatch", "signature does not match"),
    ],
)
def test_it_finds_what_the_published_reports_find(name, broken_by, words):
    found = read(DATA / f"adobe-20220124-{name}.jpg")
    assert found.state is State.BROKEN
    assert broken_by in codes(found)
    assert any(words in problem.message for problem in found.problems)
    assert found.manifests[0].authors == ("Adobe make_test",)
    assert found.manifests[0].signer.startswith("C2PA Test Signing Cert")
    assert found.manifests[0].ingredients[0].relationship == "parentOf"


def test_a_file_without_credentials_says_nothing(tmp_path):
    assert read(DATA / "adobe-20220124-A.jpg").state is State.NONE
    (tmp_path / "words.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n")
    assert read(tmp_path / "words.vtt").state is State.NONE


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png", "image/webp", "image/avif"])
def test_a_rendition_is_signed_with_its_master_in_it(key, tmp_path, media_type):
    out = tmp_path / "out"
    derive(DATA / "adobe-20220124-A.jpg", PicturePart(max_width_px=100), out, media_type=media_type)
    made = sign(out, key=key, parent=DATA / "adobe-20220124-A.jpg", actions=[Action.CROPPED, Action.RESIZED])
    own = made.manifests[0]
    assert own.actions == ("c2pa.opened", "c2pa.cropped", "c2pa.resized")
    assert [(part.title, part.relationship) for part in own.ingredients] == [("adobe-20220124-A.jpg", "parentOf")]
    assert own.tool.startswith("Crosscut") and "Reef Trust" in own.signer
    assert (read(out).state, codes(read(out))) == (State.VALID, {"signingCredential.untrusted"})
    trusted = read(out, anchors=key.certificates.with_name("anchors.pem"))
    assert (trusted.state, trusted.problems) == (State.TRUSTED, ())
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_chain_grows_with_each_generation(key, picture, tmp_path):
    sign(picture, key=key, source_type=MADE_BY_MODEL)
    small = tmp_path / "small.jpg"
    derive(picture, PicturePart(max_width_px=40), small)
    found = sign(small, key=key, parent=picture, actions=[Action.RESIZED])
    own, master = found.manifests
    assert own.ingredients[0].manifest == master.label
    assert (master.actions, master.is_ai, own.is_ai) == (("c2pa.created",), True, False)
    assert master.digital_source_types == (MADE_BY_MODEL,)


def test_a_cut_of_several_files_names_each_and_keeps_what_it_says(key, picture, tmp_path):
    made_by_model = tmp_path / "model.jpg"
    shutil.copy(picture, made_by_model)
    sign(made_by_model, key=key, source_type=MADE_BY_MODEL)
    plain = DATA / "adobe-20220124-A.jpg"
    whole = tmp_path / "whole.jpg"
    derive(plain, PicturePart(max_width_px=40), whole)
    sign_composite(whole, key=key, components=[made_by_model, plain, made_by_model], actions=[Action.EDITED])
    own, inside = read(whole, anchors=key.certificates.with_name("anchors.pem")).manifests
    assert own.actions == ("c2pa.created", "c2pa.placed", "c2pa.edited")
    found = [(part.title, part.relationship, part.manifest) for part in own.ingredients]
    assert found == [("model.jpg", "componentOf", inside.label), (plain.name, "componentOf", "")]
    assert inside.is_ai


def test_it_says_what_was_done_to_a_signed_file(key, picture, tmp_path):
    """Each breaks one thing and is told by its own code and words, of the file itself or of what it was made from."""
    sign(picture, key=key, source_type=MADE_BY_MODEL)
    child = tmp_path / "child.jpg"
    derive(picture, PicturePart(max_width_px=40), child)
    sign(child, key=key, parent=picture)
    whole = child.read_bytes()
    anchors = key.certificates.with_name("anchors.pem")

    def told(changed: bytes) -> tuple[State, set[tuple[str, str]]]:
        child.write_bytes(changed)
        found = read(child, anchors=anchors)
        return found.state, {(problem.where, problem.code.removeprefix("provenance.")) for problem in found.problems}

    def flipped(at: int) -> bytes:
        return bytes([*whole[:at], whole[at] ^ 1, *whole[at + 1 :]])

    signature = whole.rindex(b"\xf6\x58\x40") + 10  # COSE: no payload, then 64 bytes
    assert told(whole) == (State.TRUSTED, set())
    assert told(flipped(len(whole) - 100)) == (State.BROKEN, {("child.jpg", "assertion.dataHash.mismatch")})
    assert told(flipped(signature)) == (State.BROKEN, {("child.jpg", "claimSignature.mismatch")})
    state, codes_of = told(whole.replace(b"trainedAlgorithmicMedia", b"nobodyAlgorithmicMedia_"))
    assert state is State.BROKEN
    assert codes_of == {("ingredient", "ingredient.manifest.mismatch"), ("ingredient", "assertion.hashedURI.mismatch")}
    with Image.open(child) as image:
        image.save(tmp_path / "bare.jpg")
    assert read(tmp_path / "bare.jpg").state is State.NONE


def test_a_certificate_that_has_run_out_is_said():
    found = read(DATA / "signer-expired.jpg")
    assert found.state is State.BROKEN
    assert any("certificate has run out" in problem.message for problem in found.problems)


def test_any_later_writing_shows(key, picture, tmp_path):
    sign(picture, key=key)
    flipped = bytearray(picture.read_bytes())
    flipped[-200] ^= 1
    (tmp_path / "flipped.jpg").write_bytes(flipped)
    assert read(tmp_path / "flipped.jpg").state is State.BROKEN
    write_rights(picture, Metadata(title="Written afterwards"))
    found = read(picture)
    assert found.state is State.BROKEN
    assert "assertion.dataHash.mismatch" in codes(found)
    assert sign(picture, key=key).state is State.VALID  # signing anew mends it


def test_a_film_is_signed_and_a_change_in_it_shows(key, tmp_path):
    film = tmp_path / "film.mp4"
    source = ("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=10:duration=1")
    subprocess.run([program(), "-v", "error", *source, "-c:v", "libx264", str(film)], check=True)
    made = sign(film, key=key, actions=[Action.TRANSCODED])
    assert (made.state, made.manifests[0].actions) == (State.VALID, ("c2pa.opened", "c2pa.transcoded"))
    changed = bytearray(film.read_bytes())
    changed[changed.index(b"mdat") + 100] ^= 1
    film.write_bytes(changed)
    assert read(film).state is State.BROKEN


def test_it_refuses_what_cannot_be_signed_and_leaves_it_alone(key, picture, tmp_path):
    words = tmp_path / "words.vtt"
    words.write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n")
    with pytest.raises(Unsupported, match="cannot carry"):
        sign(words, key=key)
    before = picture.read_bytes()
    with pytest.raises(Invalid, match="no file"):
        sign(picture, key=SigningKey(certificates=tmp_path / "none.pem", key=tmp_path / "none.key"))
    (tmp_path / "bad.key").write_text("no key")
    with pytest.raises(Invalid) as refused:
        sign(picture, key=SigningKey(certificates=key.certificates, key=tmp_path / "bad.key"))
    assert "no key" not in str(refused.value)
    assert picture.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"made.jpg", "words.vtt", "bad.key"}


def test_the_key_is_kept_from_others_and_never_overwritten(key):
    assert key.key.stat().st_mode & 0o077 == 0
    assert "signer.key" not in repr(key)
    with pytest.raises(Conflict, match="already"):
        make_authority(key.key.parent, organisation="Reef Trust")


def test_an_expired_certificate_does_not_sign(picture, tmp_path):
    old = make_authority(tmp_path / "old", organisation="Reef Trust", days=-1)
    with pytest.raises(Invalid, match=r"cannot be signed"):
        sign(picture, key=old)


@pytest.mark.skipif("CROSSCUT_CORPUS" not in os.environ, reason="CROSSCUT_CORPUS names no folder of real files")
def test_a_real_camera_s_and_a_composite_s_credentials_hold(tmp_path):
    folder = Path(os.environ["CROSSCUT_CORPUS"]) / "image" / "c2pa"
    composite = read(folder / "adobe-20220124-CAICAI.jpg")
    assert composite.state is State.VALID and len(composite.manifests) == 2
    shutil.copy(folder / "truepic-20230212-camera.jpg", tmp_path / "camera.jpg")
    assert "Truepic" in read(tmp_path / "camera.jpg").manifests[0].signer
