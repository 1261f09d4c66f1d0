"""A workspace travels whole: written, read elsewhere, written again, it is the same to the byte."""

import json
import shutil
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from tests.cast import Cast
from tests.rows import N, one_of_each

from crosscut.apps.accounts.models import Account, AuditEvent, Member, User, Workspace
from crosscut.apps.library import storage
from crosscut.apps.library.models import Asset, Paper, Rendition, RightsAnswer, SavedSearch, Version
from crosscut.apps.library.services import brands, clear, consents, papers, placements, tracks
from crosscut.apps.library.tests import making
from crosscut.apps.library.tests.conftest import store
from crosscut.apps.produce.languages import language_for, language_of
from crosscut.apps.produce.models import Approval, Piece
from crosscut.apps.produce.services.translate import add_language, agree, keep_words
from crosscut.apps.produce.services.write import create_piece, set_media, set_outlet
from crosscut.apps.publish.due import due_posts
from crosscut.apps.publish.models import Attempt, CalendarView, Proof, Target
from crosscut.apps.publish.services import send
from crosscut.apps.publish.services.schedule import schedule
from crosscut.apps.publish.tests.world import World, account_of, due, world
from crosscut.kernel.errors import Conflict, Invalid, NotFound
from crosscut.kernel.records import digest
from crosscut.site.portable import parcel, shape
from crosscut.site.portable.pack import export
from crosscut.site.portable.unpack import bring_in
from crosscut.specs.brand import Colour

__all__ = ["store", "world"]
pytestmark = pytest.mark.django_db
SEA = Colour(name="Deep sea", hex="#003355")


@pytest.fixture
def full(cast: Cast, world: World, tmp_path: Path) -> Workspace:
    """A workspace in which everything there is is there: a post that is out, one that is planned, rights and papers."""
    film = making.taken_in(cast.junior, making.film(tmp_path / "in" / "dive.mp4"))
    photo = making.taken_in(cast.junior, making.jpeg(tmp_path / "in" / "=coral ‮reef.jpg"))
    words = tmp_path / "words.vtt"
    words.write_text(making.CAPTIONS)
    tracks.put_track(cast.junior, film.pk, words, kind="captions", language="en")
    terms = clear.Terms(holder="Rosa", terms="Contract", cost_minor=12_050)
    licence = clear.add_licence(cast.senior, photo.pk, terms)
    papers.attach_to_licence(cast.senior, licence.pk, words, filename="contract.pdf")
    amina = consents.show_subject(cast.senior, photo.pk, "Amina")
    consents.give_consent(cast.senior, amina.pk, consents.Agreement(agreed="Release"))
    placements.note_placement(cast.junior, photo.pk, "Brochure")
    kit = brands.make_kit(cast.senior, brands.Kit(name="Reef Watch", voice="Warm", colours=[SEA]))
    brands.put_file(cast.senior, kit.pk, photo.pk, "logo", note="On light grounds")
    account = account_of(cast.workspace)
    for days in (0, 9):
        piece = create_piece(cast.senior, title=f"Reef {days}", text="The reef is waking up.")
        set_media(cast.senior, piece, photo, alt_text="A reef.")
        set_outlet(cast.senior, piece, channel_slug=account.channel, post_type="images")
        when = (timezone.now() + timedelta(days=days)).replace(tzinfo=None)
        target = schedule(cast.senior, piece, account, wall_time=when, zone="UTC")
        Approval.objects.create(edition=target.edition, member=cast.senior, decision="approved", role="senior")
        if not days:
            send.send(due(target).pk)
            Proof.objects.create(target=target, verdict="same", parts=[])
    german = add_language(cast.senior, piece, "de")
    keep_words(cast.senior, german, {"text": "Das Riff erwacht.", f"media.{photo.pk}.alt": "Ein Riff."})
    seen = {passage.key: passage.seen for passage in language_for(cast.senior, german.pk).passages}
    agree(cast.senior, german, seen)
    Account.objects.update(sealed_secrets=b"sealed")
    return cast.workspace


def members_of(place: Path) -> dict[str, bytes]:
    return {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def gone(store: Path) -> None:
    """Another installation: an empty database and an empty store."""
    connection.check_constraints()  # what is still to be checked cannot be emptied
    call_command("flush", interactive=False, verbosity=0)
    for path in store.rglob("*"):
        if path.is_file():
            path.unlink()


def test_written_read_and_written_again_it_is_the_same_to_the_byte(full: Workspace, store: Path, tmp_path: Path):
    first, second = tmp_path / "first", tmp_path / "second"
    export(full, first)
    sizes = {sha256: storage.size_of(sha256) for sha256 in storage.stored_hashes()}
    gone(store)
    again = bring_in(first)
    export(again, second)
    before, after = members_of(first), members_of(second)
    assert {name for name in before if before[name] != after.get(name)} == set()
    assert set(before) == set(after)
    assert {sha256: storage.size_of(sha256) for sha256 in storage.stored_hashes()} == sizes
    assert all(storage.is_whole(sha256) for sha256 in sizes)


def test_relations_and_history_come_along_and_nothing_is_sent_again(full: Workspace, store: Path, tmp_path: Path):
    export(full, tmp_path / "parcel.zip")
    sent = Target.objects.get(attempts__isnull=False)
    receipt = (sent.key, sent.remote_id, sent.url, sent.attempts.get().digest)
    gone(store)
    here = bring_in(tmp_path / "parcel.zip")
    live, planned = Target.objects.get(state="sent"), Target.objects.get(state="blocked")
    assert (live.key, live.remote_id, live.url, Attempt.objects.get().digest) == receipt
    assert "schedule it anew" in planned.problem
    later = timezone.now() + timedelta(days=365)
    assert planned.pk not in due_posts(later).values_list("pk", flat=True)
    account = Account.objects.get()
    assert (account.state, bytes(account.sealed_secrets)) == ("reconnect", b"")
    edition = live.edition
    assert edition.digest == digest(edition.content)
    assert edition.content["media"][0]["version"] == edition.media.get().version_id
    assert edition.approvals.get().member.user.email == "senior@example.org"
    photo = Asset.objects.get(kind="image")
    assert photo.current and photo.current.asset == photo
    assert photo.licences.get().papers.get() == Paper.objects.get()
    assert photo.subjects.get().consents.get().agreed == "Release"
    assert photo.placements.get().place == "Brochure"
    kit = photo.brand_files.get(role="logo", note="On light grounds").kit
    assert (kit.workspace, brands.kit_of(kit).voice, brands.kit_of(kit).colours) == (here, "Warm", [SEA])
    assert AuditEvent.objects.filter(verb="asset.added", subject=f"asset:{photo.pk}", workspace=here).exists()
    assert RightsAnswer.objects.filter(about__startswith=f"edition:{edition.pk} ").exists()
    german = language_of(Piece.objects.get(language="de"))
    assert german and german.state == "translated" and german.source.piece == planned.piece
    assert not User.objects.get(email="lead@example.org").has_usable_password()


def test_a_row_of_every_table_travels_and_none_is_named_by_its_old_number(cast: Cast, store: Path, tmp_path: Path):
    one_of_each(cast)
    (tmp_path / "file").write_bytes(b"kelp")
    stored = storage.keep(tmp_path / "file")
    for model in (Version, Rendition, Paper):
        model.objects.update(sha256=stored.sha256, size_bytes=stored.size_bytes)
    told = export(cast.workspace, tmp_path / "first")
    assert [name for name, table in told["tables"].items() if not table["rows"]] == []
    lines = [(name, text) for name, text in members_of(tmp_path / "first").items() if name.startswith("data/")]
    assert [name for name, text in lines if str(N).encode() in text] == []
    gone(store)
    export(bring_in(tmp_path / "first"), tmp_path / "second")
    assert members_of(tmp_path / "first") == members_of(tmp_path / "second")
    (view, search), asset = (CalendarView.objects.get(), SavedSearch.objects.get()), Asset.objects.get()
    assert view.filters["account"] == str(Account.objects.get().pk) and search.text == f"reef like:{asset.pk}"


def test_people_who_are_here_stay_as_they_are(full: Workspace, store: Path, tmp_path: Path):
    export(full, tmp_path / "parcel.zip")
    gone(store)
    User.objects.create_user("lead@example.org", password="a-long-enough-one", name="Lena, here")
    bring_in(tmp_path / "parcel.zip")
    lead = User.objects.get(email="lead@example.org")
    assert (lead.name, lead.check_password("a-long-enough-one")) == ("Lena, here", True)
    assert Member.objects.get(user=lead).role == "lead"


def test_a_second_import_is_refused_and_changes_nothing(full: Workspace, tmp_path: Path):
    export(full, tmp_path / "parcel")
    with pytest.raises(Conflict, match="here already"):
        bring_in(tmp_path / "parcel")
    with pytest.raises(Conflict, match="not empty"):
        export(full, tmp_path / "parcel")
    assert Workspace.objects.count() == 2


def changed_file(place: Path) -> None:
    path = next((place / "files").rglob("*/*"))
    path.write_bytes(b"x" + path.read_bytes()[1:])


def longer_file(place: Path) -> None:
    path = next((place / "files").rglob("*/*"))
    path.write_bytes(path.read_bytes() + b"x")


def missing_file(place: Path) -> None:
    next((place / "files").rglob("*/*")).unlink()


def changed_row(place: Path) -> None:
    path = place / "data" / "library.asset.jsonl"
    path.write_text(path.read_text().replace("dive", "diva"))


def later_schema(place: Path) -> None:
    path = place / parcel.MANIFEST
    path.write_text(path.read_text().replace('"schema": 1', '"schema": 99'))


def unknown_table(place: Path) -> None:
    told = json.loads((place / parcel.MANIFEST).read_text())
    told["tables"]["auth.user"] = {"rows": 1, "sha256": ""}
    (place / parcel.MANIFEST).write_text(json.dumps(told))


def path_trick(place: Path) -> None:
    told = json.loads((place / parcel.MANIFEST).read_text())
    told["files"]["../../etc/passwd"] = 1
    (place / parcel.MANIFEST).write_text(json.dumps(told))


def no_manifest(place: Path) -> None:
    (place / parcel.MANIFEST).unlink()


DAMAGE = (
    *(changed_file, longer_file, missing_file, changed_row),
    *(later_schema, unknown_table, path_trick, no_manifest),
)


def test_a_damaged_one_is_refused_and_leaves_no_row(full: Workspace, store: Path, tmp_path: Path):
    export(full, tmp_path / "parcel")
    gone(store)
    for damage in DAMAGE:
        place = tmp_path / damage.__name__
        shutil.copytree(tmp_path / "parcel", place)
        damage(place)
        with pytest.raises(Invalid):
            bring_in(place)
        assert not Workspace.objects.exists() and not Version.objects.exists(), damage.__name__


def test_what_is_no_workspace_is_said_to_be_none(tmp_path: Path):
    with pytest.raises(NotFound):
        bring_in(tmp_path / "nowhere")
    (tmp_path / "some.zip").write_bytes(b"PK not a zip")
    with pytest.raises(Invalid, match="no ZIP"):
        bring_in(tmp_path / "some.zip")


def test_a_broken_off_export_leaves_nothing(full: Workspace, store: Path, tmp_path: Path):
    storage.remove(Version.objects.first().sha256, is_old=lambda at: True)  # type: ignore[union-attr]
    with pytest.raises(NotFound, match="missing"):
        export(full, tmp_path / "parcel.zip")
    assert not [path for path in tmp_path.iterdir() if "parcel" in path.name]


def test_nobody_elses_rows_and_no_secrets_travel(full: Workspace, cast: Cast, tmp_path: Path):
    theirs = making.taken_in(cast.stranger, making.jpeg(tmp_path / "theirs.jpg", colour="red"))
    place = tmp_path / "parcel.zip"
    export(full, place)
    with zipfile.ZipFile(place) as archive:
        data = b"".join(archive.read(name) for name in archive.namelist() if name.startswith("data/"))
        names = archive.namelist()
        index = archive.read("index.csv").decode()
    assert b"stranger@example.org" not in data and b"sealed" not in data and b"argon2" not in data
    assert theirs.current and not any(theirs.current.sha256 in name for name in names)
    assert "\n'=coral" in index  # no spreadsheet takes a title for a formula


def test_every_table_travels_or_says_why_not():
    own = {shape.label(model) for model in shape._own_models()}
    travelling = {shape.label(model) for model in shape.travelling()}
    assert own == travelling | set(shape.LEFT_OUT)


def test_no_field_that_looks_like_a_secret_travels():
    suspects = {
        f"{shape.label(model)}.{field.name}"
        for model in shape.travelling()
        for field in shape.plain_fields(model)
        if any(word in field.name for word in ("secret", "password", "token", "sealed", "salt", "_hash"))
    }
    assert suspects == set()
