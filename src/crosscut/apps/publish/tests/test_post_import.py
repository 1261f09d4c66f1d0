"""Posts out of a table: seen before they are made, made once, taken back as a whole."""

import csv
import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from tests.cast import Cast

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.tests import made as pieces
from crosscut.apps.publish import columns
from crosscut.apps.publish.models import PostImport, PostImportRow, Target
from crosscut.apps.publish.services import post_import
from crosscut.apps.publish.services.post_export import as_csv
from crosscut.apps.publish.services.post_import import Choices
from crosscut.kernel.errors import Conflict

BUFFER = (
    "Text,Image URL,Tags,Posting Time\nThe reef wakes up.,,reef,2036-11-24 09:00\nIt sleeps again.,,,2036-11-25 18:30\n"
)
PUBLER = "Date - Intl. format,Text,Link(s) - Separated by comma,Media URL(s),Label(s),Alt text(s)\n"
HEAD = "Date,Account,Text\n"
JSON = "application/json"


@pytest.fixture
def account(cast: Cast) -> Account:
    return pieces.account(cast.lead)


def _done(row: PostImport) -> PostImport:
    """The import after its worker was there."""
    what = {"reading": "read", "making": "make", "undoing": "undo"}[row.state]
    post_import.work(row.pk, what, lambda progress: None, lambda: False)
    row.refresh_from_db()
    return row


def _read(by: Member, text: str, *accounts: str, **choices: str) -> PostImport:
    file = SimpleUploadedFile("posts.csv", text.encode())
    return _done(post_import.begin(by, file, Choices(accounts=accounts, **choices)))  # type: ignore[arg-type]  # texts


def _notes(row: PostImport) -> list[str]:
    return [" ".join(one.notes) for one in row.rows.all()]


def test_it_is_shown_first_and_made_when_confirmed(cast: Cast, account: Account):
    row = _read(cast.senior, BUFFER, account.name)
    assert (row.state, row.layout, row.counts) == ("ready", "Buffer", {"ready": 2})
    assert not Piece.objects.exists()
    row = _done(post_import.confirm(cast.senior, row.pk))
    assert (row.state, row.counts) == ("made", {"made": 2})
    first = Target.objects.get(piece__text="The reef wakes up.")
    assert (first.wall_time, first.zone, first.piece.tags) == ("2036-11-24T09:00:00", "Europe/Berlin", ["reef"])


def test_the_same_file_twice_makes_nothing_twice(cast: Cast, account: Account):
    _done(post_import.confirm(cast.senior, _read(cast.senior, BUFFER, account.name).pk))
    again = _read(cast.senior, BUFFER, account.name)
    assert again.counts == {"same": 2}
    both = [_read(cast.senior, HEAD + f"2036-12-01 09:00,{account.name},Twice\n") for _ in range(2)]
    for row in both:  # both were read before either was made
        _done(post_import.confirm(cast.senior, row.pk))
    assert Piece.objects.filter(text="Twice").count() == 1
    assert PostImport.objects.get(pk=both[1].pk).counts == {"same": 1}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("2036-11-24 09:00,Nowhere,Text", "no account called Nowhere"),
        ("yesterday,practice,Text", "is no date"),
        ("2036-11-24,practice,Text", "has no time"),
        ("2020-01-01 09:00,practice,Text", "has passed"),
        ("2030-03-31 02:30,practice,Text", "does not exist in Europe/Berlin"),  # clocks skip it
        ("2036-13-01 09:00,practice,Text", "There is no 2036-13-01"),
        ("2036-11-24 09:00,,Text", "Choose the account"),
        ("2036-11-24 09:00,practice,", "neither words nor media"),
    ],
)
def test_a_row_that_cannot_be_says_why_and_hinders_no_other(cast: Cast, account: Account, line: str, says: str):
    row = _read(cast.senior, f"{HEAD}{line}\n2036-11-24 09:00,practice,Fine\n")
    assert row.counts == {"problem": 1, "ready": 1}
    assert says in _notes(row)[0]


def test_dates_that_can_be_read_both_ways_are_asked_about(cast: Cast, account: Account):
    row = _read(cast.senior, HEAD + "03/04/2036 09:00,practice,Text\n")
    assert "can be read both ways" in _notes(row)[0]
    row = _done(post_import.read_again(cast.senior, row.pk, Choices(date_order="dmy")))
    row = _done(post_import.confirm(cast.senior, row.pk))
    assert Target.objects.get().wall_time == "2036-04-03T09:00:00"
    assert columns.order_in(["03/04/2036", "03/25/2036"]) == "mdy"  # one of them tells it of all


def test_columns_are_corrected_by_a_person(cast: Cast, account: Account):
    row = _read(cast.senior, "Wann,Wo,Was\n2036-11-24 21:15,practice,Guten Abend\n")
    assert row.counts == {"problem": 1} and [one["name"] for one in row.columns] == ["Wann", "Wo", "Was"]
    mapping = {"Wann": "date", "Wo": "account", "Was": "text"}
    row = _done(post_import.read_again(cast.senior, row.pk, Choices(mapping=mapping, zone="UTC")))
    _done(post_import.confirm(cast.senior, row.pk))
    assert (Target.objects.get().zone, Target.objects.get().piece.text) == ("UTC", "Guten Abend")


def test_media_are_named_by_file_or_number_with_their_words(cast: Cast, account: Account):
    asset = pieces.asset(cast.senior, "old-town.jpg")
    pieces.licence(asset)
    lines = [
        f"2036-11-24 09:00,Ada,,{name},,A street\n"
        for name in ("old-town.jpg", str(asset.pk), "https://x.example/a.jpg")
    ]
    row = _read(cast.senior, PUBLER + "".join(lines), account.name)
    assert (row.layout, row.counts) == ("Publer", {"ready": 2, "problem": 1})
    assert "Bring https://x.example/a.jpg into the library first" in _notes(row)[2]
    _done(post_import.confirm(cast.senior, row.pk))
    use = Piece.objects.first().media.get()  # type: ignore[union-attr]  # it is there
    assert (use.asset, use.alt_text) == (asset, "A street")


def test_what_a_check_or_an_approval_stops_stays_a_draft_on_its_day(cast: Cast, account: Account):
    row = _read(cast.junior, HEAD + "2036-11-24 09:00,practice,A junior's words\n")
    row = _done(post_import.confirm(cast.junior, row.pk))
    [made] = row.rows.all()
    assert made.state == "made" and "senior's approval" in _notes(row)[0]
    assert made.piece and f"{made.piece.wished_at:%Y-%m-%d %H:%M}" == "2036-11-24 08:00"
    assert not Target.objects.exists()


def test_it_stops_half_way_and_goes_on_where_it_was(cast: Cast, account: Account):
    row = _read(cast.senior, BUFFER, account.name)
    post_import.confirm(cast.senior, row.pk)
    asked = iter([False, True])
    post_import.work(row.pk, "make", lambda progress: None, lambda: next(asked))
    row.refresh_from_db()
    assert (row.state, row.counts) == ("ready", {"made": 1, "ready": 1})
    row = _done(post_import.confirm(cast.senior, row.pk))
    assert row.counts == {"made": 2} and Target.objects.count() == 2


def test_a_whole_import_is_undone_and_what_went_out_stays(cast: Cast, account: Account):
    row = _done(post_import.confirm(cast.senior, _read(cast.senior, BUFFER, account.name).pk))
    out, waiting = Target.objects.order_by("due_at")
    Target.objects.filter(pk=out.pk).update(state=Target.State.PROVEN)
    row = _done(post_import.undo(cast.senior, row.pk))
    assert row.counts == {"made": 1, "undone": 1}
    waiting.refresh_from_db()
    assert waiting.state == Target.State.CANCELLED
    assert Piece.objects.get(pk=waiting.piece_id).archived_at and not Piece.objects.get(pk=out.piece_id).archived_at
    assert _read(cast.senior, BUFFER, account.name).counts == {"ready": 1, "same": 1}  # it may be brought again
    with pytest.raises(Conflict):
        post_import.discard(cast.senior, row.pk)


def test_a_workbook_is_read_and_the_export_comes_in_again(cast: Cast, account: Account, tmp_path: Path):
    book = Workbook()
    for line in (["Date", "Account", "Text", "Tags"], ["2036-11-24 09:00", "practice", "=1+1 is two", "sums"]):
        book.active.append([f"'{cell}" if cell.startswith("=") else cell for cell in line])
    book.save(tmp_path / "posts.xlsx")
    row = _done(post_import.begin_path(cast.senior, tmp_path / "posts.xlsx"))
    _done(post_import.confirm(cast.senior, row.pk))
    [text] = list(csv.DictReader(io.StringIO(b"".join(as_csv(cast.junior)).decode("utf-8-sig"))))
    assert (text["Text"], text["Account"], text["State"]) == ("'=1+1 is two", account.name, "scheduled")
    back = _read(cast.senior, b"".join(as_csv(cast.senior)).decode("utf-8-sig"))
    assert back.layout == "Crosscut" and back.rows.get().values["text"] == "=1+1 is two"
    assert list(as_csv(cast.stranger))[2:] == []


# --- pages and programs


def test_a_person_brings_a_table_looks_makes_and_undoes(cast: Cast, account: Account):
    client = signed_in(cast.senior)
    answer = client.post("/posts/imports/", {"file": SimpleUploadedFile("posts.csv", BUFFER.encode())})
    row = PostImport.objects.get()
    assert answer["Location"] == f"/posts/imports/{row.pk}/"
    _done(row)
    page = client.get(f"/posts/imports/{row.pk}/").content.decode()
    assert "looks like a table for Buffer" in page and "Choose the account it goes to" in page
    sent = {"action": "read", "account": account.name, **{f"map:{name}": field for name, field in row.mapping.items()}}
    client.post(f"/posts/imports/{row.pk}/act/", sent)
    row.refresh_from_db()
    _done(row)
    assert "Make 2 posts" in client.get(f"/posts/imports/{row.pk}/").content.decode()
    client.post(f"/posts/imports/{row.pk}/act/", {"action": "confirm"})
    row.refresh_from_db()
    _done(row)
    assert "Undo the whole import" in client.get(f"/posts/imports/{row.pk}/").content.decode()
    assert client.get("/posts/imports/").status_code == 200
    table = client.get("/posts/table.csv", {"q": "sleeps"})
    assert b"".join(table.streaming_content).count(b"\r\n") == 2  # type: ignore[attr-defined]  # it streams


def test_programs_bring_a_table(cast: Cast, account: Account):
    client = program(cast.senior)
    told = client.post("/api/post-imports", {"file": SimpleUploadedFile("posts.csv", BUFFER.encode())})
    row = PostImport.objects.get()
    assert (told.status_code, told.json()["state"]) == (202, "reading")
    _done(row)
    path = f"/api/post-imports/{row.pk}"
    client.post(f"{path}/read", {"accounts": [account.name]}, content_type=JSON)
    row.refresh_from_db()
    _done(row)
    assert [one["state"] for one in client.get(f"{path}/rows").json()["items"]] == ["ready", "ready"]
    assert client.post(f"{path}/confirm").status_code == 202
    assert client.post(f"{path}/confirm").status_code == 409
    assert client.get("/api/posts/table").status_code == 200


def test_it_knows_no_strangers_and_guests(cast: Cast, account: Account):
    row = _read(cast.senior, BUFFER, account.name)
    path = f"/api/post-imports/{row.pk}"
    for who, status in ((cast.stranger, 404), (cast.guest, 404)):
        client, page = program(who), signed_in(who)
        asked = [
            client.get(path),
            client.get(f"{path}/rows"),
            *(client.post(f"{path}/{act}", {}, content_type=JSON) for act in ("read", "confirm", "undo")),
            client.delete(path),
        ]
        refused = [status if who is cast.stranger or number < 2 else 403 for number in range(6)]
        assert [answer.status_code for answer in asked] == refused
        assert client.get("/api/post-imports").json()["count"] == 0
        assert page.post(f"/posts/imports/{row.pk}/act/", {"action": "confirm"}).status_code in (403, 404)
    file = SimpleUploadedFile("posts.csv", BUFFER.encode())
    assert program(cast.guest).post("/api/post-imports", {"file": file}).status_code == 403
    assert program(cast.guest).get("/api/posts/table").status_code == 403
    assert not PostImportRow.objects.exclude(state="ready").exists()


def test_a_thread_comes_out_of_a_table_and_goes_back_into_one(cast: Cast) -> None:
    account = pieces.account(cast.lead, "bluesky")
    for name in ("one.jpg", "two.jpg"):
        pieces.licence(pieces.asset(cast.lead, name, alt_text="A reef."))
    head = "Date,Account,Text,Thread,Media,Alt text\n"
    row = _read(cast.senior, f'{head}2036-11-24 09:00,Bluesky,One.,"Two.\n---\nThree.","one.jpg, 3: two.jpg",A || B\n')
    assert row.counts == {"ready": 1}, _notes(row)
    _done(post_import.confirm(cast.senior, row.pk))
    target = Target.objects.get(account=account)
    assert target.part_count == 3
    outlet = target.piece.outlets.get()
    assert (outlet.further, outlet.post_type) == (["Two.", "Three."], "images")
    assert [use.parts for use in target.piece.media.all()] == [{}, {"bluesky": 3}]
    [told] = csv.DictReader(io.StringIO(b"".join(as_csv(cast.senior)).decode("utf-8-sig")))
    assert (told["Text"], told["Thread"], told["Media"].split(" ")[1]) == ("One.", "Two.\n---\nThree.", "3:")
    wrong = _read(cast.senior, f"{head}2036-11-25 09:00,Bluesky,One.,Two.,9: one.jpg,\n")
    assert "There is no part 9" in _notes(wrong)[0]
