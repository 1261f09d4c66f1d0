"""Content credentials: set by a lead, written into what is made, and read back by anybody."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from crosscut.apps.accounts.models import AuditEvent
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library import storage
from crosscut.apps.library.models import Asset, Rendition, Signer, Version
from crosscut.apps.library.services import remaking, signing
from crosscut.apps.library.services.packing import Want, rendition_for, renditions_for
from crosscut.apps.library.services.remaking import CutOut
from crosscut.apps.library.services.remaking.ordering import as_written
from crosscut.apps.library.tasks import remake
from crosscut.apps.library.tests import making
from crosscut.kernel.errors import Invalid, NotAllowed
from crosscut.kernel.facts import Kind, MediaRequirement, Span
from crosscut.media import metadata
from crosscut.media.provenance import SigningKey, State, make_authority, read, sign

SQUARE = MediaRequirement(
    post_type="practice/images",
    kind=Kind.IMAGE,
    media_types=("image/jpeg",),
    min_aspect=Fraction(1),
    max_aspect=Fraction(1),
)
SMALL = MediaRequirement(post_type="practice/video", kind=Kind.VIDEO, media_types=("video/mp4",), max_width_px=100)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return make_authority(tmp_path_factory.mktemp("key"), organisation="Reef Trust")


@pytest.fixture
def signer(cast, key) -> Signer:
    return signing.set_signer(cast.lead, key.certificates.read_text(), key.key.read_text())


def said(row: Rendition | Version | None):
    """What the stored file says of its origin, as somebody else's reader finds it."""
    assert row
    with storage.local_copy(row.sha256) as path:
        return read(path)


def current(asset: Asset) -> Version:
    asset.refresh_from_db()
    assert asset.current
    return asset.current


def test_a_post_says_what_it_was_made_from_and_keeps_its_rights(cast, signer, tmp_path):
    path = making.described_jpeg(tmp_path / "reef.jpg", Xmp_dc_rights="© Rosa", Xmp_plus_DataMining="DMI-PROHIBITED")
    version = current(making.taken_in(cast.junior, path))
    made = rendition_for(version, Want(need=SQUARE))
    found = said(made)
    assert found.state is State.VALID
    assert [part.relationship for part in found.manifests[0].ingredients] == ["parentOf"]
    assert {"c2pa.opened", "c2pa.cropped"} <= set(found.manifests[0].actions)
    assert made and made.signed_by == signer.fingerprint
    with storage.local_copy(made.sha256) as file:
        assert metadata.read(file).copyright == "© Rosa"


def test_the_masters_own_credentials_stay_in_the_chain(cast, signer, key, tmp_path):
    path = making.jpeg(tmp_path / "signed.jpg")
    sign(path, key=key)
    version = current(making.taken_in(cast.junior, path))
    assert (origin := signing.origin_of(version)) and origin.state is State.VALID
    found = said(rendition_for(version, Want(need=SQUARE)))
    assert len(found.manifests) == 2
    assert found.manifests[0].ingredients[0].manifest == found.manifests[1].label


def test_films_that_share_a_file_are_signed_too(cast, signer, film):
    other = MediaRequirement(**{**vars(SMALL), "post_type": "bluesky/video"})
    one, two = renditions_for(current(film), [Want(need=SMALL), Want(need=other)])
    assert one and two and one.sha256 == two.sha256
    assert said(one).state is State.VALID and one.signed_by == two.signed_by == signer.fingerprint


def test_a_new_version_says_which_one_it_was_made_of(cast, signer, film):
    operation = CutOut(spans=(Span(start_s=Fraction(0), end_s=Fraction(1)),))
    job = remaking.order(cast.junior, current(film).pk, operation)
    remake.func(job.pk, current(film).pk, as_written(operation))
    assert (origin := signing.origin_of(current(film))) and origin.state is State.VALID
    assert origin.manifests[0].ingredients[0].title == "master-dive.mp4"


def test_a_place_that_takes_little_gets_the_file_without(cast, signer, photo):
    tight = MediaRequirement(**{**vars(SQUARE), "max_size_bytes": 2000})
    made = rendition_for(current(photo), Want(need=tight))
    assert made and made.size_bytes <= 2000 and not made.signed_by


def test_without_a_certificate_nothing_is_signed(cast, photo):
    made = rendition_for(current(photo), Want(need=SQUARE))
    assert made and not made.signed_by and said(made).state is State.NONE


def test_a_certificate_that_ran_out_signs_nothing_and_says_so(cast, signer, photo):
    Signer.objects.update(expires_at=datetime(2026, 1, 1, tzinfo=UTC))
    made = rendition_for(current(photo), Want(need=SQUARE))
    assert made and not made.signed_by
    assert "has run out" in signed_in(cast.lead).get(reverse("signing")).content.decode()


def test_what_was_changed_after_it_was_signed_is_said_with_the_reason(cast, key, tmp_path):
    path = making.jpeg(tmp_path / "tampered.jpg")
    sign(path, key=key)
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(bytes(data))
    asset = making.taken_in(cast.junior, path)
    shown = signed_in(cast.junior).get(reverse("asset-section", args=[asset.pk, "origin"])).content.decode()
    assert "does not hold" in shown and "The file was changed after it was signed." in shown
    told = program(cast.junior).get(f"/api/library/versions/{current(asset).pk}/origin").json()
    assert told["state"] == "broken" and any("changed after" in why for why in told["problems"])


# The certificate


def test_the_key_is_never_stored_in_the_clear_nor_given_back(cast, signer, key):
    secret = key.key.read_text().strip().splitlines()[1]
    assert secret not in bytes(Signer.objects.get().sealed_key).decode("latin-1")
    assert secret not in str(list(AuditEvent.objects.values()))
    client = program(cast.lead)
    told = client.get("/api/library/signer").content.decode()
    assert "PRIVATE" not in told and secret not in told
    page = signed_in(cast.lead).get(reverse("signing")).content.decode()
    assert "Reef Trust" in page and "PRIVATE" not in page
    assert "BEGIN CERTIFICATE" in signed_in(cast.lead).get(reverse("signing-authority")).content.decode()


def test_a_lead_sets_replaces_and_removes_it_by_page(cast, key):
    browser, address = signed_in(cast.lead), reverse("signing")
    assert "Nothing yet" in browser.get(address).content.decode()
    assert browser.post(reverse("signing-make")).status_code == 302
    own = Signer.objects.get()
    files = {"certificates": key.certificates, "key": key.key}
    sent = {name: SimpleUploadedFile(path.name, path.read_bytes()) for name, path in files.items()}
    assert browser.post(address, sent).status_code == 302
    assert Signer.objects.get().fingerprint != own.fingerprint
    assert browser.post(reverse("signing-remove")).status_code == 302
    assert not Signer.objects.exists()
    assert browser.get(reverse("signing-authority")).status_code == 404
    assert program(cast.lead).get("/api/library/signer").status_code == 404


def test_what_cannot_sign_is_refused_with_its_reason(cast, key, tmp_path):
    other = make_authority(tmp_path / "other", organisation="Other")
    chain, private = key.certificates.read_text(), key.key.read_text()
    for certificates, secret, words in (
        ("nonsense", private, "no certificates"),
        (chain, "nonsense", "no private key"),
        (chain, other.key.read_text(), "does not belong"),
    ):
        with pytest.raises(Invalid, match=words):
            signing.set_signer(cast.lead, certificates, secret)
    assert not Signer.objects.exists()
    answer = program(cast.lead).put(
        "/api/library/signer", {"certificates": "x", "key": "y"}, content_type="application/json"
    )
    assert answer.status_code == 422


def test_only_a_lead_changes_it(cast, key):
    with pytest.raises(NotAllowed):
        signing.make_signer(cast.senior)
    browser = signed_in(cast.junior)
    assert "Only a lead" in browser.get(reverse("signing")).content.decode()
    for name in ("signing-make", "signing-remove"):
        assert browser.post(reverse(name)).status_code == 403
    for method in ("post", "delete"):
        assert getattr(program(cast.junior), method)("/api/library/signer").status_code == 403
    assert program(cast.guest).get("/api/library/signer").status_code == 403
    assert program(cast.stranger).get("/api/library/signer").status_code == 404
    assert not Signer.objects.exists()
