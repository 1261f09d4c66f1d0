import pytest

from crosscut.apps.accounts.models import AuditEvent
from crosscut.apps.library.models import Asset
from crosscut.apps.library.services.describe import Description, archive, describe, restore, tag
from crosscut.kernel.errors import Invalid, NotAllowed, NotFound


@pytest.fixture
def assets(cast) -> list[Asset]:
    return [Asset.objects.create(workspace=cast.workspace, title=name, kind="image") for name in ("a", "b")]


def test_it_changes_what_is_given_and_leaves_the_rest(cast, assets):
    describe(cast.junior, assets[0].pk, Description(title=" Reef ", tags=["#Sea", "sea", " Night  dive "]))
    row = Asset.objects.get(pk=assets[0].pk)
    assert (row.title, row.tags, row.credit) == ("Reef", ["sea", "night dive"], "")
    event = AuditEvent.objects.get(verb="asset.described")
    assert event.detail["before"]["title"] == "a"
    assert event.member == cast.junior


def test_nothing_changed_is_nothing_noted(cast, assets):
    describe(cast.junior, assets[0].pk, Description(title="a"))
    assert not AuditEvent.objects.filter(verb="asset.described").exists()


# What is refused: the changes and the field that is named.
REFUSED = (
    (Description(title="  "), "title"),
    (Description(title="x" * 201), "title"),
    (Description(credit="x" * 301), "credit"),
    (Description(alt_text="x" * 20_001), "alt_text"),
    (Description(tags=["x" * 61]), "tags"),
    (Description(tags=[str(number) for number in range(51)]), "tags"),
    (Description(description="a\0b"), ""),
)


@pytest.mark.parametrize(("changes", "where"), REFUSED)
def test_it_refuses_and_changes_nothing(cast, assets, changes, where):
    with pytest.raises(Invalid) as refused:
        describe(cast.junior, assets[0].pk, changes)
    assert refused.value.problems[0].where == where
    assert Asset.objects.get(pk=assets[0].pk).title == "a"


def test_it_tags_several_at_once(cast, assets):
    ids = [row.pk for row in assets]
    assert tag(cast.junior, ids, add=["Reef", "sea"]) == 2
    assert tag(cast.junior, ids[:1], remove=["sea"]) == 1
    assert [row.tags for row in Asset.objects.order_by("pk")] == [["reef"], ["reef", "sea"]]


def test_too_many_tags_change_no_asset_at_all(cast, assets):
    tag(cast.junior, [assets[1].pk], add=[str(number) for number in range(50)])
    with pytest.raises(Invalid, match="at most 50"):
        tag(cast.junior, [row.pk for row in assets], add=["one more"])


def test_archiving_loses_nothing_and_can_be_undone(cast, assets):
    ids = [row.pk for row in assets]
    assert archive(cast.junior, ids) == 2
    assert archive(cast.junior, ids) == 0
    assert restore(cast.junior, ids) == 2
    assert not Asset.objects.exclude(archived_at=None).exists()


@pytest.mark.parametrize("act", [archive, restore, lambda by, ids: tag(by, ids, add=["x"])])
def test_half_a_selection_is_no_answer(cast, assets, act):
    with pytest.raises(NotFound, match="Nothing was changed"):
        act(cast.junior, [assets[0].pk, 10**9])
    with pytest.raises(NotFound):
        act(cast.stranger, [assets[0].pk])
    with pytest.raises(NotAllowed):
        act(cast.guest, [assets[0].pk])
    with pytest.raises(Invalid):
        act(cast.junior, [])
    assert Asset.objects.get(pk=assets[0].pk).tags == []


def test_a_stranger_describes_nothing(cast, assets):
    with pytest.raises(NotFound):
        describe(cast.stranger, assets[0].pk, Description(title="mine"))
    with pytest.raises(NotAllowed):
        describe(cast.guest, assets[0].pk, Description(title="mine"))
