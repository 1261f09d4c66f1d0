"""An XMP file beside a picture on its way in: from a folder, by page and API, before or after its picture."""

from pathlib import Path

import pytest

from crosscut.apps.accounts.tests.asking import program
from crosscut.apps.library.models import Arrival, Asset, ChangeSet
from crosscut.apps.library.services import about
from crosscut.apps.library.services.arrive import ingest_paths
from crosscut.apps.library.tests import making
from crosscut.apps.library.tests.uploading import begin, send

State = Arrival.State
XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:City="{city}"
 photoshop:Headline="Six things"/></rdf:RDF></x:xmpmeta>"""


def xmp(path: Path, city: str = "Watamu") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(XMP.format(city=city))
    return path


def cities() -> dict[str, str]:
    return {asset.title: asset.about.get("city", "") for asset in Asset.objects.all()}


def upload(by, path: Path) -> None:
    """As the page and programs send it, and read at once."""
    api, content = program(by), path.read_bytes()
    made = begin(api, len(content), filename=path.name)
    assert send(api, made["Location"], content, 0).status_code == 204
    for _ in range(2):  # one that was called is read by a job of its own
        for arrival in Arrival.objects.filter(state=State.WAITING):
            making.work_off(arrival)


def test_what_lies_beside_in_a_folder_describes_its_file_and_no_other(cast, tmp_path):
    folder = tmp_path / "shoot"
    for name, colour in (("reef.jpg", "teal"), ("kelp.jpg", "olive"), ("deep/reef.jpg", "navy")):
        making.jpeg(folder / name, colour=colour)
    xmp(folder / "reef.xmp"), xmp(folder / "kelp.jpg.xmp", "Oban")
    making.worked_off(ingest_paths(cast.junior, [folder]))
    shallow, deep = Asset.objects.filter(title="reef").order_by("pk")
    told = {asset.current.filename: asset.about.get("city", "") for asset in Asset.objects.all() if asset.current}
    assert told["kelp.jpg"] == "Oban" and {shallow.about.get("city"), deep.about.get("city")} == {"Watamu", None}
    assert shallow.origins.get("city", deep.origins.get("city")) == "sidecar"
    assert (folder / "reef.xmp").exists()
    assert ChangeSet.objects.count() == 2  # and each is undone like any other change


@pytest.mark.parametrize("order", [("reef.jpg", "reef.xmp"), ("reef.xmp", "reef.jpg")])
def test_by_upload_it_may_come_before_its_picture_or_after(cast, tmp_path, order):
    making.jpeg(tmp_path / "reef.jpg"), xmp(tmp_path / "reef.xmp")
    for name in order:
        upload(cast.junior, tmp_path / name)
    assert set(Arrival.objects.values_list("state", flat=True)) == {State.STORED}
    assert cities() == {"reef": "Watamu"}
    assert not [path for path in (tmp_path / "uploads").rglob("*.xmp") if path.is_file()]


def test_without_its_picture_it_waits_and_says_so_and_only_for_its_own_person(cast, tmp_path):
    upload(cast.junior, xmp(tmp_path / "reef.xmp"))
    waiting = Arrival.objects.get()
    assert waiting.state == State.QUARANTINED and "as soon as that comes" in waiting.problem
    upload(cast.senior, making.jpeg(tmp_path / "reef.jpg"))
    waiting.refresh_from_db()
    assert waiting.state == State.QUARANTINED and cities() == {"reef": ""}


def test_what_people_wrote_here_stays_and_is_named(cast, tmp_path):
    asset = making.taken_in(cast.junior, making.jpeg(tmp_path / "shoot" / "reef.jpg"))
    about.change(cast.junior, {asset.pk: {"city": "Malindi"}})
    xmp(tmp_path / "shoot" / "reef.xmp")
    job = making.worked_off(ingest_paths(cast.junior, [tmp_path / "shoot"]))  # the picture is here already
    asset.refresh_from_db()
    assert (asset.about["city"], asset.about["headline"]) == ("Malindi", "Six things")
    assert "Left as it was here: City" in job.arrivals.get(filename="reef.xmp").problem


def test_of_a_raw_file_and_its_picture_it_describes_the_raw_one():
    from crosscut.apps.library.services.sidecars import described_by

    raw, picture = Asset(title="raw"), Asset(title="picture")
    media = [("IMG_1.JPG", picture), ("IMG_1.CR3", raw)]
    assert described_by("IMG_1.xmp", media) is raw
    assert described_by("IMG_1.JPG.xmp", media) is picture
    assert described_by("IMG_2.xmp", media) is None


def test_a_broken_one_is_set_aside_and_its_picture_comes_in(cast, tmp_path):
    making.jpeg(tmp_path / "shoot" / "reef.jpg")
    (tmp_path / "shoot" / "reef.xmp").write_text("<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>")
    job = making.worked_off(ingest_paths(cast.junior, [tmp_path / "shoot"]))
    assert {row.filename: row.state for row in job.arrivals.all()} == {
        "reef.jpg": State.STORED,
        "reef.xmp": State.QUARANTINED,
    }
