"""The front door: options, warm starts, progress, limits, Ctrl-C."""

from __future__ import annotations

import os
import signal
import threading

import numpy as np
import pytest

import vmopt
from tests.patience import PATIENCE

BACKENDS = ["cp-sat", "highs", "scip", "cbc"]


@pytest.fixture(scope="module")
def small() -> vmopt.Instance:
    return vmopt.generate("flavor", hosts=4, seed=1)


@pytest.fixture(scope="module")
def hard() -> vmopt.Instance:
    """Takes every exact backend longer than any test waits."""
    return vmopt.generate("distinct", hosts=12, seed=1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "exakt"}, "did you mean 'exact'"),
        ({"method": "greedy-priority:worst-fit"}, "no variant 'worst-fit'"),
        ({"method": "exact:fast"}, "no variant 'fast'"),
        ({"method": None}, "method None is unknown"),
        ({"method": "greedy-priority", "backend": "highs"}, "uses no backend"),
        ({"time_limit": -1}, "time_limit is -1"),
        ({"time_limit": float("nan")}, "time_limit is nan"),
        ({"time_limit": float("inf")}, "time_limit is inf"),
        ({"time_limit": "10"}, "time_limit is '10'"),
        ({"time_limit": None}, "time_limit is None"),
        ({"gap": -0.1}, "gap is -0.1"),
        ({"gap": 1}, "gap is 1"),
        ({"gap": float("nan")}, "gap is nan"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 1.5}, "seed is 1.5"),
        ({"seed": 2**31}, "seed is 2147483648"),
        ({"seed": True}, "seed is True"),
        ({"threads": 0}, "threads is 0"),
        ({"threads": "all"}, "threads is 'all'"),
        ({"progress": 7}, "progress is 7"),
    ],
)
def test_nonsense_options(small: vmopt.Instance, options: dict, message: str) -> None:
    """Tests that every option is honoured or refused with a clear error."""
    with pytest.raises(vmopt.OptionError, match=message):
        vmopt.solve(small, **options)


def test_unknown_backend(small: vmopt.Instance) -> None:
    """Tests that an unknown backend is refused by name."""
    with pytest.raises(vmopt.OptionError, match="gurobbi"):
        vmopt.solve(small, backend="gurobbi")


def test_backend_without_integers(small: vmopt.Instance) -> None:
    """Tests that a backend for continuous programs is refused where integers are needed."""
    with pytest.raises(vmopt.BackendError, match="glop"):
        vmopt.solve(small, method="exact", backend="glop")


def test_not_an_instance() -> None:
    """Tests that anything else than an Instance is refused."""
    with pytest.raises(vmopt.InstanceError, match="got dict"):
        vmopt.solve({"hosts": []})


@pytest.mark.parametrize("method", ["auto", "exact"])
@pytest.mark.parametrize("form", ["array", "mapping", "solution"])
def test_warm_start_is_never_worsened(small: vmopt.Instance, method: str, form: str) -> None:
    """Tests that a warm start in any form is a floor for the result, even when there is no time."""
    start = vmopt.solve(small, method="greedy-priority")
    given = {"array": start.host_index, "mapping": dict(start.placement), "solution": start}[form]
    solution = vmopt.solve(small, method=method, warm_start=given, time_limit=0, threads=1)
    assert solution.objective >= start.objective
    assert vmopt.verify(small, solution) == ()


def test_warm_start_that_does_not_fit(small: vmopt.Instance) -> None:
    """Tests that a warm start that breaks a capacity is refused, with the host."""
    with pytest.raises(vmopt.OptionError, match="host 'host-0' has"):
        vmopt.solve(small, warm_start=np.zeros(small.n_vms, dtype=int))


def test_warm_start_of_another_instance(small: vmopt.Instance) -> None:
    """Tests that a warm start of the wrong length is refused."""
    with pytest.raises(vmopt.PlacementError, match="shape"):
        vmopt.solve(small, warm_start=[0, 1])


def test_progress_tells_every_improvement(small: vmopt.Instance) -> None:
    """Tests that progress is monotone: time and objective never fall, the bound never rises."""
    told: list[tuple[float, float, float, str]] = []
    solution = vmopt.solve(small, progress=lambda *row: told.append(row), threads=1, time_limit=10)
    seconds, objective, bound, _ = map(list, zip(*told, strict=True))
    assert seconds == sorted(seconds)
    assert objective == sorted(objective)
    assert bound == sorted(bound, reverse=True)
    assert (objective[-1], bound[-1]) == (solution.objective, solution.bound)


def test_progress_errors_are_not_swallowed(small: vmopt.Instance) -> None:
    """Tests that an exception raised in progress reaches the caller."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        vmopt.solve(small, progress=fail)


@pytest.mark.parametrize("backend", BACKENDS)
def test_no_time_at_all(hard: vmopt.Instance, backend: str) -> None:
    """Tests that with 0 s nothing is called infeasible, and that there still is a bound."""
    solution = vmopt.solve(hard, method="exact", backend=backend, time_limit=0, threads=1)
    assert solution.status in {vmopt.Status.NOT_FOUND, vmopt.Status.FEASIBLE}
    assert solution.limit is vmopt.Limit.TIME
    assert solution.bound >= solution.objective


def test_auto_with_no_time_is_still_greedy(hard: vmopt.Instance) -> None:
    """Tests that auto is never worse than greedy, even with 0 s."""
    greedy = vmopt.solve(hard, method="greedy-priority")
    solution = vmopt.solve(hard, time_limit=0)
    assert solution.objective >= greedy.objective
    assert solution.status is vmopt.Status.FEASIBLE


TINY = vmopt.Instance.from_arrays([[4], [5]], [[8]])


@pytest.mark.parametrize("backend", BACKENDS)
def test_time_limit_is_kept(hard: vmopt.Instance, backend: str) -> None:
    """Tests that a search far too long for its second is stopped by it, with the incumbent found until then."""
    solution = vmopt.solve(hard, method="exact", backend=backend, time_limit=1, gap=0, threads=1)
    assert solution.limit is vmopt.Limit.TIME
    assert vmopt.verify(hard, solution) == ()


@pytest.mark.parametrize("backend", BACKENDS)
def test_interrupt_returns_the_best(hard: vmopt.Instance, backend: str) -> None:
    """Tests that Ctrl-C ends the search soon, with the best placement so far and the reason."""
    start = vmopt.solve(hard, method="greedy-priority")
    vmopt.solve(TINY, method="exact", backend=backend, threads=1)  # whatever is loaded first is loaded here
    timer = threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    solution = vmopt.solve(
        hard, method="exact", backend=backend, warm_start=start, time_limit=PATIENCE, gap=0, threads=1
    )
    timer.join()
    assert solution.limit is vmopt.Limit.INTERRUPTED
    assert solution.objective >= start.objective
    assert vmopt.verify(hard, solution) == ()


def test_same_seed_same_result(small: vmopt.Instance) -> None:
    """Tests that one thread and one seed give one result."""
    first, second = (vmopt.solve(small, seed=3, threads=1, gap=0.01, time_limit=PATIENCE) for _ in range(2))
    assert np.array_equal(first.host_index, second.host_index)
    assert first.bound == second.bound


def test_too_large_for_exact() -> None:
    """Tests that exact does not even try to build a program that memory cannot hold, and says so."""
    demand = np.random.default_rng(0).integers(1, 10**6, (40_000, 2))
    solution = vmopt.solve(vmopt.Instance.from_arrays(demand, np.full((2_000, 2), 10**7)), method="exact")
    assert solution.status is vmopt.Status.NOT_FOUND
    assert solution.limit is vmopt.Limit.MEMORY


def test_compare_measures_against_the_best_bound(small: vmopt.Instance) -> None:
    """Tests that all rows share the best bound, and that auto is at least as good as greedy."""
    rows = vmopt.compare(small, ["greedy-priority", "auto"], threads=1, time_limit=10)
    best = min(solution.bound for solution in rows.solutions)
    for row, solution in zip(rows, rows.solutions, strict=True):
        assert row.gap == pytest.approx((best - solution.objective) / best)
    assert rows[1].objective >= rows[0].objective


def test_compare_nothing(small: vmopt.Instance) -> None:
    """Tests that a comparison of nothing, or of a bare string, is refused."""
    with pytest.raises(vmopt.OptionError, match="nothing to compare"):
        vmopt.compare(small, [])
    with pytest.raises(vmopt.OptionError, match="give a list"):
        vmopt.compare(small, "auto")


def test_solutions_are_frozen(small: vmopt.Instance) -> None:
    """Tests that neither a solution nor its placement can be changed."""
    solution = vmopt.solve(small, method="greedy-demand")
    with pytest.raises(ValueError, match="read-only"):
        solution.host_index[0] = -1
    with pytest.raises(AttributeError):
        solution.objective = 1.0
