"""What Prometheus is told of publishing."""

from collections.abc import Iterator
from datetime import timedelta

from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from crosscut.apps.publish import queries

_OVERDUE = timedelta(minutes=1)  # a post due longer ago than this should be on its way


def collect() -> Iterator[Metric]:
    """How many posts are in each state, what is late, what is unsettled, and how fast the canary was."""
    family = GaugeMetricFamily("crosscut_posts", "Posts by state.", labels=["state"])
    for state, count in queries.count_by_state().items():
        family.add_metric([state], count)
    yield family
    overdue = queries.count_overdue(_OVERDUE)
    yield GaugeMetricFamily("crosscut_posts_overdue", "Posts due more than a minute ago and not sent.", value=overdue)
    yield GaugeMetricFamily(
        "crosscut_posts_failing", "Planned posts that would not go out as things are.", value=queries.count_failing()
    )
    yield GaugeMetricFamily(
        "crosscut_oldest_unknown_seconds", "Age of the longest unsettled send.", value=queries.oldest_unknown_s()
    )
    canary = queries.last_canary()
    if canary is not None and canary.sent_at is not None:
        delay_s = (canary.sent_at - canary.due_at).total_seconds()
        yield GaugeMetricFamily("crosscut_canary_delay_seconds", "How late the last test post was.", value=delay_s)
        yield GaugeMetricFamily(
            "crosscut_canary_sent_timestamp_seconds", "When it went.", value=canary.sent_at.timestamp()
        )
