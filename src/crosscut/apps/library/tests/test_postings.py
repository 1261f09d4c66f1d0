import psycopg
import pytest
from django.db import connection, transaction

from crosscut.apps.library import postings, search, words
from crosscut.apps.library.models import Asset, Posting, Unposted
from crosscut.apps.library.searchbox import parse
from crosscut.apps.library.services.bins import put_into_bin
from crosscut.apps.library.services.describe import Description, describe, tag
from crosscut.apps.library.services.postings import post_block, post_everything, post_words
from crosscut.apps.library.tests.test_search import FOUND, asset, shelf, titles

__all__ = ["shelf"]  # the fixture


@pytest.fixture
def posted(cast, shelf, monkeypatch):
    """The shelf, with its words written down; the assets' own index is not asked."""
    post_everything(cast.workspace.pk)
    assert Posting.objects.exists() and not Unposted.objects.exists()
    monkeypatch.setattr(words, "_HITS", "SELECT 'only phrases and short beginnings may ask this'")


@pytest.mark.usefixtures("shelf")
def test_it_finds_the_same_in_what_is_written_down(cast):
    post_everything(cast.workspace.pk)
    assert {text: titles(cast, text) for text, _expected in FOUND} == dict(FOUND)


@pytest.mark.usefixtures("posted")
def test_words_and_beginnings_are_found_without_reading_assets(cast):
    found = {"coral", "humm", "whale", "whale reef", "diver"}
    assert {text: bool(titles(cast, text)) for text in found} == dict.fromkeys(found, True)


@pytest.mark.usefixtures("posted")
def test_what_changes_afterwards_is_found_at_once(cast):
    row = Asset.objects.get(title="Coral garden")
    describe(cast.junior, row.pk, Description(title="Manta station", alt_text=""))
    assert (titles(cast, "coral"), titles(cast, "manta")) == ([], ["Manta station"])
    assert set(titles(cast, "reef")) == {"Manta station", "Whale song"}  # the same words as before are still there
    asset(cast, "Manta by night")
    assert set(titles(cast, "manta")) == {"Manta by night", "Manta station"}
    post_everything(cast.workspace.pk)
    assert (titles(cast, "coral"), len(titles(cast, "manta"))) == ([], 2)
    put_into_bin(cast.lead, [row.pk])
    assert titles(cast, "manta") == ["Manta by night"]
    Asset.objects.filter(title="Manta by night").delete()
    assert titles(cast, "manta") == []


@pytest.mark.usefixtures("posted")
def test_a_change_that_says_nothing_new_asks_for_no_new_block(cast):
    row = Asset.objects.get(title="Coral garden")
    Asset.objects.filter(pk=row.pk).update(archived_at="2026-01-01T00:00:00Z")
    assert not Unposted.objects.exists()
    tag(cast.junior, [row.pk], add=["sponge"])
    assert [one.asset_id for one in Unposted.objects.all()] == [row.pk]


def test_blocks_are_made_where_many_assets_changed(cast, monkeypatch):
    monkeypatch.setattr("crosscut.apps.library.services.postings.FEW", 2)
    rows = [asset(cast, "fish one"), asset(cast, "fish two")]
    assert post_words() == 0
    asset(cast, "fish three")
    assert post_words() == len({row.pk // postings.BLOCK for row in rows})
    assert set(titles(cast, "fish")) == {"fish one", "fish two", "fish three"}


def test_the_index_answers_where_too_many_assets_wait_for_their_block(cast, monkeypatch):
    monkeypatch.setattr(words, "MOST_UNPOSTED", 1)
    monkeypatch.setattr(words, "_SAYING", "SELECT 'too many to ask one by one'")
    asset(cast, "fish one"), asset(cast, "fish two")
    assert set(titles(cast, "fish")) == {"fish one", "fish two"}


def test_the_newest_of_a_common_word_that_pass_the_filters_are_kept(cast, monkeypatch):
    for number in range(4):
        asset(cast, f"fish {number}", kind="video")
    for number in range(4):
        asset(cast, f"fish picture {number}")
    post_everything(cast.workspace.pk)
    monkeypatch.setattr(words, "MOST_HITS", 3)
    found = search.find(cast.junior, parse("fish type:video"))
    assert [row.title for row in search.read(cast.junior, found.assets(0, 9))] == ["fish 3", "fish 2", "fish 1"]
    assert found.is_cut


@pytest.mark.django_db(transaction=True)
def test_what_was_being_written_while_a_block_was_made_is_not_lost(cast):
    row = asset(cast, "coral")
    with psycopg.connect(**connection.get_connection_params()) as outside:
        outside.execute("UPDATE library_asset SET search = to_tsvector('manta') WHERE id = %s", [row.pk])
        post_block(cast.workspace.pk, row.pk // postings.BLOCK)
        assert titles(cast, "coral") == ["coral"]
    assert (titles(cast, "coral"), titles(cast, "manta")) == ([], ["coral"])


def test_nobody_finds_words_of_another_workspace(cast):
    asset(cast, "coral")
    post_everything(cast.workspace.pk)
    assert search.find(cast.stranger, parse("coral")).total == 0


def test_a_block_that_fails_leaves_what_was(cast, monkeypatch):
    row = asset(cast, "coral")
    post_everything(cast.workspace.pk)
    monkeypatch.setattr("crosscut.apps.library.services.postings._FILL", "SELECT 1/0")
    with pytest.raises(Exception, match="division"), transaction.atomic():
        post_block(cast.workspace.pk, row.pk // postings.BLOCK)
    assert titles(cast, "coral") == ["coral"]
