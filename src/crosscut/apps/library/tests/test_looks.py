"""What a look through a film and listening to a sound show, and what mends it."""

import json
import re
import subprocess
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import pytest
from django.test import Client
from django.urls import reverse

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library import showing, sightings, storage
from crosscut.apps.library.models import Arrival, Asset, Licence, Track, Version
from crosscut.apps.library.services import derive, hearing, remaking, screening
from crosscut.apps.library.services.clear import Terms, add_licence
from crosscut.apps.library.services.remaking import Calm, CutOut, MendSound
from crosscut.apps.library.services.remaking.ordering import as_written
from crosscut.apps.library.tasks import remake, screen_film
from crosscut.apps.library.tests import making
from crosscut.apps.work.models import Job
from crosscut.kernel.errors import Conflict, Invalid, Unsupported
from crosscut.kernel.facts import Repair, RepairKind, Screening, Seen, Sighting, Span
from crosscut.media import probe
from crosscut.media.screens import flash_profile
from crosscut.media.screens.repairs import with_repairs
from crosscut.media.sound import analyse

HALF, WHOLE = Fraction(1, 2), Fraction(2)


def span(start_s: Fraction | int, end_s: Fraction | int) -> Span:
    return Span(start_s=Fraction(start_s), end_s=Fraction(end_s))


def seen(**found) -> Screening:
    """What a look found, with the repairs that the engine suggests."""
    flashes = [
        Sighting(kind=Seen.FLASH, span=one, per_second=Fraction(8), change=0.5) for one in found.get("flashes", ())
    ]
    bare = Screening(checked_s=WHOLE, frame_rate=Fraction(25), sightings=tuple(flashes), **found)
    return Screening(**{**vars(bare), "sightings": with_repairs(bare, flash_profile("wcag"))})


def ffmpeg(*arguments: str) -> None:
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments], check=True)


def quiet_in_the_middle(path: Path) -> Path:
    """Six seconds of a loud tone, of which the third to the fifth second are silent."""
    tone = "sine=frequency=330:duration=6:sample_rate=48000"
    ffmpeg("-f", "lavfi", "-i", tone, "-af", "volume=10dB,volume=0:enable='between(t,2,5)'", str(path))
    return path


def flashing(path: Path) -> Path:
    """Two seconds that flash ten times a second over the whole picture, with a tone."""
    light = "color=white:size=160x90:rate=20:duration=2"
    flash = "geq=lum='if(mod(N,2),235,16)':cb=128:cr=128"
    sound = ("-f", "lavfi", "-i", "sine=duration=2")
    ffmpeg("-f", "lavfi", "-i", light, *sound, "-vf", flash, "-pix_fmt", "yuv420p", "-c:v", "libx264", str(path))
    return path


def current(asset: Asset) -> Version:
    """The asset's newest version, as it is now."""
    asset.refresh_from_db()
    assert asset.current
    return asset.current


def look_of(version: Version, profile: str = "wcag") -> Screening:
    """What the look found."""
    version.refresh_from_db()
    found = screening.screening_of(version, profile)
    assert found is not None
    return found


def worked(by: Member, version: Version, operation) -> Job:
    """The job that did it, ended."""
    job = remaking.order(by, version.pk, operation)
    remake.func(job.pk, version.pk, as_written(operation))
    job.refresh_from_db()
    return job


@pytest.fixture
def browser(cast) -> Client:
    return signed_in(cast.junior)


def shown(browser: Client, asset: Asset) -> str:
    return browser.get(reverse("asset-section", args=[asset.pk, "checks"])).content.decode()


# Listening


def test_a_sound_is_decoded_once_on_its_way_in(junior, tmp_path, monkeypatch):
    for again in ("crosscut.media.sound.peaks", "crosscut.media.sound.measure_loudness"):
        monkeypatch.setattr(again, None)  # a second decode would fail
    asset = making.taken_in(junior, quiet_in_the_middle(tmp_path / "waves.flac"))
    version = current(asset)
    assert not Arrival.objects.get(asset=asset).problem
    assert {row.purpose for row in version.renditions.all()} == {"waveform", "thumbnail", "proxy"}
    assert not derive.missing_previews(version)
    peaks = showing.peaks_of(derive.newest(version.renditions.all(), "waveform"))
    third = len(peaks) // 6
    assert max(peaks[:third]) > 0.2 > 0.01 > max(peaks[third * 3 : third * 4])
    heard = hearing.heard_in(version)
    assert heard and derive.facts_of(version).loudness == heard.loudness


def test_the_drawn_thumbnail_is_a_picture_of_the_sound(junior, tmp_path):
    version = current(making.taken_in(junior, making.sound(tmp_path / "waves.flac")))
    made = derive.newest(version.renditions.all(), "thumbnail")
    assert made
    with storage.local_copy(made.sha256) as path:
        assert (probe(path).media_type, probe(path).width_px) == ("image/jpeg", 480)


def test_a_sound_tells_of_its_silences_and_how_loud_it_is(browser, junior, tmp_path):
    asset = making.taken_in(junior, quiet_in_the_middle(tmp_path / "waves.flac"))
    (found,) = sightings.shown(sightings.found_in(current(asset)) or ())
    assert (found.kind, round(found.start_s), round(found.end_s)) == ("silence", 2, 5)
    page = shown(browser, asset)
    assert "There is no sound." in page and "LUFS" in page
    assert re.search(r'data-seek="2\.0', page) and "Cut 00:02" in page


def test_a_sound_without_anything_wrong_says_so(browser, junior, tmp_path):
    asset = making.taken_in(junior, making.sound(tmp_path / "waves.flac"))
    assert "No long silence and no clipping" in shown(browser, asset)


# Looking


def test_the_page_of_a_film_shows_each_finding_at_its_second(browser, film):
    assert "still being looked through" in shown(browser, film)
    making.looked_through(film, seen(flashes=(span(HALF, 1),), black=(span(0, Fraction(1, 4)),), freezes=(span(1, 2),)))
    page = shown(browser, film)
    assert page.index("The picture is black.") < page.index("8 flashes a second") < page.index("stands still")
    assert re.search(r'href="/library/[^"]*#t=0\.500"[^>]*data-seek="0\.500"', page)
    for button in ("Dim 00:00.5–00:01.0", "Cut 00:01.0–00:02.0"):
        assert re.search(f"<button[^>]*>{button}", page), button
    assert "Slow 00:00.5" in page and not re.search("<button[^>]*>Slow", page)  # a person does that elsewhere


def test_the_page_of_a_calm_film_says_so(browser, film):
    assert "No flashes" in shown(browser, making.looked_through(film))


def test_a_look_that_failed_is_started_anew_by_a_button(browser, cast, film):
    failed = Job.objects.get(kind="screen")
    Job.objects.filter(pk=failed.pk).update(
        state=Job.State.FAILED, ended_at="2026-01-01T00:00Z", problem="Out of memory."
    )
    page = shown(browser, film)
    assert "Nobody has looked through this film" in page and "Out of memory." in page and "Look again" in page
    assert browser.post(reverse("version-look", args=[film.current_id])).status_code == 302
    anew = Job.objects.filter(kind="screen").exclude(pk=failed.pk).get()
    assert screening.look_again(cast.junior, film.current_id) == anew  # two clicks are one look
    screen_film.func(anew.pk, film.current_id)
    assert look_of(current(film)).checked_s
    with pytest.raises(Conflict, match="already"):
        screening.look_again(cast.junior, film.current_id)


def test_another_rule_for_flashes_is_kept_beside_the_usual_one(browser, cast, film):
    making.looked_through(film)
    panel = reverse("asset-looks", args=[film.pk])
    assert "by this rule yet" in browser.get(panel, {"profile": "broadcast"}).content.decode()
    job = screening.look_again(cast.junior, film.current_id, "broadcast")
    assert "still being looked" in browser.get(panel, {"profile": "broadcast"}).content.decode()
    screen_film.func(job.pk, film.current_id, "broadcast")
    assert look_of(current(film), "broadcast").profile == "broadcast"
    assert look_of(current(film)).profile == "wcag"
    assert "by this rule yet" not in browser.get(panel, {"profile": "broadcast"}).content.decode()
    with pytest.raises(Invalid, match="no flash profile"):
        screening.look_again(cast.junior, film.current_id, "harding")


def test_programs_read_the_findings_and_send_the_repair_back(cast, film):
    making.looked_through(film, seen(black=(span(0, HALF),)))
    client = program(cast.junior)
    told = client.get(f"/api/library/versions/{film.current_id}/looks").json()
    (finding,) = told["findings"]
    assert (told["is_known"], finding["kind"], finding["end_s"]) == (True, "black", 0.5)
    (way,) = finding["ways"]
    address = f"/api/library/versions/{film.current_id}/remake"
    answer = client.post(address, way["operation"], content_type="application/json")
    assert (answer.status_code, answer.json()["kind"]) == (202, "remake")
    wrong = client.post(address, {"name": "cut", "settings": {"spans": "all"}}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["problems"][0]["where"]) == (422, "spans")
    assert client.post(address, {"name": "bake"}, content_type="application/json").status_code == 422


# Mending


def test_flashes_are_dimmed_into_a_new_version(cast, tmp_path):
    asset = making.taken_in(cast.junior, flashing(tmp_path / "strobe.mp4"))
    first = current(asset)
    screen_film.func(Job.objects.get(kind="screen").pk, first.pk)
    assert look_of(first).flashes
    job = worked(cast.junior, first, Calm())
    assert (job.state, job.result["asset"]) == (Job.State.DONE, asset.pk), job.problem
    assert (current(asset).number, asset.versions.count()) == (2, 2)
    screen_film.func(Job.objects.filter(kind="screen").latest("pk").pk, current(asset).pk)
    assert not look_of(current(asset)).flashes


def test_what_is_cut_out_of_a_film_goes_from_its_captions_too(cast, film):
    text = (
        "WEBVTT\n\n00:00.000 --> 00:00.400\nFirst\n\n00:00.600 --> 00:00.900\nGone\n\n00:01.500 --> 00:01.900\nLast\n"
    )
    Track.objects.create(asset=film, kind="captions", language="en", text=text)
    job = worked(cast.junior, current(film), CutOut(spans=(span(HALF, 1),)))
    assert job.state == Job.State.DONE, job.problem
    duration_s = derive.facts_of(current(film)).duration_s
    assert duration_s and abs(duration_s - Fraction(3, 2)) < Fraction(1, 10)
    left = film.tracks.get().text
    assert "Gone" not in left and "00:00:01.000 --> 00:00:01.400" in left.replace("\n00:01", "\n00:00:01")


def test_what_is_cut_out_of_a_sound_is_gone_to_the_sample(cast, tmp_path):
    asset = making.taken_in(cast.junior, quiet_in_the_middle(tmp_path / "waves.flac"))
    job = worked(cast.junior, current(asset), CutOut(spans=(span(2, 5),)))
    assert job.state == Job.State.DONE, job.problem
    with storage.local_copy(current(asset).sha256) as path:
        heard = analyse(path)
    assert heard.duration_s == 3 and not heard.silences
    assert "3.00 s were taken out" in job.result["said"][0]


def test_sound_that_is_late_is_moved_and_the_picture_stays(cast, film):
    repair = Repair(kind=RepairKind.SHIFT_SOUND, span=span(0, 2), amount=Fraction(1))
    job = worked(cast.junior, current(film), MendSound(repair=repair))
    assert job.state == Job.State.DONE, job.problem
    assert derive.facts_of(current(film)).video[0].codec == "h264"
    with storage.local_copy(current(film).sha256) as path:
        silent = analyse(path).silences[0]
    assert silent.start_s == 0 and abs(silent.end_s - 1) < Fraction(1, 20)


def test_work_taken_up_again_does_not_make_the_file_twice(cast, film, monkeypatch):
    operation = CutOut(spans=(span(0, 1),))
    job = remaking.order(cast.junior, film.current_id, operation)
    killed = pytest.MonkeyPatch()
    killed.setattr("crosscut.apps.library.services.remaking.running.ingest.take_all_in", _die)
    with pytest.raises(KeyboardInterrupt):
        remake.func(job.pk, film.current_id, as_written(operation))
    killed.undo()
    monkeypatch.setattr("crosscut.apps.library.services.remaking.pictures.smart_cut", None)
    remake.func(job.pk, film.current_id, as_written(operation))
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.problem
    assert film.versions.count() == 2


def _die(*_given) -> None:
    raise KeyboardInterrupt


# What cannot be done: the operation, and words of the reason.
WRONG = (
    (CutOut(spans=()), "Name at least one stretch"),
    (CutOut(spans=(span(1, 1),)), "Name at least one stretch"),
    (CutOut(spans=(span(5, 6),)), "It ends before that"),
    (CutOut(spans=(span(0, 9),)), "Nothing of it would be left"),
    (MendSound(repair=Repair(kind=RepairKind.CUT, span=span(0, 1))), "can be moved by up to a minute"),
    (Calm(profile="none"), "no flash profile"),
)


@pytest.mark.parametrize(("operation", "words"), WRONG)
def test_what_cannot_be_done_is_said_at_once(cast, film, operation, words):
    with pytest.raises(Invalid, match=words):
        remaking.order(cast.junior, film.current_id, operation)
    assert not Job.objects.filter(kind="remake").exists()


def test_stills_are_not_cut(cast, photo):
    for operation in (CutOut(spans=(span(0, 1),)), Calm()):
        with pytest.raises(Unsupported):
            remaking.order(cast.junior, photo.current_id, operation)


def test_what_may_not_be_changed_is_not(cast, film):
    add_licence(cast.specialist, film.pk, Terms(holder="Rosa", terms="As it is", edits=Licence.Edits.NONE))
    with pytest.raises(Conflict, match="only as it is"):
        remaking.order(cast.junior, film.current_id, CutOut(spans=(span(0, 1),)))
    add_licence(cast.specialist, film.pk, Terms(holder="Rosa", terms="Anything"))
    assert remaking.order(cast.junior, film.current_id, CutOut(spans=(span(0, 1),)))


def test_the_page_starts_a_repair_and_shows_how_far_it_is(browser, film):
    written = json.dumps(as_written(CutOut(spans=(span(0, 1),))))
    address = reverse("version-remake", args=[film.current_id])
    assert browser.post(address, {"operation": written}).status_code == 302
    page = shown(browser, film)
    assert "Cutting dive.mp4" in page and f'hx-get="{reverse("asset-works", args=[film.pk])}"' in page
    assert browser.post(address, {"operation": "[]"}).status_code == 422
    job = Job.objects.get(kind="remake")
    remake.func(job.pk, film.current_id, json.loads(written))
    works = browser.get(reverse("asset-works", args=[film.pk])).content.decode()
    assert "Show what was made" in works and "hx-get" not in works
