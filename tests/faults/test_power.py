"""The tests of the ledger can fail: with any one of its promises taken out, the machine and the bench turn red."""

import re
from datetime import UTC, datetime

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from crosscut.apps.publish.tests.test_ledger_machine import Ledger
from crosscut.apps.publish.tests.world import World, world
from tests.cast import Cast
from tests.faults.bench.instagram import Instagram
from tests.faults.bench.mutations import MUTATIONS, MUTATIONS_IN_STEPS, MUTATIONS_OF_THREADS, Mutation
from tests.faults.bench.runs import AT_ONCE, play
from tests.faults.bench.strict import Strict

__all__ = ["world"]
EXAMPLES, RUNS = 150, 40  # within which each must be noticed; most are noticed in the first few

mutations = pytest.mark.parametrize("mutate", [one for one, _ in MUTATIONS], ids=lambda mutate: mutate.__name__)


def _name(one: object) -> str:
    """Of a mutation or of networks, for the test's name; the invariant needs none."""
    if isinstance(one, tuple):
        return "-".join(network.__name__ for network in one).lower()
    return getattr(one, "__name__", "")


@mutations
def test_the_ledger_machine_notices(cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch, mutate) -> None:
    Ledger.cast, Ledger.world, Ledger.clock = cast, world, [datetime.now(UTC)]
    monkeypatch.setattr(timezone, "now", lambda: Ledger.clock[0])
    mutate(monkeypatch)
    quick = settings(
        max_examples=EXAMPLES,
        stateful_step_count=30,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],  # any failure will do: none is made smaller
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Ledger, settings=quick)


@pytest.mark.parametrize(
    ("networks", "parts", "mutate", "invariant"),
    [
        *((AT_ONCE, 1, *one) for one in MUTATIONS),
        *(((Instagram,), 1, *one) for one in MUTATIONS_IN_STEPS),
        *((AT_ONCE, 3, *one) for one in MUTATIONS_OF_THREADS),
    ],
    ids=_name,
)
def test_the_fault_bench_notices(
    cast: Cast,
    settings,
    monkeypatch: pytest.MonkeyPatch,
    networks: tuple[type[Strict], ...],
    parts: int,
    mutate: Mutation,
    invariant: str,
) -> None:
    settings.ALLOWED_PRIVATE_HOSTS = ("127.0.0.1",)
    mutate(monkeypatch)
    runs = (play(cast, seed, networks, parts=parts) for seed in range(1, RUNS + 1))
    seen = next((run for run in runs if any(re.search(invariant, words) for words in run.wrong)), None)
    print(seen)
    assert seen, f"in {RUNS} runs nothing said that {invariant}"
