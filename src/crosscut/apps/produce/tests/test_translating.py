"""A piece in many languages: what has to be said, how far it is, what is remembered."""

import pytest
from tests.cast import Cast

from crosscut.apps.produce.languages import language_for, languages
from crosscut.apps.produce.memory import matches_for, offers_for, segments_for
from crosscut.apps.produce.models import Piece, Segment
from crosscut.apps.produce.services.approve import approve, is_approved
from crosscut.apps.produce.services.freeze import content_of, freeze
from crosscut.apps.produce.services.remember import forget
from crosscut.apps.produce.services.translate import add_language, agree, follow_source, keep_words, review
from crosscut.apps.produce.services.write import Edits, archive_piece, change_piece, save_edits, set_media, set_outlet
from crosscut.apps.produce.tests import made, translated
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, NotFound


def _states(cast: Cast, piece: Piece) -> dict[str, str]:
    return {passage.key: passage.state.value for passage in language_for(cast.lead, piece.pk).passages}


def test_a_new_language_has_everything_but_the_words(cast: Cast):
    source = translated.source(cast)
    piece = add_language(cast.junior, source, "de_at")
    content, [use] = content_of(piece), piece.media.all()
    assert (piece.language, piece.text, content["outlets"]["practice"]["text"]) == ("de-AT", "", "")
    assert list(content["outlets"]) == ["practice", "site"] and use.alt_text == ""
    [found] = languages(source)
    assert (found.piece, found.state) == (piece, "not-begun")
    waiting = {"title", "text", "tags", "practice.text", f"media.{use.asset_id}.alt"}
    assert _states(cast, piece) == {"link": "done", **dict.fromkeys(waiting, "missing")}


def test_it_refuses_a_language_twice_its_own_and_a_translation_of_a_translation(cast: Cast):
    source = translated.source(cast)
    piece = add_language(cast.junior, source, "de")
    with pytest.raises(Conflict, match="has de already"):
        add_language(cast.junior, source, "DE")
    with pytest.raises(Conflict, match="Add the language to “A plan”"):
        add_language(cast.junior, piece, "fr")
    for wrong in ("EN", "", "no language"):
        with pytest.raises(Invalid):
            add_language(cast.junior, source, wrong)
    archive_piece(cast.junior, piece)
    assert languages(source) == []
    add_language(cast.junior, source, "de")  # what is archived does not stand in the way


def test_a_language_goes_from_not_begun_to_reviewed(cast: Cast):
    source = translated.source(cast)
    piece = add_language(cast.specialist, source, "de")
    keep_words(cast.specialist, piece, {"text": translated.GERMAN})
    assert language_for(cast.lead, piece.pk).state == "under-way"
    assert _states(cast, piece)["text"] == "draft"
    keep_words(cast.specialist, piece, translated.words_for(source))
    translated.done(cast, piece)
    assert language_for(cast.lead, piece.pk).state == "translated"
    with pytest.raises(NotAllowed, match="Somebody else"):
        review(cast.specialist, piece)
    assert review(cast.junior, piece).state == "reviewed"
    keep_words(cast.junior, piece, {"tags": "riff, meer"})
    assert language_for(cast.lead, piece.pk).state == "under-way"  # a review holds for exactly what was read
    with pytest.raises(Conflict):
        review(cast.junior, piece)


def test_a_changed_source_puts_it_out_of_date_and_says_what_changed(cast: Cast):
    piece = translated.german(cast).piece
    source = piece.translation.source
    change_piece(cast.junior, source, text=translated.TEXT.replace("Half of", "More than half of"))
    found = language_for(cast.lead, piece.pk)
    [stale] = [passage for passage in found.passages if passage.state == "stale"]
    assert found.state == "out-of-date"
    assert (stale.key, stale.before, stale.source[:9]) == ("text", translated.TEXT, "More than")
    assert agree(cast.junior, piece, {"text": stale.seen}).state == "translated"  # it says the same again
    change_piece(cast.junior, source, text=translated.TEXT)
    change_piece(cast.junior, source, text=translated.TEXT.replace("Half of", "More than half of"))
    assert language_for(cast.lead, piece.pk).state == "translated"  # changed and changed back is not changed


def test_the_library_s_own_description_and_the_link_count_as_source_words(cast: Cast):
    piece = translated.german(cast).piece
    asset = piece.media.get().asset
    asset.alt_text = "Two divers above a pale reef."
    asset.save()
    assert _states(cast, piece)[f"media.{asset.pk}.alt"] == "stale"
    change_piece(cast.junior, piece.translation.source, link="https://reef.example/new")
    assert _states(cast, piece)["link"] == "stale"


def test_nobody_says_done_of_a_source_they_did_not_see_or_of_no_words(cast: Cast):
    source = translated.source(cast)
    piece = add_language(cast.junior, source, "de")
    seen = {passage.key: passage.seen for passage in language_for(cast.junior, piece.pk).passages}
    with pytest.raises(Invalid, match="no words yet"):
        agree(cast.junior, piece, {"text": seen["text"]})
    with pytest.raises(Invalid, match="nothing called"):
        agree(cast.junior, piece, {"bluesky.text": ""})
    agree(cast.junior, piece, {"tags": seen["tags"]})  # topics can be left out
    keep_words(cast.junior, piece, {"text": "Halb."})
    change_piece(cast.junior, source, text="All of it.")
    with pytest.raises(Conflict, match="changed meanwhile"):
        agree(cast.junior, piece, {"text": seen["text"]})


def test_an_approval_of_a_translation_falls_exactly_when_its_bytes_change(cast: Cast):
    piece = translated.german(cast).piece
    edition = freeze(piece)
    approve(cast.senior, edition)
    change_piece(cast.junior, piece.translation.source, text="Another source.")
    found = language_for(cast.lead, piece.pk)
    agree(cast.specialist, piece, {one.key: one.seen for one in found.passages if one.state == "stale"})
    review(cast.junior, piece)
    assert freeze(piece) == edition and is_approved(edition)
    keep_words(cast.junior, piece, {"title": "Der Plan"})
    piece.refresh_from_db()
    assert freeze(piece) != edition


def test_words_written_in_the_piece_s_own_editor_are_not_done_by_themselves(cast: Cast):
    piece = translated.german(cast).piece
    save_edits(cast.junior, piece, Edits(words={"text": "Etwas anderes."}))
    assert _states(cast, piece)["text"] == "draft"


def test_it_takes_over_channels_and_media_that_came_later(cast: Cast):
    piece = translated.german(cast).piece
    source = piece.translation.source
    set_outlet(cast.junior, source, channel_slug="bluesky", post_type="text", text="Half. #reef")
    later = made.asset(cast.junior, "later.jpg", alt_text="Later.")
    set_media(cast.junior, source, later)
    assert "bluesky.text" not in _states(cast, piece)
    assert follow_source(cast.junior, piece) == ["channel bluesky", "media"]
    states = _states(cast, piece)
    assert (states["bluesky.text"], states[f"media.{later.pk}.alt"]) == ("missing", "missing")
    assert follow_source(cast.junior, piece) == []


def test_content_warnings_are_translated_and_settings_kept(cast: Cast):
    source = translated.source(cast)
    extra = {"spoiler_text": "Sad news", "visibility": "unlisted"}
    set_outlet(cast.junior, source, channel_slug="mastodon", post_type="text", extra=extra)
    piece = add_language(cast.junior, source, "de")
    assert piece.outlets.get(channel="mastodon").extra == {"visibility": "unlisted"}
    assert _states(cast, piece)["mastodon.extra.spoiler_text"] == "missing"
    keep_words(cast.junior, piece, {"mastodon.extra.spoiler_text": "Traurig"})
    assert piece.outlets.get(channel="mastodon").extra == {"visibility": "unlisted", "spoiler_text": "Traurig"}


def test_it_never_overwrites_what_somebody_else_saved(cast: Cast):
    piece = translated.german(cast).piece
    keep_words(cast.junior, piece, {"title": "Plan A"})
    with pytest.raises(Conflict):
        keep_words(cast.specialist, piece, {"title": "Plan B"}, revision=piece.revision)
    with pytest.raises(Invalid, match="nothing called"):
        keep_words(cast.specialist, piece, {"campaign": "1"})
    piece.refresh_from_db()
    assert piece.title == "Plan A"


# --- the memory


def test_it_remembers_paragraphs_once_with_who_said_so_and_where(cast: Cast):
    piece = translated.german(cast).piece
    rows = {row.source: row for row in segments_for(cast.lead)}
    first = rows["Half of the reef is gone."]
    assert (first.target, first.piece, first.passage) == ("Das halbe Riff ist weg.", piece, "text")
    assert (first.member, first.source_language, first.language) == (cast.specialist, "en", "de")
    assert not any(row.source.startswith("https") for row in rows.values())  # an address is nothing to translate
    count = len(rows)
    keep_words(cast.junior, piece, {"title": "Der Plan"})
    translated.done(cast, piece)
    assert segments_for(cast.lead).count() == count + 1  # the other title; nothing twice


def test_it_offers_the_same_words_first_then_similar_ones_in_the_same_language(cast: Cast):
    translated.german(cast)
    found = matches_for(cast.junior, "Half of the reef is gone.", languages=("en", "de-AT"))
    assert (found[0].percent, found[0].segment.target) == (100, "Das halbe Riff ist weg.")
    [alike, *_rest] = matches_for(cast.junior, "Half of the whole reef is gone.", languages=("en", "de"))
    assert 80 < alike.percent < 100
    assert matches_for(cast.junior, "Half of the reef is gone.", languages=("en", "fr")) == []
    assert matches_for(cast.junior, "Nothing of the kind.", languages=("en", "de")) == []


def test_the_next_piece_is_offered_what_was_said_before(cast: Cast):
    translated.german(cast)
    other = translated.source(cast)
    piece = add_language(cast.junior, other, "de")
    found = language_for(cast.junior, piece.pk)
    text = next(passage for passage in found.passages if passage.key == "text")
    offers = offers_for(cast.junior, found, text)
    assert [offer.matches[0].segment.target for offer in offers] == translated.GERMAN.split("\n\n")


def test_a_memory_stays_in_its_house_and_forgets_when_told(cast: Cast):
    translated.german(cast)
    row = Segment.objects.first()
    assert row is not None
    for who in (cast.stranger, cast.guest):
        assert not segments_for(who).exists()
    with pytest.raises(NotFound):
        forget(cast.stranger, row.pk)
    with pytest.raises(NotAllowed):
        forget(cast.junior, row.pk)
    forget(cast.specialist, row.pk)
    assert not Segment.objects.filter(pk=row.pk).exists()
