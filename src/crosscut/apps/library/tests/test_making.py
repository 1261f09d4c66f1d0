"""Sound and text on the asset's page: better sound, other forms, and cutting by striking words out."""

import subprocess
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import pytest
from django.urls import reverse

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library import storage
from crosscut.apps.library.models import Asset, Licence, Track, Version
from crosscut.apps.library.services import remaking
from crosscut.apps.library.services.clear import Terms, add_licence
from crosscut.apps.library.services.consents import show_subject
from crosscut.apps.library.services.derive import facts_of
from crosscut.apps.library.services.remaking import Audiogram, Clean, Finish, Level, StrikeWords
from crosscut.apps.library.services.remaking.ordering import as_written
from crosscut.apps.library.services.spoken_words import words_of
from crosscut.apps.library.tasks import remake
from crosscut.apps.library.tests import making
from crosscut.apps.work.models import Job
from crosscut.kernel.errors import Invalid, Unsupported
from crosscut.media import measure_loudness, probe
from crosscut.media.ffmpeg import has_fonts
from crosscut.media.sound import analyse

TALK = (
    "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n<v Ana>One two three\n\n"
    "00:00:02.000 --> 00:00:04.000\nfour five six\n\n00:00:04.000 --> 00:00:06.000\nseven, eight!\n"
)
CHAPTERS = '{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "In"}, {"startTime": 4, "title": "Out"}]}'


def tone(path: Path) -> Path:
    """Six seconds of a tone with a second of silence in the middle of it."""
    quiet = "volume=0:enable='between(t,2.5,3.5)'"
    source = ("-f", "lavfi", "-i", "sine=frequency=330:duration=6:sample_rate=48000", "-af", quiet)
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *source, str(path)], check=True)
    return path


@pytest.fixture
def talk(cast, tmp_path) -> Asset:
    """A sound with a transcript and chapters."""
    asset = making.taken_in(cast.junior, tone(tmp_path / "talk.flac"))
    Track.objects.create(asset=asset, kind="transcript", language="en", text=TALK)
    Track.objects.create(
        asset=asset, kind="chapters", language="en", text=CHAPTERS, media_type="application/json+chapters"
    )
    return asset


def current(asset: Asset) -> Version:
    asset.refresh_from_db()
    assert asset.current
    return asset.current


def worked(by: Member, asset: Asset, operation) -> Job:
    """The job that did it, ended well."""
    version = current(asset)
    job = remaking.order(by, version.pk, operation)
    remake.func(job.pk, version.pk, as_written(operation))
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.problem
    return job


def made_by(job: Job) -> Asset:
    return Asset.objects.get(pk=job.result["asset"])


def loudness_of(version: Version) -> float:
    with storage.local_copy(version.sha256) as path:
        return measure_loudness(path).integrated_lufs


def test_a_sound_is_brought_to_a_loudness(cast, talk):
    job = worked(cast.junior, talk, Level(target_lufs=-16.0))
    assert abs(loudness_of(current(talk)) + 16) <= 0.5
    assert "LUFS" in job.result["said"][0]
    assert talk.versions.count() == 2 and talk.tracks.get(kind="transcript").text == TALK  # nothing moved


def test_a_films_sound_is_brought_there_under_the_same_picture(cast, film):
    before = facts_of(current(film)).video[0]
    worked(cast.junior, film, Level(target_lufs=-23.0))
    after = facts_of(current(film)).video[0]
    assert abs(loudness_of(current(film)) + 23) <= 0.5
    assert (after.codec, after.width_px, after.frame_rate) == (before.codec, before.width_px, before.frame_rate)


def test_cleaning_shortens_silence_and_the_words_move_with_it(cast, talk):
    worked(cast.junior, talk, Clean(high_pass_hz=80, pause_s=0.2))
    with storage.local_copy(current(talk).sha256) as path:
        assert abs(analyse(path).duration_s - Fraction(52, 10)) < Fraction(1, 10)
    moved = talk.tracks.get(kind="transcript").text
    assert "seven, eight!" in moved and "00:04.000 -->" not in moved
    assert '"startTime":4' not in talk.tracks.get(kind="chapters").text


@pytest.mark.skipif(not has_fonts(), reason="this machine has no font to write with")
def test_an_audiogram_is_an_asset_of_its_own_bound_by_the_same_rights(cast, talk, photo):
    add_licence(cast.lead, talk.pk, Terms(holder="Rosa", terms="One year", credit_line="Rosa", cost_minor=20_000))
    show_subject(cast.lead, talk.pk, "Amina")
    made = made_by(worked(cast.junior, talk, Audiogram(title="The talk", shape="9:16", cover=photo.pk)))
    assert (made.kind, made.title) == ("video", "The talk") and made != talk
    facts = facts_of(current(made))
    assert (facts.width_px, facts.height_px) == (1080, 1920)
    (licence,) = Licence.objects.filter(asset=made)
    assert (licence.holder, licence.credit_line, licence.cost_minor) == ("Rosa", "Rosa", None)  # it was paid once
    assert [subject.name for subject in made.subjects.all()] == ["Amina"]
    assert made.tracks.get(kind="transcript").text == TALK
    assert talk.versions.count() == 1


def test_an_episode_is_finished_with_its_chapters_and_cover(cast, talk, photo):
    episode = Finish(title="Six things", show="Reef Watch", number=3, cover=photo.pk)
    made = made_by(worked(cast.junior, talk, episode))
    version = current(made)
    assert version.media_type == "audio/mpeg" and abs(loudness_of(version) + 19) <= 1.0
    with storage.local_copy(version.sha256) as path:
        assert probe(path).picture or probe(path).audio[0].codec == "mp3"
        data = path.read_bytes()
    assert b"CHAP" in data and b"APIC" in data and b"Six things" in data.replace(b"\0", b"")


def test_words_that_are_struck_out_are_gone_from_sound_and_captions(cast, talk):
    job = worked(cast.junior, talk, StrikeWords(track=talk.tracks.get(kind="transcript").pk, removed=((3, 6),)))
    with storage.local_copy(current(talk).sha256) as path:
        assert abs(analyse(path).duration_s - 4) < Fraction(1, 2)
    left = talk.tracks.get(kind="transcript").text
    assert "four" not in left and "three" in left and "seven," in left
    assert "3 words were struck out." in job.result["said"]


def test_the_cut_can_be_an_asset_of_its_own(cast, talk):
    track = talk.tracks.get(kind="transcript")
    made = made_by(worked(cast.junior, talk, StrikeWords(track=track.pk, removed=((0, 3),), title="Short")))
    assert made.title == "Short" and "One" not in made.tracks.get(kind="transcript").text
    assert talk.tracks.get(kind="transcript").text == TALK and talk.versions.count() == 1


def test_words_of_a_line_last_as_long_as_their_letters(talk):
    words = words_of(talk.tracks.get(kind="transcript"))
    assert [word.text for word in words] == ["One", "two", "three", "four", "five", "six", "seven,", "eight!"]
    assert (words[0].start_s, words[2].end_s, words[3].start_s) == (Fraction(0), Fraction(2), Fraction(2))
    assert words[0].speaker == "Ana"


# What cannot be made of a sound: the operation, and words of the reason.
WRONG = (
    (Level(target_lufs=-90.0), "A loudness is from"),
    (Clean(), "at least one thing"),
    (Audiogram(title=" "), "Give it a title"),
    (Audiogram(title="A", shape="2:1"), "Choose one of"),
    (Audiogram(title="A", cover=10**6), "no such picture"),
    (Finish(title="A", media_type="audio/ogg"), "An episode is"),
    (StrikeWords(track=0, removed=((0, 1),)), "no such captions"),
)


@pytest.mark.parametrize(("operation", "words"), WRONG)
def test_what_cannot_be_made_is_said_at_once(cast, talk, operation, words):
    with pytest.raises(Invalid, match=words):
        remaking.order(cast.junior, current(talk).pk, operation)
    assert not Job.objects.filter(kind="remake").exists()


def test_not_every_word_can_be_struck_out(cast, talk):
    track = talk.tracks.get(kind="transcript").pk
    for removed, words in ((((0, 8),), "No word would be left"), (((5, 99),), "no range"), ((), "at least one word")):
        with pytest.raises(Invalid, match=words):
            remaking.order(cast.junior, current(talk).pk, StrikeWords(track=track, removed=removed))


def test_a_films_silence_is_not_shortened_without_its_picture(cast, film, photo):
    with pytest.raises(Invalid, match="cut with its picture"):
        remaking.order(cast.junior, current(film).pk, Clean(pause_s=0.2))
    with pytest.raises(Unsupported):
        remaking.order(cast.junior, current(photo).pk, Level())


def test_a_picture_of_others_is_no_cover(cast, talk, tmp_path):
    theirs = making.taken_in(cast.stranger, making.jpeg(tmp_path / "theirs.jpg"))
    with pytest.raises(Invalid, match="no such picture"):
        remaking.order(cast.junior, current(talk).pk, Finish(title="A", cover=theirs.pk))


def test_the_page_starts_each_of_them(cast, talk, photo):
    browser = signed_in(cast.junior)
    shown = browser.get(reverse("asset-section", args=[talk.pk, "make"])).content.decode()
    assert all(words in shown for words in ("Bring it to a loudness", "Clean it", "podcast episode", photo.title))
    sent = {
        "level": {"level-target_lufs": "-14"},
        "clean": {"clean-has_rumble": "on", "clean-pause_s": "0.5"},
        "audiogram": {"audiogram-title": "A", "audiogram-shape": "1:1"},
        "episode": {"episode-title": "A", "episode-media_type": "audio/mp4", "episode-cover": str(photo.pk)},
    }
    for what, fields in sent.items():
        assert browser.post(reverse("asset-make", args=[talk.pk, what]), fields).status_code == 302, what
    assert Job.objects.filter(kind="remake").count() == 4
    wrong = browser.post(reverse("asset-make", args=[talk.pk, "episode"]), {"episode-title": ""})
    assert wrong.status_code == 422 and "This field is required" in wrong.content.decode()
    assert browser.post(reverse("asset-make", args=[talk.pk, "cake"])).status_code == 404


def test_the_page_shows_the_words_and_strikes_them(cast, talk):
    browser = signed_in(cast.junior)
    page = reverse("asset-section", args=[talk.pk, "words"])
    shown = browser.get(page).content.decode()
    assert 'value="6"' in shown and "seven," in shown and "Ana:" in shown
    track = talk.tracks.get(kind="transcript").pk
    sent = {"track": str(track), "gone": ["0", "1", "7", "x"], "title": "Short"}
    assert browser.post(reverse("asset-strike", args=[talk.pk]), sent).status_code == 302
    assert Job.objects.get(kind="remake").label == "Cutting talk.flac by its words"
    everything = {"track": str(track), "gone": [str(number) for number in range(8)]}
    browser.post(reverse("asset-strike", args=[talk.pk]), everything)
    assert "No word would be left" in browser.get(page).content.decode()


def test_programs_start_them_by_name(cast, talk):
    address = f"/api/library/versions/{talk.current_id}/remake"
    body = {"name": "level", "settings": {"target_lufs": -23}}
    assert program(cast.junior).post(address, body, content_type="application/json").status_code == 202
    wrong = {"name": "level", "settings": {"target_lufs": "loud"}}
    assert program(cast.junior).post(address, wrong, content_type="application/json").status_code == 422
