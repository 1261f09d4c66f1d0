"""Evidence files, ready-made licences, cost and renewal, places outside: at the service, the API and the page."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse

from crosscut.apps.accounts.models import AuditEvent
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library import storage
from crosscut.apps.library.models import Licence, Paper
from crosscut.apps.library.queries import endings_for, today_in
from crosscut.apps.library.services import consents, papers, placements, sweep
from crosscut.apps.library.services.clear import Terms, add_licence
from crosscut.apps.library.tests.making import jpeg, streamed, taken_in
from crosscut.kernel.errors import Invalid, NotAllowed

CONTRACT = b"%PDF-1.7 We agree."


@pytest.fixture
def licence(cast, photo) -> Licence:
    return add_licence(cast.specialist, photo.pk, Terms(holder="Rosa", terms="Contract"))


def upload(content: bytes = CONTRACT, name: str = "contract.pdf") -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


def test_a_contract_is_kept_with_its_licence_and_given_back_as_a_download(cast, licence):
    browser = signed_in(cast.specialist)
    browser.post(reverse("licence-paper-add", args=[licence.pk]), {"file": upload()})
    paper = Paper.objects.get()
    assert "contract.pdf" in browser.get(reverse("asset-section", args=[licence.asset_id, "rights"])).content.decode()
    answer = browser.get(reverse("paper-file", args=[paper.pk]))
    assert b"".join(streamed(answer)) == CONTRACT
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "private, no-store"
    listed = program(cast.junior).get(f"/api/library/assets/{licence.asset_id}/licences").json()["items"]
    assert [kept["filename"] for kept in listed[0]["papers"]] == ["contract.pdf"]
    assert AuditEvent.objects.get(verb="paper.added").detail["sha256"] == paper.sha256


def test_a_release_is_kept_with_its_consent_through_the_api(cast, photo):
    amina = consents.show_subject(cast.specialist, photo.pk, "Amina")
    consent = consents.give_consent(cast.specialist, amina.pk, consents.Agreement(agreed="Release"))
    answer = program(cast.specialist).post(f"/api/library/consents/{consent.pk}/papers", {"file": upload()})
    assert answer.status_code == 201, answer.content
    assert consent.papers.get().filename == "contract.pdf"
    assert "contract.pdf" in signed_in(cast.junior).get(reverse("subject", args=[amina.pk])).content.decode()


def test_a_sweep_never_takes_evidence(cast, licence, tmp_path, monkeypatch):
    path = tmp_path / "contract.pdf"
    path.write_bytes(CONTRACT)
    paper = papers.attach_to_licence(cast.specialist, licence.pk, path, filename="contract.pdf")
    monkeypatch.setattr(sweep, "AGE_S", -1)
    sweep.sweep_files()
    assert storage.exists(paper.sha256)


def test_empty_and_huge_papers_are_refused_and_juniors_attach_none(cast, licence, tmp_path, monkeypatch):
    path = tmp_path / "paper.pdf"
    path.write_bytes(b"")
    with pytest.raises(Invalid, match="something in it"):
        papers.attach_to_licence(cast.specialist, licence.pk, path, filename="paper.pdf")
    monkeypatch.setattr(papers, "MOST_BYTES", 3)
    path.write_bytes(CONTRACT)
    with pytest.raises(Invalid):
        papers.attach_to_licence(cast.specialist, licence.pk, path, filename="paper.pdf")
    with pytest.raises(NotAllowed):
        papers.attach_to_licence(cast.junior, licence.pk, path, filename="paper.pdf")
    assert not Paper.objects.exists()


def test_a_ready_made_licence_fills_in_its_form_and_is_entered_by_programs(cast, photo):
    browser = signed_in(cast.specialist)
    address = reverse("licence-ready-made", args=[photo.pk])
    assert "CC BY-NC 2.5" in browser.get(address).content.decode()
    page = browser.get(address, {"preset": "cc-by-nc-4.0", "holder": "Rosa Diaz"}).content.decode()
    assert "coral reef by Rosa Diaz, CC BY-NC 4.0" in page and "Not for commercial ends" in page
    assert signed_in(cast.junior).get(address).status_code == 403
    sent = {"preset": "cc-by-nc-4.0", "holder": "Rosa Diaz"}
    made = program(cast.specialist).post(
        f"/api/library/assets/{photo.pk}/licences/ready-made", sent, content_type="application/json"
    )
    assert made.status_code == 201, made.content
    assert (made.json()["uses"], made.json()["credit_line"]) == (
        ["organic", "press"],
        "coral reef by Rosa Diaz, CC BY-NC 4.0",
    )
    known = program(cast.junior).get("/api/library/licences/ready-made").json()
    assert all("as of" in one["citation"] for one in known)


def test_cost_and_renewal_are_kept_and_shown(cast, photo):
    browser = signed_in(cast.specialist)
    sent = {"holder": "Rosa", "terms": "Contract", "cost": "1 250,50", "renewal": "ask", "notice_on": "2030-01-31"}
    answer = browser.post(
        reverse("licence-add", args=[photo.pk]), {f"licence-{name}": value for name, value in sent.items()}
    )
    assert answer.status_code == 302
    kept = Licence.objects.get()
    assert (kept.cost_minor, kept.currency, kept.renewal) == (125_050, "EUR", "ask")
    assert "250.50" in browser.get(reverse("asset-section", args=[photo.pk, "rights"])).content.decode()
    wrong = browser.post(
        reverse("licence-add", args=[photo.pk]), {"licence-holder": "A", "licence-terms": "B", "licence-cost": "much"}
    )
    assert wrong.status_code == 422


# What is refused: the terms and the field that is named.
REFUSED = (
    ({"cost_minor": -1}, "cost_minor"),
    ({"currency": "euro"}, "currency"),
    ({"renewal": "never"}, "renewal"),
)


@pytest.mark.parametrize(("fields", "where"), REFUSED)
def test_wrong_cost_and_renewal_are_refused_with_the_field(cast, photo, fields, where):
    with pytest.raises(Invalid) as refused:
        add_licence(cast.specialist, photo.pk, Terms(holder="Rosa", terms="Contract", **fields))
    assert [problem.where for problem in refused.value.problems] == [where]


def test_what_ends_soon_is_told_where_nothing_goes_on(cast, photo, film):
    today = today_in(cast.workspace)
    for asset, days in ((photo, 7), (film, 7), (film, None)):
        ends_on = today + timedelta(days=days) if days else None
        add_licence(cast.specialist, asset.pk, Terms(holder="Rosa", terms="Contract", ends_on=ends_on))
    (found,) = endings_for(cast.junior)
    assert (found.asset, found.days, found.last_on) == (photo, 7, today + timedelta(days=7))
    told = program(cast.junior).get("/api/library/endings").json()
    assert [(one["asset"], one["days"]) for one in told] == [(photo.pk, 7)]
    assert program(cast.junior).get("/api/library/endings?days=6").json() == []
    assert program(cast.guest).get("/api/library/endings").status_code == 403
    assert program(cast.stranger).get("/api/library/endings").json() == []


def test_the_first_endings_are_the_nearest_of_all(cast, photo, film, tmp_path):
    today = today_in(cast.workspace)
    other = taken_in(cast.junior, jpeg(tmp_path / "in" / "harbour.jpg", colour="navy"))
    for asset, days in ((photo, 3), (photo, None), (film, 9), (other, 5)):  # what goes on does not take a place
        ends_on = today + timedelta(days=days) if days else None
        add_licence(cast.specialist, asset.pk, Terms(holder="Rosa", terms="Contract", ends_on=ends_on))
    assert [one.asset for one in endings_for(cast.junior, first=1)] == [other]
    assert [one.asset for one in endings_for(cast.junior, first=2)] == [other, film]


def test_a_place_outside_is_noted_and_ended(cast, photo):
    with pytest.raises(Invalid):
        placements.note_placement(cast.junior, photo.pk, " ", url="ftp://old")
    browser = signed_in(cast.junior)
    browser.post(reverse("placement-add", args=[photo.pk]), {"place": "Season brochure", "url": ""})
    assert "Season brochure" in browser.get(reverse("asset-section", args=[photo.pk, "rights"])).content.decode()
    (placement,) = photo.placements.all()
    browser.post(reverse("placement-end", args=[placement.pk]))
    placement.refresh_from_db()
    assert placement.gone_at
