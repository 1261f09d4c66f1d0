"""One asset in another's place everywhere: seen before, done once, undone in one step."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library.models import Asset
from crosscut.apps.library.services.arrive import add_version
from crosscut.apps.library.services.clear import Terms, add_licence
from crosscut.apps.library.tests import making
from crosscut.apps.library.tests.conftest import store
from crosscut.apps.produce.services.approve import approve, is_approved
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.services.write import create_piece, set_media, set_outlet
from crosscut.apps.publish.models import Replacement, Target
from crosscut.apps.publish.services.replacing import replace_everywhere, touched_by, undo_replacement
from crosscut.apps.publish.services.schedule import schedule
from crosscut.apps.publish.tests.world import account_of, fresh, world
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, NotFound

__all__ = ["store", "world"]
State = Target.State
pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def two(cast, tmp_path) -> tuple[Asset, Asset]:
    """Two pictures that may be used everywhere."""
    old, new = (
        making.taken_in(cast.junior, making.jpeg(tmp_path / f"{colour}.jpg", colour=colour))
        for colour in ("teal", "navy")
    )
    for asset in (old, new):
        add_licence(cast.senior, asset.pk, Terms(holder="Rosa Diaz", terms="Own work"))
    return old, new


@pytest.fixture
def planned(cast, two) -> Target:
    """An approved post with the first picture, planned for the day after tomorrow."""
    account = account_of(cast.workspace)
    piece = create_piece(cast.senior, title="Reef", text="The reef is waking up.")
    set_media(cast.senior, piece, two[0], alt_text="A teal reef.", focus_x=0.2, focus_y=0.3)
    set_outlet(cast.senior, piece, channel_slug=account.channel, post_type="images")
    approve(cast.lead, freeze(piece))
    at = (timezone.now() + timedelta(days=2)).replace(tzinfo=None)
    return schedule(cast.senior, piece, account, wall_time=at, zone="UTC")


def test_a_look_tells_what_would_change_and_changes_nothing(cast, two, planned):
    live = _live(planned)
    _old, _new, touched = touched_by(cast.specialist, two[0].pk, two[1].pk)
    assert [one.piece for one in touched.pieces] == [planned.piece]
    by_post = {one.post.pk: one for one in touched.posts}
    assert by_post[planned.pk].loses_approval and not by_post[planned.pk].obstacle
    assert "It is live" in by_post[live.pk].obstacle
    assert fresh(planned).edition == planned.edition and not Replacement.objects.exists()


def test_drafts_and_planned_posts_take_the_new_one_and_approvals_do_not_hold(cast, two, planned):
    live = _live(planned)
    row = replace_everywhere(cast.specialist, two[0].pk, two[1].pk)
    after = fresh(planned)
    assert after.edition_id != planned.edition_id and after.due_at == planned.due_at
    assert [use.version.asset for use in after.edition.media.all()] == [two[1]]
    assert is_approved(planned.edition) and not is_approved(after.edition)
    use = planned.piece.media.get()
    assert (use.asset, use.alt_text, use.focus_x) == (two[1], "", None)
    assert fresh(live).edition == live.edition
    assert (len(row.media), len(row.posts)) == (1, 1)


def test_it_is_undone_in_one_step(cast, two, planned):
    row = replace_everywhere(cast.specialist, two[0].pk, two[1].pk)
    _row, left = undo_replacement(cast.specialist, row.pk)
    use = planned.piece.media.get()
    assert left == 0 and fresh(planned).edition == planned.edition
    assert (use.asset, use.alt_text, use.focus_x) == (two[0], "A teal reef.", 0.2)
    with pytest.raises(Conflict):
        undo_replacement(cast.specialist, row.pk)


def test_what_was_changed_since_stays_when_it_is_undone(cast, two, planned):
    row = replace_everywhere(cast.specialist, two[0].pk, two[1].pk)
    Target.objects.filter(pk=planned.pk).update(state=State.CANCELLED)
    _row, left = undo_replacement(cast.specialist, row.pk)
    assert left == 1 and fresh(planned).edition_id != planned.edition_id


def test_planned_posts_take_the_current_version_only_when_told(cast, two, planned, tmp_path):
    old = two[0]
    making.work_off(add_version(cast.junior, old, making.jpeg(tmp_path / "better.jpg", colour="teal", size=(96, 72))))
    current = Asset.objects.get(pk=old.pk).current
    assert fresh(planned).edition.media.get().version != current
    page = signed_in(cast.specialist).get(reverse("asset-section", args=[old.pk, "versions"])).content.decode()
    assert "Take the current version into them" in page
    replace_everywhere(cast.specialist, old.pk, old.pk)
    assert fresh(planned).edition.media.get().version == current
    with pytest.raises(Conflict):
        replace_everywhere(cast.specialist, old.pk, old.pk)


def test_what_the_channel_has_parts_of_already_is_left_alone(cast, two, planned):
    Target.objects.filter(pk=planned.pk).update(kept={"container": "1"}, staging_since=timezone.now())
    replace_everywhere(cast.specialist, two[0].pk, two[1].pk)
    assert fresh(planned).edition == planned.edition


def test_a_piece_with_both_and_another_kind_are_refused(cast, two, planned, tmp_path):
    sound = making.taken_in(cast.junior, making.sound(tmp_path / "tone.flac"))
    with pytest.raises(Invalid):
        touched_by(cast.specialist, two[0].pk, sound.pk)
    set_media(cast.senior, planned.piece, two[1], alt_text="Navy.")
    with pytest.raises(Conflict):
        replace_everywhere(cast.specialist, two[0].pk, two[1].pk)


def test_juniors_look_and_do_not_replace_and_strangers_see_nothing(cast, two, planned):
    with pytest.raises(NotAllowed):
        replace_everywhere(cast.junior, two[0].pk, two[1].pk)
    row = replace_everywhere(cast.specialist, two[0].pk, two[1].pk)
    with pytest.raises(NotFound):
        undo_replacement(cast.stranger, row.pk)
    at, kind = f"/api/library/assets/{two[0].pk}/replacement", "application/json"
    for who in (cast.stranger, cast.guest):
        asking = program(who)
        assert asking.get(at, {"new": two[1].pk}).status_code in (403, 404)
        assert asking.post(at, {"new": two[1].pk}, content_type=kind).status_code in (403, 404)
        assert asking.post(f"/api/library/replacements/{row.pk}/undo").status_code in (403, 404)
        browser = signed_in(who)
        for address in (reverse("asset-replace", args=[two[0].pk]), reverse("replacement", args=[row.pk])):
            assert browser.get(address, headers={"HX-Request": "true"}).status_code in (403, 404)
        assert browser.post(reverse("replacement-undo", args=[row.pk])).status_code in (403, 404)
    row.refresh_from_db()
    assert row.undone_at is None


def test_a_person_does_it_on_the_pages(cast, two, planned):
    browser = signed_in(cast.specialist)
    address = reverse("asset-replace", args=[two[0].pk])
    assert "navy" in browser.get(address).content.decode()
    shown = browser.get(address, {"with": two[1].pk}).content.decode()
    assert "needs approval again" in shown and "Replace it in 2 places" in shown
    done = browser.post(address, {"with": two[1].pk})
    row = Replacement.objects.get()
    assert done.headers["Location"] == reverse("replacement", args=[row.pk])
    assert "Undo it everywhere" in browser.get(done.headers["Location"]).content.decode()
    browser.post(reverse("replacement-undo", args=[row.pk]))
    assert planned.piece.media.get().asset == two[0]


def test_programs_do_the_same(cast, two, planned):
    asking, at = program(cast.specialist), f"/api/library/assets/{two[0].pk}/replacement"
    touched = asking.get(at, {"new": two[1].pk}).json()
    assert touched["posts"][0] == {
        "post": planned.pk,
        "obstacle": "",
        "loses_approval": True,
        "takes_other_changes": False,
    }
    row = asking.post(at, {"new": two[1].pk}, content_type="application/json").json()
    assert (row["pieces"], row["posts"]) == (1, 1)
    undone = asking.post(f"/api/library/replacements/{row['id']}/undo").json()
    assert undone["left"] == 0 and undone["replacement"]["undone_at"]


def _live(planned: Target) -> Target:
    """Another post of the same state that is out already."""
    values = {name: getattr(planned, name) for name in ("workspace", "piece", "edition", "account", "post_type")}
    times = {name: getattr(planned, name) for name in ("wall_time", "zone", "due_at", "next_at")}
    return Target.objects.create(**values, **times, occurrence=1, key="k" * 26, state=State.PROVEN)
