"""The front door, and the sentences every check speaks with."""

import re
import string
from pathlib import Path

import pytest

from crosscut import specs
from crosscut.kernel.findings import Level, blocking
from crosscut.kernel.records import as_data, canonical_json
from crosscut.specs import SENTENCES, Draft, check, post_type_names
from crosscut.specs.tests.made import AT, codes, day, film, held, licence, media, picture, sound


def test_a_good_post_has_nothing_to_be_told():
    draft = Draft(text="The reef breathes. #CoralReef https://reef.example", media=(media(),))
    assert check(draft, "bluesky/images", at=AT) == ()


def test_the_worst_comes_first():
    bad = media(
        picture("image/tiff"), alt_text="A photo of a turtle", holdings=held(licence(ends_on=day("2026-12-05")))
    )
    found = check(Draft(text="a" * 301, media=(bad,)), "practice/images", at=AT)
    assert [finding.level for finding in found] == sorted(
        (finding.level for finding in found), key=lambda level: level != "block"
    )
    assert codes(found) == ["text.too_long", "media.type", "alt_text.says_image_of", "rights.ends_soon"]


def test_an_expired_licence_blocks_the_whole_post():
    expired = media(holdings=held(licence(ends_on=day("2026-11-01"))))
    found = check(Draft(text="Reef.", media=(media(), expired)), "bluesky/images", at=AT)
    assert codes(blocking(found)) == ["rights.expired"]
    assert found[0].where == "media[1]"


def test_a_credit_in_the_alt_text_is_seen_and_one_on_the_site_is_printed():
    wanted = (licence(credit_line="Photo: Ana Reyes"),)
    in_alt = media(holdings=held(*wanted), alt_text="A turtle. Photo: Ana Reyes")
    assert check(Draft(text="Reef.", media=(in_alt,)), "bluesky/images", at=AT) == ()
    carried = media(holdings=held(*wanted), credit="Photo: Ana Reyes, CC BY 4.0")
    assert codes(check(Draft(text="Reef.", media=(carried,)), "bluesky/images", at=AT)) == ["rights.credit_not_shown"]
    assert check(Draft(text="Reef.", title="Reef", media=(carried,)), "site/article", at=AT) == ()


def test_licences_may_know_the_channel_by_another_name():
    mine = media(holdings=held(licence(channels=("house-blog",))))
    draft = Draft(text="Reef.", title="Reef", media=(mine,))
    assert codes(check(draft, "site/article", at=AT)) == ["rights.channel"]
    assert check(draft, "site/article", at=AT, channel="house-blog") == ()


def test_the_three_posts_of_a_campaign_pass_where_they_belong():
    captions, transcript = frozenset({"captions"}), frozenset({"transcript"})
    clip = Draft(text="The reef breathes.", media=(media(film(45), tracks=captions),))
    article = Draft(text="The reef breathes.", title="Reef", media=(media(), media(film(45), tracks=captions)))
    episode = Draft(text="We listen.", title="Listen", media=(media(sound(), alt_text="", tracks=transcript),))
    assert check(clip, "practice/video", at=AT) == ()
    assert check(article, "site/article", at=AT) == ()
    assert check(episode, "podcast/episode", at=AT) == ()


@pytest.mark.parametrize("key", post_type_names())
def test_every_post_type_can_be_checked_and_every_finding_is_whole(key):
    files = (media(picture("image/bmp"), alt_text="", holdings=held()), media(film(100_000)), media(sound()))
    for finding in check(Draft(text="TODO " * 20_000, media=files), key, at=AT):
        assert "{" not in finding.message + finding.repair
        assert finding.post_type == key
        assert finding.where
        assert finding.level in Level
        assert canonical_json(as_data(finding))


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_sentence_is_one_a_person_can_read(code):
    sentence = SENTENCES[code]
    assert sentence.message.endswith((".", "?"))
    assert not sentence.repair or sentence.repair.endswith(".")
    assert sentence.message[0] in string.ascii_uppercase + "{“"
    assert not re.search(r"\b(edition|target|rendition)\b", sentence.message + sentence.repair)


def test_every_sentence_is_said_by_some_check_and_every_check_has_its_sentence():
    folder = Path(specs.__file__).parent
    code = "\n".join(path.read_text() for path in folder.rglob("*.py") if path.name != "sentences.py")
    said = set(re.findall(r'"([a-z_]+\.[a-z_]+)"', code))
    assert set(SENTENCES) <= said
