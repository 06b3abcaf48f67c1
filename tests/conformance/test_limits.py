"""Every method names the limit that stopped it, and none where it came to its end."""

from __future__ import annotations

import time
from functools import partial

import numpy as np
import pytest

import vmopt
from vmopt import Limit, Status
from vmopt.methods import greedy, greedy_spread
from vmopt.network import Traffic, localise, star

LIMITED = ["auto", "exact", "exact:plain", "column-generation", "price-guided", "neighbourhood", "tabu"]
GREEDY = ["greedy-priority", "greedy-priority:best-fit", "greedy-demand", "greedy-demand:best-fit", "greedy-spread"]


def test_every_method_is_here() -> None:
    """Tests that no method is left out."""
    assert {name.partition(":")[0] for name in LIMITED + GREEDY} == {info.name for info in vmopt.methods()}


@pytest.fixture(params=["rigid", "elastic"])
def crowded(request: pytest.FixtureRequest) -> vmopt.Instance:
    """Return an instance that nothing proves at once."""
    return vmopt.generate("distinct", hosts=4, seed=1, reservation=1.0 if request.param == "rigid" else 0.5)


@pytest.mark.parametrize("method", LIMITED)
def test_no_time_at_all(method: str, crowded: vmopt.Instance) -> None:
    """Tests that the clock is named, and nothing called optimal or infeasible."""
    rigid_only = {"exact:plain": "exact"} if crowded.reservation is not None else {}
    solution = vmopt.solve(crowded, method=rigid_only.get(method, method), time_limit=0, threads=1)
    assert solution.limit is Limit.TIME
    assert solution.status in (Status.FEASIBLE, Status.NOT_FOUND)


@pytest.mark.parametrize("method", LIMITED[:2] + LIMITED[3:])
def test_time_is_up_on_the_way(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests the same on a clock that gains a tenth of a second at every look."""
    instance = vmopt.generate("distinct", hosts=4, seed=1)
    vmopt.solve(instance, method=method, time_limit=0, threads=1)  # what is loaded late is loaded by the usual clock
    ticks = iter(range(10**9))
    monkeypatch.setattr(time, "perf_counter", lambda: next(ticks) / 10)
    solution = vmopt.solve(instance, method=method, time_limit=2, gap=0, threads=1)
    assert (solution.limit, solution.status) in [(Limit.TIME, Status.FEASIBLE), (Limit.TIME, Status.NOT_FOUND)]


@pytest.mark.parametrize("method", GREEDY)
def test_greedy_ends_by_itself(method: str, crowded: vmopt.Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a greedy placement whose VMs all had their turn is complete, on a clock that stands still."""
    now = time.perf_counter()
    monkeypatch.setattr(time, "perf_counter", lambda: now)
    solution = vmopt.solve(crowded, method=method, time_limit=0)
    assert (solution.limit, solution.status) == (None, Status.FEASIBLE)


@pytest.mark.parametrize("method", GREEDY)
def test_greedy_that_is_cut_short(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the clock is named where VMs had no turn."""
    cut_short = greedy.GreedyParameters(grace_seconds=0.0)
    for module, name in ((greedy, "run_by_priority"), (greedy, "run_by_demand"), (greedy_spread, "run")):
        monkeypatch.setattr(module, name, partial(getattr(module, name), parameters=cut_short))
    solution = vmopt.solve(vmopt.generate("distinct", hosts=9, seed=1), method=method, time_limit=0)
    assert (solution.limit, solution.status) == (Limit.TIME, Status.FEASIBLE)


@pytest.mark.parametrize("method", ["auto", "exact", "column-generation", "price-guided", "neighbourhood"])
def test_time_enough(method: str) -> None:
    """Tests that no limit is named by a method that came to its end."""
    solution = vmopt.solve(vmopt.Instance.from_arrays([[4], [5], [3]], [[8]]), method=method, threads=1)
    assert solution.limit is None


def test_price_guided_ends_unproven() -> None:
    """Tests that ending by itself without a proof is no limit."""
    instance = vmopt.generate("large", hosts=6, seed=1)
    solution = vmopt.solve(instance, method="price-guided", gap=0, threads=1)
    assert (solution.limit, solution.status) == (None, Status.FEASIBLE)


def test_localise_names_the_clock() -> None:
    """Tests that a placement which ended by itself says that its localising did not."""
    rng = np.random.default_rng(1)
    instance = vmopt.Instance.from_arrays(rng.integers(1, 9, (40, 2)), np.full((8, 2), 15))
    solution = vmopt.solve(instance, method="greedy-demand")
    pairs = [(f"vm-{a}", f"vm-{b}", 1e6) for a, b in rng.integers(0, 40, (60, 2)).tolist() if a != b]
    network, traffic = star(instance, bandwidth=1e9, latency=1e-6), Traffic.from_edges(instance, pairs)
    assert solution.limit is None
    assert localise(solution, network, traffic, time_limit=0).limit is Limit.TIME
