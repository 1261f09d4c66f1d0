"""The tests of the ledger can fail: with any one of its promises taken out, the machine and the bench turn red."""

from datetime import UTC, datetime
from itertools import count

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from crosscut.apps.publish.tests.test_ledger_machine import Ledger
from crosscut.apps.publish.tests.world import World, world
from tests.cast import Cast
from tests.faults.bench.instagram import Instagram
from tests.faults.bench.mutations import MUTATIONS, MUTATIONS_IN_STEPS, MUTATIONS_OF_THREADS
from tests.faults.bench.runs import AT_ONCE, play
from tests.faults.bench.strict import Strict

__all__ = ["world"]
EXAMPLES, RUNS = 150, 40  # within which each must be noticed; most are noticed in the first few

mutations = pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda mutate: mutate.__name__)


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
    ("networks", "mutate"),
    [(AT_ONCE, one) for one in MUTATIONS] + [((Instagram,), one) for one in MUTATIONS_IN_STEPS],
    ids=lambda one: one.__name__ if callable(one) else "-".join(network.__name__ for network in one).lower(),
)
def test_the_fault_bench_notices(
    cast: Cast, settings, monkeypatch: pytest.MonkeyPatch, networks: tuple[type[Strict], ...], mutate
) -> None:
    settings.ALLOWED_PRIVATE_HOSTS = ("127.0.0.1",)
    mutate(monkeypatch)
    seen = next(run for seed in count(1) if (run := play(cast, seed, networks)).wrong or seed == RUNS)
    print(seen)
    assert seen.wrong, f"{RUNS} runs were green without it"


@pytest.mark.parametrize("mutate", MUTATIONS_OF_THREADS, ids=lambda mutate: mutate.__name__)
def test_the_fault_bench_of_threads_notices(cast: Cast, settings, monkeypatch: pytest.MonkeyPatch, mutate) -> None:
    settings.ALLOWED_PRIVATE_HOSTS = ("127.0.0.1",)
    mutate(monkeypatch)
    seen = next(run for seed in count(1) if (run := play(cast, seed, AT_ONCE, parts=3)).wrong or seed == RUNS)
    print(seen)
    assert seen.wrong, f"{RUNS} runs were green without it"
