"""One search over everything: what each kind is found by, and that nobody finds what they may not see."""

import pytest
from django.test import Client
from django.urls import set_urlconf
from tests.cast import Cast

from crosscut.apps.accounts.finding import Group, find_everything, finders
from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library.services.index import refresh_search
from crosscut.apps.plan.models import Campaign
from crosscut.apps.produce.services.write import archive_piece, create_piece
from crosscut.apps.produce.tests import made
from crosscut.apps.publish.tests.made import a_post

AS_PART = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def desk() -> None:
    """The desk's addresses: a request to the public site, in a test before, leaves its own behind in the thread."""
    set_urlconf(None)


@pytest.fixture
def full(cast: Cast) -> Cast:
    """Something of every kind that has to do with lighthouses, also next door."""
    for member in (cast.lead, cast.stranger):
        Campaign.objects.create(workspace=member.workspace, name="Lighthouses", slug="lighthouses", owner=member)
        create_piece(member, title="The lighthouse keeper", text="She counts the seabirds.")
        asset = made.asset(member, "lighthouse-at-dusk.jpg")
        refresh_search([asset.pk])
    return cast


def _titles(groups: list[Group]) -> dict[str, list[str]]:
    return {group.finder.kind: [hit.title for hit in group.hits] for group in groups}


def test_it_finds_every_kind_by_name_each_once_and_not_next_doors(full: Cast):
    post = a_post(full.lead, text="Lighthouse at night")
    found = _titles(find_everything(full.junior, "lighthouse"))
    assert found == {
        "pieces": ["Lighthouse at night", "The lighthouse keeper"],
        "assets": ["lighthouse-at-dusk.jpg"],
        "campaigns": ["Lighthouses"],
        "posts": [post.piece.title],
    }
    assert len(_titles(find_everything(full.junior, "person"))["people"]) == 4


# What is typed and the piece it finds, or none.
TYPED = (
    ("keeper", True),
    ("KEEPER", True),
    ("lighthuose keeper", True),  # two letters swapped
    ("kepper", True),  # a wrong letter
    ("seabirds", True),  # in its text
    ("keeper lighthouse", True),  # in another order
    ("keeper submarine", False),  # every word must fit
    ("k", False),  # one letter is in everything
    ("%", False),
    ("", False),
    ("kee\0per", True),
)


@pytest.mark.parametrize(("typed", "is_found"), TYPED)
def test_it_forgives_misspellings_and_order_but_no_other_word(full: Cast, typed: str, is_found: bool):
    pieces = _titles(find_everything(full.junior, typed)).get("pieces", [])
    assert (pieces == ["The lighthouse keeper"]) is is_found


def test_the_best_comes_first_and_what_is_archived_not_at_all(cast: Cast):
    create_piece(cast.lead, title="A reef at night")
    create_piece(cast.lead, title="Reef")
    gone = create_piece(cast.lead, title="Reef of old")
    archive_piece(cast.lead, gone)
    assert _titles(find_everything(cast.junior, "reef"))["pieces"] == ["Reef", "A reef at night"]


def test_it_says_when_there_are_more(cast: Cast):
    for number in range(4):
        create_piece(cast.lead, title=f"Reef {number}")
    (group,) = find_everything(cast.junior, "reef", limit=3)
    assert len(group.hits) == 3 and group.has_more


def test_every_link_leads_to_a_page(full: Cast):
    a_post(full.lead, text="Lighthouse at night")
    client = signed_in(full.junior)
    groups = [*find_everything(full.junior, "lighthouse"), *find_everything(full.junior, "lena")]
    assert {group.finder.kind for group in groups} == {finder.kind for finder in finders()}
    for hit in (hit for group in groups for hit in group.hits):
        assert client.get(hit.url).status_code == 200


def test_the_page_and_its_part_show_what_was_found_and_say_how_many(full: Cast):
    client = signed_in(full.junior)
    page = client.get("/search/", {"q": "lighthouse"}).content.decode()
    assert "The lighthouse keeper" in page and "<html" in page
    part = client.get("/search/", {"q": "lighthouse"}, headers=AS_PART).content.decode()
    assert "The lighthouse keeper" in part and "<html" not in part and "3 found" in part
    none = client.get("/search/", {"q": "zzqqyy"}, headers=AS_PART).content.decode()
    assert "Nothing found" in none and "zzqqyy" in none


def test_it_goes_to_pages_by_name(cast: Cast):
    part = signed_in(cast.junior).get("/search/", {"q": "calen"}, headers=AS_PART).content.decode()
    assert 'href="/calendar/"' in part and 'href="/library/"' not in part


def test_what_was_typed_is_text_and_never_markup(cast: Cast):
    page = signed_in(cast.junior).get("/search/", {"q": "<script>alert(1)</script>"}).content
    assert b"<script>alert" not in page


@pytest.mark.parametrize("text", ["lighthouse", "lena"])
def test_a_guest_finds_nothing_and_a_stranger_only_their_own(full: Cast, text: str):
    assert find_everything(full.guest, text) == []
    for hit in (hit for group in find_everything(full.stranger, text) for hit in group.hits):
        assert signed_in(full.junior).get(hit.url).status_code == 404
    assert program(full.guest).get("/api/search", {"q": text}).json() == []
    assert signed_in(full.guest).get("/search/", {"q": text}).status_code == 302
    assert signed_in(full.guest).get("/search/", {"q": text}, headers=AS_PART).status_code == 403
    assert Client().get("/search/", {"q": text}).status_code == 302
    assert Client().get("/api/search", {"q": text}).status_code == 401


def _ask(member: Member, **wanted: str):
    return program(member).get("/api/search", wanted)


def test_programs_search_the_same(full: Cast):
    groups = _ask(full.junior, q="lighthuose").json()
    assert [group["kind"] for group in groups] == ["pieces", "assets", "campaigns"]
    hit = groups[0]["hits"][0]
    assert (hit["title"], hit["state"]) == ("The lighthouse keeper", "draft")
    assert hit["url"] == f"/pieces/{hit['id']}/"
    assert [group["kind"] for group in _ask(full.junior, q="lighthouse", kind="campaigns").json()] == ["campaigns"]
    assert _ask(full.junior, q="lighthouse", kind="secrets").status_code == 422
    assert _ask(full.junior, q="x" * 201).status_code == 422
    assert _ask(full.junior).status_code == 422
