"""The pages of pieces, as browsers get them."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from tests.cast import Cast

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.tests.asking import signed_in
from crosscut.apps.produce.models import Edition, Outlet, Piece, PieceMedia
from crosscut.apps.produce.queries import WINDOW
from crosscut.apps.produce.services.approve import approve, ask_for_approval
from crosscut.apps.produce.services.freeze import digests_of, freeze
from crosscut.apps.produce.services.write import change_piece, create_piece, set_media, set_outlet
from crosscut.apps.produce.tests import made

HTMX = {"HX-Request": "true"}
AS_SCRIPT = {"Accept": "application/json"}


def _save(client: Client, piece: Piece, **fields: str):
    return client.post(f"/pieces/{piece.pk}/save/", fields, headers=AS_SCRIPT)


def _change(client: Client, piece: Piece, action: str, **fields: object):
    return client.post(f"/pieces/{piece.pk}/change/", {"action": action, **fields}, headers=HTMX)


# --- the list


def test_it_invites_to_start_where_there_is_nothing(cast: Cast):
    assert b"Start a piece" in signed_in(cast.junior).get("/pieces/").content


def test_it_lists_pieces_with_their_stage_and_finds_them(cast: Cast):
    draft = made.piece(cast.junior)
    asked = create_piece(cast.junior, title="Kelp", campaign=made.campaign(cast.specialist))
    ask_for_approval(cast.junior, asked)
    approved = create_piece(cast.specialist, title="Whale")
    approve(cast.senior, freeze(approved))
    client = signed_in(cast.lead)
    page = client.get("/pieces/").content.decode()
    assert [page.count(f">{row.title}</a>") for row in (draft, asked, approved)] == [1, 1, 1]
    assert _titles(client, "state=needs-approval") == ["Kelp"]
    assert _titles(client, "state=approved") == ["Whale"]
    assert _titles(client, "state=draft") == ["Reef"]
    assert _titles(client, f"campaign={asked.campaign_id}") == ["Kelp"]
    assert _titles(client, f"owner={cast.specialist.pk}") == ["Whale"]
    assert _titles(client, "channel=practice") == ["Reef"]
    assert _titles(client, "q=waking") == ["Reef"]
    assert _titles(client, "q=nothing-like-this") == []


def test_it_never_shows_an_approval_of_something_that_is_not_there_any_more(cast: Cast):
    piece = made.photo_piece(cast)
    approve(cast.senior, freeze(piece))
    client = signed_in(cast.junior)
    assert "Approved" in _row_of(client, piece)
    use = piece.media.get()
    use.asset.alt_text = "Another description"
    use.asset.save()
    row = _row_of(client, piece)
    assert "Changed since it was approved" in row and "Draft" in row


def test_it_gives_a_window_of_the_list_and_then_the_next(cast: Cast):
    Piece.objects.bulk_create(Piece(workspace=cast.workspace, title=f"Piece {n}") for n in range(WINDOW + 5))
    client = signed_in(cast.junior)
    page = client.get("/pieces/").content.decode()
    assert page.count("rows-title") == WINDOW
    more = page.split('hx-get="?')[1].split('"')[0].replace("&amp;", "&")
    rest = client.get(f"/pieces/?{more}", headers=HTMX).content.decode()
    assert rest.count("rows-title") == 5 and "<html" not in rest
    assert client.get("/pieces/?after=nonsense").status_code == 200


def test_it_asks_the_database_no_more_for_many_pieces_than_for_one(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
):
    client = signed_in(cast.lead)
    for _ in range(3):
        approve(cast.senior, freeze(made.photo_piece(cast)))
    with django_assert_max_num_queries(40) as few:
        client.get("/pieces/")
    for _ in range(20):
        approve(cast.senior, freeze(made.photo_piece(cast)))
    with django_assert_max_num_queries(len(few)):
        client.get("/pieces/")


def test_it_starts_a_piece_with_the_chosen_assets_and_the_kind_of_post_that_fits(cast: Cast):
    made.account(cast.lead, "practice")
    picture = made.asset(cast.junior)
    client = signed_in(cast.junior)
    assert b"reef.jpg" in client.get(f"/pieces/new/?asset={picture.pk}").content
    answer = client.post("/pieces/new/", {"title": "Leaf", "channels": ["practice"], "asset": [str(picture.pk)]})
    piece = Piece.objects.get(title="Leaf")
    assert answer["Location"] == f"/pieces/{piece.pk}/"
    assert piece.owner == cast.junior
    assert piece.outlets.get().post_type == "images"
    assert [use.asset for use in piece.media.all()] == [picture]
    assert client.post("/pieces/new/", {"title": ""}).status_code == 422


def test_it_archives_and_brings_back(cast: Cast):
    piece = made.piece(cast.junior)
    client = signed_in(cast.junior)
    assert client.post(f"/pieces/{piece.pk}/archive/").status_code == 302
    assert b"Bring it back" in client.get("/pieces/").content  # the message
    assert _titles(client, "archived=1") == ["Reef"]
    assert _save(client, piece, version="2", text="Too late").status_code == 409
    client.post(f"/pieces/{piece.pk}/restore/")
    assert _titles(client, "") == ["Reef"]


# --- the editor


def test_it_shows_the_whole_piece_without_inline_code(cast: Cast):
    piece = made.photo_piece(cast)
    page = signed_in(cast.senior).get(f"/pieces/{piece.pk}/").content.decode()
    assert "style=" not in page and "onclick" not in page and "{%" not in page and "{{" not in page
    assert "Hold a leaf against the light." in page and "Hold a leaf up." in page
    assert digests_of([piece])[piece.pk] in page
    assert "Every channel, worldwide, without end" in page


def test_it_shows_an_empty_piece(cast: Cast):
    piece = create_piece(cast.junior, title="Nothing yet")
    page = signed_in(cast.junior).get(f"/pieces/{piece.pk}/").content.decode()
    assert "No channel yet" in page and "Ask for approval" in page


def test_it_asks_the_database_no_more_for_many_pictures_than_for_one(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
):
    piece = made.photo_piece(cast)
    client = signed_in(cast.lead)
    with django_assert_max_num_queries(60) as few:
        client.get(f"/pieces/{piece.pk}/")
    for n in range(8):
        set_media(cast.junior, piece, made.asset(cast.junior, f"{n}.jpg"))
    with django_assert_max_num_queries(len(few)):
        client.get(f"/pieces/{piece.pk}/")


def test_it_keeps_what_was_typed_and_counts_versions(cast: Cast):
    piece = made.photo_piece(cast)
    use = piece.media.get()
    client = signed_in(cast.junior)
    answer = _save(
        client,
        piece,
        version=str(piece.revision),
        title="New title",
        text="Line one\r\nline two",
        tags="#reef, deep sea,reef",
        **{
            "practice.text": "Short",
            f"media.{use.asset_id}": "1",
            f"media.{use.asset_id}.alt": "A leaf",
            f"media.{use.asset_id}.x": "0.25",
            f"media.{use.asset_id}.y": "0.75",
            f"media.{use.asset_id}.offered": "practice",
            f"media.{use.asset_id}.channel": "practice",
        },
    )
    assert answer.json() == {"version": str(piece.revision + 1), "title": "New title"}
    piece.refresh_from_db()
    assert (piece.text, piece.tags) == ("Line one\nline two", ["reef", "deep sea"])
    assert Outlet.objects.get(channel="practice").text == "Short"
    assert Outlet.objects.get(channel="site").text is None
    use.refresh_from_db()
    assert (use.alt_text, use.focus_x, use.focus_y, use.channels) == ("A leaf", 0.25, 0.75, [])
    again = _save(client, piece, version=str(piece.revision), title="New title")
    assert again.json()["version"] == str(piece.revision)  # nothing changed: nothing happened


def test_it_loses_nobodys_words_when_two_save(cast: Cast):
    piece = made.piece(cast.junior)
    seen = str(piece.revision)
    assert _save(signed_in(cast.senior), piece, version=seen, text="Hers").status_code == 200
    answer = _save(signed_in(cast.junior), piece, version=seen, text="His")
    assert answer.status_code == 409
    assert answer.json()["theirs"]["text"] == "Hers"
    piece.refresh_from_db()
    assert piece.text == "Hers"
    mine = _save(signed_in(cast.junior), piece, version=answer.json()["version"], text="His")
    assert mine.status_code == 200
    kept = [edition.content["text"] for edition in Edition.objects.filter(piece=piece)]
    assert "Hers" in kept  # in the history, from where it can be brought back


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("title", "  ", "Give the piece a title"),
        ("title", "x" * 201, "at most 200"),
        ("link", "javascript:alert(1)", "whole web address"),
        ("link", "https://", "whole web address"),
        ("language", "Klingon please", "by its code"),
        ("tags", "x" * 61, "too long"),
        ("campaign", "999999", "no such campaign"),
        ("version", "x", "Load the page again"),
    ],
)
def test_it_says_what_is_wrong_with_what_was_typed(cast: Cast, field: str, value: str, says: str):
    piece = made.piece(cast.junior)
    answer = _save(signed_in(cast.junior), piece, **{"version": str(piece.revision), field: value})
    assert answer.status_code == 422
    assert says in answer.json()["detail"]


def test_it_gives_a_channel_words_of_its_own_and_takes_them_back(cast: Cast):
    piece = made.piece(cast.junior)
    client = signed_in(cast.junior)
    page = _change(client, piece, "own-text:practice").content.decode()
    assert 'name="practice.text"' in page and "own</span>" not in page
    assert Outlet.objects.get().text == piece.text
    assert 'name="practice.text"' not in _change(client, piece, "shared-text:practice").content.decode()
    assert Outlet.objects.get().text is None
    _change(client, piece, "own-title:practice")
    assert Outlet.objects.get().title == "Reef"
    _change(client, piece, "add-channel:site", tab="practice")
    _change(client, piece, "remove-channel:practice")
    assert [row.channel for row in Outlet.objects.all()] == ["site"]
    assert _change(client, piece, "add-channel:no-such-place").status_code == 404
    assert _change(client, piece, "dance").status_code == 422


def test_it_puts_media_in_moves_them_and_takes_them_out(cast: Cast):
    piece = made.piece(cast.junior)
    first, second, third = (made.asset(cast.junior, f"{n}.jpg") for n in "abc")
    client = signed_in(cast.junior)
    _change(client, piece, "add-media", asset=[str(row.pk) for row in (first, second, third)])
    assert _order(piece) == [first.pk, second.pk, third.pk]
    assert piece.outlets.get().post_type == "images"  # a post of words alone would not show them
    _change(client, piece, f"earlier:{third.pk}")
    assert _order(piece) == [first.pk, third.pk, second.pk]
    _change(client, piece, f"later:{first.pk}")
    assert _order(piece) == [third.pk, first.pk, second.pk]
    _change(client, piece, f"order:{second.pk},{first.pk},{third.pk}")
    assert _order(piece) == [second.pk, first.pk, third.pk]
    assert _change(client, piece, f"order:{second.pk}").status_code == 409
    _change(client, piece, f"remove-media:{first.pk}")
    assert _order(piece) == [second.pk, third.pk]


def test_it_offers_the_library_and_says_what_is_in_the_piece_already(cast: Cast):
    piece = made.piece(cast.junior)
    inside, outside = made.asset(cast.junior, "inside.jpg"), made.asset(cast.junior, "outside.jpg")
    set_media(cast.junior, piece, inside)
    page = signed_in(cast.junior).get(f"/pieces/{piece.pk}/media/").content.decode()
    assert f'value="{inside.pk}" disabled' in page and f'value="{outside.pk}"' in page


def test_what_a_channel_told_the_accounts_is_offered_and_nobody_elses(cast: Cast):
    piece = made.piece(cast.junior)
    set_outlet(cast.junior, piece, channel_slug="pinterest", post_type="image", extra={"board": "Typed"})
    for workspace, board in ((cast.workspace, "Reefs"), (cast.stranger.workspace, "Sharks")):
        Account.objects.create(workspace=workspace, channel="pinterest", name="P", limits={"boards": [board]})
    page = signed_in(cast.junior).get(f"/pieces/{piece.pk}/").content.decode()
    assert '<option value="Reefs">' in page and "Sharks" not in page and 'value="Typed"' in page


def test_it_draws_the_post_as_the_channel_will(cast: Cast):
    piece = made.photo_piece(cast)
    set_outlet(cast.junior, piece, channel_slug="podcast", post_type="episode", extra={"season": 2, "episode": 7})
    client = signed_in(cast.junior)
    card = client.get(f"/pieces/{piece.pk}/preview/?channel=practice").content.decode()
    assert "drawn-card" in card and "Hold a leaf up." in card and "ALT" in card
    article = client.get(f"/pieces/{piece.pk}/preview/?channel=site").content.decode()
    assert "drawn-article" in article and "<p>Hold a leaf against the light.</p>" in article
    episode = client.get(f"/pieces/{piece.pk}/preview/?channel=podcast").content.decode()
    assert "drawn-episode" in episode and "Season 2, Episode 7" in episode


def test_it_marks_what_is_too_long_and_never_runs_what_was_written(cast: Cast):
    piece = made.piece(cast.junior, text="<script>alert(1)</script>" + "x" * 290)
    page = signed_in(cast.junior).get(f"/pieces/{piece.pk}/preview/").content.decode()
    assert "drawn-over" in page and "<script>alert" not in page


def test_it_counts_as_the_channel_counts(cast: Cast):
    client = signed_in(cast.junior)
    asked = {"text": "See https://reef.example/a/very/long/address/indeed"}
    assert client.post("/pieces/count/mastodon/text/", asked).json() == {"used": 27, "limit": 500, "unit": "graphemes"}
    assert client.post("/pieces/count/nowhere/text/", asked).status_code == 404


def test_it_says_who_else_is_writing(cast: Cast):
    piece = made.piece(cast.junior)
    _save(signed_in(cast.senior), piece, version=str(piece.revision), text="Mine")
    assert b"Senior Person" in signed_in(cast.junior).get(f"/pieces/{piece.pk}/here/").content
    assert b"Senior Person" not in signed_in(cast.senior).get(f"/pieces/{piece.pk}/here/").content


# --- approval and history


def test_it_asks_and_a_senior_approves_exactly_what_was_seen(cast: Cast):
    piece = made.photo_piece(cast)
    client, senior = signed_in(cast.junior), signed_in(cast.senior)
    address = f"/pieces/{piece.pk}/approval/decide/"
    asked = client.post(address, {"decision": "requested", "note": "Please look"}).content.decode()
    assert "asked for approval" in asked and "Please look" in asked
    seen = digests_of([piece])[piece.pk]
    change_piece(cast.junior, piece, text="Changed after she looked.")
    assert senior.post(address, {"decision": "approved", "digest": seen}).status_code == 409
    seen = digests_of([Piece.objects.get(pk=piece.pk)])[piece.pk]
    assert b"approved exactly this" in senior.post(address, {"decision": "approved", "digest": seen}).content
    assert client.post(address, {"decision": "approved", "digest": seen}).status_code == 403


def test_it_shows_word_by_word_what_changed_after_the_approval(cast: Cast):
    piece = made.piece(cast.junior)
    approve(cast.senior, freeze(piece))
    change_piece(cast.junior, piece, text="The reef is slowly waking up.")
    page = signed_in(cast.senior).get(f"/pieces/{piece.pk}/approval/").content.decode()
    assert "that approval does not hold" in page
    assert "<ins>slowly </ins>" in page


def test_it_wants_changes_only_with_words(cast: Cast):
    piece = made.piece(cast.junior)
    senior, address = signed_in(cast.senior), f"/pieces/{piece.pk}/approval/decide/"
    seen = digests_of([piece])[piece.pk]
    assert senior.post(address, {"decision": "changes", "digest": seen}).status_code == 422
    page = senior.post(address, {"decision": "changes", "digest": seen, "note": "Shorter"}).content
    assert b"wants changes" in page and b"Shorter" in page
    assert senior.post(address, {"decision": "sing", "digest": seen}).status_code == 422
    assert senior.post(address, {"decision": "withdrawn", "digest": seen}).status_code == 409


def test_it_brings_an_earlier_state_back_and_keeps_the_present_one(cast: Cast):
    piece = made.photo_piece(cast)
    before = freeze(piece)
    change_piece(cast.junior, piece, text="Worse words.")
    PieceMedia.objects.filter(piece=piece).delete()
    Outlet.objects.filter(piece=piece, channel="site").delete()
    client = signed_in(cast.junior)
    page = client.get(f"/pieces/{piece.pk}/states/{before.digest}/").content.decode()
    assert "<ins>Worse words</ins>" in page or "Worse" in page
    client.post(f"/pieces/{piece.pk}/states/{before.digest}/restore/")
    assert digests_of([Piece.objects.get(pk=piece.pk)])[piece.pk] == before.digest
    assert Outlet.objects.get(piece=piece, channel="site").text is None  # shared words stay shared
    assert any(edition.content["text"] == "Worse words." for edition in piece.editions.all())


def test_it_tells_the_saves_of_one_sitting_as_one_line(cast: Cast):
    piece = made.piece(cast.junior)
    client = signed_in(cast.junior)
    for n in range(5):
        piece.refresh_from_db()
        _save(client, piece, version=str(piece.revision), text=f"Text {n}")
    page = client.get(f"/pieces/{piece.pk}/history/").content.decode()
    assert page.count("story-step") == 2  # the start, and all the changes together


def test_it_shows_the_pieces_of_a_campaign(cast: Cast):
    campaign = made.campaign(cast.specialist)
    create_piece(cast.specialist, title="In it", campaign=campaign)
    create_piece(cast.specialist, title="Not in it")
    page = signed_in(cast.junior).get(f"/campaigns/{campaign.pk}/pieces/").content.decode()
    assert "In it" in page and "Not in it" not in page


# --- who may not


def _addresses(piece: Piece, digest: str) -> list[tuple[str, str]]:
    return [
        ("get", f"/pieces/{piece.pk}/"),
        ("post", f"/pieces/{piece.pk}/save/"),
        ("post", f"/pieces/{piece.pk}/change/"),
        ("get", f"/pieces/{piece.pk}/preview/"),
        ("get", f"/pieces/{piece.pk}/media/"),
        ("get", f"/pieces/{piece.pk}/here/"),
        ("get", f"/pieces/{piece.pk}/approval/"),
        ("post", f"/pieces/{piece.pk}/approval/decide/"),
        ("get", f"/pieces/{piece.pk}/history/"),
        ("get", f"/pieces/{piece.pk}/states/{digest}/"),
        ("post", f"/pieces/{piece.pk}/states/{digest}/restore/"),
        ("post", f"/pieces/{piece.pk}/archive/"),
        ("post", f"/pieces/{piece.pk}/restore/"),
        ("get", f"/campaigns/{piece.campaign_id}/pieces/"),
    ]


def test_it_refuses_strangers_everywhere(cast: Cast):
    piece = made.piece(cast.senior, campaign=made.campaign(cast.senior))
    digest = freeze(piece).digest
    stranger, nobody, guest = signed_in(cast.stranger), Client(), signed_in(cast.guest)
    sent = {"version": str(piece.revision), "text": "Stolen", "action": "add-channel:site", "decision": "requested"}
    for method, address in _addresses(piece, digest):
        assert getattr(stranger, method)(address, sent).status_code == 404, address
        assert getattr(nobody, method)(address, sent)["Location"].startswith("/sign-in/"), address
        assert getattr(guest, method)(address, sent, headers=HTMX).status_code == 403, address
    fresh = Piece.objects.get(pk=piece.pk)
    assert (fresh.text, fresh.archived_at, fresh.outlets.count()) == (piece.text, None, 1)
    assert "Reef" not in stranger.get("/pieces/").content.decode()
    assert Client().get("/pieces/")["Location"] == "/sign-in/?next=/pieces/"
    assert guest.get("/pieces/new/").status_code == 302


def test_it_puts_nobody_elses_assets_into_a_piece(cast: Cast):
    piece = made.piece(cast.junior)
    foreign = made.asset(cast.stranger, "secret.jpg")
    client = signed_in(cast.junior)
    assert _change(client, piece, "add-media", asset=[str(foreign.pk)]).status_code == 404
    assert b"secret.jpg" not in client.get(f"/pieces/new/?asset={foreign.pk}").content
    assert b"secret.jpg" not in client.get(f"/pieces/{piece.pk}/media/").content


def _titles(client: Client, query: str) -> list[str]:
    page = client.get(f"/pieces/?{query}").content.decode()
    return [part.split(">")[1].split("<")[0] for part in page.split("rows-title quiet-link")[1:]]


def _row_of(client: Client, piece: Piece) -> str:
    page = client.get("/pieces/").content.decode()
    return page.split(f"/pieces/{piece.pk}/")[1].split("</li>")[0]


def _order(piece: Piece) -> list[int]:
    return list(PieceMedia.objects.filter(piece=piece).order_by("position").values_list("asset_id", flat=True))
