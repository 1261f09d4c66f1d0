from datetime import timedelta

import pytest

from crosscut.apps.library import queries, search
from crosscut.apps.library.models import Asset, Track
from crosscut.apps.library.searchbox import parse
from crosscut.apps.library.services.clear import Terms, add_licence, withdraw_licence
from crosscut.apps.library.services.describe import Description, archive, describe
from crosscut.apps.library.services.index import refresh_search
from crosscut.kernel.errors import Invalid, NotAllowed


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
    assert counts == {
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
def test_nobody_finds_what_is_in_another_workspace(cast):
    assert search.narrowing(cast.stranger, parse("")) == search.Narrowing(total=0, facets=())


def test_guests_are_told_what_they_may_see(cast):
    with pytest.raises(NotAllowed, match="guest"):
        search.window(cast.guest, parse(""))


def test_accents_are_taken_off_once_and_not_for_every_asset(cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(12) as asked:
        search.window(cast.junior, parse('réunion "blue whale"'))
        search.narrowing(cast.junior, parse('réunion "blue whale"'))
    shelves = [query["sql"] for query in asked.captured_queries if "library_asset" in query["sql"]]
    assert shelves and not [sql for sql in shelves if "unaccent" in sql]
