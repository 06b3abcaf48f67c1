"""Bounds: solving the relaxation, and checking what it proves."""

from __future__ import annotations

from pytest_benchmark.fixture import BenchmarkFixture

import vmopt
from vmopt.bounds import dual
from vmopt.problem import compile


def test_relaxing(benchmark: BenchmarkFixture) -> None:
    """Solves the class relaxation of flavours, which has few columns."""
    cluster = vmopt.generate("flavor", hosts=1_000, seed=0)
    relaxation = benchmark(lambda: vmopt.relax(cluster, threads=1))
    assert relaxation.bound >= relaxation.objective > 0


def test_dual_prices(benchmark: BenchmarkFixture, cluster: vmopt.Instance) -> None:
    """Finds prices from the dual, whose size does not grow with the VMs."""
    prices = benchmark(lambda: dual.prices(compile(cluster)))
    assert prices.shape == cluster.host_classes.capacity.shape


def test_verify_bound(benchmark: BenchmarkFixture, cluster: vmopt.Instance, greedy: vmopt.Solution) -> None:
    """Recomputes the bound that prices prove."""
    prices = dual.prices(compile(cluster))
    bound = benchmark(lambda: vmopt.verify_bound(cluster, prices))
    assert greedy.objective <= bound < cluster.value.sum()
