"""Links: marked by agreed values, shortened on the workspace's own domain, and looked after."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import cv2
import numpy as np
import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.preflight.services import check_piece
from crosscut.apps.produce.linking import published_words
from crosscut.apps.produce.models import EditionLink, LinkCheck, LinkRules, Piece, ShortLink
from crosscut.apps.produce.services import link_checks, link_rules, short_links
from crosscut.apps.produce.services.freeze import content_of, freeze
from crosscut.apps.produce.services.write import change_piece, set_outlet
from crosscut.apps.produce.tests import made
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services.post import post_of
from crosscut.apps.publish.tests.made import a_post
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed

PAGE = "https://www.reef.example/half"
JSON = "application/json"
PUBLIC, PHONE = "127.0.0.1:8001", "Mozilla/5.0 (iPhone)"
AGREED = link_rules.Wish(hosts=("reef.example",), sources=("newsletter", "practice"), mediums=("social", "email"))


@pytest.fixture
def agreed(cast: Cast) -> LinkRules:
    """Rules with a default for the practice network."""
    row = link_rules.set_rules(cast.senior, AGREED)
    link_rules.set_default(cast.senior, {"source": "practice", "medium": "social"}, channel="practice")
    return row


def _words(piece: Piece, channel: str = "practice") -> tuple[str, str]:
    return published_words(content_of(piece), channel)


def _codes(piece: Piece) -> dict[str, str]:
    return {finding.code: f"{finding.message} {finding.repair}" for finding in check_piece(piece)["practice"]}


def _follow(path: str, host: str = PUBLIC, **headers: str) -> Any:
    return Client(headers={"host": host, "User-Agent": PHONE, **headers}).get(path)


# --- marks


def test_links_to_our_own_places_are_marked_and_what_was_typed_stays(cast: Cast, agreed: LinkRules):
    piece = made.piece(cast.junior, text=f"Read {PAGE}, and https://elsewhere.example/a.", link=f"{PAGE}#two")
    text, link = _words(piece)
    assert text == f"Read {PAGE}?utm_source=practice&utm_medium=social, and https://elsewhere.example/a."
    assert link == f"{PAGE}?utm_source=practice&utm_medium=social#two"
    piece.refresh_from_db()
    assert (piece.text, piece.link) == (f"Read {PAGE}, and https://elsewhere.example/a.", f"{PAGE}#two")


def test_the_most_exact_rule_counts_and_a_channel_without_a_source_is_left_alone(cast: Cast, agreed: LinkRules):
    campaign = made.campaign(cast.lead)
    link_rules.set_default(cast.lead, {"medium": "email", "campaign": "reef-27"}, campaign=campaign)
    piece = made.piece(cast.junior, text=PAGE, campaign=campaign)
    assert _words(piece)[0] == f"{PAGE}?utm_source=practice&utm_medium=email&utm_campaign=reef-27"
    set_outlet(cast.junior, piece, channel_slug="site", post_type="article")
    assert _words(piece, "site")[0] == PAGE
    link_rules.set_default(cast.lead, {"medium": "social"}, channel="practice", campaign=campaign)
    piece = change_piece(cast.junior, piece, text=f"{PAGE}?utm_source=newsletter")
    assert _words(piece)[0] == f"{PAGE}?utm_source=newsletter&utm_medium=social&utm_campaign=reef-27"  # typed: kept


def test_an_approval_is_about_the_marks_too_and_without_rules_editions_are_as_ever(cast: Cast):
    piece = made.piece(cast.junior, text=PAGE)
    before = freeze(piece)
    assert "links" not in before.content["outlets"]["practice"]
    link_rules.set_rules(cast.senior, AGREED)
    link_rules.set_default(cast.senior, {"source": "practice"}, channel="practice")
    after = freeze(piece)
    assert after.digest != before.digest and freeze(piece) == after
    target = a_post(cast.senior, text=PAGE)
    Target.objects.filter(pk=target.pk).update(edition=after, piece=piece)
    target.refresh_from_db()
    with ExitStack() as files:
        assert post_of(target, files).text == f"{PAGE}?utm_source=practice"  # exactly what was frozen


def test_a_value_nobody_agreed_on_is_refused_with_the_nearest_one(cast: Cast, agreed: LinkRules):
    with pytest.raises(Invalid) as refused:
        link_rules.set_default(cast.senior, {"source": "newsleter"}, channel="practice")
    assert "The nearest is “newsletter”" in str(refused.value) and refused.value.problems[0].where == "source"
    with pytest.raises(Invalid, match="nearest is “email”"):
        link_rules.build_address(cast.junior, PAGE, {"medium": "e-mail"})
    piece = made.piece(cast.junior, text=f"{PAGE}?utm_source=Newsleter and https://x.example/?utm_source=Odd")
    assert "“Newsleter” is none of the sources agreed on here. The nearest is “newsletter”." in _codes(piece).values()
    with pytest.raises(Invalid, match="Change that first"):
        link_rules.set_rules(cast.senior, link_rules.Wish(sources=("newsletter",)))


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"hosts": ("https://reef.example/",)}, "is no name of a place"),
        ({"sources": ("Two Words",)}, "small letters"),
        ({"short_host": "127.0.0.1"}, "is no name of a place"),
        ({"short_host": "localhost.localdomain:80"}, "is no name of a place"),
        ({"sources": tuple(f"s{n}" for n in range(201))}, "At most 200"),
    ],
)
def test_rules_that_cannot_be_say_why(cast: Cast, wish: dict[str, Any], says: str):
    with pytest.raises(Invalid, match=says):
        link_rules.set_rules(cast.lead, link_rules.Wish(**wish))


def test_only_seniors_agree_and_only_leads_give_a_domain(cast: Cast):
    for who in (cast.specialist, cast.junior, cast.guest):
        with pytest.raises(NotAllowed):
            link_rules.set_rules(who, AGREED)
        with pytest.raises(NotAllowed):
            link_rules.set_default(who, {"source": "a"})
    with pytest.raises(NotAllowed):
        link_rules.set_rules(cast.senior, link_rules.Wish(short_host="go.reef.example"))
    link_rules.set_rules(cast.lead, link_rules.Wish(short_host="go.reef.example"))
    with pytest.raises(Conflict, match="another workspace"):
        link_rules.set_rules(cast.stranger, link_rules.Wish(short_host="GO.reef.example"))


# --- short links


def test_a_piece_shows_short_links_that_count_and_can_lead_elsewhere(cast: Cast, agreed: LinkRules):
    piece = made.piece(cast.junior, text=f"Read {PAGE}", shortens_links=True)
    text, _link = _words(piece)
    edition = freeze(piece, by=cast.junior)
    row = ShortLink.objects.get()
    assert text == f"Read http://{PUBLIC}/go/reef-watch/{row.code}" and _words(piece)[0] == text
    assert row.leads_to == f"{PAGE}?utm_source=practice&utm_medium=social" and row.piece == piece
    answer = _follow(f"/go/reef-watch/{row.code}?to=https://evil.example/")
    assert (answer.status_code, answer["Location"], answer["Cache-Control"]) == (302, row.leads_to, "no-store")
    short_links.change_link(cast.specialist, row, {"leads_to": "https://reef.example/new"})
    assert _follow(f"/go/reef-watch/{row.code}")["Location"] == "https://reef.example/new"
    assert row.days.get().value == 2 and freeze(piece) == edition  # where it leads is no part of what was approved
    set_outlet(cast.junior, piece, channel_slug="site", post_type="article")
    assert "/go/" not in _words(piece, "site")[0]  # an article has room


def test_nobody_is_counted_who_asks_not_to_be(cast: Cast):
    row = short_links.make_link(cast.specialist, short_links.Wish(leads_to=PAGE, code="poster"))
    path = "/go/reef-watch/poster"
    for headers in ({"DNT": "1"}, {"Sec-GPC": "1"}, {"User-Agent": "Googlebot/2.1"}, {"Sec-Purpose": "prefetch"}):
        assert _follow(path, **headers).status_code == 302
    Client(headers={"host": PUBLIC, "User-Agent": PHONE}).head(path)
    assert not row.days.exists()
    assert _follow(path.upper().replace("/GO/REEF-WATCH", "/go/reef-watch")).status_code == 302
    assert [day.value for day in row.days.all()] == [1]


def test_it_is_gone_after_its_end_and_never_an_open_redirect(cast: Cast):
    row = short_links.make_link(cast.specialist, short_links.Wish(leads_to=PAGE, code="poster"))
    short_links.end_link(cast.specialist, row)
    assert _follow("/go/reef-watch/poster").status_code == 410
    for path in ("/go/reef-watch/https:evil.example", "/go/reef-watch/no", "/go/other-house/poster", "/go/nowhere/a"):
        assert _follow(path).status_code == 404
    for bad in (
        "javascript:alert(1)",
        "//evil.example",
        "https://a:b@evil.example/",
        "ftp://reef.example/",
        "https://",
    ):
        with pytest.raises(Invalid):
            short_links.make_link(cast.specialist, short_links.Wish(leads_to=bad))
    with pytest.raises(Invalid, match="a short link itself"):
        short_links.make_link(cast.specialist, short_links.Wish(leads_to=short_links.address_of(row)))
    with pytest.raises(Conflict, match="already"):
        short_links.make_link(cast.specialist, short_links.Wish(leads_to=PAGE, code="Poster"))


def test_it_lives_on_a_domain_of_the_workspace_that_knows_nothing_else(cast: Cast):
    link_rules.set_rules(cast.lead, link_rules.Wish(short_host="go.reef.example"))
    row = short_links.make_link(cast.specialist, short_links.Wish(leads_to=PAGE, code="k2"))
    assert short_links.address_of(row) == "https://go.reef.example/k2"
    assert _follow("/k2", host="go.reef.example")["Location"] == PAGE
    assert _follow("/sign-in/", host="go.reef.example:8000").status_code == 404
    assert _follow("/k2", host="evil.example").status_code == 400
    others = short_links.make_link(cast.stranger, short_links.Wish(leads_to=PAGE, code="theirs"))
    assert _follow(f"/{others.code}", host="go.reef.example").status_code == 404


def test_its_qr_code_says_its_address(cast: Cast):
    row = short_links.make_link(cast.specialist, short_links.Wish(leads_to=PAGE))
    address = short_links.address_of(row)
    picture = cv2.imdecode(np.frombuffer(short_links.qr_code(address, "png"), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    assert cv2.QRCodeDetector().detectAndDecode(picture)[0] == address
    assert short_links.qr_code(address, "svg").startswith((b"<?xml", b"<svg"))


# --- whether they answer


@pytest.fixture
def place(settings: Any) -> Iterator[str]:
    """A place outside: /ok, /moved, /gone, /broken."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response({"/moved": 301, "/gone": 404, "/broken": 503}.get(self.path, 200))
            if self.path == "/moved":
                self.send_header("Location", f"http://localhost:{httpd.server_port}/ok")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    settings.ALLOWED_PRIVATE_HOSTS = (f"127.0.0.1:{httpd.server_port}", f"localhost:{httpd.server_port}")
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()


def test_what_a_piece_leads_to_is_looked_at_and_said_before_it_goes_out(cast: Cast, place: str):
    piece = made.piece(cast.junior, text=f"{place}/ok {place}/moved {place}/gone")
    assert "links.no_answer" not in _codes(piece)  # nobody asked yet: nothing is said
    assert link_checks.check_due() == 3
    assert not link_checks.due_checks().exists()
    found = _codes(piece)
    assert f"{place}/gone did not answer properly: HTTP 404" in found["links.no_answer"]
    assert f"{place}/moved sends readers on" in found["links.redirected"] and "links.not_encrypted" in found
    states = dict(LinkCheck.objects.values_list("address", "state"))
    assert states == {f"{place}/ok": "alive", f"{place}/moved": "alive", f"{place}/gone": "silent"}  # once says little


def test_an_address_in_our_own_house_is_not_fetched(cast: Cast):
    made.piece(cast.junior, text="http://169.254.169.254/latest/meta-data and http://127.0.0.1:5432/")
    link_checks.check_due()
    assert {row.state for row in LinkCheck.objects.all()} == {"silent"}
    assert all("not on the public internet" in row.problem for row in LinkCheck.objects.all())


def test_live_posts_are_looked_after_and_home_says_when_a_link_dies(cast: Cast):
    piece = made.piece(cast.junior, text=PAGE)
    edition = freeze(piece)
    row = LinkCheck.objects.get(address=PAGE)
    assert EditionLink.objects.get().address == row
    answers = iter([("alive", 200), ("dead", 404), ("dead", 404)])

    def note() -> str:
        state, status = next(answers)
        noted = link_checks.note_answer(row.pk, link_checks.Answer(state=state, status=status, problem=str(status)))
        assert noted
        return noted.state

    assert note() == "alive"
    LinkCheck.objects.update(next_at=timezone.now() - timedelta(minutes=1))
    assert not link_checks.due_checks().exists()  # nothing public leads there
    target = a_post(cast.senior, text=PAGE, state=Target.State.PROVEN)
    Target.objects.filter(pk=target.pk).update(edition=edition, piece=piece)
    assert list(link_checks.due_checks()) == [row]
    assert [note(), note()] == ["silent", "dead"]
    assert "1 post that is out leads there" in signed_in(cast.junior).get("/").content.decode()
    assert f"{PAGE} leads nowhere." in signed_in(cast.junior).get(f"/posts/{target.pk}/").content.decode()
    assert PAGE not in signed_in(cast.stranger).get("/").content.decode()


def test_what_does_not_answer_for_a_day_is_dead_and_what_answers_again_is_not(cast: Cast):
    made.piece(cast.junior, text=PAGE)
    row = LinkCheck.objects.get()
    silent, well = link_checks.Answer(state="silent"), link_checks.Answer(state="alive", status=200)
    assert link_checks.note_answer(row.pk, silent).state == "silent"  # type: ignore[union-attr]  # it is there
    LinkCheck.objects.update(failed_since=timezone.now() - timedelta(hours=25))
    assert link_checks.note_answer(row.pk, silent).state == "dead"  # type: ignore[union-attr]
    assert link_checks.note_answer(row.pk, well).failed_since is None  # type: ignore[union-attr]
    LinkCheck.objects.update(checked_at=timezone.now() - timedelta(days=8))
    link_checks.check_due()
    assert not LinkCheck.objects.exists()  # nothing leads there any more


# --- pages, programs, the command


def test_a_person_agrees_marks_shortens_and_ends(cast: Cast):
    client = signed_in(cast.lead)
    assert client.get("/links/").status_code == 200
    client.post("/links/rules/", {"rules-hosts": "reef.example", "rules-sources": "poster, practice"})
    client.post("/links/defaults/", {"default-channel": "practice", "default-source": "practice"})
    marked = client.post("/links/mark/", {"mark-address": PAGE, "mark-source": "poster"}).content.decode()
    assert f"{PAGE}?utm_source=poster" in marked
    told = client.post("/links/short/", {"short-leads_to": PAGE, "short-code": "p1", "short-ends_on": "2090-01-01"})
    path = told["Location"]
    assert f"http://{PUBLIC}/go/reef-watch/p1" in client.get(path).content.decode()
    assert client.get(f"{path}qr.svg")["Content-Type"] == "image/svg+xml"
    assert "p1.png" in client.get(f"{path}qr.png?save")["Content-Disposition"]
    assert client.post(path, {"leads_to": "nonsense"}).status_code == 422
    client.post(path, {"leads_to": "https://reef.example/b", "name": "Poster"})
    assert client.post("/links/short/", {"short-leads_to": PAGE, "short-code": "p1"}).status_code == 422
    client.post(f"{path}end/")
    assert "over" in client.get("/links/").content.decode() and _follow("/go/reef-watch/p1").status_code == 410
    default = cast.workspace.link_defaults.get()
    client.post(f"/links/defaults/{default.pk}/drop/")
    assert not cast.workspace.link_defaults.exists()
    piece = made.piece(cast.lead)
    client.post(f"/pieces/{piece.pk}/change/", {"action": "short-links"})
    piece.refresh_from_db()
    assert piece.shortens_links


def test_programs_do_the_same(cast: Cast):
    client = program(cast.lead)
    rules = {"hosts": ["reef.example"], "sources": ["practice"], "short_host": "go.reef.example"}
    assert client.put("/api/link-rules", rules, content_type=JSON).json()["short_base"] == "https://go.reef.example/"
    wanted = {"channel": "practice", "tags": {"source": "practice"}}
    default = client.put("/api/link-defaults", wanted, content_type=JSON).json()
    assert client.get("/api/link-defaults").json()["items"] == [default]
    asked = {"address": PAGE, "tags": {"source": "practise"}}
    refused = client.post("/api/links/mark", asked, content_type=JSON)
    assert (refused.status_code, refused.json()["problems"][0]["values"]) == (422, {"nearest": "practice"})
    marked = client.post("/api/links/mark", {"address": PAGE, "channel": "practice"}, content_type=JSON)
    assert marked.json() == {"address": f"{PAGE}?utm_source=practice"}
    link = client.post("/api/short-links", {"leads_to": PAGE, "code": "k2"}, content_type=JSON).json()
    path = f"/api/short-links/{link['id']}"
    assert client.patch(path, {"name": "Poster"}, content_type=JSON).json()["leads_to"] == PAGE
    assert client.get(f"{path}/days").json()["items"] == []
    assert client.get(f"{path}/qr.svg")["Content-Type"] == "image/svg+xml"
    assert client.post("/api/links/checks", {"address": PAGE}, content_type=JSON).status_code == 202
    assert client.get("/api/links/checks?state=waiting").json()["count"] == 1
    assert client.delete(path).status_code == 204 and client.get(path).json()["ends_at"]
    assert client.delete(f"/api/link-defaults/{default['id']}").status_code == 204


def test_it_knows_no_strangers_and_guests(cast: Cast, agreed: LinkRules):
    row = short_links.make_link(cast.specialist, short_links.Wish(leads_to=PAGE))
    default = cast.workspace.link_defaults.get()
    path = f"/api/short-links/{row.pk}"
    for who in (cast.stranger, cast.guest):
        client, page = program(who), signed_in(who)
        asked = [client.get(path), client.get(f"{path}/days"), client.get(f"{path}/qr.svg"), client.delete(path)]
        asked += [client.patch(path, {"name": "x"}, content_type=JSON), page.get(f"/links/short/{row.pk}/")]
        asked += [page.get(f"/links/short/{row.pk}/qr.png"), page.post(f"/links/short/{row.pk}/end/")]
        asked += [client.delete(f"/api/link-defaults/{default.pk}"), page.post(f"/links/defaults/{default.pk}/drop/")]
        assert {answer.status_code for answer in asked} <= {
            302,
            403,
            404,
        }  # a guest's browser is sent to what is shared
        for listed in ("short-links", "link-defaults", "links/checks"):
            assert client.get(f"/api/{listed}").json()["count"] == 0
    _refused(cast.guest, 403)
    assert program(cast.guest).get("/api/link-rules").status_code == 403
    assert program(cast.stranger).get("/api/link-rules").json()["hosts"] == []
    row.refresh_from_db()
    assert row.ends_at is None and row.name == ""


def test_a_junior_marks_and_makes_none(cast: Cast, agreed: LinkRules):
    assert program(cast.junior).post("/api/links/mark", {"address": PAGE}, content_type=JSON).status_code == 200
    assert program(cast.junior).post("/api/short-links", {"leads_to": PAGE}, content_type=JSON).status_code == 403
    assert "Make a short link" not in signed_in(cast.junior).get("/links/").content.decode()


def _refused(who: Member, status: int) -> None:
    """Everything that begins something new."""
    client, page = program(who), signed_in(who)
    for path, sent in (
        ("short-links", {"leads_to": PAGE}),
        ("links/mark", {"address": PAGE}),
        ("links/checks", {"address": PAGE}),
    ):
        assert client.post(f"/api/{path}", sent, content_type=JSON).status_code == status
    assert client.put("/api/link-rules", {}, content_type=JSON).status_code == status
    assert client.put("/api/link-defaults", {"tags": {"source": "a"}}, content_type=JSON).status_code == status
    for path in ("rules", "defaults", "mark", "short", "check"):
        sent = {"short-leads_to": PAGE, "mark-address": PAGE, "default-source": "practice", "address": PAGE}
        assert page.post(f"/links/{path}/", sent).status_code == status
