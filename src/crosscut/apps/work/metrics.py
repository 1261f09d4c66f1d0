"""What Prometheus is told of long work."""

from collections.abc import Iterator

from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from crosscut.apps.work import queries


def collect() -> Iterator[Metric]:
    """How many jobs are in each state."""
    family = GaugeMetricFamily("crosscut_jobs", "Pieces of long work by state.", labels=["state"])
    for state, count in queries.count_by_state().items():
        family.add_metric([state], count)
    yield family
