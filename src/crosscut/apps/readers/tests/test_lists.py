# mypy: disable-error-code="attr-defined,no-any-return"
"""Who is on the list: seen before it is changed, never who has left, and only for those who may see addresses."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.readers.addresses import tidy
from crosscut.apps.readers.models import Reader, ReaderTable
from crosscut.apps.readers.services import lists, tables
from crosscut.apps.readers.tests.made import CONSENT, Desk, a_newsletter, a_reader
from crosscut.channels.tests.mailserver import MailServer
from crosscut.kernel.errors import Conflict, Invalid

JSON = "application/json"
pytestmark = pytest.mark.django_db


@pytest.fixture
def account(cast, tmp_path) -> Account:
    """A newsletter that nobody has to mail for."""
    return a_newsletter(cast, tmp_path, MailServer(port=25))


def _table(cast, account: Account, text: str) -> ReaderTable:
    file = SimpleUploadedFile("readers.csv", text.encode())
    return tables.begin(cast.senior, account.pk, file, consent=CONSENT)


def _becomes(table: ReaderTable) -> list[tuple[int, str, str]]:
    return [(row.line, row.address, row.becomes) for row in tables.judged(table)]


def test_a_table_is_shown_row_by_row_and_taken_in_when_confirmed(cast, account):
    a_reader(account, "ada@reader.example")
    a_reader(account, "ben@reader.example", state=Reader.State.LEFT)
    a_reader(account, "barred@reader.example", state=Reader.State.BARRED)
    lists.forget(cast.senior, a_reader(account, "gone@reader.example").pk)
    head = "Name;E-mail\n"
    known = ";Ada@Reader.example\n;ben@reader.example\n;barred@reader.example\n;gone@reader.example\n"
    rows = f"{known}Cleo;cleo@münchen.example\n;no address\n;cleo@MÜNCHEN.example\n"
    table = _table(cast, account, head + rows)
    assert _becomes(table) == [
        (2, "Ada@reader.example", "known"),
        (3, "ben@reader.example", "left"),
        (4, "barred@reader.example", "left"),
        (5, "gone@reader.example", "forgotten"),
        (6, "cleo@xn--mnchen-3ya.example", "new"),
        (7, "no address", "wrong"),
        (8, "cleo@xn--mnchen-3ya.example", "twice"),
    ]
    assert Reader.objects.count() == 3
    assert tables.confirm(cast.senior, table.pk).added == 1
    cleo = Reader.objects.get(address="cleo@xn--mnchen-3ya.example")
    assert (cleo.name, cleo.state, cleo.consent, cleo.came_by) == ("Cleo", "reads", CONSENT, "table")
    assert dict(Reader.objects.filter(came_by="hand").values_list("address", "state"))["ben@reader.example"] == "left"
    with pytest.raises(Conflict):
        tables.confirm(cast.senior, table.pk)
    table.refresh_from_db()
    assert table.rows == []  # addresses that were not wanted are not kept


def test_a_plain_list_of_addresses_needs_no_head(cast, account):
    table = _table(cast, account, "ada@reader.example\nben@reader.example\nada@reader.example\n")
    assert [row[2] for row in _becomes(table)] == ["new", "new", "twice"]
    assert _becomes(_table(cast, account, "ada@reader.example")) == [(1, "ada@reader.example", "new")]


@pytest.mark.parametrize("text", ["", "Name,Town\nAda,Sandtown\n", "E-mail\n\n"])
def test_a_table_without_addresses_is_refused_and_leaves_nothing(cast, account, text):
    with pytest.raises(Exception, match=r"E-mail|nothing"):
        _table(cast, account, text)
    assert not ReaderTable.objects.exists()


def test_nobody_is_brought_without_saying_how_they_agreed(cast, account):
    with pytest.raises(Invalid, match="agreed"):
        tables.begin(cast.senior, account.pk, SimpleUploadedFile("a.csv", b"ada@reader.example\n"), consent=" ")
    with pytest.raises(Invalid, match="agreed"):
        lists.add_reader(cast.senior, account.pk, address="ada@reader.example", consent="")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@reef.example",
        "a b@reef.example",
        "ada@reef",
        "ada@reef.example\nBcc: eve@evil.example",
        "größe@reef.example",
        "x" * 65 + "@reef.example",
        "ada@-reef.example",
        "<ada@reef.example>",
        "a@b.c@reef.example",
        ".ada@reef.example",
    ],
)
def test_what_cannot_be_mailed_to_is_refused(address):
    with pytest.raises(Invalid):
        tidy(address)


def test_only_its_owner_brings_an_address_back(cast, account):
    ada = lists.add_reader(cast.senior, account.pk, address="ada@reader.example", consent=CONSENT)
    with pytest.raises(Conflict, match="already"):
        lists.add_reader(cast.senior, account.pk, address="ADA@reader.example", consent=CONSENT)
    lists.take_out(cast.senior, ada.pk)
    with pytest.raises(Conflict, match="left"):
        lists.add_reader(cast.senior, account.pk, address="ada@reader.example", consent=CONSENT)
    lists.forget(cast.senior, ada.pk)
    with pytest.raises(Conflict, match="left"):
        lists.add_reader(cast.senior, account.pk, address="ada@reader.example", consent=CONSENT)


def test_the_list_as_a_table_can_be_brought_back_and_holds_no_formula(cast, account):
    a_reader(account, "ada@reader.example", name="=1+1")
    content = b"".join(lists.as_csv(cast.senior, account.pk))
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0]["E-mail"] == "ada@reader.example" and rows[0]["Name"] == "'=1+1"
    assert [row[2] for row in _becomes(_table(cast, account, content.decode("utf-8-sig")))] == ["known"]


def test_thousands_are_searched_and_paged(cast, account):
    Reader.objects.bulk_create(
        Reader(
            account=account,
            address=f"r{n}@x.example",
            address_key=f"r{n}@x.example",
            state="reads",
            came_by="table",
            consent=CONSENT,
        )
        for n in range(3000)
    )
    client = signed_in(cast.senior)
    page = client.get(f"/accounts/{account.pk}/readers/?q=r299").content.decode()
    assert page.count("@x.example</div>") == 11 and "r299@x.example" in page and "r1@x.example" not in page
    assert "page=60" in client.get(f"/accounts/{account.pk}/readers/").content.decode()
    answer = program(cast.senior).get(f"/api/accounts/{account.pk}/readers?limit=2&q=r2999").json()
    assert answer["count"] == 1 and answer["items"][0]["address"] == "r2999@x.example"


def test_the_pages_do_it_all(cast, account):
    client, place = signed_in(cast.senior), f"/accounts/{account.pk}/readers/"
    assert "Nobody reads it yet" in client.get(place).content.decode()
    assert client.post(f"{place}add/", {"address": "ada", "consent": CONSENT}).status_code == 422
    assert client.post(f"{place}add/", {"address": "ada@reader.example", "consent": CONSENT}).status_code == 302
    file = SimpleUploadedFile("readers.csv", b"E-mail\nben@reader.example\n")
    sent = client.post(f"{place}bring/", {"file": file, "consent": CONSENT})
    page = client.get(sent["Location"]).content.decode()
    assert "Add 1 reader" in page and "ben@reader.example" in page
    assert client.post(f"{sent['Location']}act/", {"action": "confirm"}).status_code == 302
    ada, ben = Reader.objects.order_by("address_key")
    client.post(f"/readers/{ada.pk}/take-out/")
    client.post(f"/readers/{ben.pk}/forget/")
    ada.refresh_from_db()
    assert ada.state == "left" and Reader.objects.count() == 1
    assert b"ada@reader.example" in b"".join(client.get(f"{place}table.csv").streaming_content)
    assert "Readers" in client.get("/accounts/").content.decode()
    assert f"/accounts/{account.pk}/readers/" not in signed_in(cast.specialist).get("/accounts/").content.decode()


def test_programs_do_it_all(cast, account):
    client, place = program(cast.senior), f"/api/accounts/{account.pk}"
    told = {"address": "ada@reader.example", "consent": CONSENT}
    made = client.post(f"{place}/readers", told, JSON)
    assert made.status_code == 201 and made.json()["state"] == "reads"
    assert client.post(f"{place}/readers", told, JSON).status_code == 409
    assert client.post(f"{place}/readers", {**told, "adress": "x"}, JSON).status_code == 422
    file = SimpleUploadedFile("readers.csv", b"E-mail\nben@reader.example\n")
    table = client.post(f"{place}/reader-tables", {"file": file, "consent": CONSENT}).json()
    assert client.get(f"/api/reader-tables/{table['id']}/rows").json()["items"][0]["becomes"] == "new"
    assert client.post(f"/api/reader-tables/{table['id']}/confirm").json()["added"] == 1
    assert client.post(f"/api/readers/{made.json()['id']}/take-out").json()["state"] == "left"
    assert b"ben@" in b"".join(client.get(f"{place}/readers/table").streaming_content)
    assert client.delete(f"/api/readers/{made.json()['id']}").status_code == 204


def test_only_newsletters_have_readers(cast, account):
    site = Account.objects.create(workspace=cast.workspace, channel="site", name="Website")
    assert signed_in(cast.senior).get(f"/accounts/{site.pk}/readers/").status_code == 404


def _entries(desk: Desk) -> list[tuple[str, str, dict[str, Any]]]:
    """Every entry point: method, address and what is sent."""
    (ada,) = desk.sign_up("ada")
    place, target = f"accounts/{desk.account.pk}/readers", desk.begun().target
    table = _table(desk.cast, desk.account, "ben@reader.example\n")
    told, settle = {"address": "x@reader.example", "consent": CONSENT}, {"letters": [1], "arrived": True}
    return [
        ("get", f"/{place}/", {}),
        ("post", f"/{place}/add/", told),
        ("post", f"/{place}/bring/", {"consent": CONSENT}),
        ("get", f"/{place}/table.csv", {}),
        ("get", f"/readers/tables/{table.pk}/", {}),
        ("post", f"/readers/tables/{table.pk}/act/", {}),
        ("post", f"/readers/{ada.pk}/take-out/", {}),
        ("post", f"/readers/{ada.pk}/forget/", {}),
        ("get", f"/posts/{target.pk}/letters/", {}),
        ("post", f"/posts/{target.pk}/letters/settle/", {}),
        ("get", f"/api/{place}", {}),
        ("post", f"/api/{place}", told),
        ("get", f"/api/{place}/table", {}),
        ("post", f"/api/readers/{ada.pk}/take-out", {}),
        ("delete", f"/api/readers/{ada.pk}", {}),
        ("get", f"/api/reader-tables/{table.pk}/rows", {}),
        ("post", f"/api/reader-tables/{table.pk}/confirm", {}),
        ("delete", f"/api/reader-tables/{table.pk}", {}),
        ("get", f"/api/posts/{target.pk}/letters", {}),
        ("post", f"/api/posts/{target.pk}/letters/settle", settle),
    ]


def _asked(client: Client, method: str, path: str, data: dict[str, Any]) -> int:
    if method == "get":
        return client.get(path).status_code
    if path.startswith("/api/"):
        return getattr(client, method)(path, data, JSON).status_code
    return client.post(path, data).status_code


def test_strangers_guests_juniors_and_specialists_learn_and_change_nothing(desk: Desk):
    entries = _entries(desk)
    file = {"file": SimpleUploadedFile("a.csv", b"x@reader.example\n"), "consent": CONSENT}
    for member, refusals in (
        (desk.cast.stranger, {404}),
        (desk.cast.guest, {302, 403, 404}),
        (desk.cast.junior, {403}),
        (desk.cast.specialist, {403}),
    ):
        browser, machine = signed_in(member), program(member)
        for method, path, data in entries:
            status = _asked(machine if path.startswith("/api/") else browser, method, path, data)
            assert status in refusals, (member.role, method, path, status)
        assert machine.post(f"/api/accounts/{desk.account.pk}/reader-tables", file).status_code in refusals
    nobody = Client()
    assert all(_asked(nobody, *entry) in (302, 401) for entry in entries)
    assert program(desk.cast.stranger).get(f"/api/posts/{desk.account.targets.get().pk}/mailing").status_code == 404
    stranger = signed_in(desk.cast.stranger)
    assert stranger.get(f"/posts/{desk.account.targets.get().pk}/letters/part/").status_code == 404
    assert list(Reader.objects.values_list("address", "state")) == [("ada@reader.example", "reads")]
