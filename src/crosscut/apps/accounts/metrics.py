"""What Prometheus is told of accounts and sign-ins."""

from collections.abc import Iterator

from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from crosscut.apps.accounts import queries


def collect() -> Iterator[Metric]:
    """How many channel accounts are in each state, and how often somebody failed to sign in lately."""
    labels = ["channel", "state"]
    family = GaugeMetricFamily("crosscut_accounts", "Channel accounts by channel and state.", labels=labels)
    for channel, state, count in queries.count_accounts():
        family.add_metric([channel, state], count)
    yield family
    yield GaugeMetricFamily(
        "crosscut_sign_in_failures", "Failed sign-ins of the last hour.", value=queries.count_sign_in_failures()
    )
