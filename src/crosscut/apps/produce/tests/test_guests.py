"""A piece shown to guests: what they see, what they may say, and that a link opens nothing else and not for longer."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.models import AuditEvent
from crosscut.apps.accounts.services.people import change_role
from crosscut.apps.accounts.services.signing_in import FREE_TRIES_PER_ADDRESS
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library.models import Rendition
from crosscut.apps.produce.guest_files import file_named
from crosscut.apps.produce.guests import guests_in_the_way, talk_of, talks_for
from crosscut.apps.produce.models import GuestLink, Piece
from crosscut.apps.produce.services import review
from crosscut.apps.produce.services.approve import approve, demand_allowed, demand_publishable
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.services.share import Wish, answer, end_sharing, share, show_now
from crosscut.apps.produce.services.write import change_piece
from crosscut.apps.produce.tests import made
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable

ASKED = Wish(name="Mira Client", may_approve=True)


@pytest.fixture
def piece(cast: Cast) -> Piece:
    """A piece with a picture."""
    return made.photo_piece(cast)


def _shared(cast: Cast, piece: Piece, wish: Wish = ASKED) -> tuple[GuestLink, str]:
    """The link and the path of its page."""
    link, url = share(cast.specialist, piece, wish)
    return link, "/" + url.split("/", 3)[3]


def _fresh(piece: Piece) -> Piece:
    return Piece.objects.get(pk=piece.pk)


# --- what a guest sees and says


def test_a_guest_sees_the_post_on_every_channel_without_an_account(cast: Cast, piece: Piece):
    link, path = _shared(cast, piece)
    answer_ = Client().get(path)
    page = answer_.content.decode()
    assert "Hold a leaf up." in page and "Hold a leaf against the light." in page and "For Mira Client" in page
    assert answer_["X-Robots-Tag"].startswith("noindex") and "no-store" in answer_["Cache-Control"]
    assert "default-src 'self'" in answer_["Content-Security-Policy"]
    assert "/pieces/" not in page and "/library/" not in page
    link.refresh_from_db()
    assert link.last_visit_at is not None


def test_a_yes_is_about_exactly_what_was_shown_and_lets_it_out(cast: Cast, piece: Piece):
    link, path = _shared(cast, piece)
    approve(cast.senior, freeze(piece))
    with pytest.raises(NotAllowed, match="Mira Client"):
        demand_publishable(cast.senior, freeze(piece))
    said = {"decision": "approved", "digest": link.edition.digest}
    page = Client().post(path, said, follow=True).content.decode()
    assert "You approved exactly this" in page
    demand_publishable(cast.junior, freeze(piece))


def test_a_change_voids_the_yes_and_the_page_says_so_and_shows_what_changed(cast: Cast, piece: Piece):
    link, path = _shared(cast, piece)
    review.decide(link, "approved", digest=link.edition.digest)
    change_piece(cast.junior, piece, text="Hold a green leaf against the light.")
    page = Client().get(path).content.decode()
    assert "does not hold for the new version" in page and "green" not in page
    with pytest.raises(NotAllowed, match="Mira"):
        demand_publishable(cast.senior, freeze(_fresh(piece)))
    show_now(cast.specialist, link)
    page = Client().get(path).content.decode()
    assert "what you approved before does not hold" in page and "<ins> green</ins>" in page
    with pytest.raises(Conflict, match="newer version"):
        review.decide(link, "approved", digest=link.edition.digest)


def test_a_wish_for_changes_needs_words_and_reaches_the_team(cast: Cast, piece: Piece):
    link, path = _shared(cast, piece)
    digest = link.edition.digest
    assert Client().post(path, {"decision": "changes", "digest": digest}).status_code == 422
    Client().post(path, {"decision": "changes", "digest": digest, "text": "A greener leaf, please."})
    home = signed_in(cast.junior).get("/").content.decode()
    assert "The guest Mira Client asks for changes" in home and "A greener leaf" in home
    assert "wants changes" in signed_in(cast.junior).get(f"/pieces/{piece.pk}/guests/").content.decode()


def test_home_says_whom_the_team_waits_for(cast: Cast, piece: Piece):
    _shared(cast, piece)
    assert "Waiting for the guest Mira Client" in signed_in(cast.junior).get("/").content.decode()
    assert talks_for(cast.guest) == [] and talks_for(cast.stranger) == []


def test_they_talk_with_each_other(cast: Cast, piece: Piece):
    link, path = _shared(cast, piece, Wish(name="Mira Client"))
    Client().post(path, {"text": "Is that <b>our</b> leaf?"})
    answered = signed_in(cast.junior).post(f"/guests/{link.pk}/answer/", {"text": "It is."}).content.decode()
    assert "It is." in answered and "our&lt;/b&gt; leaf" in answered
    page = Client().get(path).content.decode()
    assert "It is." in page and "Junior Person" in page and "<b>our" not in page


def test_what_happened_is_in_the_trail(cast: Cast, piece: Piece):
    link, _path = _shared(cast, piece)
    review.comment(link, "Hm.")
    review.decide(link, "approved", digest=link.edition.digest)
    end_sharing(cast.specialist, link)
    verbs = list(AuditEvent.objects.filter(verb__contains="piece.").order_by("id").values_list("verb", flat=True))
    wanted = ["piece.shared", "piece.guest_commented", "piece.guest_approved", "piece.unshared"]
    assert [verb for verb in verbs if verb in wanted] == wanted
    history = signed_in(cast.junior).get(f"/pieces/{piece.pk}/history/").content.decode()
    assert "Mira Client" in history and "approved it, as a guest" in history
    assert signed_in(cast.junior).get("/activity/").status_code == 200


# --- four eyes


def test_nobody_of_the_team_speaks_through_a_link(cast: Cast, piece: Piece):
    link, path = _shared(cast, piece)
    client = signed_in(cast.specialist)
    said = {"decision": "approved", "digest": link.edition.digest}
    assert client.post(path, said).status_code == 403
    assert client.post(path, {"text": "I like it"}).status_code == 403
    page = client.get(path).content.decode()
    assert "You are signed in as one of the team" in page and 'value="approved"' not in page
    link.refresh_from_db()
    assert link.last_visit_at is None and guests_in_the_way(link.edition) == ["Mira Client"]


def test_who_made_it_cannot_be_its_guest(cast: Cast, piece: Piece):
    with pytest.raises(Invalid, match="in the team"):
        share(cast.specialist, piece, Wish(name="junior  person", may_approve=True))
    with pytest.raises(Invalid, match="no such guest"):
        share(cast.specialist, piece, Wish(guest=cast.junior.pk, may_approve=True))
    link, _path = _shared(cast, piece)
    GuestLink.objects.filter(pk=link.pk).update(name=cast.specialist.user.name)  # renamed since
    with pytest.raises(NotAllowed, match="Who made"):
        review.decide(link, "approved", digest=link.edition.digest)


# --- a link opens nothing else, and not for longer

ENDS: dict[str, Any] = {
    "revoked": lambda cast, link: end_sharing(cast.specialist, link),
    "over": lambda cast, link: GuestLink.objects.filter(pk=link.pk).update(ends_at=timezone.now()),
    "put away": lambda cast, link: Piece.objects.filter(pk=link.piece_id).update(archived_at=timezone.now()),
}


@pytest.mark.parametrize("end", ENDS)
def test_after_its_end_a_link_opens_nothing_and_neither_do_its_files(cast: Cast, piece: Piece, end: str):
    link, path = _shared(cast, piece)
    file = re.findall(r"/review/files/[^\"]+", Client().get(path).content.decode())[0]
    ENDS[end](cast, link)
    assert Client().get(path).status_code == 404
    assert Client().post(path, {"text": "Still here?"}).status_code == 404
    assert Client().get(file).status_code == 404
    if end != "put away":
        with pytest.raises(NotFound):
            review.comment(link, "Still here?")


def test_links_cannot_be_guessed_and_guessing_is_slowed_down(cast: Cast, piece: Piece):
    _link, path = _shared(cast, piece)
    for number in range(FREE_TRIES_PER_ADDRESS):
        assert Client().get(f"/review/ccg_{number}/").status_code == 404
    assert Client().get("/review/ccg_more/").status_code == 503
    assert Client(REMOTE_ADDR="192.0.2.7").get(path).status_code == 200
    assert not GuestLink.objects.filter(secret_hash__contains=path.split("/")[2]).exists()


def test_a_password_is_asked_once_and_guessing_it_is_slowed_down(cast: Cast, piece: Piece):
    link, path = _shared(cast, piece, Wish(name="Mira", password="leaf-and-light"))
    client = Client()
    page = client.get(path).content.decode()
    assert "Password" in page and "Hold a leaf" not in page
    assert client.post(path, {"password": "wrong"}).status_code == 422
    assert client.post(path, {"text": "Let me in", "decision": "approved"}).status_code == 422
    assert client.post(path, {"password": "leaf-and-light"}).status_code == 302
    assert "Hold a leaf" in client.get(path).content.decode()
    assert "Hold a leaf" not in Client().get(path).content.decode()
    for _ in range(5):
        Client().post(path, {"password": "wrong"})
    assert Client().post(path, {"password": "leaf-and-light"}).status_code == 429
    assert link.password_hash and "leaf-and-light" not in link.password_hash


def test_files_open_only_what_is_shown_and_not_for_long(cast: Cast, piece: Piece):
    link, _path = _shared(cast, piece)
    shown = link.edition.media.get().version
    other = made.asset(cast.junior, "secret.jpg").current
    assert other

    def token(**named: object) -> str:
        return signing.dumps({"l": link.pk, "v": shown.pk, "p": "thumbnail", **named}, salt="crosscut guest file")

    assert isinstance(file_named(token()).file, Rendition)
    for wrong in (
        token(v=other.pk),  # another asset
        token(p="master"),  # another file of the same
        token(l=link.pk + 1),
        token()[:-6] + "AAAAAA",  # forged
        signing.dumps({"l": link.pk, "v": shown.pk, "p": "thumbnail"}, salt="other"),
        signing.dumps("x", salt="crosscut guest file"),
    ):
        with pytest.raises(NotFound):
            file_named(wrong)


def test_an_old_file_address_no_longer_works(cast: Cast, piece: Piece, monkeypatch: pytest.MonkeyPatch):
    link, path = _shared(cast, piece)
    file = re.findall(r"/review/files/([^/\"]+)", Client().get(path).content.decode())[0]
    monkeypatch.setattr("crosscut.apps.produce.guest_files.LIFE_S", -1)
    with pytest.raises(NotFound):
        file_named(file)
    assert link


def test_a_link_is_no_key_to_the_desk_or_the_api(cast: Cast, piece: Piece):
    link, path = _shared(cast, piece)
    client = Client()
    client.get(path)
    for address in (f"/pieces/{piece.pk}/", f"/pieces/{piece.pk}/guests/", "/library/", "/shared/"):
        assert client.get(address).status_code == 302
    secret = path.split("/")[2]
    asked = Client(headers={"Authorization": f"Bearer {secret}"}).get(f"/api/pieces/{piece.pk}/guest-links")
    assert asked.status_code == 401
    assert client.post(f"/guests/{link.pk}/show/").status_code == 302


def test_a_link_for_looking_is_for_looking(cast: Cast, piece: Piece):
    link, path = _shared(cast, piece, Wish(name="Mira", may_comment=False))
    assert Client().post(path, {"text": "Hello"}).status_code == 403
    said = {"decision": "approved", "digest": link.edition.digest}
    assert Client().post(path, said).status_code == 403
    assert guests_in_the_way(link.edition) == []


def test_a_flood_of_messages_is_stopped(cast: Cast, piece: Piece, monkeypatch: pytest.MonkeyPatch):
    link, _path = _shared(cast, piece)
    monkeypatch.setattr(review, "MOST_AN_HOUR", 2)
    review.comment(link, "One")
    review.comment(link, "Two")
    with pytest.raises(Unavailable):
        review.comment(link, "Three")


# --- the gate before posts


def test_an_unanswered_link_stops_posts_also_after_its_time_until_somebody_ends_it(cast: Cast, piece: Piece):
    link, _path = _shared(cast, piece)
    GuestLink.objects.filter(pk=link.pk).update(ends_at=timezone.now() - timedelta(days=1))
    approve(cast.senior, freeze(piece))
    with pytest.raises(NotAllowed):
        demand_publishable(cast.lead, freeze(piece))
    demand_allowed(cast.lead, freeze(piece))  # taking it off the calendar
    end_sharing(cast.specialist, link)
    demand_publishable(cast.lead, freeze(piece))


# --- guests with an account


def test_a_guest_with_an_account_sees_what_was_shared_with_them_and_speaks(cast: Cast, piece: Piece):
    link, path = _shared(cast, piece, Wish(guest=cast.guest.pk, may_approve=True))
    client = signed_in(cast.guest)
    assert "A leaf is a map" in client.get("/shared/").content.decode()
    page = f"/shared/{link.pk}/"
    assert "Hold a leaf up." in client.get(page).content.decode()
    client.post(page, {"decision": "approved", "digest": link.edition.digest})
    assert talk_of(link).is_approved
    assert Client().get(path).status_code == 403  # whoever else has the link
    end_sharing(cast.specialist, link)
    assert client.get(page).status_code == 404 and "A leaf is a map" not in client.get("/shared/").content.decode()


def test_a_guest_sees_nothing_of_other_guests(cast: Cast, piece: Piece):
    link, _path = _shared(cast, piece)
    assert signed_in(cast.guest).get(f"/shared/{link.pk}/").status_code == 404
    assert "Nothing is shared" in signed_in(cast.guest).get("/shared/").content.decode()


def test_a_guest_who_joined_the_team_is_no_guest_any_more(cast: Cast, piece: Piece):
    link, _path = _shared(cast, piece, Wish(guest=cast.guest.pk, may_approve=True))
    change_role(cast.lead, cast.guest.pk, "junior")
    with pytest.raises(NotFound):
        review.decide(GuestLink.objects.get(pk=link.pk), "approved", digest=link.edition.digest)


# --- the team's side, by page and by program


def test_the_piece_makes_shows_and_ends_links(cast: Cast, piece: Piece):
    client = signed_in(cast.specialist)
    wish = {"name": "Mira Client", "ends_on": "", "may_comment": "on", "may_approve": "on"}
    page = client.post(f"/pieces/{piece.pk}/guests/share/", wish).content.decode()
    url = re.findall(r"/review/ccg_[^/\"]+/", page)[0]
    assert Client().get(url).status_code == 200
    page = client.get(f"/pieces/{piece.pk}/guests/").content.decode()
    assert url not in page and "waiting for the guest" in page and "Was here" in page
    link = GuestLink.objects.get()
    assert "ended" in client.post(f"/guests/{link.pk}/end/").content.decode()
    wrong = client.post(f"/pieces/{piece.pk}/guests/share/", {"name": "", "ends_on": "2020-01-01", "password": "x"})
    assert wrong.status_code == 422 and "within the next" in wrong.content.decode()


def test_programs_make_list_and_end_links(cast: Cast, piece: Piece):
    client, path = program(cast.specialist), f"/api/pieces/{piece.pk}/guest-links"
    made_ = client.post(path, {"name": "Mira", "may_approve": True}, "application/json")
    assert made_.status_code == 201
    link = made_.json()["link"]
    assert made_.json()["url"].startswith("http") and link["is_open"] and not link["is_approved"]
    assert [row["id"] for row in client.get(path).json()] == [link["id"]] and "url" not in client.get(path).text
    said = client.post(f"/api/guest-links/{link['id']}/messages", {"text": "Hello"}, "application/json")
    assert said.status_code == 201
    assert [row["text"] for row in client.get(f"/api/guest-links/{link['id']}/messages").json()] == ["Hello"]
    assert client.post(f"/api/guest-links/{link['id']}/show").status_code == 200
    assert client.post(f"/api/guest-links/{link['id']}/revoke").json()["is_open"] is False
    again = client.post(f"/api/guest-links/{link['id']}/messages", {"text": "Hello"}, "application/json")
    assert again.status_code == 409


def test_strangers_guests_and_juniors_share_nothing(cast: Cast, piece: Piece):
    link, _path = _shared(cast, piece)
    share_, wish = f"/pieces/{piece.pk}/guests/share/", {"name": "Mira", "may_comment": "on"}
    assert signed_in(cast.junior).post(share_, wish).status_code == 403
    for who, status in ((cast.stranger, 404), (cast.guest, 403)):
        client = signed_in(who)
        assert client.post(share_, wish).status_code == status
        for act in ("show", "end", "answer"):
            assert client.post(f"/guests/{link.pk}/{act}/", {"text": "x"}).status_code == status
    for who in (cast.stranger, cast.guest):
        api = program(who)
        assert api.get(f"/api/pieces/{piece.pk}/guest-links").status_code == 404
        assert api.post(f"/api/pieces/{piece.pk}/guest-links", {"name": "M"}, "application/json").status_code == 404
        for act in ("show", "revoke"):
            assert api.post(f"/api/guest-links/{link.pk}/{act}").status_code == 404
        assert api.get(f"/api/guest-links/{link.pk}/messages").status_code == 404
    assert program(cast.junior).post(f"/api/guest-links/{link.pk}/revoke").status_code == 403
    assert Client().get(f"/api/pieces/{piece.pk}/guest-links").status_code == 401
    answer(cast.junior, link, "Juniors may answer.")
