from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction

from crosscut.apps.library import queries, search, words
from crosscut.apps.library.models import Asset, SavedSearch, Track, Version
from crosscut.apps.library.searchbox import parse
from crosscut.apps.library.services import consents, fingerprints
from crosscut.apps.library.services.clear import Terms, add_licence, withdraw_licence
from crosscut.apps.library.services.describe import Description, archive, describe
from crosscut.apps.library.services.index import refresh_search
from crosscut.apps.library.services.saved import forget_search, save_search
from crosscut.apps.library.spoken import Moment, moments_in
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from crosscut.media.stills import Fingerprint, Swatch


def asset(cast, title: str, *, kind: str = "image", **fields) -> Asset:
    made = Asset.objects.create(workspace=cast.workspace, title=title, kind=kind, **fields)
    refresh_search([made.pk])
    return made


def titles(cast, text: str) -> list[str]:
    return [found.title for found in search.window(cast.junior, parse(text)).assets]


@pytest.fixture
def shelf(cast):
    """Assets that differ in what a search can ask."""
    asset(cast, "Blue whale breaching", description="A humpback leaps near Réunion", credit="Rosa Diaz")
    asset(cast, "Coral garden", tags=["reef", "night dive"], alt_text="Corals", credit="Ada")
    song = asset(cast, "Whale song", kind="audio", tags=["reef"])
    Track.objects.create(asset=song, kind="transcript", text="deep humming underwater")
    refresh_search([song.pk])
    asset(cast, "Diver surfacing", kind="video")


# What is typed and what is found, best or newest first.
FOUND: tuple[tuple[str, list[str]], ...] = (
    ("", ["Diver surfacing", "Whale song", "Coral garden", "Blue whale breaching"]),
    ("cora", ["Coral garden"]),  # the beginning of a word
    ("corals", ["Coral garden"]),  # another form of it
    ("reunion", ["Blue whale breaching"]),  # without the accent
    ("leaping", ["Blue whale breaching"]),  # a form of a word of the description
    ("humming", ["Whale song"]),  # what is said in it
    ("diaz", ["Blue whale breaching"]),
    ("corall", ["Coral garden"]),  # misspelt
    ('"blue whale"', ["Blue whale breaching"]),
    ('"whale blue"', []),
    ("type:audio", ["Whale song"]),
    ("tag:reef", ["Whale song", "Coral garden"]),
    ('tag:"night dive"', ["Coral garden"]),
    ("tag:reef type:audio", ["Whale song"]),
    ("credit:missing", ["Diver surfacing", "Whale song"]),
    ("alt:missing", ["Blue whale breaching"]),
    ("whale type:video", []),
    ("nothing like that", []),
    ("& | ! ( ) :* <->", []),
    ("%", []),
)


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_it_finds(cast, text, expected):
    assert titles(cast, text) == expected


@pytest.mark.usefixtures("shelf")
def test_the_best_match_comes_first(cast):
    found = titles(cast, "whale")
    assert set(found) == {"Blue whale breaching", "Whale song"}


def test_it_knows_how_rights_stand(cast):
    today = queries.today_in(cast.workspace)
    days = {"ended": -1, "last day": 0, "soon": 20, "later": 90}
    for title, left in days.items():
        terms = Terms(holder="Ada", terms="Contract", ends_on=today + timedelta(days=left))
        add_licence(cast.senior, asset(cast, title).pk, terms)
    add_licence(cast.senior, asset(cast, "for ever").pk, Terms(holder="Ada", terms="CC0"))
    taken_back = asset(cast, "taken back")
    withdraw_licence(cast.senior, add_licence(cast.senior, taken_back.pk, Terms(holder="A", terms="x")).pk)
    both = asset(cast, "ended and renewed")
    for ends_on in (today - timedelta(days=9), today + timedelta(days=200)):
        add_licence(cast.senior, both.pk, Terms(holder="Ada", terms="Contract", ends_on=ends_on))
    assert set(titles(cast, "rights:expired")) == {"ended"}
    assert set(titles(cast, "rights:none")) == {"taken back"}
    assert set(titles(cast, "rights:expires<30d")) == {"last day", "soon"}
    assert set(titles(cast, "rights:valid")) == {"last day", "soon", "later", "for ever", "ended and renewed"}


def test_archived_assets_are_found_only_among_the_archived(cast):
    gone = asset(cast, "gone")
    asset(cast, "here")
    archive(cast.junior, [gone.pk])
    assert titles(cast, "") == ["here"]
    assert titles(cast, "is:archived") == ["gone"]


def test_a_change_is_found_at_once(cast):
    row = asset(cast, "IMG 0001")
    describe(cast.junior, row.pk, Description(title="Manta ray"))
    assert titles(cast, "manta") == ["Manta ray"]
    assert titles(cast, "0001") == []


@pytest.mark.parametrize("text", ["", "fish"])
def test_the_windows_together_are_everything_once(cast, text):
    for number in range(25):
        asset(cast, f"fish {number}")
    seen, cursor = [], ""
    while True:
        window = search.window(cast.junior, parse(text), cursor=cursor, size=10)
        seen += [found.pk for found in window.assets]
        cursor = window.next_cursor
        if not cursor:
            break
    assert len(seen) == 25 == len(set(seen))


def test_a_file_that_arrives_meanwhile_shifts_nothing(cast):
    for number in range(6):
        asset(cast, f"fish {number}")
    first = search.window(cast.junior, parse(""), size=3)
    asset(cast, "newcomer")
    second = search.window(cast.junior, parse(""), cursor=first.next_cursor, size=3)
    assert [found.title for found in second.assets] == ["fish 2", "fish 1", "fish 0"]


@pytest.mark.parametrize("cursor", ["x", "bm8=", "eyJhdCI6IDV9", "é"])
def test_a_cursor_that_is_not_ours_is_refused_plainly(cast, cursor):
    with pytest.raises(Invalid, match="place in the list"):
        search.window(cast.junior, parse(""), cursor=cursor)


@pytest.mark.usefixtures("shelf")
def test_facets_count_what_a_click_would_show(cast):
    counts = {facet.token: facet.count for facet in search.narrowing(cast.junior, parse("tag:reef")).facets}
    year = queries.today_in(cast.workspace).year
    assert counts == {
        f"year:{year}": 2,
        "type:audio": 1,
        "type:image": 1,
        "rights:none": 2,
        "credit:missing": 1,
        "tag:reef": 2,
        'tag:"night dive"': 1,
    }
    for facet in search.narrowing(cast.junior, parse("")).facets:
        assert len(titles(cast, facet.token)) == facet.count


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("text", ["whale type:audio", "type:audio", "corall type:image"])
def test_kinds_are_counted_as_if_none_were_chosen_without_looking_again(cast, text, monkeypatch):
    wanted = parse(text)
    found = search.find(cast.junior, wanted)
    monkeypatch.setattr(search, "find", None)
    counts = {facet.token: facet.count for facet in search.narrowing_of(cast.junior, wanted, found).facets}
    monkeypatch.undo()
    kinds = {token: count for token, count in counts.items() if token.startswith("type:")}
    assert kinds == {token: len(titles(cast, f"{text.partition('type:')[0]}{token}")) for token in kinds}
    assert len(kinds) == {"whale": 2, "type:audio": 3, "corall": 1}[text.split()[0]]


@pytest.mark.usefixtures("shelf")
def test_nobody_finds_what_is_in_another_workspace(cast):
    assert search.narrowing(cast.stranger, parse("")) == search.Narrowing(total=0, facets=())


def test_guests_are_told_what_they_may_see(cast):
    with pytest.raises(NotAllowed, match="guest"):
        search.window(cast.guest, parse(""))


def test_accents_are_taken_off_once_and_not_for_every_asset(cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(20) as asked:
        search.window(cast.junior, parse('réunion "blue whale"'))
        search.narrowing(cast.junior, parse('réunion "blue whale"'))
    shelves = [query["sql"] for query in asked.captured_queries if "library_asset" in query["sql"]]
    assert shelves and not [sql for sql in shelves if "unaccent" in sql]


def test_what_was_misspelt_is_said(cast, shelf):
    found = search.find(cast.junior, parse("huming"))
    assert [row.title for row in search.read(cast.junior, found.assets(0, 9))] == ["Whale song"]
    assert found.notes[0].startswith("Nothing says “huming”.") and "hum" in found.notes[0]


# The language of the workspace, what an asset says, and what finds it.
IN_LANGUAGES: tuple[tuple[str, str, str], ...] = (
    ("de", "Die Häuser am Riff", "haus"),  # a stem of the workspace's language
    ("fr", "Des chevaux galopent", "galoper"),
    ("en", "珊瑚礁の魚", "珊瑚"),  # no spaces between words
    ("en", "珊瑚礁の魚", "瑚礁の"),
    ("ru", "Киты поют", "кит"),
    ("en", "สวัสดีทะเล", "ทะเล"),
)


@pytest.mark.parametrize(("language", "says", "typed"), IN_LANGUAGES)
def test_it_finds_in_many_languages(cast, language, says, typed):
    cast.workspace.language = language
    cast.workspace.save()
    cast.junior.refresh_from_db()
    asset(cast, says)
    assert titles(cast, typed) == [says]
    assert titles(cast, "qqqq") == []


def test_filters_by_what_it_is_and_shows(cast):
    tall = asset(cast, "tall", created_at="2024-05-01T00:00:00Z")
    facts = {"picture": {"width_px": 600, "height_px": 900}}
    version = Version.objects.create(asset=tall, number=1, sha256="a" * 64, size_bytes=9, facts=facts)
    Asset.objects.filter(pk=tall.pk).update(current=version)
    fingerprints.enter(version, looks("#1e6f8a"))
    long = asset(cast, "long", kind="audio")
    spoken = Version.objects.create(
        asset=long, number=1, sha256="b" * 64, size_bytes=99, facts={"duration_s": "1803/2"}
    )
    Asset.objects.filter(pk=long.pk).update(current=spoken)
    consents.show_subject(cast.lead, long.pk, "Rosa Diaz")
    by = {
        "shape:portrait": ["tall"],
        "shape:square": [],
        "colour:teal": ["tall"],
        "colour:#207080": ["tall"],
        "colour:red": [],
        "length:long": ["long"],
        "length:short": [],
        "year:2024": ["tall"],
        'person:"rosa diaz"': ["long"],
        "person:nobody": [],
        "sort:name": ["long", "tall"],
        "sort:size": ["long", "tall"],
    }
    assert {text: titles(cast, text) for text in by} == by
    for facet in search.narrowing(cast.junior, parse("")).facets:
        assert len(titles(cast, facet.token)) == facet.count, facet


def looks(hex_colour: str) -> Fingerprint:
    return Fingerprint(whole=5, parts=(0,) * 16, sketch_hex="", colours=(Swatch(hex=hex_colour, share=1),))


def test_whatever_changes_an_asset_is_seen_by_every_process(cast):
    row = asset(cast, "coral")
    assert titles(cast, "rights:none") == ["coral"]  # this process has its copy now
    licence = add_licence(cast.senior, row.pk, Terms(holder="Ada", terms="CC0"))
    assert titles(cast, "rights:none") == []
    withdraw_licence(cast.senior, licence.pk)
    assert titles(cast, "rights:none") == ["coral"]
    with connection.cursor() as cursor:  # as another program would
        cursor.execute("UPDATE library_asset SET tags = '{reef}' WHERE id = %s", [row.pk])
    assert titles(cast, "tag:reef") == ["coral"]
    row.delete()
    assert titles(cast, "") == [] and search.narrowing(cast.junior, parse("")).facets == ()


@pytest.mark.django_db(transaction=True)
def test_a_transaction_sees_what_it_wrote_itself_while_older_ones_are_open(cast):
    assert titles(cast, "") == []
    with psycopg.connect(**connection.get_connection_params()) as outside:
        outside.execute("SELECT pg_current_xact_id()")  # under way: ours comes later, and none after it has ended
        with transaction.atomic():
            asset(cast, "coral")
            assert titles(cast, "") == ["coral"]


def test_a_common_word_is_counted_as_more_than(cast, monkeypatch):
    monkeypatch.setattr(words, "MOST_HITS", 3)
    for number in range(5):
        asset(cast, f"fish {number}")
    found = search.find(cast.junior, parse("fish"))
    assert (found.total, found.is_cut) == (3, True)
    assert set(titles(cast, "fish")) == {"fish 4", "fish 3", "fish 2"}


def test_any_place_of_the_list_can_be_opened(cast):
    for number in range(9):
        asset(cast, f"fish {number}")
    window = search.window(cast.junior, parse(""), cursor=search.cursor_at(6), size=2)
    assert [found.title for found in window.assets] == ["fish 2", "fish 1"]


def test_it_says_where_a_word_is_spoken(cast):
    song = asset(cast, "song", kind="audio")
    Track.objects.create(
        asset=song,
        kind="captions",
        text="WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n\n00:07.500 --> 00:09.000\nThe réef!\n",
    )
    assert moments_in([song.pk], ["reef"]) == {song.pk: Moment(at_s=7.5, words="The réef!")}
    assert moments_in([song.pk], ["whale"]) == {}


def test_a_kept_search_is_the_keepers_own_until_shared(cast):
    mine = save_search(cast.junior, "Reefs", "tag:reef")
    ours = save_search(cast.senior, "Films", "type:video", is_shared=True)
    assert list(queries.saved_searches_for(cast.junior)) == [ours, mine]
    assert list(queries.saved_searches_for(cast.lead)) == [ours]
    assert not queries.saved_searches_for(cast.stranger) and not queries.saved_searches_for(cast.guest)
    with pytest.raises(Conflict, match="Reefs"):
        save_search(cast.junior, " Reefs ", "x")
    with pytest.raises(NotAllowed, match="Only they or a lead"):
        forget_search(cast.junior, ours.pk)
    with pytest.raises(NotFound):
        forget_search(cast.lead, mine.pk)
    forget_search(cast.lead, ours.pk)
    forget_search(cast.junior, mine.pk)
    assert not SavedSearch.objects.exists()
