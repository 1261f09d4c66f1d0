"""Numbers: each tied to its definition, none invented, none lost."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.measure import services
from crosscut.apps.measure.models import PageCount, Sample
from crosscut.apps.measure.queries import results_of, values_of
from crosscut.apps.plan.models import Campaign, KeyResult
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services.going_on import go_on
from crosscut.apps.publish.services.send import send
from crosscut.apps.publish.tests.world import World, fresh, scheduled, world
from crosscut.channels.protocol import Count
from crosscut.channels.registry import channels
from crosscut.kernel.errors import Invalid, NotFound
from crosscut.specs.metrics import definition

__all__ = ["world"]
pytestmark = pytest.mark.django_db
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def live(cast: Cast, world: World) -> Target:
    target = scheduled(cast)
    send(target.pk)
    Target.objects.filter(pk=target.pk).update(url="https://public.example/reef/first/")
    return fresh(target)


def _campaign(target: Target, *, metric: str, goal: int) -> Campaign:
    campaign = Campaign.objects.create(workspace=target.workspace, name="Reef", slug="reef")
    KeyResult.objects.create(campaign=campaign, name="It", metric=metric, goal=goal)
    target.piece.campaign = campaign
    target.piece.save()
    return campaign


def test_the_newest_sample_is_the_value(live: Target) -> None:
    services.keep(live, (Count(metric="practice.likes", value=3),))
    Sample.objects.update(sampled_at=timezone.now() - timedelta(hours=1))
    services.keep(live, (Count(metric="practice.likes", value=5),))
    assert [value.value for value in values_of([live])] == [5]


def test_a_number_without_a_definition_is_not_kept(live: Target) -> None:
    with pytest.raises(NotFound):
        services.keep(live, (Count(metric="practice.vibes", value=3),))
    assert not Sample.objects.exists()


def test_missing_is_not_zero(live: Target) -> None:
    campaign = _campaign(live, metric="practice.likes", goal=10)
    (result,) = results_of(campaign)
    assert result.value is None and result.share is None and (result.told, result.asked) == (0, 1)
    services.keep(live, (Count(metric="practice.likes", value=0),))
    (result,) = results_of(campaign)
    assert result.value == 0 and result.share == 0 and (result.told, result.asked) == (1, 1)


def test_a_visit_is_counted_without_anything_about_the_visitor(live: Target, client: Client) -> None:
    address = f"/count/{live.workspace.slug}"
    for _ in range(2):
        answer = _visit(client, address, BROWSER)
        assert answer.status_code == 204 and not answer.cookies
    row = PageCount.objects.get()
    assert (row.path, row.value, row.metric) == ("/reef/first/", 2, "site.page_views")
    assert {field.name for field in PageCount._meta.fields} == {"id", "workspace", "path", "day", "metric", "value"}


@pytest.mark.parametrize(
    ("agent", "headers"),
    [
        ("Googlebot/2.1", {}),  # a machine
        (BROWSER, {"DNT": "1"}),  # asks not to be tracked
        (BROWSER, {"Sec-GPC": "1"}),  # the same, newer
    ],
)
def test_who_does_not_want_to_be_counted_is_not(
    live: Target, client: Client, agent: str, headers: dict[str, str]
) -> None:
    _visit(client, f"/count/{live.workspace.slug}", agent, headers)
    assert not PageCount.objects.exists()


def test_pages_that_are_not_ours_cannot_fill_the_table(live: Target) -> None:
    with pytest.raises(NotFound):
        services.count_visit(live.workspace, "/somebody/elses/", "site.page_views")
    with pytest.raises(Invalid):
        services.count_visit(live.workspace, "/reef/first/", "site.money")


def test_a_key_result_adds_up_the_counted_pages(live: Target) -> None:
    campaign = _campaign(live, metric="site.page_views", goal=4)
    services.count_visit(live.workspace, "https://public.example/reef/first/", "site.page_views")
    (result,) = results_of(campaign)
    assert result.value == 1 and result.share == 0.25 and "page" in result.meaning.meaning.lower()


def _visit(client: Client, address: str, agent: str, headers: dict[str, str] | None = None):
    told = {"User-Agent": agent, "Host": "127.0.0.1:8001", **(headers or {})}
    return client.post(address, data='{"path": "/reef/first/"}', content_type="text/plain", headers=told)


@dataclass(frozen=True)
class Counting:
    """A channel that tells some numbers of each part."""

    told: Mapping[str, tuple[Count, ...]]

    def counts(self, context: object, remote_id: str) -> tuple[Count, ...]:
        return self.told[remote_id]


def test_a_thread_has_one_number_of_each_metric_as_its_definition_says(
    cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = scheduled(cast, parts=3)
    send(target.pk)
    for _ in range(2):
        Target.objects.filter(pk=target.pk).update(next_at=timezone.now())
        go_on(target.pk)
    numbers = {"x.likes": (5, 2, 1), "x.replies": (4, 1, 0), "x.impressions": (90, 40, 30), "x.link_clicks": (3, 1)}
    told = {
        f"post-{part + 1}": tuple(Count(metric=name, value=of[part]) for name, of in numbers.items() if part < len(of))
        for part in range(3)
    }
    monkeypatch.setattr(services, "adapter", lambda slug: Counting(told))
    monkeypatch.setattr(services, "context_for", lambda account: nullcontext())
    kept = {sample.metric: sample.value for sample in services.collect(target.pk)}
    # Of the replies two are the thread's own parts. The last part told no clicks: missing is not zero.
    assert kept == {"x.likes": 8, "x.replies": 3, "x.impressions": 90}


def test_what_a_number_says_of_a_thread_is_defined_wherever_there_are_threads() -> None:
    with_threads = [known for known in channels().values() if known.thread_limit > 1]
    assert len(with_threads) > 2
    assert all(definition(name, timezone.now().date()).of_thread for known in with_threads for name in known.metrics)
